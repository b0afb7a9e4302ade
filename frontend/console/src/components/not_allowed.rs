//! What a page shows to a person who may not use it.

use leptos::prelude::*;

use super::icon::Icon;
use crate::{i18n::t, page::Page};

/// Says what the person may not do, with a link to the inbox.
#[component]
pub fn NotAllowed(
    /// The page's icon.
    icon: Icon,
    /// What the person may not do.
    title: String,
) -> impl IntoView {
    view! {
        <div class="blank">
            {icon.view()} <h1>{title}</h1> <p>{t::compose_not_allowed_hint()}</p>
            <a class="quiet" href=Page::Inbox.href()>
                {t::go_to_inbox()}
            </a>
        </div>
    }
}
