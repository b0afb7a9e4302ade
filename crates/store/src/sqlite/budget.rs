//! Limits how much one page of a list reads, whatever is stored.

/// The budget of a page, in bytes of stored data.
const PAGE: usize = 4 << 20;

/// What is left of the budget.
pub struct Budget {
    left: usize,
    begun: bool,
    spent: bool,
}

impl Budget {
    /// The budget of one page.
    pub const fn page() -> Self {
        Self { left: PAGE, begun: false, spent: false }
    }

    /// Takes this many bytes; false when fewer are left. The first entry of a page always fits, so that every
    /// page makes progress.
    pub const fn take(&mut self, bytes: usize) -> bool {
        let fits = bytes <= self.left || !self.begun;
        if fits {
            self.left = self.left.saturating_sub(bytes);
            self.begun = true;
        }
        self.spent |= !fits;
        fits
    }

    /// Whether an entry did not fit.
    pub const fn is_spent(&self) -> bool {
        self.spent
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_takes_one_entry_and_then_what_fits() {
        let mut budget = Budget::page();
        assert!(budget.take(PAGE + 1));
        assert!(!budget.take(1) && budget.take(0));
        let mut budget = Budget::page();
        assert!(budget.take(0) && budget.take(PAGE - 1) && !budget.take(2) && budget.take(1) && !budget.take(1));
    }
}
