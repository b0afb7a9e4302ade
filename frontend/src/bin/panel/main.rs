//! The panel of the embeddable bell: a small program of its own, fetched when somebody is about to
//! open it.
//!
//! It lives in the shadow root of `<campanile-bell>` and knows the page around it only by what the
//! element hands over ([`host::Host`]): no router, no history, no storage, no listener outside the
//! panel but for keeping its place while it is open. The elements are made one by one, never
//! from markup: `view!` would set `innerHTML` for static parts, which pages with
//! `require-trusted-types-for 'script'` refuse unless they allow a policy of ours.

mod api;
mod host;
mod list;
mod place;
mod row;
mod state;
mod style;
mod view;

use campanile_frontend::i18n;
use leptos::{
    mount::{UnmountHandle, mount_to},
    prelude::*,
};
use wasm_bindgen::prelude::*;

use crate::{host::Host, place::Place, state::State};

fn main() {}

/// A panel in its box. Freed, it leaves the box empty.
#[wasm_bindgen]
pub struct Panel {
    state: State,
    place: Place,
    _owner: Owner,
    _view: Box<dyn std::any::Any>,
}

/// Makes the panel of an element.
///
/// # Errors
/// Its texts cannot be fetched.
#[wasm_bindgen]
pub async fn mount(host: Host) -> Result<Panel, JsValue> {
    let language = i18n::best(&host.language().parse().into_iter().collect::<Vec<_>>());
    let texts = if i18n::is_reference(language) { None } else { Some(api::texts(&host, language.tag).await?) };
    i18n::activate(language, texts);
    style::adopt(&host.shelf())?;
    let owner = Owner::new();
    let state = owner.with(|| State::new(&host));
    let place = Place::new(&host);
    let view = keep(mount_to(host.shelf(), move || view::panel(state)));
    Ok(Panel { state, place, _owner: owner, _view: view })
}

fn keep<M: leptos::tachys::view::Mountable + 'static>(handle: UnmountHandle<M>) -> Box<dyn std::any::Any> {
    Box::new(handle)
}

#[wasm_bindgen]
impl Panel {
    /// Takes a live event, as JSON.
    pub fn receive(&self, data: &str) {
        self.state.receive(data);
    }

    /// Takes the name of the connection's state.
    pub fn status(&self, name: &str) {
        self.state.connection(name);
    }

    /// It is about to be shown, or was hidden.
    pub fn toggle(&mut self, open: bool) {
        self.place.follow(open);
        self.state.toggle(open);
    }
}
