//! Chooses the language in which a list shows a notification.

use campanile_shared::{Content, language::lookup_index};

use crate::{i18n, language::preferred_languages};

/// The content in the language that fits the console's language best.
pub fn in_console_language(content: &[Content]) -> Option<&Content> {
    let wanted = preferred_languages(i18n::current().tag.parse().ok());
    let available: Vec<_> = content.iter().map(|content| &content.language).collect();
    lookup_index(&wanted, &available).and_then(|index| content.get(index))
}
