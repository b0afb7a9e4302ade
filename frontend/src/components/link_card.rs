//! A link with the place it leads to, so that nobody is led astray by a name.

use campanile_shared::Link;
use leptos::prelude::*;

use super::icon::Icon;

/// What stands in front of a name.
#[derive(Clone, Debug)]
pub enum Sign {
    /// An icon.
    Icon(Icon),
    /// A small picture at a URL of the server, and the icon for when there is none.
    Picture(String, Icon),
}

impl From<Icon> for Sign {
    fn from(icon: Icon) -> Self {
        Self::Icon(icon)
    }
}

impl Sign {
    /// It, for the eyes alone.
    pub fn view(self) -> AnyView {
        let (url, icon) = match self {
            Self::Icon(icon) => return icon.view().into_any(),
            Self::Picture(url, icon) => (url, icon),
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

/// The link, opened beside the console.
#[component]
pub fn LinkCard(
    /// Where it leads.
    link: Link,
    /// What stands in front.
    #[prop(into)]
    sign: Sign,
    /// What it is called.
    name: String,
    /// What is to know besides the host.
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
