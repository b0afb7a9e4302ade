//! Limits how much one page of a list reads, whatever is stored.

/// The budget of a page, in bytes of stored data.
const PAGE_BYTES: usize = 4 << 20;

/// What is left of the budget.
pub struct PageBudget {
    bytes_left: usize,
    has_entry: bool,
    is_full: bool,
}

impl PageBudget {
    /// The budget of one page.
    pub const fn page() -> Self {
        Self { bytes_left: PAGE_BYTES, has_entry: false, is_full: false }
    }

    /// Takes this many bytes; false when fewer are left. The first entry of a page always fits, so that every
    /// page makes progress.
    pub const fn take(&mut self, bytes: usize) -> bool {
        let fits = bytes <= self.bytes_left || !self.has_entry;
        if fits {
            self.bytes_left = self.bytes_left.saturating_sub(bytes);
            self.has_entry = true;
        }
        self.is_full |= !fits;
        fits
    }

    /// Whether an entry did not fit.
    pub const fn is_exhausted(&self) -> bool {
        self.is_full
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_takes_one_entry_and_then_what_fits() {
        let mut budget = PageBudget::page();
        assert!(budget.take(PAGE_BYTES + 1));
        assert!(!budget.take(1) && budget.take(0));
        let mut budget = PageBudget::page();
        assert!(budget.take(0) && budget.take(PAGE_BYTES - 1) && !budget.take(2) && budget.take(1) && !budget.take(1));
    }
}
