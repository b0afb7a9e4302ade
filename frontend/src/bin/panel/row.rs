//! One notification in the panel.

use campanile_frontend::{
    components::icon::Icon,
    i18n::{format, t},
};
use campanile_shared::{Item, Severity};
use leptos::{
    ev::{KeyboardEvent, MouseEvent},
    html::{a, button, div, li, p, span, time},
    prelude::*,
};
use web_sys::HtmlElement;

use crate::{
    state::State,
    view::{hidden_text, step},
};

/// The row of an item: a link to its page in the console, and a button that puts it away.
pub fn row(state: State, item: Item) -> impl IntoView {
    let Item { id, sequence, severity, .. } = item;
    let read = Memo::new(move |_| state.list.with(|list| list.items.iter().find(|item| item.id == id).is_none_or(|item| item.state.read)));
    let last_new = Memo::new(move |_| state.list.with(|list| list.last_new() == Some(sequence)));
    let at = format::instant(&item.accepted_at);
    let host = state.host();
    let url = host.page(&format!("?item={id}"));
    let (component, title, description) = (item.component.clone(), item.title.clone(), item.description.clone());
    let item = StoredValue::new(item);

    let link_url = url.clone();
    let choose = move |event: MouseEvent| {
        let item = item.get_value();
        let link = item.link.as_ref().map(campanile_shared::Link::as_str);
        if !state.host().choose(&id.to_string(), &item.title, &link_url, link) {
            event.prevent_default();
        }
        state.read(&item);
    };
    let dismiss = move |from: &HtmlElement| {
        // The focus goes on to a neighbour before its row is gone.
        step(from, 1).or_else(|| step(from, -1));
        state.dismiss(&item.get_value());
    };
    let by_key = move |event: KeyboardEvent| {
        let plain = !(event.ctrl_key() || event.meta_key() || event.alt_key());
        if plain && matches!(event.key().as_str(), "e" | "Delete") {
            event.prevent_default();
            dismiss(&event_target(&event));
        }
    };

    li().class(("unread", move || !read.get())).on(leptos::ev::keydown, by_key).child((
        a().href(url).target("_blank").rel("noopener").attr("part", "item").on(leptos::ev::click, choose).child((
            span().class("dot").child(move || (!read.get()).then(|| hidden_text(t::unread()))),
            span().class(severity.name()).child((Icon::Severity(severity).view(), hidden_text(word(severity)))),
            span().class("title").dir("auto").child(title),
            time().title(format::exact(at)).child(move || format::short(at, state.now.get())),
            p().dir("auto").child(description),
            component.map(|component| span().class("component").dir("auto").child(component)),
        )),
        button()
            .r#type("button")
            .class("icon")
            .title(t::dismiss())
            .attr("aria-label", t::dismiss())
            .on(leptos::ev::click, move |event| dismiss(&event_target(&event)))
            .child(Icon::Cross.view()),
        move || last_new.get().then(|| div().class("line").child(t::bell_new_above())),
    ))
}

fn word(severity: Severity) -> String {
    match severity {
        Severity::Information => t::severity_information(),
        Severity::Success => t::severity_success(),
        Severity::Warning => t::severity_warning(),
        Severity::Error => t::severity_error(),
    }
}
