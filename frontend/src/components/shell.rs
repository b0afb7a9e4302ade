//! The frame around every page of a signed-in person: sidebar, top bar, page, messages.

use std::rc::Rc;

use leptos::prelude::*;
use leptos_router::{
    NavigateOptions, StaticSegment,
    components::{Redirect, Route, Routes},
    hooks::{use_location, use_navigate},
};

use super::{announcer::Announcer, focus, shortcuts::Shortcuts, sidebar::Sidebar, toaster::Toaster, top_bar::TopBar};
use crate::{
    app::Here,
    i18n::t,
    pages::{
        Page,
        inbox::{Inbox, place::Place},
        later::{Administration, Compose, Sent, Settings},
        not_found::NotFound,
    },
    reactions,
    reactive::memo,
    state::State,
};

/// The frame and the page in it.
#[component]
pub fn Shell() -> impl IntoView {
    let state = State::expect();
    let path = use_location().pathname;
    let here = memo(move || path.with(|path| Page::from_segment(path.rsplit('/').next().unwrap_or_default())));
    provide_context(Here(here));
    reactions::tell_in_the_title(state, here);
    focus_the_page(here);
    reactions::badge::mark(state);
    let navigate = use_navigate();
    let open = move |item| navigate(&Place { item, ..Place::default() }.path(), NavigateOptions::default());
    reactions::desktop::raise(state, Rc::new(open));
    let to_inbox = || view! { <Redirect path=format!("/{}", Page::Inbox.segment())/> };
    view! {
        <a class="skip" href="#content" rel="external">
            {t::skip_to_content()}
        </a>
        <div class="shell">
            <Sidebar/>
            <TopBar/>
            <div class="shell-page">
                <Routes fallback=NotFound>
                    <Route path=StaticSegment("") view=to_inbox/>
                    <Route path=StaticSegment(Page::SignIn.segment()) view=to_inbox/>
                    <Route path=StaticSegment(Page::Inbox.segment()) view=Inbox/>
                    <Route path=StaticSegment(Page::Sent.segment()) view=Sent/>
                    <Route path=StaticSegment(Page::Compose.segment()) view=Compose/>
                    <Route path=StaticSegment(Page::Settings.segment()) view=Settings/>
                    <Route path=StaticSegment(Page::Administration.segment()) view=Administration/>
                </Routes>
            </div>
        </div>
        <Toaster/>
        <Announcer/>
        <Shortcuts/>
    }
}

/// Who listens to the page hears of a new one because the focus goes there.
fn focus_the_page(here: Memo<Option<Page>>) {
    Effect::new(move |before: Option<Option<Page>>| {
        let now = here.get();
        if before.is_some_and(|before| before != now) {
            focus::to_content();
        }
        now
    });
}
