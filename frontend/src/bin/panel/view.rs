//! The panel as it is seen: heading, list or what stands for it, footer.

use campanile_frontend::{components::icon::Icon, i18n::t};
use leptos::{
    ev::KeyboardEvent,
    html::{HtmlElement as Made, Span, a, button, div, footer, h2, header, p, span, ul},
    prelude::*,
    tachys::html::class::Class,
};
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlElement};

use crate::{
    row::row,
    state::{Connection, Phase, State},
};

/// How many rows the skeleton has.
const SKELETON: usize = 4;

/// The whole panel.
pub fn panel(state: State) -> impl IntoView {
    div().class("panel").tabindex("-1").on(leptos::ev::keydown, by_key).child((heading(state), body(state), foot(state)))
}

fn heading(state: State) -> impl IntoView {
    let none = move || state.list.with(|list| list.items.iter().all(|item| item.state.read) && list.snapshot.counts.unread == 0);
    let read_all = move |_| {
        if !none() {
            state.read_all();
        }
    };
    header().child((
        h2().child(t::notifications()),
        button()
            .r#type("button")
            .class("icon")
            .title(t::bell_mark_all_read())
            .attr("aria-label", t::bell_mark_all_read())
            .attr("aria-disabled", move || none().to_string())
            .on(leptos::ev::click, read_all)
            .child(Icon::Check.view()),
    ))
}

fn body(state: State) -> impl IntoView {
    let empty = Memo::new(move |_| state.list.with(|list| list.items.is_empty()));
    move || match (state.phase.get(), state.connection.get()) {
        (Phase::Ready, _) if !empty.get() => list(state).into_any(),
        (Phase::Ready, _) => blank(t::bell_empty(), t::bell_empty_hint()).into_any(),
        (_, Connection::Unauthorized) => blank(t::sign_in_expired(), String::new()).into_any(),
        (Phase::Loading, _) => skeleton().into_any(),
        (Phase::Failed, _) => (
            blank(t::error_offline(), String::new()),
            button().r#type("button").class("again").on(leptos::ev::click, move |_| state.fetch()).child(t::try_again()),
        )
            .into_any(),
    }
}

fn list(state: State) -> impl IntoView {
    (
        move || state.failed.get().then(|| p().class("failed").role("alert").child(t::change_failed(""))),
        ul().role("list").child(For(ForProps {
            each: move || state.list.with(|list| list.items.clone()),
            key: |item: &campanile_shared::Item| item.id,
            children: move |item| row(state, item),
        })),
    )
}

fn blank(title: String, hint: String) -> impl IntoView {
    div().class("blank").role("status").child((p().child(title), p().child(hint)))
}

fn skeleton() -> impl IntoView {
    div().class("skeleton").role("status").child((hidden_text(t::loading()), (0..SKELETON).map(|_| div().child(span())).collect_view()))
}

fn foot(state: State) -> impl IntoView {
    let connection = move || match state.connection.get() {
        Connection::Open => t::live(),
        Connection::Connecting => t::live_connecting(),
        Connection::Offline => t::live_offline(),
        Connection::Unauthorized => String::new(),
    };
    footer().child((
        a().href(state.host().page("")).target("_blank").rel("noopener").attr("part", "all").child(t::bell_view_all()),
        span().role("status").child(connection),
    ))
}

/// Text that only screen readers tell.
pub fn hidden_text(text: String) -> Made<Span, (Class<&'static str>,), (String,)> {
    span().class("said").child(text)
}

fn by_key(event: KeyboardEvent) {
    let target: HtmlElement = event_target(&event);
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
    element.dyn_ref::<HtmlElement>()?.focus().ok()
}
