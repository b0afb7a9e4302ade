//! A link that also shows its host, so that its name cannot mislead.

use campanile_shared::Link;
use leptos::prelude::*;

use super::icon::Icon;

/// The image in front of the name.
#[derive(Clone, Debug)]
pub enum LeadingImage {
    /// An icon.
    Icon(Icon),
    /// A thumbnail at a URL of the server, and the icon to show if it cannot be loaded.
    Thumbnail(String, Icon),
}

impl From<Icon> for LeadingImage {
    fn from(icon: Icon) -> Self {
        Self::Icon(icon)
    }
}

impl LeadingImage {
    /// The image, hidden from screen readers.
    pub fn view(self) -> AnyView {
        let (url, icon) = match self {
            Self::Icon(icon) => return icon.view().into_any(),
            Self::Thumbnail(url, icon) => (url, icon),
        };
        let lost = RwSignal::new(false);
        let picture = move || {
            if lost.get() {
                icon.view().into_any()
            } else {
                view! { <img class="thumbnail" src=url.clone() alt="" loading="lazy" on:error=move |_| lost.set(true)/> }.into_any()
            }
        };
        picture.into_any()
    }
}

/// The link. It opens in a new tab.
#[component]
pub fn LinkCard(
    /// The target.
    link: Link,
    /// The image.
    #[prop(into)]
    sign: LeadingImage,
    /// The name.
    name: String,
    /// Further text, shown before the host.
    #[prop(optional, into)]
    about: Option<String>,
) -> impl IntoView {
    let host = link.host().to_owned();
    view! {
        <a class="link-card" href=link.to_string() target="_blank" rel="noopener noreferrer external">
            {sign.view()}
            <span><bdi>{name}</bdi> <small>{about.filter(|about| !about.is_empty()).map(|about| format!("{about} · "))} <bdi>{host}</bdi></small></span>
        </a>
    }
}
