//! The content of a desktop notification.

use campanile_shared::text;
use uuid::Uuid;

use super::coalesce::BurstSummary;
use crate::i18n::{format, names::severity_name, t};

/// The longest body, in characters. Desktops cut longer ones at different places.
pub const MAX_BODY_CHARS: usize = 200;

/// A desktop notification.
#[derive(Clone, Debug, PartialEq)]
pub struct NotificationContent {
    /// The title.
    pub title: String,
    /// The body.
    pub body: String,
    /// The tag. A later notification with the same tag replaces this one.
    pub tag: String,
    /// The item that a click opens; `None` for the inbox.
    pub item: Option<Uuid>,
    /// Whether it alerts again when it replaces another notification.
    pub renotify: bool,
    /// Whether it stays until the person acts on it.
    pub require_interaction: bool,
    /// The language of title and body.
    pub language: Option<String>,
}

impl NotificationContent {
    /// The notification of a burst: the text of a single item, or the number of items with their titles.
    pub fn from_burst(shown: &BurstSummary) -> Self {
        let first = &shown.first;
        let alone = shown.count == 1;
        let count = format::saturating_u32(shown.count);
        let title = if alone { text::one_line(&first.title) } else { t::desktop_burst(count, &severity_name(shown.worst)) };
        let body = if alone {
            text::excerpt(&text::one_line(&first.description), MAX_BODY_CHARS)
        } else {
            shown
                .titles
                .iter()
                .map(|title| text::excerpt(&text::one_line(title), MAX_BODY_CHARS / BurstSummary::TITLES))
                .collect::<Vec<_>>()
                .join("\n")
        };
        Self {
            title,
            body,
            tag: first.id.to_string(),
            item: alone.then_some(first.id),
            renotify: shown.alert_again,
            require_interaction: shown.urgent,
            language: alone.then(|| first.language.to_string()),
        }
    }

    /// A notification for trying out how they look.
    pub fn sample() -> Self {
        Self {
            title: t::desktop_sample(),
            body: t::desktop_sample_body(&format::date_time_exact(format::now())),
            tag: "campanile".to_owned(),
            item: None,
            renotify: true,
            require_interaction: false,
            language: None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{desktop::coalesce::Burst, state::item_list::tests::item};
    use campanile_shared::Severity;
    use std::sync::Arc;

    #[test]
    fn a_single_item_is_shown_as_harmless_text() {
        let mut only = item(7, Severity::Error);
        only.title = "pay\u{202E}exe\n now".into();
        only.description = "x".repeat(500);
        let shown = Burst::default().add(vec![Arc::new(only)], 0.0).unwrap();
        let notice = NotificationContent::from_burst(&shown);
        assert_eq!(notice.title, "payexe now");
        assert_eq!(notice.body.chars().count(), MAX_BODY_CHARS + 1);
        assert_eq!((notice.item, notice.tag), (Some(Uuid::from_u128(7)), Uuid::from_u128(7).to_string()));
    }
}
