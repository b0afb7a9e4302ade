//! The panel's elements: heading, list, placeholders, footer.
//!
//! All of them exist from the beginning, and the style sheet shows some of them by the panel's class. Replacing
//! parts of the tree would be a third of the program's size.

use reactive_graph::prelude::*;
use tachys::{
    html::{
        element::{a, button, div, h2, p, span, ul},
        event::{click, keydown, mouseover},
    },
    prelude::*,
    view::keyed::keyed,
};

use crate::{
    icon::{self, icon},
    input::{on_click, on_key, on_pointer_over},
    row::row,
    state::State,
    wire::PanelItem,
};

/// The number of rows that are created before the first paint. More rarely fit in the panel.
const FIRST_ROWS: usize = 8;

/// The whole panel.
pub fn panel(state: State) -> impl RenderHtml {
    let (host, words) = state.context();
    let rows = move || {
        let (made_at, items) = state.data.with(|data| {
            let shown = if data.all_rows { data.list.items.len() } else { FIRST_ROWS };
            (data.rendered_at.to_bits(), data.list.items.iter().take(shown).cloned().collect::<Vec<_>>())
        });
        keyed(items, move |item: &PanelItem| (made_at, item.sequence), move |_, item| (drop::<usize>, row(state, item)))
    };
    let said = |key| p().child(words.get(key));
    let status = |name: &'static str, key| span().class(name).child(words.get(key));

    let panel = div().class(move || state.class()).tabindex("-1").child((
        div().class("head").child((
            h2().child(words.get("notifications")),
            button()
                .class("icon")
                .title(words.get("bell_mark_all_read"))
                .aria_label(words.get("bell_mark_all_read"))
                .aria_disabled(move || if state.all_read() { "true" } else { "false" })
                .child(icon(icon::CHECKS)),
        )),
        div().class("failed").role("alert").child(said("bell_change_failed")),
        ul().role("list").child(rows),
        div().class("blank empty").child((said("bell_empty"), said("bell_empty_hint"))),
        div().class("blank signed-out").child((said("bell_signed_out"), said("bell_signed_out_hint"))),
        div().class("blank load-error").child((said("error_offline"), button().class("retry").child(words.get("try_again")))),
        div().class("skeleton").child(status("visually-hidden", "loading")),
        div().class("foot").child((
            a().href(host.page("")).target("_blank").rel("noopener").child(words.get("bell_view_all")),
            status("open", "live"),
            status("connecting", "live_connecting"),
            status("offline", "live_offline"),
        )),
    ));
    panel
        .on(click, move |event| on_click(state, &event))
        .on(keydown, move |event| on_key(state, &event))
        .on(mouseover, move |event| on_pointer_over(state, &event))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    #[test]
    fn every_text_exists_in_the_reference_language() {
        let texts: BTreeMap<String, serde_json::Value> = serde_json::from_str(include_str!("../../../locales/en.json")).unwrap();
        let mut asked = vec!["severity_information", "severity_success", "severity_warning", "severity_error"];
        for source in [include_str!("view.rs"), include_str!("row.rs")] {
            let code = source.split("#[cfg(test)]").next().unwrap();
            for call in ["words.get(\"", "said(\"", "status(\""] {
                // The key is the last text in the parentheses.
                let brackets = code.split(call).skip(1).filter_map(|rest| rest.split(')').next());
                asked.extend(brackets.filter_map(|inside| inside.rsplit('"').nth(1).or(inside.split('"').next())));
            }
        }
        assert!(asked.len() > 15, "{asked:?}");
        for key in asked {
            assert!(texts.get(key).is_some_and(serde_json::Value::is_string), "{key}");
        }
    }
}
