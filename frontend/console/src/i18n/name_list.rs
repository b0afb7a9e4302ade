//! Short lists of names: the first few, and how many more there are.

use super::{format, t};

/// How many names are shown.
const MAX_NAMES: usize = 3;

/// The first names, and how many more of `all` there are.
pub fn name_list(names: impl IntoIterator<Item = String>, all: u32) -> String {
    let shown: Vec<String> = names.into_iter().take(MAX_NAMES).collect();
    match all.saturating_sub(format::saturating_u32(shown.len() as u64)) {
        0 => shown.join(", "),
        more => t::and_more(more, &shown.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn up_to_three_names_are_shown() {
        let names = |count: usize| ["ada", "bo", "cy", "di"].map(str::to_owned).into_iter().take(count);
        assert_eq!((name_list(names(0), 0), name_list(names(1), 1)), (String::new(), "ada".to_owned()));
        assert_eq!(name_list(names(3), 3), "ada, bo, cy");
        assert_eq!(name_list(names(4), 3), "ada, bo, cy", "the text for others needs a browser");
    }
}
