//! The pages of the console and their URLs. Each page is exactly one path segment below the base, so relative
//! URLs (`./inbox`) work on every page and under every prefix. What a page shows is in its query.

pub mod administration;
pub mod compose;
pub mod inbox;
pub mod lazy_components;
pub mod not_found;
pub mod sent;
pub mod settings;
pub mod sign_in;

use leptos::prelude::*;

use crate::i18n::t;

/// A page of the console.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Page {
    /// The person's notifications.
    Inbox,
    /// What the tenant has sent.
    Sent,
    /// Writes a notification.
    Compose,
    /// The person's preferences.
    Settings,
    /// The tenant's people, API keys, settings and volume.
    Administration,
    /// The sign-in form.
    SignIn,
}

impl Page {
    /// Every page.
    pub const ALL: [Self; 6] = [Self::Inbox, Self::Sent, Self::Compose, Self::Settings, Self::Administration, Self::SignIn];

    /// The path segment.
    pub const fn segment(self) -> &'static str {
        match self {
            Self::Inbox => "inbox",
            Self::Sent => "sent",
            Self::Compose => "compose",
            Self::Settings => "settings",
            Self::Administration => "administration",
            Self::SignIn => "sign-in",
        }
    }

    /// The page with this path segment.
    pub fn from_segment(segment: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|page| page.segment() == segment)
    }

    /// What a signed-in person sees on a page.
    pub fn view(page: Option<Self>) -> AnyView {
        match page {
            Some(Self::Inbox) => inbox::Inbox().into_any(),
            Some(Self::Sent) => lazy_components::Sent().into_any(),
            Some(Self::Compose) => lazy_components::Compose().into_any(),
            Some(Self::Settings) => lazy_components::Settings().into_any(),
            Some(Self::Administration) => lazy_components::Administration().into_any(),
            Some(Self::SignIn) | None => not_found::NotFound().into_any(),
        }
    }

    /// The page's title in the active language.
    pub fn title(self) -> String {
        match self {
            Self::Inbox => t::page_inbox(),
            Self::Sent => t::page_sent(),
            Self::Compose => t::page_compose(),
            Self::Settings => t::page_settings(),
            Self::Administration => t::page_administration(),
            Self::SignIn => t::sign_in(),
        }
    }

    /// A link to the page, relative to any page.
    pub fn href(self) -> String {
        format!("./{}", self.segment())
    }
}
