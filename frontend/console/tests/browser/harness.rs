//! Shared helpers: an item, and an element to mount components in.

use campanile_shared::{Item, ItemState, Language, Priority, Severity};
use leptos::{prelude::*, tachys::dom::document};
use wasm_bindgen::JsCast;
use web_sys::HtmlElement;

/// An unread warning.
pub fn item(sequence: u64, title: &str) -> Item {
    let at = "2026-11-20T09:41:07Z".parse().expect("a valid time");
    Item {
        id: uuid::Uuid::from_u128(sequence.into()),
        sequence,
        severity: Severity::Warning,
        priority: Priority::Normal,
        component: Some("Gateway".to_owned()),
        categories: Vec::new(),
        title: title.to_owned(),
        description: "Renew it".to_owned(),
        language: Language::english(),
        link: None,
        created_at: at,
        accepted_at: at.to_utc(),
        expires_at: None,
        corrected_at: None,
        corrected_by: None,
        corrected_by_kind: None,
        sender: "key".to_owned(),
        through: None,
        quiet: false,
        state: ItemState::default(),
        content: Vec::new(),
        buttons: Vec::new(),
        attachments: Vec::new(),
        why: None,
    }
}

/// Mounts a view in a new element of the page and returns the element.
pub fn mount<View: IntoView + 'static>(view: impl FnOnce() -> View + 'static) -> HtmlElement {
    let place: HtmlElement = document().create_element("div").expect("the element is created").unchecked_into();
    document().body().expect("the document has a body").append_child(&place).expect("the element is added to the page");
    leptos::mount::mount_to(place.clone(), view).forget();
    place
}

/// Returns the first element that matches, if there is one.
pub fn find(place: &HtmlElement, selector: &str) -> Option<HtmlElement> {
    place.query_selector(selector).expect("the selector is valid").map(JsCast::unchecked_into)
}

/// Returns the first element that matches.
pub fn first(place: &HtmlElement, selector: &str) -> HtmlElement {
    find(place, selector).expect("an element matches")
}

/// Returns the text of the first element that matches.
pub fn text_of(place: &HtmlElement, selector: &str) -> String {
    first(place, selector).text_content().unwrap_or_default()
}
