//! The frame around every page of a signed-in person: sidebar, top bar, page.

use leptos::prelude::*;
use leptos_router::{
    StaticSegment,
    components::{Redirect, Route, Routes},
};

use crate::pages::{Page, compose::Compose, inbox::Inbox, not_found::NotFound, sent::Sent, settings::Settings};

/// The frame and the page in it.
#[component]
pub fn Shell() -> impl IntoView {
    let to_inbox = || view! { <Redirect path=format!("/{}", Page::Inbox.segment())/> };
    view! {
        <div class="shell">
            <Routes fallback=NotFound>
                <Route path=StaticSegment("") view=to_inbox/>
                <Route path=StaticSegment(Page::SignIn.segment()) view=to_inbox/>
                <Route path=StaticSegment(Page::Inbox.segment()) view=Inbox/>
                <Route path=StaticSegment(Page::Sent.segment()) view=Sent/>
                <Route path=StaticSegment(Page::Compose.segment()) view=Compose/>
                <Route path=StaticSegment(Page::Settings.segment()) view=Settings/>
            </Routes>
        </div>
    }
}
