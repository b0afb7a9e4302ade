//! A view that is made anew when something it reads has changed, where Leptos would write into what is there: what stands
//! in an input, and what a translator has put in place of a text, goes with the elements.

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
