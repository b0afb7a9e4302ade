//! A set of rows, with a bit for each. The rows of a directory lie close together, so this is small.

use std::collections::BTreeMap;

/// The set, in blocks of 64 rows.
#[derive(Default)]
pub struct RowSet(BTreeMap<i64, u64>);

impl RowSet {
    /// Adds a row.
    pub fn insert(&mut self, row: i64) {
        *self.0.entry(row >> 6).or_default() |= 1 << (row & 63);
    }

    /// Whether the set contains a row.
    pub fn contains(&self, row: i64) -> bool {
        self.0.get(&(row >> 6)).is_some_and(|block| block >> (row & 63) & 1 == 1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn added_rows_are_contained() {
        let mut rows = RowSet::default();
        let some = [0, 1, 63, 64, 127, 128, 1_000_000, i64::MAX];
        some.iter().for_each(|row| rows.insert(*row));
        for row in [0, 1, 2, 62, 63, 64, 65, 126, 127, 128, 129, 999_999, 1_000_000, i64::MAX - 1, i64::MAX] {
            assert_eq!(rows.contains(row), some.contains(&row), "{row}");
        }
    }
}
