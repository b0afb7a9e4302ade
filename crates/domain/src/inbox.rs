//! Reading and changing one's own inbox, its preferences, and resuming its stream.

use campanile_shared::{
    Filter, InboxChange, InboxChangeResult, Item, Language, MatchCount, Page, Recipients, Snapshot,
    inbox::{Action, Reason, Selection, Why},
    limits::{MAX_COUNT, MAX_IDS, MAX_PAGE_SIZE, MAX_SEQUENCE, MAX_SNOOZE_DAYS},
    problem::{FieldError, FieldErrorCode},
};
use chrono::{DateTime, TimeDelta, Utc};
use uuid::Uuid;

use crate::{AudienceKey, Campanile, Error, Person, PersonId, Result, caller_limiter::CallerPermit, model::inbox_item::StoredItem};

impl Campanile {
    /// A page of the inbox, newest first, below the sequence `before`.
    pub async fn inbox_page(&self, who: &Person, filter: &Filter, before: Option<u64>, limit: u32) -> Result<Page> {
        let _turn = self.search_permit(who, filter).await?;
        let found = self.store.inbox_page(who.tenant, who.id, filter, before, limit.clamp(1, MAX_PAGE_SIZE)).await?;
        Ok(Page {
            items: found.items.iter().map(|item| listed_item(who.id, &who.languages, item)).collect(),
            top: found.top.iter().map(|item| listed_item(who.id, &who.languages, item)).collect(),
            next: found.next.map(|sequence| sequence.to_string()),
            incomplete: found.incomplete,
            seen_up_to: found.seen_up_to,
            snapshot: found.snapshot,
        })
    }

    /// A search permit, if the filter needs a search. Listing a view needs none.
    async fn search_permit(&self, who: &Person, filter: &Filter) -> Result<Option<CallerPermit>> {
        if filter.is_whole_view() { Ok(None) } else { self.search_limiter.acquire(who).await.map(Some) }
    }

    /// Like [`Campanile::inbox_page`], but with the full items, for an export.
    pub async fn export_inbox_page(&self, who: &Person, filter: &Filter, before: Option<u64>) -> Result<(Vec<Item>, Option<u64>)> {
        let _turn = self.search_permit(who, filter).await?;
        let found = self.store.inbox_page(who.tenant, who.id, filter, before, MAX_PAGE_SIZE).await?;
        Ok((found.items.iter().map(|item| full_item(who, item)).collect(), found.next))
    }

    /// How many items match a filter. The count is exact below [`MAX_COUNT`].
    pub async fn count_matching(&self, who: &Person, filter: &Filter) -> Result<MatchCount> {
        let _turn = self.search_permit(who, filter).await?;
        self.store.count_matching(who.tenant, who.id, filter, MAX_COUNT).await
    }

    /// One item of the inbox, with its content in every language.
    pub async fn inbox_item(&self, who: &Person, id: Uuid) -> Result<Item> {
        Ok(opened_item(who, &self.store.inbox_item(who.tenant, who.id, id).await?.ok_or(Error::NotFound)?))
    }

    /// Records a click on a button of an item, by its index from 0. Only the first click counts. Returns the
    /// item as it is then; [`Error::NotFound`] if it is not in the inbox or has no such button.
    pub async fn record_click(&self, who: &Person, id: Uuid, button: u32) -> Result<Item> {
        Ok(opened_item(who, &self.store.record_click(who.tenant, who.id, id, button, self.now()).await?))
    }

    /// The counts that the bell shows.
    pub async fn counts(&self, who: &Person) -> Result<Snapshot> {
        self.store.snapshot(who.tenant, who.id).await
    }

    /// The components of the person's notifications, to filter by.
    pub async fn components(&self, who: &Person) -> Result<Vec<String>> {
        self.store.components(who.tenant, who.id).await
    }

    /// Changes the given items, or all that match a filter.
    pub async fn change(&self, who: &Person, change: InboxChange) -> Result<InboxChangeResult> {
        if let Selection::Ids(ids) = &change.items
            && ids.len() > MAX_IDS
        {
            return Err(Error::Invalid(vec![FieldError::with_limit("/ids", FieldErrorCode::TooMany, MAX_IDS)]));
        }
        if let Selection::Matching { filter, up_to } = &change.items {
            check_sequence("/matching/up_to", *up_to)?;
            check_no_blank_field(filter)?;
        }
        let now = self.now();
        let fault = match (change.action, change.until) {
            (Action::Snooze, None) => Some(FieldErrorCode::Missing),
            (Action::Snooze, Some(until)) if until <= now => Some(FieldErrorCode::Past),
            (Action::Snooze, Some(until)) => (until > now + TimeDelta::days(MAX_SNOOZE_DAYS.into())).then_some(FieldErrorCode::Malformed),
            (_, until) => until.map(|_| FieldErrorCode::Malformed),
        };
        if let Some(fault) = fault {
            return Err(Error::Invalid(vec![FieldError::new("/until", fault)]));
        }
        let _turn = match &change.items {
            Selection::Matching { filter, .. } => self.search_permit(who, filter).await?,
            Selection::Ids(_) => None,
        };
        self.store.change_items(who.tenant, who.id, change, self.new_id(), now).await
    }

    /// Undoes a recent change.
    pub async fn undo(&self, who: &Person, undo: Uuid) -> Result<InboxChangeResult> {
        self.store.undo_change(who.tenant, who.id, undo, self.now()).await
    }

    /// Records that the person has seen everything up to this sequence.
    pub async fn mark_seen(&self, who: &Person, up_to: u64) -> Result<Snapshot> {
        check_sequence("/up_to", up_to)?;
        self.store.mark_seen(who.tenant, who.id, up_to).await
    }
}

/// Rejects a filter with a blank field: the caller can hardly have meant all items.
fn check_no_blank_field(filter: &Filter) -> Result<()> {
    let Filter { component, category, sender, text, view: _, severity: _, after: _, before: _ } = filter;
    for (field, value) in [("component", component), ("category", category), ("sender", sender), ("text", text)] {
        if value.as_ref().is_some_and(|value| value.trim().is_empty()) {
            return Err(Error::Invalid(vec![FieldError::new(format!("/matching/filter/{field}"), FieldErrorCode::Missing)]));
        }
    }
    Ok(())
}

/// Rejects a sequence that is out of range.
fn check_sequence(pointer: &str, sequence: u64) -> Result<()> {
    if sequence > MAX_SEQUENCE { Err(Error::Invalid(vec![FieldError::new(pointer, FieldErrorCode::Malformed)])) } else { Ok(()) }
}

fn full_item(who: &Person, item: &StoredItem) -> Item {
    let quiet = item.notification.is_quiet_for(who.id);
    Item { quiet, ..item.notification.full_item(item.notification.choose_content(&who.languages), item.state) }
}

fn opened_item(who: &Person, item: &StoredItem) -> Item {
    let mut shown = full_item(who, item);
    shown.why = Some(Box::new(why_received(who, item)));
    for (button, at) in &item.button_clicks {
        if let Some(button) = shown.buttons.get_mut(*button as usize) {
            button.pressed_at = Some(*at);
        }
    }
    shown
}

fn why_received(who: &Person, item: &StoredItem) -> Why {
    let reason = |(key, since): &(AudienceKey, Option<DateTime<Utc>>)| {
        let group = match key {
            AudienceKey::Everyone => Recipients::Everyone,
            AudienceKey::Person(_) => Recipients::Person { person: who.login.clone() },
            key if *key == AudienceKey::administrators() => Recipients::Administrators,
            AudienceKey::Role { object, relation } => Recipients::Role { object: object.clone(), relation: relation.clone() },
        };
        Reason { group, since: *since }
    };
    Why { source: item.notification.message.source.dialect.clone(), reasons: item.matched_keys.iter().map(reason).collect() }
}

pub(crate) fn listed_item(person: PersonId, languages: &[Language], item: &StoredItem) -> Item {
    let quiet = item.notification.is_quiet_for(person);
    Item { quiet, ..item.notification.list_item(item.notification.choose_content(languages), item.state) }
}

#[cfg(test)]
mod tests {
    use campanile_shared::{Button, ItemState};

    use super::*;
    use crate::{fixtures, model::notification::Message};

    fn faults(checked: Result<()>) -> Vec<FieldError> {
        match checked {
            Err(Error::Invalid(faults)) => faults,
            other => other.map(|()| Vec::new()).unwrap(),
        }
    }

    #[test]
    fn a_filter_with_a_blank_field_is_rejected() {
        let all = Filter::default();
        let empty = || Some(" ".to_owned());
        for (filter, field) in [
            (Filter { component: empty(), ..all.clone() }, "component"),
            (Filter { category: empty(), ..all.clone() }, "category"),
            (Filter { sender: empty(), ..all.clone() }, "sender"),
            (Filter { text: empty(), ..all.clone() }, "text"),
        ] {
            let expected = FieldError::new(format!("/matching/filter/{field}"), FieldErrorCode::Missing);
            assert_eq!(faults(check_no_blank_field(&filter)), [expected]);
        }
        assert_eq!(faults(check_no_blank_field(&all)), []);
        assert_eq!(faults(check_no_blank_field(&Filter { text: Some("x".to_owned()), ..all })), []);
    }

    #[test]
    fn a_sequence_has_63_bits() {
        assert_eq!(faults(check_sequence("/up_to", 0)), []);
        assert_eq!(faults(check_sequence("/up_to", (1 << 63) - 1)), []);
        assert_eq!(faults(check_sequence("/up_to", 1 << 63)), [FieldError::new("/up_to", FieldErrorCode::Malformed)]);
    }

    fn stored(message: Message) -> StoredItem {
        StoredItem {
            notification: fixtures::notification(message),
            state: ItemState::default(),
            button_clicks: Vec::new(),
            matched_keys: Vec::new(),
        }
    }

    #[test]
    fn an_item_is_in_the_reader_s_language_and_quiet_for_those_it_is_meant_to_be() {
        let who = fixtures::person(false);
        for quiet in [false, true] {
            let quiet_for = if quiet { vec![who.id] } else { vec![PersonId(8)] };
            let item = stored(Message { quiet_for, ..fixtures::message() });
            for shown in [listed_item(who.id, &who.languages, &item), full_item(&who, &item), opened_item(&who, &item)] {
                assert_eq!((shown.title.as_str(), shown.quiet), ("Hallo", quiet));
            }
        }
    }

    #[test]
    fn an_opened_item_has_button_clicks_and_why_received() {
        let button = |label: &str| Button { label: label.to_owned(), primary: false, link: None, data: None };
        let mut item = stored(Message { buttons: vec![button("Yes"), button("No")], ..fixtures::message() });
        let role = AudienceKey::Role { object: "a:b".to_owned(), relation: "ADMIN".to_owned() };
        item.button_clicks = vec![(1, fixtures::at(5)), (2, fixtures::at(6))];
        item.matched_keys = vec![
            (AudienceKey::Everyone, None),
            (AudienceKey::Person(PersonId(7)), None),
            (AudienceKey::administrators(), Some(fixtures::at(3))),
            (role, Some(fixtures::at(4))),
        ];
        let shown = opened_item(&fixtures::person(false), &item);
        assert_eq!(shown.buttons.iter().map(|button| button.pressed_at).collect::<Vec<_>>(), [None, Some(fixtures::at(5))]);
        let reason = |group, since| Reason { group, since };
        let role = Recipients::Role { object: "a:b".to_owned(), relation: "ADMIN".to_owned() };
        let reasons = vec![
            reason(Recipients::Everyone, None),
            reason(Recipients::Person { person: "ada".to_owned() }, None),
            reason(Recipients::Administrators, Some(fixtures::at(3))),
            reason(role, Some(fixtures::at(4))),
        ];
        assert_eq!(shown.why, Some(Box::new(Why { source: "campanile".to_owned(), reasons })));
    }
}
