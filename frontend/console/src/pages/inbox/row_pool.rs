//! A pool of DOM rows that outlive the content they show. Scrolling replaces a dozen rows in every frame.
//!
//! Leptos' keyed lists create a row for each new key. Creating a dozen rows took 15 ms of a frame; changing
//! their content takes 5 ms.

mod reorder;

use std::time::Duration;

use leptos::{
    html,
    leptos_dom::helpers::TimeoutHandle,
    prelude::*,
    tachys::view::{Mountable, Render},
};
use wasm_bindgen::JsCast;
use web_sys::{FocusOptions, HtmlElement};

use self::reorder::{assign_rows, rows_to_keep};
use super::virtual_list::VisibleRow;
use crate::reactive::effect;

/// A row of the DOM, and the content that it shows at the moment.
#[derive(Clone)]
pub struct PooledRow {
    /// Its content; the last one while the row is spare.
    pub content: ArcRwSignal<VisibleRow>,
    /// Whether the row is hidden and shows nothing.
    pub idle: ArcRwSignal<bool>,
}

/// The rows of a list. A handle that is cheap to copy.
#[derive(Clone, Copy)]
pub struct RowPool {
    /// The rows by number, in the order in which they were created.
    rows: RwSignal<Vec<PooledRow>>,
    /// The list element. New rows are added at its end.
    pub list: NodeRef<html::Ul>,
    /// The rows' elements, by number.
    nodes: StoredValue<Vec<HtmlElement>, LocalStorage>,
    /// The rows' numbers in the order of the document.
    dom_order: StoredValue<Vec<usize>>,
    /// The timer after which the rows are put in order.
    reorder_timer: StoredValue<Option<TimeoutHandle>>,
}

/// Up to this many rows are moved in the document at once. With more, the person scrolls fast, and moving can
/// wait: rows are positioned by CSS, so their order in the document is not visible.
const IMMEDIATE_MOVES: usize = 4;
/// How long no new content must come before rows are moved.
const REORDER_DELAY: Duration = Duration::from_millis(120);

impl RowPool {
    /// An empty pool for a list element.
    pub fn new(list: NodeRef<html::Ul>) -> Self {
        let nodes = StoredValue::new_local(Vec::new());
        Self { rows: RwSignal::default(), list, nodes, dom_order: StoredValue::default(), reorder_timer: StoredValue::default() }
    }

    /// Adds created rows to the end of the list element, for as long as it exists. Leptos' own `<For>` does
    /// more and adds as much code as a page. Here rows are never removed one by one, and the pool orders them
    /// itself.
    pub fn mount(self, view: impl Fn(PooledRow) -> AnyView + 'static) {
        // The rows outlive the effect that creates them.
        let owner = Owner::current().unwrap_or_default();
        let mounted = StoredValue::new_local(Vec::new());
        effect(move || {
            let Some(list) = self.list.get() else { return };
            let made = self.rows.with(|rows| rows.get(mounted.with_value(Vec::len)..).map(<[PooledRow]>::to_vec).unwrap_or_default());
            for row in made {
                let mut state = owner.with(|| view(row).build());
                state.mount(&list, None);
                mounted.update_value(|mounted| mounted.push(state));
            }
        });
    }

    /// Shows this content, in this order.
    pub fn show(self, visible: Vec<VisibleRow>) {
        if let Some(clock) = self.reorder_timer.try_update_value(Option::take).flatten() {
            clock.clear();
        }
        if visible.is_empty() {
            // The list element is removed as well, and the next one cannot use its rows.
            self.rows.set(Vec::new());
            self.nodes.set_value(Vec::new());
            self.dom_order.set_value(Vec::new());
            return;
        }
        let rows = self.rows.get_untracked();
        let key = |row: &PooledRow| row.content.with_untracked(|row_content| row_content.row.key());
        let shown_keys: Vec<_> = rows.iter().map(|row| (!row.idle.get_untracked()).then(|| key(row))).collect();
        let keys: Vec<_> = visible.iter().map(|row_content| row_content.row.key()).collect();
        let assigned = assign_rows(&shown_keys, &keys);
        let stays: Vec<_> =
            (0..rows.len()).map(|row| assigned.iter().zip(&keys).any(|(to, key)| *to == row && shown_keys[row] == Some(*key))).collect();
        self.blur_removed_rows(&stays);
        let mut new_rows = Vec::new();
        for (row_content, number) in visible.into_iter().zip(&assigned) {
            match rows.get(*number) {
                Some(row) => row.show(row_content),
                None => new_rows.push(PooledRow { content: ArcRwSignal::new(row_content), idle: ArcRwSignal::new(false) }),
            }
        }
        let spare: Vec<_> = (0..rows.len()).filter(|row| !assigned.contains(row)).collect();
        for row in &spare {
            rows[*row].idle.maybe_update(|spare| !std::mem::replace(spare, true));
        }
        let wanted = [assigned, spare].concat();
        if !new_rows.is_empty() {
            self.rows.update(|rows| rows.extend(new_rows));
            // The new rows are in the document by the next frame.
            request_animation_frame(move || self.reorder_dom(&wanted, &stays));
        } else if stays.iter().filter(|stays| !**stays).count() <= IMMEDIATE_MOVES {
            self.reorder_dom(&wanted, &stays);
        } else {
            let timer = set_timeout_with_handle(move || self.reorder_dom(&wanted, &stays), REORDER_DELAY);
            self.reorder_timer.set_value(timer.ok());
        }
    }

    /// Takes the focus from a row whose content is gone, so that it does not pass to other content.
    fn blur_removed_rows(self, stays: &[bool]) {
        let Some(focused) = focused() else { return };
        let gone = self.nodes.with_value(|nodes| nodes.iter().zip(stays).any(|(node, stays)| !stays && node.contains(Some(&focused))));
        if gone {
            let _ = focused.blur();
        }
    }

    /// Puts the rows in the given order in the document. Screen readers and the Tab key follow that order.
    fn reorder_dom(self, wanted: &[usize], stays: &[bool]) {
        let Some(list) = self.list.try_get_untracked().flatten() else { return };
        let (mut nodes, mut order) = (self.nodes.get_value(), self.dom_order.get_value());
        let children = list.children();
        while let Some(node) = u32::try_from(nodes.len()).ok().and_then(|at| children.item(at)) {
            order.push(nodes.len());
            nodes.push(node.unchecked_into());
        }
        if order != wanted && wanted.len() == nodes.len() {
            let at = |row: usize| order.iter().position(|other| *other == row).unwrap_or_default();
            let places: Vec<_> = wanted.iter().map(|row| (at(*row), stays.get(*row) == Some(&true))).collect();
            let focused = focused();
            let mut before: Option<&HtmlElement> = None;
            for (row, rests) in wanted.iter().zip(rows_to_keep(&places)) {
                let node = &nodes[*row];
                // Moving a row within its list does not fail.
                let _ = match before {
                    _ if rests => Ok(()),
                    Some(before) => before.after_with_node_1(node),
                    None => list.prepend_with_node_1(node),
                };
                before = Some(node);
            }
            // An element that is moved loses the focus.
            if let Some(focused) = focused.filter(|focused| self::focused().as_ref() != Some(focused)) {
                let still = FocusOptions::new();
                still.set_prevent_scroll(true);
                let _ = focused.focus_with_options(&still);
            }
            order = wanted.to_vec();
        }
        self.nodes.set_value(nodes);
        self.dom_order.set_value(order);
    }
}

impl PooledRow {
    fn show(&self, row_content: VisibleRow) {
        self.idle.maybe_update(std::mem::take);
        self.content.maybe_update(|now| {
            let other = *now != row_content;
            *now = row_content;
            other
        });
    }
}

fn focused() -> Option<HtmlElement> {
    document().active_element().and_then(|element| element.dyn_into().ok())
}
