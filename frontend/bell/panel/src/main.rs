//! The panel of the embeddable bell: a program of its own, loaded when the person is about to open it.
//!
//! It runs in the shadow root of `<campanile-bell>` and knows the host page only through the element
//! ([`host::BellElement`]). It uses no router, history or storage.
//!
//! It uses two parts of Leptos: signals (`reactive_graph`) and elements (`tachys`). All of Leptos would make it
//! half as large again. Elements are created one by one and never from markup: `view!` sets `innerHTML` for
//! static parts, and pages with `require-trusted-types-for 'script'` refuse that unless they allow a policy for
//! it.

mod api;
mod host;
mod icon;
mod input;
mod list;
mod row;
mod state;
mod view;
mod wire;

use any_spawner::Executor;
use reactive_graph::owner::Owner;
use tachys::view::{Mountable, Render};
use wasm_bindgen::prelude::*;

use crate::{
    host::{BellElement, Texts},
    state::State,
    wire::Message,
};

fn main() {}

/// A panel in its popover. Freeing it empties the popover.
#[wasm_bindgen]
pub struct Panel {
    host: BellElement,
    state: State,
    owner: Owner,
    view: Box<dyn Mountable>,
}

/// Creates the panel of an element with the texts of its language.
#[wasm_bindgen]
pub fn mount(host: BellElement, words: Texts) -> Panel {
    // An error means that the executor is initialised already.
    let _ = Executor::init_wasm_bindgen();
    host::adopt(&host.popover(), include_str!("panel.css"));
    let owner = Owner::new();
    let (state, view) = owner.with(|| {
        let state = State::new(host.clone(), words);
        let mut view = view::panel(state).build();
        view.mount(&host.popover(), None);
        state.fetch();
        (state, view)
    });
    Panel { host, state, owner, view: Box::new(view) }
}

#[wasm_bindgen]
impl Panel {
    /// Handles a live event.
    pub fn receive(&self, event: &Message) {
        self.state.receive(event);
    }

    /// Sets the state of the live connection.
    pub fn status(&self, name: &str) {
        self.state.connection(name);
    }

    /// The panel is about to be shown, or was hidden.
    pub fn toggle(&self, open: bool) {
        host::follow(&self.host.popover(), &self.host.button(), open);
        self.state.toggle(open);
    }
}

impl Drop for Panel {
    fn drop(&mut self) {
        host::follow(&self.host.popover(), &self.host.button(), false);
        self.view.unmount();
        self.owner.cleanup();
    }
}
