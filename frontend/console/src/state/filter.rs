//! Whether an item that arrives belongs to a filtered list. This is the server's rule, applied to the excerpt that an event
//! contains.

use campanile_shared::{Filter, Item};

use crate::i18n::{lower_case, words};

/// Whether an item matches a filter.
pub fn matches(filter: &Filter, item: &Item) -> bool {
    let Filter { view, severity, component, category, sender, after, before, text } = filter;
    let is = |wanted: &String, said: &String| lower_case(wanted.trim()) == lower_case(said.trim());
    (severity.is_empty() || severity.contains(&item.severity))
        && component.as_ref().is_none_or(|component| item.component.as_ref() == Some(component))
        && category.as_ref().is_none_or(|wanted| item.categories.iter().any(|said| is(wanted, said)))
        && sender.as_ref().is_none_or(|wanted| is(wanted, &item.sender) || item.through.as_ref().is_some_and(|key| is(wanted, key)))
        && after.is_none_or(|at| item.accepted_at >= at)
        && before.is_none_or(|at| item.accepted_at < at)
        && view.shows(item.state)
        && text.as_deref().is_none_or(|text| matches_text(item, text))
}

/// Whether each word of `text` is a prefix of a word of the item.
fn matches_text(item: &Item, text: &str) -> bool {
    let said = [&item.title, &item.description, item.component.as_ref().unwrap_or(&item.title)].map(|part| lower_case(part));
    let said: Vec<String> = said.iter().flat_map(|part| words(part)).collect();
    words(&lower_case(text)).iter().all(|start| said.iter().any(|word| word.starts_with(start)))
}

#[cfg(test)]
mod tests {
    use campanile_shared::Severity;
    use chrono::DateTime;

    use super::*;
    use crate::state::item_list::tests::item;

    #[test]
    fn arrivals_are_filtered() {
        let admits = |filter: Filter| matches(&filter, &item(1, Severity::Warning));
        assert!(admits(Filter { text: Some("cert gate".to_owned()), ..Filter::default() }));
        assert!(!admits(Filter { text: Some("cert door".to_owned()), ..Filter::default() }));
        assert!(!admits(Filter { severity: vec![Severity::Error], ..Filter::default() }));
        assert!(admits(Filter { sender: Some("KEY".to_owned()), after: Some(DateTime::UNIX_EPOCH), ..Filter::default() }));
        assert!(!admits(Filter { before: Some(DateTime::UNIX_EPOCH), ..Filter::default() }));
        assert!(!admits(Filter { category: Some("key".to_owned()), ..Filter::default() }));
        assert!(!admits(Filter { component: Some("gateway".to_owned()), ..Filter::default() }));
    }
}
