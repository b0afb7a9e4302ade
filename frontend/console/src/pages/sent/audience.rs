//! The audience of a notification as text.

use campanile_shared::{Recipients, text};

use crate::i18n::{format, name_list::name_list, t};

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
    name_list(audience.iter().map(recipients_text), format::saturating_u32(audience.len() as u64))
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
