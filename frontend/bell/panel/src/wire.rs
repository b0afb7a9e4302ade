//! The API's objects as JavaScript objects. The browser has parsed the JSON already, and reading a few fields
//! takes a tenth of the code that deserialising the shared types would take. Names and meaning are those of
//! `campanile_shared::{Item, Snapshot, live::Event}`.

use campanile_shared::{Counts, Severity, Snapshot};
use wasm_bindgen::prelude::*;

use crate::host::BellElement;

#[wasm_bindgen]
extern "C" {
    /// An event, a page, or the answer to a change. Missing fields read as `None` or empty.
    pub type Message;
    #[wasm_bindgen(method, getter)]
    pub fn event(this: &Message) -> Option<String>;
    #[wasm_bindgen(method, getter)]
    pub fn item(this: &Message) -> Option<WireItem>;
    #[wasm_bindgen(method, getter)]
    pub fn items(this: &Message) -> Option<Vec<WireItem>>;
    #[wasm_bindgen(method, getter)]
    pub fn changes(this: &Message) -> Option<Vec<WireItem>>;
    #[wasm_bindgen(method, getter)]
    pub fn seen_up_to(this: &Message) -> Option<f64>;
    #[wasm_bindgen(method, getter)]
    pub fn snapshot(this: &Message) -> Option<WireSnapshot>;

    /// A snapshot. Pages and answers contain its fields directly.
    pub type WireSnapshot;
    #[wasm_bindgen(method, getter, js_name = "generation")]
    fn generation_number(this: &WireSnapshot) -> f64;
    #[wasm_bindgen(method, getter)]
    fn sequence(this: &WireSnapshot) -> f64;
    #[wasm_bindgen(method, getter)]
    fn revision(this: &WireSnapshot) -> f64;
    #[wasm_bindgen(method, getter)]
    fn counts(this: &WireSnapshot) -> WireCounts;

    type WireCounts;
    #[wasm_bindgen(method, getter)]
    fn unread(this: &WireCounts) -> u32;
    #[wasm_bindgen(method, getter)]
    fn unseen(this: &WireCounts) -> u32;

    /// An item, or a change of one.
    pub type WireItem;
    #[wasm_bindgen(method, getter)]
    pub fn id(this: &WireItem) -> String;
    #[wasm_bindgen(method, getter)]
    fn sequence(this: &WireItem) -> f64;
    #[wasm_bindgen(method, getter)]
    fn severity(this: &WireItem) -> String;
    #[wasm_bindgen(method, getter)]
    fn title(this: &WireItem) -> String;
    #[wasm_bindgen(method, getter)]
    fn description(this: &WireItem) -> String;
    #[wasm_bindgen(method, getter)]
    fn component(this: &WireItem) -> Option<String>;
    #[wasm_bindgen(method, getter)]
    fn link(this: &WireItem) -> Option<String>;
    #[wasm_bindgen(method, getter)]
    fn accepted_at(this: &WireItem) -> String;
    #[wasm_bindgen(method, getter)]
    pub fn state(this: &WireItem) -> WireState;

    /// The state of an item.
    pub type WireState;
    #[wasm_bindgen(method, getter)]
    pub fn read(this: &WireState) -> bool;
    #[wasm_bindgen(method, getter)]
    pub fn dismissed(this: &WireState) -> bool;
    #[wasm_bindgen(method, getter)]
    pub fn snoozed_until(this: &WireState) -> Option<String>;
}

/// An item as the panel shows it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct PanelItem {
    /// The notification's id.
    pub id: String,
    /// Its position in the tenant's order.
    pub sequence: u64,
    /// The severity.
    pub severity: Severity,
    /// The title, as one line.
    pub title: String,
    /// The beginning of the text.
    pub description: String,
    /// The component that sent it.
    pub component: Option<String>,
    /// The link for more information.
    pub link: Option<String>,
    /// When it was stored (RFC 3339).
    pub accepted_at: String,
    /// Whether it is read.
    pub read: bool,
}

impl PanelItem {
    /// The URL of the item's page in the console.
    pub fn url(&self, host: &BellElement) -> String {
        host.page(&["?item=", &self.id].concat())
    }
}

impl From<&WireItem> for PanelItem {
    fn from(item: &WireItem) -> Self {
        Self {
            id: item.id(),
            sequence: to_integer(item.sequence()),
            severity: Severity::from_name(&item.severity()).unwrap_or_default(),
            title: item.title(),
            description: item.description(),
            component: item.component(),
            link: item.link(),
            accepted_at: item.accepted_at(),
            read: item.state().read(),
        }
    }
}

impl WireSnapshot {
    /// The generation of the store.
    pub fn generation(&self) -> u64 {
        to_integer(self.generation_number())
    }
}

impl From<&WireSnapshot> for Snapshot {
    /// Without the counts by severity, which only the bell uses.
    fn from(wire: &WireSnapshot) -> Self {
        let counts = wire.counts();
        let counts = Counts { unread: counts.unread(), unseen: counts.unseen(), ..Counts::default() };
        Self { generation: wire.generation(), sequence: to_integer(wire.sequence()), revision: to_integer(wire.revision()), counts }
    }
}

/// A whole number from a JavaScript number.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "the wire's numbers are whole and not negative")]
pub fn to_integer(number: f64) -> u64 {
    number as u64
}
