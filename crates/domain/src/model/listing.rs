//! One page of a list.

use std::ops::Deref;

/// One page of a list.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Listing<T, C> {
    /// The entries: at most as many as were asked for. Fewer, or even none, if they are large or took long to
    /// find.
    pub items: Vec<T>,
    /// The cursor after which the next page begins; `None` at the end.
    pub next: Option<C>,
}

impl<T, C> Listing<T, C> {
    /// The same page with each entry converted.
    pub fn map<U>(self, change: impl FnMut(T) -> U) -> Listing<U, C> {
        Listing { items: self.items.into_iter().map(change).collect(), next: self.next }
    }
}

impl<T, C> Deref for Listing<T, C> {
    type Target = [T];

    fn deref(&self) -> &[T] {
        &self.items
    }
}

impl<T, C> IntoIterator for Listing<T, C> {
    type Item = T;
    type IntoIter = std::vec::IntoIter<T>;

    fn into_iter(self) -> Self::IntoIter {
        self.items.into_iter()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_has_entries_and_the_next_cursor() {
        let page = Listing { items: vec![1, 2, 3], next: Some("c") };
        assert_eq!((page.len(), page.first()), (3, Some(&1)));
        assert_eq!(page.clone().map(|number| number * 10), Listing { items: vec![10, 20, 30], next: Some("c") });
        assert_eq!(page.into_iter().collect::<Vec<_>>(), [1, 2, 3]);
    }
}
