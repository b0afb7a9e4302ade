//! How much one page of a list may read, whatever is stored.

/// How much that is, in bytes of what is stored.
const PAGE: usize = 4 << 20;

/// What is left of it.
pub struct Budget {
    left: usize,
    begun: bool,
    spent: bool,
}

impl Budget {
    /// That of a page.
    pub const fn page() -> Self {
        Self { left: PAGE, begun: false, spent: false }
    }

    /// Takes this many bytes; false when there are not as many left. The first entry of a page is
    /// always taken, so that every page gets on.
    pub const fn take(&mut self, bytes: usize) -> bool {
        let fits = bytes <= self.left || !self.begun;
        if fits {
            self.left = self.left.saturating_sub(bytes);
            self.begun = true;
        }
        self.spent |= !fits;
        fits
    }

    /// Whether something did not fit.
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
