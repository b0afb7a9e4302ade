//! The console's pages as values: their URLs and titles. Each page is exactly one path segment below the base,
//! so relative URLs (`./inbox`) work on every page and under every prefix. What a page shows is in its query.

use uuid::Uuid;

use crate::{i18n::t, query_string};

/// The id of the section with drafts on the compose page.
pub const DRAFTS_ANCHOR: &str = "drafts";

/// A link to a sent notification, relative to any page.
pub fn sent_item_href(id: Uuid) -> String {
    format!("{}{}", Page::Sent.href(), query_string::encode(&[("item", &id.to_string())]))
}

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
