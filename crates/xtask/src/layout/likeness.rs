//! An order in which what is alike stands together.

use std::{
    cmp::Reverse,
    collections::{BTreeSet, HashMap},
};

/// Bytes that two functions share in a row count for their likeness; such a piece.
const PIECE: usize = 5;

/// What more functions have tells nothing of two of them.
const COMMON: usize = 1_000;

/// The indices of functions, each followed by the one it is most like of those that are left: that
/// shares the largest part of its pieces (Jaccard index). Where none shares any, the smallest.
pub fn by_likeness(bodies: &[&[u8]]) -> Vec<usize> {
    let pieces: Vec<BTreeSet<&[u8]>> = bodies.iter().map(|body| body.windows(PIECE).collect()).collect();
    let mut owners: HashMap<&[u8], Vec<usize>> = HashMap::new();
    for (index, pieces) in pieces.iter().enumerate() {
        for piece in pieces {
            owners.entry(piece).or_default().push(index);
        }
    }
    owners.retain(|_, owners| (2..=COMMON).contains(&owners.len()));
    let mut smallest: Vec<usize> = (0..bodies.len()).collect();
    smallest.sort_by_key(|index| bodies[*index].len());
    let mut smallest = smallest.into_iter();
    let mut order: Vec<usize> = Vec::with_capacity(bodies.len());
    let mut placed = vec![false; bodies.len()];
    let mut shared = vec![0_usize; bodies.len()];
    while order.len() < bodies.len() {
        let mut met = Vec::new();
        if let Some(last) = order.last() {
            for owner in pieces[*last].iter().filter_map(|piece| owners.get(piece)).flatten().copied().filter(|owner| !placed[*owner]) {
                if shared[owner] == 0 {
                    met.push(owner);
                }
                shared[owner] += 1;
            }
        }
        let like = |index: usize| {
            let all = pieces[index].len() + order.last().map_or(0, |last| pieces[*last].len());
            shared[index] * 1_000_000 / (all - shared[index])
        };
        let next = met.iter().copied().max_by_key(|index| (like(*index), Reverse(*index)));
        let Some(next) = next.or_else(|| smallest.by_ref().find(|index| !placed[*index])) else { break };
        met.into_iter().for_each(|index| shared[index] = 0);
        placed[next] = true;
        order.push(next);
    }
    order
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_alike_stands_together() {
        let bodies = [&b"one that sings"[..], b"tiny", b"another, not like it!!", b"one that signs", b"another, not like it at all"];
        assert_eq!(by_likeness(&bodies), [1, 0, 3, 2, 4]);
        assert_eq!(by_likeness(&[]), [0; 0]);
    }
}
