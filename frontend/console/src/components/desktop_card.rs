//! A drawing of a desktop notification, for previews.

use campanile_shared::text;
use leptos::prelude::*;

use super::icon::Icon;
use crate::{desktop::content::MAX_BODY_CHARS, i18n::t};

/// The drawing.
#[component]
pub fn DesktopCard(
    /// The notification's title.
    #[prop(into)]
    title: Signal<String>,
    /// Its description.
    #[prop(into)]
    description: Signal<String>,
    /// The tenant's name.
    tenant: String,
) -> impl IntoView {
    view! {
        <div class="desktop-card">
            <span class="desktop-card-icon">{Icon::Tower.view()}</span>
            <div>
                <strong dir="auto">{title}</strong>
                <p dir="auto">{move || text::excerpt(&text::one_line(&description.get()), MAX_BODY_CHARS)}</p>
                <small>{t::app_name()} " · " {tenant}</small>
            </div>
        </div>
    }
}
