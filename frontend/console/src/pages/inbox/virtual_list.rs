//! The layout of the virtual list: which rows are in the document, and where. Every kind of row has a fixed
//! height, so all positions are known without rendering.

use std::{ops::Range, sync::Arc};

use campanile_shared::{Item, preferences::Density};
use uuid::Uuid;

use super::grouping::{MAX_GROUP, MIN_GROUP, group_head, group_key, same_message};
use crate::state::item_list::Section;

/// The height of a row, in CSS pixels. The style sheet has the same value.
pub const fn row_height(density: Density) -> i32 {
    match density {
        Density::Comfortable => 96,
        Density::Compact => 56,
    }
}

/// The height of a heading, in CSS pixels. The style sheet has the same value.
pub const HEADING_HEIGHT: i32 = 36;
/// How far beyond the visible part rows are rendered, above and below, in CSS pixels.
const OVERSCAN: i32 = 480;

/// The rows of a list, from the top. There may be a hundred thousand, so a row holds little.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Layout {
    rows: Vec<LayoutRow>,
    /// The headings, by the index of the row below them.
    headings: Vec<(usize, Heading)>,
    /// The height of a row without its heading, in CSS pixels.
    row: i32,
    /// The height of the whole list, in CSS pixels.
    height: i32,
}

/// A row of the list: an item, or a group of items with the same message.
#[derive(Clone, Debug)]
pub struct LayoutRow {
    /// The item; the newest one of a group.
    pub item: Arc<Item>,
    /// The older items of the group.
    collapsed: Option<Box<[Uuid]>>,
    /// How many consecutive items have the same message, if they are enough for a group; else 1. An expanded
    /// group has this number, too.
    group_size: u32,
    /// The top of the row, in CSS pixels from the top of the list.
    top: i32,
}

/// A row with its index and heading, as it is rendered.
#[derive(Clone, Debug)]
pub struct VisibleRow {
    /// The row.
    pub row: LayoutRow,
    /// Its index, from 0.
    pub index: usize,
    /// The heading above it.
    pub heading: Option<Heading>,
}

/// A heading in the list.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Heading {
    /// A section at the top.
    Section(Section),
    /// A day, given by a time on that day.
    Day(f64),
}

/// Items are nearly always the same allocation; comparing pointers first is cheap.
impl PartialEq for LayoutRow {
    fn eq(&self, other: &Self) -> bool {
        let Self { item, collapsed: folded, group_size: run, top } = self;
        let same_layout = (*run, *top, folded) == (other.group_size, other.top, &other.collapsed);
        same_layout && (Arc::ptr_eq(item, &other.item) || *item == other.item)
    }
}

impl LayoutRow {
    /// The key of the row. It does not change when newer items join the group.
    pub fn key(&self) -> Uuid {
        self.collapsed().last().copied().unwrap_or(self.item.id)
    }

    /// The older items of the group.
    pub fn collapsed(&self) -> &[Uuid] {
        self.collapsed.as_deref().unwrap_or_default()
    }

    /// How many consecutive items have the same message, if they are enough for a group; else 1.
    pub fn group_size(&self) -> u32 {
        self.group_size
    }

    /// The top of the row, in CSS pixels from the top of the list.
    pub fn top(&self) -> i32 {
        self.top
    }

    /// Whether an item is in the row.
    pub fn contains(&self, id: Uuid) -> bool {
        self.item.id == id || self.collapsed().contains(&id)
    }
}

impl Layout {
    /// Lays out items below headings of sections and days. Items of one day with the same message become a
    /// group, unless `unfolded` has its key. `instant` returns an item's time and `day` the span of the day
    /// around a time. A row is `row_height` pixels high.
    pub fn new(
        items: &[Arc<Item>],
        row: i32,
        section: impl Fn(&Item) -> Section,
        instant: impl Fn(&Item) -> f64,
        day: impl Fn(f64) -> Range<f64>,
        unfolded: &[String],
    ) -> Self {
        // Items of a day are consecutive, so the calendar is asked once a day.
        let mut known = 0.0..0.0;
        let mut section_and_day = |item: &Item| match section(item) {
            Section::ByDay => {
                let at = instant(item);
                if !known.contains(&at) {
                    known = day(at);
                }
                (Section::ByDay, known.start)
            }
            section => (section, 0.0),
        };
        let mut layout = Self { rows: Vec::with_capacity(items.len()), row, ..Self::default() };
        let (mut rest, mut above) = (items, None);
        while let Some(item) = rest.first() {
            let current = section_and_day(item);
            let heading = (above != Some(current)).then(|| match current.0 {
                Section::ByDay => Heading::Day(instant(item)),
                section => Heading::Section(section),
            });
            above = Some(current);
            let same = |other: &&Arc<Item>| same_message(item, other) && section_and_day(other) == current;
            let run = match current.0 {
                Section::ByDay => 1 + rest[1..].iter().take(MAX_GROUP - 1).take_while(same).count(),
                _ => 1,
            };
            let (group, remaining) = rest.split_at(run);
            rest = remaining;
            if run < MIN_GROUP {
                group.iter().enumerate().for_each(|(at, item)| layout.push(Arc::clone(item), heading.filter(|_| at == 0), &[], 1));
            } else if unfolded.contains(&group_key(item)) {
                let run_at = |at| if at == 0 { run } else { 1 };
                group.iter().enumerate().for_each(|(at, item)| layout.push(Arc::clone(item), heading.filter(|_| at == 0), &[], run_at(at)));
            } else {
                let head = group_head(group).unwrap_or_else(|| Arc::clone(item));
                layout.push(head, heading, &group[1..], run);
            }
        }
        layout
    }

    fn push(&mut self, item: Arc<Item>, heading: Option<Heading>, folded: &[Arc<Item>], run: usize) {
        let folded = (!folded.is_empty()).then(|| folded.iter().map(|item| item.id).collect());
        let run = u32::try_from(run).unwrap_or(u32::MAX);
        self.headings.extend(heading.map(|heading| (self.rows.len(), heading)));
        self.rows.push(LayoutRow { item, collapsed: folded, group_size: run, top: self.height });
        self.height += self.row + heading.map_or(0, |_| HEADING_HEIGHT);
    }

    /// The number of rows.
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    /// Whether there are no rows.
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// All rows, from the top.
    pub fn iter(&self) -> impl Iterator<Item = &LayoutRow> {
        self.rows.iter()
    }

    /// The height of the whole list, in CSS pixels.
    pub fn height(&self) -> i32 {
        self.height
    }

    /// The bottom of a row, in CSS pixels from the top of the list.
    fn bottom(&self, index: usize) -> i32 {
        self.rows.get(index + 1).map_or(self.height, LayoutRow::top)
    }

    /// The row at an index, as it is rendered.
    pub fn visible_row(&self, index: usize) -> Option<VisibleRow> {
        let row = self.rows.get(index)?.clone();
        let heading = self.headings.binary_search_by_key(&index, |(place, _)| *place).ok().map(|at| self.headings[at].1);
        Some(VisibleRow { row, index, heading })
    }

    /// The key of the last row whose item arrived after the person last looked; `None` if no older row follows.
    pub fn last_new(&self, seen_up_to: u64) -> Option<Uuid> {
        // Items in the sections at the top are not there because they are new.
        let (days, _) = self.headings.iter().find(|(_, heading)| matches!(heading, Heading::Day(_)))?;
        let new = self.rows[*days..].iter().take_while(|row| row.item.sequence > seen_up_to).count();
        self.rows.get(days + new).and_then(|_| self.rows[*days..days + new].last()).map(LayoutRow::key)
    }

    /// The rows to render. The number of rows is the same at every scroll position, unless the list has fewer.
    pub fn visible_range(&self, scrolled: i32, height: i32) -> Range<usize> {
        let count = usize::try_from((height + 2 * OVERSCAN) / self.row.max(1) + 2).unwrap_or_default();
        let first = self.rows.partition_point(|row| row.top + self.row < scrolled - OVERSCAN);
        // A list that became shorter may have been scrolled beyond its new end.
        let first = first.min(self.len().saturating_sub(count));
        first..self.len().min(first + count)
    }

    /// The top and bottom of an item's row, in CSS pixels from the top of the list.
    pub fn bounds(&self, id: Uuid) -> Option<(i32, i32)> {
        let place = self.rows.iter().position(|row| row.contains(id))?;
        Some((self.rows[place].top, self.bottom(place)))
    }

    /// How far the first visible item has moved down since `before`, in CSS pixels. Scrolling by this much
    /// keeps it in place. If that item is gone, the next one that is not gone counts.
    pub fn scroll_shift(&self, before: &Self, scrolled: i32) -> Option<i32> {
        let first = before.rows.partition_point(|row| row.top <= scrolled).saturating_sub(1);
        (first..before.len()).find_map(|place| {
            let id = before.rows[place].item.id;
            // Most rows keep their index.
            let same = self.rows.get(place).filter(|row| row.contains(id)).map(|_| self.bottom(place));
            let bottom = same.or_else(|| self.bounds(id).map(|(_, bottom)| bottom))?;
            Some(bottom - before.bottom(place))
        })
    }
}

/// Equal rows are not rendered again.
impl PartialEq for VisibleRow {
    fn eq(&self, other: &Self) -> bool {
        (self.index, self.heading) == (other.index, other.heading) && self.row == other.row
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::state::item_list::tests::item;
    use campanile_shared::Severity;

    const ROW: i32 = row_height(Density::Comfortable);

    /// Items of two days: the lower half of the sequences is the older day.
    fn list(count: u64) -> Layout {
        let items: Vec<_> =
            (0..count).rev().map(|sequence| Arc::new(Item { title: sequence.to_string(), ..item(sequence, Severity::Error) })).collect();
        let section = |item: &Item| if item.state.pinned { Section::Pinned } else { Section::ByDay };
        let half = (count / 2) as f64;
        let day = |at| if at < half { 0.0..half } else { half..count as f64 };
        Layout::new(&items, ROW, section, |item| item.sequence as f64, day, &[])
    }

    #[test]
    fn days_have_one_heading_each() {
        let list = list(4);
        let headings: Vec<_> = (0..5).map(|place| list.visible_row(place).map(|visible| visible.heading.is_some())).collect();
        assert_eq!(headings, [Some(true), Some(false), Some(true), Some(false), None]);
    }

    #[test]
    fn the_last_new_row_is_above_the_seen_ones() {
        let last = |seen_up_to| list(4).last_new(seen_up_to).map(|id| id.as_u128());
        assert_eq!([last(0), last(1), last(2), last(3)], [Some(1), Some(2), Some(3), None]);
        let items = [item(9, Severity::Error), item(8, Severity::Error)].map(Arc::new);
        let all_new = Layout::new(&items, ROW, |_| Section::ByDay, |_| 0.0, |_| 0.0..1.0, &[]);
        assert_eq!(all_new.last_new(3), None, "nothing older is shown below");
        assert_eq!(Layout::default().last_new(3), None);
    }

    #[test]
    fn few_lines_of_a_long_list_are_drawn() {
        let layout = list(100_000);
        let range = layout.visible_range(1_000_000, 800);
        assert!(range.len() < 25, "{range:?}");
        let (first, last) = (layout.rows[range.start].top, layout.bottom(range.end - 1));
        assert!(
            (1_000_000 - OVERSCAN - ROW - HEADING_HEIGHT..=1_000_000 - OVERSCAN).contains(&first) && last >= 1_000_800 + OVERSCAN,
            "{first} {last}"
        );
        assert_eq!(layout.height(), 100_000 * ROW + 2 * HEADING_HEIGHT);
        assert!(size_of::<LayoutRow>() <= 5 * size_of::<usize>(), "there may be very many");
    }

    #[test]
    fn the_range_has_a_fixed_length() {
        let layout = list(300);
        let (begin, middle, end) = (layout.visible_range(0, 799), layout.visible_range(9_999, 799), layout.visible_range(99_999, 799));
        assert_eq!((begin.start, end.end), (0, 300));
        assert_eq!((begin.len(), end.len()), (middle.len(), middle.len()));
        assert_eq!((list(3).visible_range(50, 800), Layout::default().visible_range(0, 800)), (0..3, 0..0));
    }

    #[test]
    fn items_are_found_with_their_headings() {
        assert_eq!(list(4).bounds(Uuid::from_u128(3)), Some((0, HEADING_HEIGHT + ROW)));
        assert_eq!(list(4).bounds(Uuid::from_u128(0)), Some((2 * HEADING_HEIGHT + 3 * ROW, 2 * HEADING_HEIGHT + 4 * ROW)));
        assert_eq!(list(4).bounds(Uuid::from_u128(9)), None);
    }

    #[test]
    fn identical_items_of_a_day_are_grouped() {
        let titled = |(at, title): (usize, &&str)| Arc::new(Item { title: (*title).to_owned(), ..item(20 - at as u64, Severity::Error) });
        let mut items: Vec<_> = ["a", "b", "b", "b", "b", "b", "c", "c", "b", "b", "b"].iter().enumerate().map(titled).collect();
        // The fourth `b` is on the day before.
        let list = |items: &[Arc<Item>], unfolded: &[&str]| {
            let unfolded = unfolded.iter().map(|title| format!("Gateway\n{title}")).collect::<Vec<_>>();
            Layout::new(
                items,
                ROW,
                |_| Section::ByDay,
                |item| item.sequence as f64,
                |at| if at > 16.0 { 17.0..99.0 } else { 0.0..17.0 },
                &unfolded,
            )
        };
        let shown = |layout: &Layout| {
            let visible = (0..layout.len()).filter_map(|place| layout.visible_row(place));
            visible
                .map(|VisibleRow { row, heading, .. }| (row.item.sequence, row.collapsed().len(), row.group_size, heading.is_some()))
                .collect::<Vec<_>>()
        };
        let folded = list(&items, &[]);
        let expected = [
            (20, 0, 1, true),
            (19, 2, 3, false),
            (16, 0, 1, true),
            (15, 0, 1, false),
            (14, 0, 1, false),
            (13, 0, 1, false),
            (12, 2, 3, false),
        ];
        assert_eq!(shown(&folded), expected);
        assert_eq!(
            (folded.rows[1].key(), folded.bounds(Uuid::from_u128(17))),
            (Uuid::from_u128(17), Some((HEADING_HEIGHT + ROW, HEADING_HEIGHT + 2 * ROW)))
        );
        let one_by_one = shown(&list(&items, &["b"]));
        assert_eq!((one_by_one.len(), one_by_one[1], one_by_one[2]), (11, (19, 0, 3, false), (18, 0, 1, false)));
        Arc::make_mut(&mut items[1]).state.read = true;
        assert!(!list(&items, &[]).rows[1].item.state.read, "other items of the group are unread");
        Arc::make_mut(&mut items[2]).severity = Severity::Warning;
        assert_eq!(list(&items, &[]).len(), 9);
    }

    #[test]
    fn the_scroll_position_is_kept() {
        let before = list(30);
        let now = |sequences: &[u64]| {
            let items: Vec<_> =
                sequences.iter().map(|number| Arc::new(Item { title: number.to_string(), ..item(*number, Severity::Error) })).collect();
            Layout::new(
                &items,
                ROW,
                |_| Section::ByDay,
                |item| item.sequence as f64,
                |at| if at < 15.0 { 0.0..15.0 } else { 15.0..99.0 },
                &[],
            )
        };
        let known: Vec<u64> = (0..30).rev().collect();
        let newer: Vec<u64> = [99].into_iter().chain(known.clone()).collect();
        assert_eq!(now(&newer).scroll_shift(&before, 5 * ROW), Some(ROW));
        assert_eq!(now(&known[..20]).scroll_shift(&before, 5 * ROW), Some(0));
        let gone: Vec<u64> = known.iter().copied().filter(|number| *number != 25).collect();
        assert_eq!(now(&gone).scroll_shift(&before, HEADING_HEIGHT + 4 * ROW + ROW / 2), Some(-ROW), "the next item counts instead");
        assert_eq!(Layout::default().scroll_shift(&before, 0), None);
    }
}
