//! The panel as it is seen: heading, list or what stands for it, footer.
//!
//! Every state is in the tree from the beginning, and the style sheet shows the one that the
//! panel's class names: to swap parts of the tree would be a third of the program's size.

use reactive_graph::prelude::*;
use tachys::{
    html::{
        element::{a, button, div, footer, h2, header, p, span, ul},
        event::{click, keydown},
    },
    prelude::*,
    view::keyed::keyed,
};
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlElement, KeyboardEvent, MouseEvent};

use crate::{
    icon::{self, icon},
    row::{row, target},
    state::State,
    wire::Entry,
};

/// The whole panel.
pub fn panel(state: State) -> impl RenderHtml {
    let (host, words) = state.surroundings();
    let read_all = move |_: MouseEvent| {
        if !state.all_read() {
            state.read_all();
        }
    };
    let rows = move || {
        let (opening, items) = state.data.with(|data| (data.opening, data.list.items.clone()));
        // Rows are made anew at each opening, so that their ages are right.
        keyed(items, move |item: &Entry| (opening, item.sequence), move |_, item| (drop::<usize>, row(state, item)))
    };
    let said = |key| p().child(words.get(key));
    let status = |name: &'static str, key| span().class(name).child(words.get(key));

    div().class(move || state.class()).tabindex("-1").on(keydown, by_key).child((
        header().child((
            h2().child(words.get("notifications")),
            button()
                .class("icon")
                .title(words.get("bell_mark_all_read"))
                .aria_label(words.get("bell_mark_all_read"))
                .aria_disabled(move || if state.all_read() { "true" } else { "false" })
                .on(click, read_all)
                .child(icon(icon::CHECK)),
        )),
        div().class("failed").role("alert").child(said("bell_change_failed")),
        ul().role("list").child(rows),
        div().class("blank none").child((said("bell_empty"), said("bell_empty_hint"))),
        div().class("blank refused").child(said("sign_in_expired")),
        div().class("blank lost").child((
            said("error_offline"),
            button().class("again").on(click, move |_: MouseEvent| state.fetch()).child(words.get("try_again")),
        )),
        div().class("skeleton").child(status("said", "loading")),
        footer().child((
            a().href(host.page("")).target("_blank").rel("noopener").child(words.get("bell_view_all")),
            status("open", "live"),
            status("connecting", "live_connecting"),
            status("offline", "live_offline"),
        )),
    ))
}

fn by_key(event: KeyboardEvent) {
    let Some(target) = target(&event) else { return };
    let moved = match event.key().as_str() {
        "ArrowDown" => step(&target, 1),
        "ArrowUp" => step(&target, -1),
        "Home" => edge(&target, "li:first-child > a"),
        "End" => edge(&target, "li:last-child > a"),
        _ => return,
    };
    if moved.is_some() {
        event.prevent_default();
    }
}

/// Moves the focus by one row; from outside the list to its first.
pub fn step(from: &HtmlElement, by: i32) -> Option<()> {
    let Some(row) = from.closest("li").ok()? else { return edge(from, "li:first-child > a") };
    let next = if by > 0 { row.next_element_sibling() } else { row.previous_element_sibling() };
    focus(&next?.query_selector("a").ok()??)
}

fn edge(from: &HtmlElement, selector: &str) -> Option<()> {
    focus(&from.closest(".panel").ok()??.query_selector(selector).ok()??)
}

fn focus(element: &Element) -> Option<()> {
    element.unchecked_ref::<HtmlElement>().focus().ok()
}
