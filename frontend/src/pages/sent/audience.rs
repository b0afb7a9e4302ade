//! The audience of a notification as text.

use campanile_shared::{Recipients, text};

use crate::i18n::t;

/// How many recipients are named; the others are counted.
const NAMED: usize = 3;

fn name(recipients: &Recipients) -> String {
    match recipients {
        Recipients::Everyone => t::audience_everyone(),
        Recipients::Administrators => t::audience_administrators(),
        Recipients::Person { person } => text::one_line(person),
        Recipients::Role { object, relation } => t::audience_role(&text::one_line(object), &text::one_line(relation)),
    }
}

/// The first recipients, and how many more there are.
pub fn summary(audience: &[Recipients]) -> String {
    let named = audience.iter().take(NAMED).map(name).collect::<Vec<_>>().join(", ");
    match u32::try_from(audience.len().saturating_sub(NAMED)).unwrap_or(u32::MAX) {
        0 => named,
        more => t::and_more(more, &named),
    }
}

/// All recipients.
pub fn all(audience: &[Recipients]) -> Vec<String> {
    audience.iter().map(name).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_few_are_named() {
        let person = |login: &str| Recipients::Person { person: login.to_owned() };
        assert_eq!(summary(&[person("ada"), person("b\u{202E}o"), person("cy")]), "ada, bo, cy");
        assert_eq!(all(&[Recipients::Everyone]), [t::audience_everyone()]);
    }
}
