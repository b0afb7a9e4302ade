//! The selection in the list: single items, or all that match the filter.

use rustc_hash::FxHashSet;
use uuid::Uuid;

/// The selection.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Selection {
    ids: FxHashSet<Uuid>,
    /// Where a range starts.
    anchor: Option<Uuid>,
    /// Whether all that match are selected, fetched or not.
    all_matching: bool,
}

impl Selection {
    /// Whether nothing is selected.
    pub fn is_empty(&self) -> bool {
        self.ids.is_empty() && !self.all_matching
    }

    /// Whether all that match are selected.
    pub fn is_all_matching(&self) -> bool {
        self.all_matching
    }

    /// Whether an item is selected.
    pub fn contains(&self, id: Uuid) -> bool {
        self.all_matching || self.ids.contains(&id)
    }

    /// How many items are selected; 0 if all that match are selected.
    pub fn len(&self) -> usize {
        self.ids.len()
    }

    /// Selects or deselects an item; the next range starts there. `order` is the IDs of the list's items.
    pub fn toggle(&mut self, id: Uuid, order: &[Uuid]) {
        if self.all_matching {
            self.all_matching = false;
            self.ids = order.iter().copied().collect();
        }
        if !self.ids.remove(&id) {
            self.ids.insert(id);
        }
        self.anchor = Some(id);
    }

    /// The same for the items of one row. The first one decides.
    pub fn toggle_group(&mut self, ids: &[Uuid], order: &[Uuid]) {
        let Some((first, others)) = ids.split_first() else { return };
        self.toggle(*first, order);
        for id in others {
            if self.ids.contains(first) {
                self.ids.insert(*id);
            } else {
                self.ids.remove(id);
            }
        }
    }

    /// Selects all items from the start of the range to this one.
    pub fn extend_to(&mut self, id: Uuid, order: &[Uuid]) {
        let place = |wanted: Uuid| order.iter().position(|id| *id == wanted);
        let Some(end) = place(id) else { return };
        let begin = self.anchor.and_then(place).unwrap_or(end);
        self.anchor = order.get(begin).copied();
        self.ids.extend(&order[begin.min(end)..=begin.max(end)]);
    }

    /// Selects all that match.
    pub fn select_all_matching(&mut self) {
        *self = Self { all_matching: true, ..Self::default() };
    }

    /// Deselects items that are no longer in the list.
    pub fn retain(&mut self, order: &[Uuid]) {
        let order: FxHashSet<_> = order.iter().copied().collect();
        self.ids.retain(|id| order.contains(id));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ids<const N: usize>(numbers: [u128; N]) -> Vec<Uuid> {
        numbers.map(Uuid::from_u128).into()
    }

    #[test]
    fn ranges_go_both_ways() {
        let order = ids([1, 2, 3, 4, 5]);
        let mut selection = Selection::default();
        selection.toggle(order[3], &order);
        selection.extend_to(order[1], &order);
        assert_eq!(order.iter().map(|id| selection.contains(*id)).collect::<Vec<_>>(), [false, true, true, true, false]);
        selection.extend_to(order[4], &order);
        assert_eq!(selection.len(), 4);
    }

    #[test]
    fn a_range_without_a_beginning_is_one_item() {
        let order = ids([1, 2, 3]);
        let mut selection = Selection::default();
        selection.extend_to(order[1], &order);
        assert_eq!((selection.len(), selection.contains(order[1])), (1, true));
    }

    #[test]
    fn deselecting_one_of_all_keeps_the_others() {
        let order = ids([1, 2, 3]);
        let mut selection = Selection::default();
        selection.select_all_matching();
        assert!(selection.contains(Uuid::from_u128(99)));
        selection.toggle(order[0], &order);
        assert_eq!((selection.is_all_matching(), selection.len(), selection.contains(order[0])), (false, 2, false));
    }

    #[test]
    fn a_group_is_selected_as_one() {
        let order = ids([1, 2, 3]);
        let mut selection = Selection::default();
        selection.toggle(order[1], &order);
        selection.toggle_group(&order[..2], &order);
        assert_eq!(selection.len(), 2);
        selection.toggle_group(&order[..2], &order);
        assert!(selection.is_empty());
    }

    #[test]
    fn removed_items_are_deselected() {
        let order = ids([1, 2]);
        let mut selection = Selection::default();
        selection.toggle(order[0], &order);
        selection.retain(&order[1..]);
        assert!(selection.is_empty());
    }
}
