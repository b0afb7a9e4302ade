//! Which pooled row shows which content, and which rows move in the document. It does not know the DOM.

use uuid::Uuid;

/// Assigns a row to each key. A key that is shown keeps its row; the others take a free row or a new number.
/// `rows` are the keys that the rows show.
pub fn assign_rows(rows: &[Option<Uuid>], wanted: &[Uuid]) -> Vec<usize> {
    let kept = |line: &Uuid| rows.iter().position(|row| row.as_ref() == Some(line));
    let mut free = (0..rows.len()).filter(|row| rows[*row].is_none_or(|key| !wanted.contains(&key))).chain(rows.len()..);
    wanted.iter().filter_map(|key| kept(key).or_else(|| free.next())).collect()
}

/// Which rows can keep their position while the others are moved between them: as many as possible of those
/// that should. `places` has each row's current position and whether it should stay, in the wanted order.
pub fn rows_to_keep(places: &[(usize, bool)]) -> Vec<bool> {
    let weight = |should: bool| if should { places.len() + 1 } else { 1 };
    // The heaviest increasing sequence that ends at each row, and the row before it in that sequence.
    let mut best: Vec<(usize, Option<usize>)> = Vec::with_capacity(places.len());
    for (at, (place, should)) in places.iter().enumerate() {
        let before = (0..at).filter(|other| places[*other].0 < *place).max_by_key(|other| best[*other].0);
        best.push((before.map_or(0, |other| best[other].0) + weight(*should), before));
    }
    let mut rests = vec![false; places.len()];
    let mut next = (0..best.len()).max_by_key(|at| best[*at].0);
    while let Some(at) = next {
        rests[at] = true;
        next = best[at].1;
    }
    rests
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn id(number: u128) -> Uuid {
        Uuid::from_u128(number)
    }

    #[test]
    fn lines_keep_their_rows() {
        let (a, b, c, d, e) = (id(1), id(2), id(3), id(4), id(5));
        assert_eq!(assign_rows(&[], &[a, b]), [0, 1]);
        assert_eq!(assign_rows(&[Some(a), Some(b), Some(c)], &[b, c, d]), [1, 2, 0], "scrolled down");
        assert_eq!(assign_rows(&[Some(d), Some(b), Some(c)], &[a, b, c]), [0, 1, 2], "scrolled up");
        assert_eq!(assign_rows(&[Some(a), None, Some(c)], &[a, b, c, d, e]), [0, 1, 2, 3, 4], "spare ones are taken first");
        assert_eq!(assign_rows(&[Some(a), Some(b), Some(c)], &[c, a]), [2, 0], "in another order");
    }

    #[test]
    fn kept_rows_do_not_move() {
        assert_eq!(rows_to_keep(&[(0, true), (1, true), (2, true)]), [true, true, true]);
        assert_eq!(rows_to_keep(&[(1, true), (2, true), (0, false)]), [true, true, false]);
        assert_eq!(
            rows_to_keep(&[(4, true), (0, false), (1, false), (2, false)]),
            [true, false, false, false],
            "many move past the one that stays"
        );
        assert_eq!(rows_to_keep(&[(2, false), (0, true), (1, true)]), [false, true, true]);
        assert_eq!(rows_to_keep(&[(2, true), (0, true), (1, true)]), [false, true, true], "one of them was pinned");
        assert_eq!(rows_to_keep(&[]), [false; 0]);
    }
}
