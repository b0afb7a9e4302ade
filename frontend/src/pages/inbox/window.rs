//! Which part of a long list is in the document. Every kind of line has a fixed height, so that
//! place and height of all lines are known without drawing them.

use std::{collections::HashSet, ops::Range, sync::Arc};

use campanile_shared::{Item, ItemState, person::Density};
use uuid::Uuid;

use crate::state::list::Section;

/// The height of an item, in CSS pixels; the style sheet says the same.
pub const fn row(density: Density) -> f64 {
    match density {
        Density::Comfortable => 96.0,
        Density::Compact => 56.0,
    }
}

/// The height of a heading, in CSS pixels; the style sheet says the same.
pub const HEADING: f64 = 36.0;
/// How much is drawn beyond what can be seen, above and below, in CSS pixels.
const MARGIN: f64 = 480.0;

/// One line of the list: an item, below the heading of its day or section where it is the first of it.
#[derive(Clone, Debug)]
pub struct Line {
    /// The item.
    pub item: Arc<Item>,
    /// Its place among the lines, from 0.
    pub place: usize,
    /// Where it begins, in CSS pixels from the top of the list.
    pub top: f64,
    /// Where it ends.
    pub bottom: f64,
    /// What begins here.
    pub heading: Option<Heading>,
    /// The older ones that say the same and are folded into this line.
    pub folded: Vec<Uuid>,
    /// How many say the same from here on, where that is enough to fold them, whether they are or not.
    pub run: usize,
}

/// From how many that say the same on they are folded.
const FEWEST_FOLDED: usize = 3;
/// The most that are folded into one line: as many as one change may name.
const MOST_FOLDED: usize = 1_000;

/// What items have to share to be folded: they follow each other and are of the same component, severity
/// and title.
fn say_the_same(one: &Item, other: &Item) -> bool {
    one.severity == other.severity && one.title == other.title && one.component == other.component
}

/// What is remembered of items that are not to be folded.
pub fn storm(item: &Item) -> String {
    format!("{}\n{}", item.component.as_deref().unwrap_or_default(), item.title)
}

/// What items stand under.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Heading {
    /// A section at the top.
    Section(Section),
    /// A day, told by an instant in it.
    Day(f64),
}

/// Nearly always the items are one and the same, which need not be read for that.
impl PartialEq for Line {
    fn eq(&self, other: &Self) -> bool {
        let Self { item, place, top, bottom, heading, folded, run } = self;
        let stands = (*place, *top, *bottom, *heading, *run) == (other.place, other.top, other.bottom, other.heading, other.run);
        stands && *folded == other.folded && (Arc::ptr_eq(item, &other.item) || *item == other.item)
    }
}

impl Line {
    /// What stays the same of it while newer ones are folded into it.
    pub fn key(&self) -> Uuid {
        self.folded.last().copied().unwrap_or(self.item.id)
    }

    /// Whether an item is in it.
    pub fn holds(&self, id: Uuid) -> bool {
        self.item.id == id || self.folded.contains(&id)
    }
}

/// Lists the items under the headings of their sections and days, folding those of a day that say the same
/// unless they are `unfolded`. `instant` and `day` tell an item's
/// time and the day that a time lies in; each of them is `row` high.
pub fn lines(
    items: &[Arc<Item>],
    row: f64,
    section: impl Fn(&Item) -> Section,
    instant: impl Fn(&Item) -> f64,
    day: impl Fn(f64) -> Range<f64>,
    unfolded: &HashSet<String>,
) -> Vec<Line> {
    // Items of a day follow each other: a calendar is asked once a day.
    let mut known = 0.0..0.0;
    let mut part = |item: &Item| match section(item) {
        Section::Days => {
            let at = instant(item);
            if !known.contains(&at) {
                known = day(at);
            }
            (Section::Days, known.start)
        }
        section => (section, 0.0),
    };
    let parts: Vec<_> = items.iter().map(|item| part(item)).collect();
    let (mut lines, mut at) = (Vec::<Line>::with_capacity(items.len()), 0);
    while let Some(item) = items.get(at) {
        let begins = at == 0 || parts[at - 1] != parts[at];
        let heading =
            begins.then(|| if parts[at].0 == Section::Days { Heading::Day(instant(item)) } else { Heading::Section(parts[at].0) });
        let same = |(other, part): &(&Arc<Item>, &_)| *part == &parts[at] && say_the_same(item, other);
        let run = match parts[at].0 {
            Section::Days => items[at..].iter().zip(&parts[at..]).take(MOST_FOLDED).take_while(same).count(),
            _ => 1,
        };
        let whole = if run < FEWEST_FOLDED || unfolded.contains(&storm(item)) { 1 } else { run };
        // A line of many is unread as long as one of them is.
        let unread = items[at..at + whole].iter().any(|item| !item.state.read);
        let item = if unread == item.state.read { unread_again(item) } else { Arc::clone(item) };
        let folded = items[at + 1..at + whole].iter().map(|item| item.id).collect();
        let run = if run >= FEWEST_FOLDED { run } else { 1 };
        let top = lines.last().map_or(0.0, |line| line.bottom);
        let bottom = top + row + if heading.is_some() { HEADING } else { 0.0 };
        lines.push(Line { item, place: lines.len(), top, bottom, heading, folded, run });
        at += whole;
        // The others of a storm that is shown one by one need no second look.
        if whole == 1 && run > 1 {
            for (item, _) in items[at..].iter().zip(&parts[at..]).take(run - 1) {
                let top = lines.last().map_or(0.0, |line| line.bottom);
                let item = Arc::clone(item);
                lines.push(Line { item, place: lines.len(), top, bottom: top + row, heading: None, folded: Vec::new(), run: 1 });
            }
            at += run - 1;
        }
    }
    lines
}

fn unread_again(item: &Item) -> Arc<Item> {
    Arc::new(Item { state: ItemState { read: false, ..item.state }, ..item.clone() })
}

/// The line above which everything arrived after the person last looked, when older ones follow it.
pub fn last_new(lines: &[Line], seen_up_to: u64) -> Option<Uuid> {
    // What stands on top is not there for being new.
    let days = lines.iter().position(|line| matches!(line.heading, Some(Heading::Day(_))))?;
    let new = lines[days..].iter().take_while(|line| line.item.sequence > seen_up_to).count();
    lines.get(days + new).and_then(|_| lines[days..days + new].last()).map(Line::key)
}

/// The lines to draw, with their distance from the top, and the height of all lines.
pub fn visible(lines: &[Line], scrolled: f64, height: f64) -> (Range<usize>, f64, f64) {
    // A list that became shorter may have been scrolled further than it now reaches.
    let total = lines.last().map_or(0.0, |line| line.bottom);
    let scrolled = scrolled.min((total - height).max(0.0));
    let first = lines.partition_point(|line| line.bottom < scrolled - MARGIN);
    let last = lines.partition_point(|line| line.top <= scrolled + height + MARGIN);
    (first..last, lines.get(first).map_or(0.0, |line| line.top), total)
}

/// A distance as CSS says it. All are whole numbers; to print others would take code that nothing else
/// needs.
pub fn pixels(distance: f64) -> String {
    #[expect(clippy::cast_possible_truncation, reason = "no list is two thousand million pixels high")]
    let whole = distance as i32;
    format!("{whole}px")
}

/// Where the line of an item begins and ends, from the top of the list.
pub fn position(lines: &[Line], id: Uuid) -> Option<(f64, f64)> {
    lines.iter().find(|line| line.holds(id)).map(|line| (line.top, line.bottom))
}

/// How far the first item in sight went down when the lines changed, in CSS pixels: what to
/// scroll by so that it stands still. An item that is gone stands for the next that is not.
pub fn moved(before: &[Line], now: &[Line], scrolled: f64) -> Option<f64> {
    let seen = &before[before.partition_point(|line| line.bottom <= scrolled)..];
    seen.iter().find_map(|line| {
        // Mostly everything is where it was.
        let same = now.get(line.place).filter(|same| same.holds(line.item.id)).map(|same| same.bottom);
        let bottom = same.or_else(|| position(now, line.item.id).map(|(_, bottom)| bottom))?;
        Some(bottom - line.bottom)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::state::list::tests::item;
    use campanile_shared::Severity;

    const ROW: f64 = row(Density::Comfortable);

    /// Items of two days: even sequences are of the second.
    fn list(count: u64) -> Vec<Line> {
        let items: Vec<_> =
            (0..count).rev().map(|sequence| Arc::new(Item { title: sequence.to_string(), ..item(sequence, Severity::Error) })).collect();
        let section = |item: &Item| if item.state.pinned { Section::Pinned } else { Section::Days };
        let half = (count / 2) as f64;
        let day = |at| if at < half { 0.0..half } else { half..count as f64 };
        lines(&items, ROW, section, |item| item.sequence as f64, day, &HashSet::new())
    }

    #[test]
    fn days_have_one_heading_each() {
        let headings: Vec<_> = list(4).iter().map(|line| line.heading.is_some()).collect();
        assert_eq!(headings, [true, false, true, false]);
    }

    #[test]
    fn new_ones_end_above_what_was_known() {
        let last = |seen_up_to| last_new(&list(4), seen_up_to).map(|id| id.as_u128());
        assert_eq!([last(0), last(1), last(2), last(3)], [Some(1), Some(2), Some(3), None]);
        let items = [item(9, Severity::Error), item(8, Severity::Error)].map(Arc::new);
        let all_new = lines(&items, ROW, |_| Section::Days, |_| 0.0, |_| 0.0..1.0, &HashSet::new());
        assert_eq!(last_new(&all_new, 3), None, "nothing older is shown below");
        assert_eq!(last_new(&[], 3), None);
    }

    #[test]
    fn few_lines_of_a_long_list_are_drawn() {
        let lines = list(100_000);
        let (range, offset, total) = visible(&lines, 1_000_000.0, 800.0);
        assert!(range.len() < 25, "{range:?}");
        assert!((1_000_000.0 - MARGIN - ROW - HEADING..=1_000_000.0 - MARGIN).contains(&offset), "{offset}");
        assert!((total - (100_000.0 * ROW + 2.0 * HEADING)).abs() < 0.1);
    }

    #[test]
    fn the_ends_are_drawn_whole() {
        let lines = list(30);
        assert_eq!(visible(&lines, 0.0, 800.0).0.start, 0);
        let (end, ..) = visible(&lines, 99_999.0, 800.0);
        assert!(end.start > 0 && end.end == lines.len(), "{end:?}");
        assert_eq!(visible(&[], 0.0, 800.0), (0..0, 0.0, 0.0));
    }

    #[test]
    fn items_are_found_with_their_headings() {
        assert_eq!(position(&list(4), Uuid::from_u128(3)), Some((0.0, HEADING + ROW)));
        assert_eq!(position(&list(4), Uuid::from_u128(0)), Some((2.0 * HEADING + 3.0 * ROW, 2.0 * HEADING + 4.0 * ROW)));
        assert_eq!(position(&list(4), Uuid::from_u128(9)), None);
    }

    #[test]
    fn storms_are_one_line_of_a_day() {
        let titled = |(at, title): (usize, &&str)| Arc::new(Item { title: (*title).to_owned(), ..item(20 - at as u64, Severity::Error) });
        let mut items: Vec<_> = ["a", "b", "b", "b", "b", "b", "c", "c", "b", "b", "b"].iter().enumerate().map(titled).collect();
        // The fourth `b` is of the day before.
        let list = |items: &[Arc<Item>], unfolded: &[&str]| {
            let unfolded = unfolded.iter().map(|title| format!("Gateway\n{title}")).collect();
            lines(
                items,
                ROW,
                |_| Section::Days,
                |item| item.sequence as f64,
                |at| if at > 16.0 { 17.0..99.0 } else { 0.0..17.0 },
                &unfolded,
            )
        };
        let shown = |lines: &[Line]| {
            lines.iter().map(|line| (line.item.sequence, line.folded.len(), line.run, line.heading.is_some())).collect::<Vec<_>>()
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
            (folded[1].key(), position(&folded, Uuid::from_u128(17))),
            (Uuid::from_u128(17), Some((HEADING + ROW, HEADING + 2.0 * ROW)))
        );
        let one_by_one = shown(&list(&items, &["b"]));
        assert_eq!((one_by_one.len(), one_by_one[1], one_by_one[2]), (11, (19, 0, 3, false), (18, 0, 1, false)));
        Arc::make_mut(&mut items[1]).state.read = true;
        assert!(!list(&items, &[])[1].item.state.read, "others of it are unread");
        Arc::make_mut(&mut items[2]).severity = Severity::Warning;
        assert_eq!(list(&items, &[]).len(), 9);
    }

    #[test]
    fn what_is_read_stands_still() {
        let before = list(30);
        let now = |sequences: &[u64]| {
            let items: Vec<_> =
                sequences.iter().map(|number| Arc::new(Item { title: number.to_string(), ..item(*number, Severity::Error) })).collect();
            lines(
                &items,
                ROW,
                |_| Section::Days,
                |item| item.sequence as f64,
                |at| if at < 15.0 { 0.0..15.0 } else { 15.0..99.0 },
                &HashSet::new(),
            )
        };
        let known: Vec<u64> = (0..30).rev().collect();
        let newer: Vec<u64> = [99].into_iter().chain(known.clone()).collect();
        assert_eq!(moved(&before, &now(&newer), 5.0 * ROW), Some(ROW));
        assert_eq!(moved(&before, &before[..20], 5.0 * ROW), Some(0.0));
        let gone: Vec<u64> = known.into_iter().filter(|number| *number != 25).collect();
        assert_eq!(moved(&before, &now(&gone), HEADING + 4.5 * ROW), Some(-ROW), "the next stands for it");
        assert_eq!(moved(&before, &[], 0.0), None);
    }
}
