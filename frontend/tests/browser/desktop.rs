//! Desktop notifications: the text for many items at once, and what tabs tell each other.

use std::sync::Arc;

use campanile_frontend::desktop::{burst::Burst, notice::Notice, screen};
use wasm_bindgen_test::wasm_bindgen_test;

use crate::stage::{item, show};
use leptos::prelude::*;

#[wasm_bindgen_test]
fn a_burst_is_counted_and_named_after_its_worst() {
    let items = (1..=12).map(|number| Arc::new(item(number, &format!("News {number}")))).collect();
    let notice = Notice::of(&Burst::default().add(items, 0.0).unwrap());
    assert_eq!(notice.title, "12 new, worst: Warning");
    assert_eq!(notice.body, "News 12\nNews 11\nNews 10");
    assert_eq!(notice.item, None, "a click shows the inbox");
}

#[wasm_bindgen_test]
async fn a_line_in_the_window_is_on_the_screen_and_told() {
    let (near, far) = (item(41, "Near").id, item(42, "Far").id);
    show(move || {
        view! {
            <a href=format!("./inbox?item={near}") style:position="fixed" style:top="0">
                "Near"
            </a>
            <a href=format!("./inbox?item={far}") style:position="fixed" style:top="-500px">
                "Far"
            </a>
        }
    });
    assert!(screen::shows(near));
    assert!(!screen::shows(far));
    assert!(!screen::shown().await.contains(&near));
    screen::tell(near);
    assert!(screen::shown().await.contains(&near));
}
