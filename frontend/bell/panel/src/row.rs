//! A notification as a row of the panel.

use std::sync::Arc;

use reactive_graph::prelude::*;
use tachys::{
    html::element::{a, button, div, li, p, span, time},
    prelude::*,
};

use crate::{
    host,
    icon::{self, icon},
    state::State,
    wire::PanelItem,
};

/// The row of an item: a link to its page in the console, and a button that dismisses it. Only its class
/// changes while it is shown. The panel has the listeners.
pub fn row(state: State, item: PanelItem) -> impl RenderHtml {
    let (host, words) = state.context();
    let language = host.language();
    let name = item.severity.name();
    let url = item.url(&host);
    let (id, sequence): (Arc<str>, _) = (item.id.into(), item.sequence);

    li().class(move || state.data.with(|data| data.list.row_class(&id, sequence))).child((
        a().href(url).target("_blank").rel("noopener").child((
            span().class("dot").child(span().class("visually-hidden").child(words.get("unread"))),
            span().class(name).child((
                icon(icon::severity(item.severity)),
                span().class("visually-hidden").child(words.get(&["severity_", name].concat())),
            )),
            span().class("title").dir("auto").child(item.title),
            time().attr("datetime", item.accepted_at.clone()).child(host::short(&language, &item.accepted_at)),
            p().dir("auto").child(item.description),
            span().class("component").dir("auto").child(item.component.unwrap_or_default()),
        )),
        button().class("icon").tabindex("-1").title(words.get("dismiss")).aria_label(words.get("dismiss")).child(icon(icon::CHECK)),
        div().class("line").child(words.get("bell_new_above")),
    ))
}
