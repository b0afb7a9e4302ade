//! Which part of a long list is in the document. Every kind of line has a fixed height, so that
//! place and height of all lines are known without drawing them.

use std::{ops::Range, sync::Arc};

use campanile_shared::Item;
use uuid::Uuid;

/// The height of an item, in CSS pixels; the style sheet says the same.
pub const ROW: f64 = 96.0;
/// The height of a day's heading, in CSS pixels; the style sheet says the same.
pub const HEADING: f64 = 36.0;
/// How much is drawn beyond what can be seen, above and below, in CSS pixels.
const MARGIN: f64 = 480.0;

/// One line of the list: an item, below the heading of its day where it is the first of it.
#[derive(Clone, Debug, PartialEq)]
pub struct Line {
    /// The item.
    pub item: Arc<Item>,
    /// Its place among the items, from 0.
    pub place: usize,
    /// The day that begins here, told by an instant in it.
    pub day: Option<f64>,
}

impl Line {
    /// The line's height in CSS pixels.
    pub const fn height(&self) -> f64 {
        if self.day.is_some() { ROW + HEADING } else { ROW }
    }
}

/// Lists the items under the headings of their days. `instant` and `day` tell an item's time and
/// the day of a time.
pub fn lines(items: &[Arc<Item>], instant: impl Fn(&Item) -> f64, day: impl Fn(f64) -> i32) -> Vec<Line> {
    let mut before = None;
    let line = |(place, item): (usize, &Arc<Item>)| {
        let at = instant(item);
        let today = Some(day(at));
        let begins = before != today;
        before = today;
        Line { item: Arc::clone(item), place, day: begins.then_some(at) }
    };
    items.iter().enumerate().map(line).collect()
}

/// The lines to draw, with their distance from the top, and the height of all lines.
pub fn visible(lines: &[Line], scrolled: f64, height: f64) -> (Range<usize>, f64, f64) {
    // A list that became shorter may have been scrolled further than it now reaches.
    let total: f64 = lines.iter().map(Line::height).sum();
    let scrolled = scrolled.min((total - height).max(0.0));
    let (mut top, mut first, mut offset, mut last) = (0.0, None, 0.0, 0);
    for (index, line) in lines.iter().enumerate() {
        let bottom = top + line.height();
        if first.is_none() && bottom >= scrolled - MARGIN {
            first = Some(index);
            offset = top;
        }
        if top <= scrolled + height + MARGIN {
            last = index + 1;
        }
        top = bottom;
    }
    (first.unwrap_or(0)..last, offset, total)
}

/// Where the line of an item begins and ends, from the top of the list.
pub fn position(lines: &[Line], id: Uuid) -> Option<(f64, f64)> {
    let mut top = 0.0;
    for line in lines {
        if line.item.id == id {
            return Some((top, top + line.height()));
        }
        top += line.height();
    }
    None
}

/// How far the first item in sight went down when the lines changed, in CSS pixels: what to
/// scroll by so that it stands still. An item that is gone stands for the next that is not.
pub fn moved(before: &[Line], now: &[Line], scrolled: f64) -> Option<f64> {
    let mut bottom = 0.0;
    for line in before {
        bottom += line.height();
        if bottom > scrolled
            && let Some((_, place)) = position(now, line.item.id)
        {
            return Some(place - bottom);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::state::list::tests::item;
    use campanile_shared::Severity;

    /// Items of two days: even sequences are of the second.
    fn list(count: u64) -> Vec<Line> {
        let items: Vec<_> = (0..count).rev().map(|sequence| Arc::new(item(sequence, Severity::Error))).collect();
        lines(&items, |item| item.sequence as f64, |at| i32::from(at >= (count / 2) as f64))
    }

    #[test]
    fn days_have_one_heading_each() {
        let headings: Vec<_> = list(4).iter().map(|line| line.day.is_some()).collect();
        assert_eq!(headings, [true, false, true, false]);
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
    fn what_is_read_stands_still() {
        let before = list(30);
        let mut now = before.clone();
        now[0].day = None;
        now.insert(0, Line { item: Arc::new(item(99, Severity::Error)), place: 0, day: Some(0.0) });
        assert_eq!(moved(&before, &now, 5.0 * ROW), Some(ROW));
        assert_eq!(moved(&before, &before[..20], 5.0 * ROW), Some(0.0));
        let gone: Vec<_> = before.iter().filter(|line| line.item.sequence != 25).cloned().collect();
        assert_eq!(moved(&before, &gone, HEADING + 4.5 * ROW), Some(-ROW), "the next stands for it");
        assert_eq!(moved(&before, &[], 0.0), None);
    }
}
