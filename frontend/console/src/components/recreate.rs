//! A view that is created again when a signal it reads changes, while Leptos would update the existing
//! elements. This also resets the content of inputs, and elements that a page translator has inserted.

use leptos::{either::Either, prelude::*};

/// Renders `view`, and creates it again after each change.
pub fn recreate(view: impl Fn() -> AnyView + Send + 'static) -> impl IntoView {
    let mut turn = false;
    move || {
        turn = !turn;
        // Switching sides makes Leptos replace the elements.
        if turn { Either::Left(view()) } else { Either::Right(view()) }
    }
}
