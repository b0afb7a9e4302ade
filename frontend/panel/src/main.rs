//! The panel of the embeddable bell: a small program of its own, fetched when somebody is about to
//! open it.
//!
//! It lives in the shadow root of `<campanile-bell>` and knows the page around it only by what the
//! element hands over ([`host::Host`]): no router, no history, no storage.
//!
//! It is made of the two layers of Leptos that it needs, signals (`reactive_graph`) and elements
//! (`tachys`): the whole of Leptos would be half as large again. Elements are made one by one, never
//! from markup: `view!` sets `innerHTML` for static parts, which pages with
//! `require-trusted-types-for 'script'` refuse unless they allow a policy of ours.

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
    host::{Host, Words},
    state::State,
    wire::Message,
};

fn main() {}

/// A panel in its popover. Freed, it leaves the popover empty.
#[wasm_bindgen]
pub struct Panel {
    host: Host,
    state: State,
    owner: Owner,
    view: Box<dyn Mountable>,
}

/// Makes the panel of an element, in the language whose words are given.
#[wasm_bindgen]
pub fn mount(host: Host, words: Words) -> Panel {
    // An error only means that it is there already.
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
    /// Takes a live event.
    pub fn receive(&self, event: &Message) {
        self.state.receive(event);
    }

    /// Takes the name of the connection's state.
    pub fn status(&self, name: &str) {
        self.state.connection(name);
    }

    /// It is about to be shown, or was hidden.
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
