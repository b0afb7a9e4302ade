//! A view that is made anew when something it reads has changed, where Leptos would write into the elements that are there.
//! The content of an input, and the elements of a translator, go with them.

use leptos::{either::Either, prelude::*};

/// The view, for as long as it holds.
pub fn anew(view: impl Fn() -> AnyView + Send + 'static) -> impl IntoView {
    let mut turn = false;
    move || {
        turn = !turn;
        // One side takes the place of the other.
        if turn { Either::Left(view()) } else { Either::Right(view()) }
    }
}
