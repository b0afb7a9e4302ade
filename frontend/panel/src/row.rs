//! One notification in the panel.

use std::sync::Arc;

use reactive_graph::prelude::*;
use tachys::{
    html::{
        element::{a, button, div, li, p, span, time},
        event::{click, keydown},
    },
    prelude::*,
};
use wasm_bindgen::JsCast;
use web_sys::{Event, HtmlElement, KeyboardEvent, MouseEvent};

use crate::{
    host,
    icon::{self, icon},
    state::State,
    view::step,
    wire::Entry,
};

/// The row of an item: a link to its page in the console, and a button that puts it away. What
/// changes while it is shown is its class alone.
pub fn row(state: State, item: Entry) -> impl RenderHtml {
    let Entry { id, sequence, severity, title, description, component, link, accepted_at, .. } = item;
    let (host, words) = state.surroundings();
    let url = host.page(&["?item=", &id].concat());
    let language = host.language();
    let id: Arc<str> = id.into();

    let class = {
        let id = id.clone();
        move || state.data.with(|data| data.list.class(&id, sequence))
    };
    let choose = {
        let (id, url, title) = (id.clone(), url.clone(), title.clone());
        move |event: MouseEvent| {
            if !host.choose(&id, &title, &url, link.clone()) {
                event.prevent_default();
            }
            state.read(&id);
        }
    };
    let dismiss = move |event: &Event| {
        if let Some(from) = target(event) {
            // The focus goes on to a neighbour before its row is gone.
            step(&from, 1).or_else(|| step(&from, -1));
        }
        state.dismiss(&id);
    };
    let by_key = {
        let dismiss = dismiss.clone();
        move |event: KeyboardEvent| {
            let plain = !(event.ctrl_key() || event.meta_key() || event.alt_key());
            let key = event.key();
            if plain && (key == "e" || key == "Delete") {
                event.prevent_default();
                dismiss(&event);
            }
        }
    };

    let name = severity.name();
    li().class(class).on(keydown, by_key).child((
        a().href(url).target("_blank").rel("noopener").on(click, choose).child((
            span().class("dot").child(span().class("said").child(words.get("unread"))),
            span().class(name).child((icon(icon::severity(severity)), span().class("said").child(words.get(&["severity_", name].concat())))),
            span().class("title").dir("auto").child(title),
            time().title(host::exact(&language, &accepted_at)).child(host::short(&language, &accepted_at)),
            p().dir("auto").child(description),
            span().class("component").dir("auto").child(component.unwrap_or_default()),
        )),
        button()
            .class("icon")
            .title(words.get("dismiss"))
            .aria_label(words.get("dismiss"))
            .on(click, move |event: MouseEvent| dismiss(&event))
            .child(icon(icon::CHECK)),
        div().class("line").child(words.get("bell_new_above")),
    ))
}

/// Where an event happened.
pub fn target(event: &Event) -> Option<HtmlElement> {
    event.target().map(JsCast::unchecked_into)
}
