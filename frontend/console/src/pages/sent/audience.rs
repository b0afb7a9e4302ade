//! The audience of a notification as text.

use campanile_shared::{Recipients, text};

use crate::i18n::{format, t};

/// How many recipients are named; the others are counted.
const MAX_NAMED: usize = 3;

fn recipients_text(recipients: &Recipients) -> String {
    match recipients {
        Recipients::Everyone => t::audience_everyone(),
        Recipients::Administrators => t::audience_administrators(),
        Recipients::Person { person } => text::one_line(person),
        Recipients::Role { object, relation } => t::audience_role(&text::one_line(object), &text::one_line(relation)),
    }
}

/// The first recipients, and how many more there are.
pub fn summary(audience: &[Recipients]) -> String {
    let named = audience.iter().take(MAX_NAMED).map(recipients_text).collect::<Vec<_>>().join(", ");
    match format::saturating_u32(audience.len().saturating_sub(MAX_NAMED)) {
        0 => named,
        more => t::and_more(more, &named),
    }
}

/// All recipients.
pub fn recipient_texts(audience: &[Recipients]) -> Vec<String> {
    audience.iter().map(recipients_text).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_recipients_are_named() {
        let person = |login: &str| Recipients::Person { person: login.to_owned() };
        assert_eq!(summary(&[person("ada"), person("b\u{202E}o"), person("cy")]), "ada, bo, cy");
        assert_eq!(recipient_texts(&[Recipients::Everyone]), [t::audience_everyone()]);
    }
}
