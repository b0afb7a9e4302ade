//! A link with the place it leads to, so that nobody is led astray by a name.

use campanile_shared::Link;
use leptos::prelude::*;

use super::icon::Icon;

/// The link, opened beside the console.
#[component]
pub fn LinkCard(
    /// Where it leads.
    link: Link,
    /// What stands in front.
    icon: Icon,
    /// What it is called.
    name: String,
    /// What is to know besides the host.
    #[prop(optional, into)]
    about: Option<String>,
) -> impl IntoView {
    let host = link.host().to_owned();
    view! {
        <a class="link-card" href=link.to_string() target="_blank" rel="noopener noreferrer external">
            {icon.view()}
            <span><bdi>{name}</bdi> <small>{about.filter(|about| !about.is_empty()).map(|about| format!("{about} · "))} <bdi>{host}</bdi></small></span>
        </a>
    }
}
