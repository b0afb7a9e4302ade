//! Shows the number of unread items outside the page: on the tab's icon and, if the console is installed as an
//! application, on the application's icon.

use campanile_shared::Severity;
use js_sys::{Function, Promise, Reflect};
use leptos::{prelude::*, task::spawn_local};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::HtmlLinkElement;

use crate::{
    reactive::{effect, memo},
    state::State,
};

/// Starts to keep the icons up to date.
pub fn start(state: State) {
    let unread = memo(move || state.counts.with(|counts| counts.counts().unread));
    let worst = memo(move || state.counts.with(|counts| counts.worst_severity()));
    let plain = icon().map(|icon| icon.href()).unwrap_or_default();
    effect(move || {
        if let Some(icon) = icon() {
            icon.set_href(&worst.get().map_or_else(|| plain.clone(), icon_with_dot));
        }
    });
    effect(move || set_app_badge(unread.get()));
    on_cleanup(|| set_app_badge(0));
}

fn icon() -> Option<HtmlLinkElement> {
    document().query_selector("link[rel~=icon]").ok().flatten()?.dyn_into().ok()
}

/// The URL of an icon with a dot in the colour of a severity.
fn icon_with_dot(worst: Severity) -> String {
    let colour = match worst {
        Severity::Information => "1f6fb2",
        Severity::Success => "1d7a46",
        Severity::Warning => "d98a12",
        Severity::Error => "d93025",
    };
    let drawn = include_str!("../../../icon.svg").trim_end().trim_end_matches("</svg>");
    let image = format!(
        r##"{drawn}<circle cx="24.500" cy="7.500" r="7.500" fill="#fff"/><circle cx="24.500" cy="7.500" r="6" fill="#{colour}"/></svg>"##
    );
    format!("data:image/svg+xml,{}", js_sys::encode_uri_component(&image))
}

fn set_app_badge(count: u32) {
    let navigator = window().navigator();
    let call = |name: &str, argument: Option<f64>| {
        let function: Function = Reflect::get(&navigator, &name.into()).ok()?.dyn_into().ok()?;
        let answer = match argument {
            Some(count) => function.call1(&navigator, &JsValue::from(count)),
            None => function.call0(&navigator),
        };
        answer.ok()?.dyn_into::<Promise>().ok()
    };
    // Browsers without the Badging API show none, and neither do pages that are not installed.
    let answer = if count > 0 { call("setAppBadge", Some(count.into())) } else { call("clearAppBadge", None) };
    if let Some(answer) = answer {
        spawn_local(async move {
            let _ = JsFuture::from(answer).await;
        });
    }
}
