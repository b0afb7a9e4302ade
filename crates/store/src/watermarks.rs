//! Watermarks: the state of every item that has no row of its own, as a few spans of sequences.
//!
//! "Mark all as read" on a million items moves one border and writes no rows. One watermark for each mark would
//! not be enough, because the marks mix: dismissing all and later marking all as read leaves old items
//! dismissed and unread, and newer ones read.

use crate::state::StateBits;

/// Borders in ascending order, each with the state of the sequences up to it and above the border before.
/// Sequences above the last border have no state.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Watermarks(Vec<(u64, StateBits)>);

/// Sequences `low < sequence ≤ high` that have the same state.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Span {
    pub low: u64,
    pub high: u64,
    pub state: StateBits,
}

impl Watermarks {
    /// The stored text, for example `120:3 400:1`.
    pub fn to_text(&self) -> String {
        self.0.iter().map(|(border, state)| format!("{border}:{}", state.0)).collect::<Vec<_>>().join(" ")
    }

    /// Parses a stored text; `None` when it is malformed.
    pub fn parse(text: &str) -> Option<Self> {
        text.split_whitespace()
            .map(|part| {
                let (border, state) = part.split_once(':')?;
                Some((border.parse().ok()?, StateBits(state.parse().ok().filter(|state| *state < StateBits::COUNT)?)))
            })
            .collect::<Option<_>>()
            .map(Self)
    }

    /// The state of a sequence.
    pub fn at(&self, sequence: u64) -> StateBits {
        let at = self.0.partition_point(|(border, _)| *border < sequence);
        self.0.get(at).map_or(StateBits::default(), |(_, state)| *state)
    }

    /// The spans of `low < sequence ≤ high`, the newest first. Together they cover the whole interval.
    pub fn within(&self, low: u64, high: u64) -> Vec<Span> {
        let mut found = Vec::new();
        let mut below = 0;
        for (border, state) in self.0.iter().copied().chain([(u64::MAX, StateBits::default())]) {
            let span = Span { low: below.max(low), high: border.min(high), state };
            if span.low < span.high {
                found.push(span);
            }
            below = border;
        }
        found.reverse();
        found
    }

    /// The whole span that contains a sequence.
    pub fn span_of(&self, sequence: u64) -> Span {
        let at = self.0.partition_point(|(border, _)| *border < sequence);
        let low = at.checked_sub(1).map_or(0, |below| self.0[below].0);
        let (high, state) = self.0.get(at).copied().unwrap_or((u64::MAX, StateBits::default()));
        Span { low, high, state }
    }

    /// Changes the states in `low < sequence ≤ high`.
    pub fn change(&mut self, low: u64, high: u64, change: impl Fn(StateBits) -> StateBits) {
        let mut spans = self.within(high, u64::MAX);
        spans.extend(self.within(low, high).into_iter().map(|span| Span { state: change(span.state), ..span }));
        spans.extend(self.within(0, low));
        self.0.clear();
        for span in spans.into_iter().rev() {
            match self.0.last_mut() {
                Some((border, state)) if *state == span.state => *border = span.high,
                _ => self.0.push((span.high, span.state)),
            }
        }
        // The last span reaches to infinity, where the state is always the default.
        self.0.pop_if(|(_, state)| *state == StateBits::default());
    }

    /// Removes borders up to a sequence below which no item is left.
    pub fn drop_up_to(&mut self, up_to: u64) {
        self.0.retain(|(border, _)| *border > up_to);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_cut_and_merge() {
        let mut spans = Watermarks::default();
        assert_eq!(spans.at(1), StateBits(0));
        spans.change(0, 10, |_| StateBits(1));
        spans.change(4, 6, |state| StateBits(state.0 | 2));
        assert_eq!(spans.to_text(), "4:1 6:3 10:1");
        assert_eq!([4, 5, 6, 7, 10, 11].map(|sequence| spans.at(sequence).0), [1, 3, 3, 1, 1, 0]);
        assert_eq!(Watermarks::parse(&spans.to_text()), Some(spans.clone()));
        spans.change(4, 6, |_| StateBits(1));
        assert_eq!(spans.to_text(), "10:1");
        spans.change(0, 10, |_| StateBits(0));
        assert_eq!(spans, Watermarks::default());
    }

    #[test]
    fn within_covers_the_whole_interval() {
        let spans = Watermarks::parse("4:1 10:2").unwrap();
        let shown: Vec<_> = spans.within(2, 12).into_iter().map(|span| (span.low, span.high, span.state.0)).collect();
        assert_eq!(shown, [(10, 12, 0), (4, 10, 2), (2, 4, 1)]);
        assert_eq!(spans.within(5, 5), []);
        assert_eq!([1, 4, 5, 11].map(|sequence| spans.span_of(sequence).low), [0, 0, 4, 10]);
        assert_eq!([1, 4, 5, 11].map(|sequence| spans.span_of(sequence).high), [4, 4, 10, u64::MAX]);
    }

    #[test]
    fn changes_agree_with_a_plain_list() {
        let mut plain = [StateBits::default(); 40];
        let mut spans = Watermarks::default();
        let mut random = 1_u64;
        for _ in 0..2_000 {
            random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            let (a, b, bit) = ((random >> 33) % 40, (random >> 43) % 40, ((random >> 53) & 3) as u8);
            let (low, high) = (a.min(b), a.max(b));
            spans.change(low, high, |state| StateBits(state.0 ^ bit));
            (low + 1..=high).for_each(|sequence| plain[sequence as usize].0 ^= bit);
            assert!((1..40).all(|sequence| spans.at(sequence as u64) == plain[sequence]), "{}", spans.to_text());
        }
    }

    #[test]
    fn dropping_keeps_the_borders_above() {
        let mut spans = Watermarks::parse("4:1 10:2").unwrap();
        spans.drop_up_to(6);
        assert_eq!(spans.to_text(), "10:2");
        assert_eq!(Watermarks::parse("x"), None);
        assert_eq!(Watermarks::parse("3:32"), None);
    }
}
