//! Keeps the focus where the person is working. This is the one rule for all forms, cards and dialogs:
//!
//! - An element with `data-takes-focus` takes the focus when it appears, and scrolls into view.
//! - When the focused element goes, the focus stays as near as possible: in the same group, else in the next row of
//!   the same list, else it returns to the element that had it before, which opened what is gone. It is never lost.
//!
//! A `<dialog>` returns the focus by itself, as long as the element that opened it is still there.

use std::cell::{Cell, RefCell};

use js_sys::Array;
use leptos::prelude::{document, request_animation_frame};
use wasm_bindgen::{JsCast, JsValue, closure::Closure};
use web_sys::{Element, Event, HtmlElement, MutationObserver, MutationObserverInit, ScrollIntoViewOptions, ScrollLogicalPosition};

use crate::components::focus::{FOCUSABLE, is_shown, shown_within};

/// Marks an element that takes the focus when it appears.
const TAKES_FOCUS: &str = "data-takes-focus";
/// The parts of a page in which the focus stays when one of their controls goes.
const GROUPS: &str = "li, form, fieldset, section, [role=group]";
/// A list that moves the focus itself when the focused row goes.
const OWN_FOCUS: &str = ".inbox-items";
/// How many former places of the focus are remembered.
const REMEMBERED: usize = 16;

/// A place of the focus.
struct Place {
    element: HtmlElement,
    /// The group around it.
    group: Option<Element>,
    /// The list around the group, if the group is a row, and its index there.
    list: Option<(Element, u32)>,
}

thread_local! {
    /// The former places of the focus, and the current one at the end.
    static PLACES: RefCell<Vec<Place>> = const { RefCell::new(Vec::new()) };
    /// Whether the focus was given up on purpose, such as by a click beside all controls.
    static AT_REST: Cell<bool> = const { Cell::new(true) };
    /// Whether a check is due in the next frame.
    static CHECK_DUE: Cell<bool> = const { Cell::new(false) };
    static STARTED: Cell<bool> = const { Cell::new(false) };
}

/// Starts to keep the focus. A second call does nothing.
pub fn start() {
    if STARTED.replace(true) {
        return;
    }
    let focused = Closure::<dyn Fn(Event)>::new(|event: Event| {
        if let Some(element) = event.target().and_then(|target| target.dyn_into::<HtmlElement>().ok()) {
            remember(element);
        }
    });
    let check = Closure::<dyn Fn()>::new(check_soon);
    let changed = Closure::<dyn Fn(Array)>::new(|_: Array| check_soon());
    let page = document();
    // Adding a listener to the document cannot fail.
    let _ = page.add_event_listener_with_callback("focusin", focused.as_ref().unchecked_ref());
    let _ = page.add_event_listener_with_callback("focusout", check.as_ref().unchecked_ref());
    let wanted = MutationObserverInit::new();
    wanted.set_child_list(true);
    wanted.set_subtree(true);
    wanted.set_attribute_filter(&["hidden", "disabled", "open"].into_iter().map(JsValue::from).collect::<Array>());
    if let (Ok(observer), Some(body)) = (MutationObserver::new(changed.as_ref().unchecked_ref()), page.body()) {
        // The options are valid.
        let _ = observer.observe_with_options(&body, &wanted);
    }
    // The application is never unmounted.
    focused.forget();
    check.forget();
    changed.forget();
    check_soon();
}

fn remember(element: HtmlElement) {
    AT_REST.set(false);
    let group = element.parent_element().and_then(|around| around.closest(GROUPS).ok().flatten());
    let list = group.as_ref().filter(|group| group.tag_name() == "LI").and_then(|row| {
        let before = std::iter::successors(row.previous_element_sibling(), Element::previous_element_sibling).count();
        Some((row.parent_element()?, u32::try_from(before).ok()?))
    });
    PLACES.with_borrow_mut(|places| {
        places.retain(|known| known.element != element);
        if places.len() == REMEMBERED {
            places.remove(0);
        }
        places.push(Place { element, group, list });
    });
}

fn check_soon() {
    if !CHECK_DUE.replace(true) {
        request_animation_frame(|| {
            CHECK_DUE.set(false);
            check();
        });
    }
}

fn check() {
    let page = document();
    if let Ok(Some(new)) = page.query_selector(&format!("[{TAKES_FOCUS}]")) {
        // Once is enough.
        let _ = new.remove_attribute(TAKES_FOCUS);
        give_focus(&new);
        return;
    }
    let active = page.active_element().filter(|active| active.tag_name() != "BODY");
    if active.as_ref().is_some_and(can_have_focus) || AT_REST.get() {
        return;
    }
    let by_choice = |place: &Place| {
        can_have_focus(&place.element) || place.element.closest(OWN_FOCUS).is_ok_and(|list| list.is_some_and(|list| list.is_connected()))
    };
    if active.is_none() && PLACES.with_borrow(|places| places.last().is_some_and(by_choice)) {
        AT_REST.set(true);
        return;
    }
    let candidates = PLACES.with_borrow(|places| candidates(places));
    let content = page.get_element_by_id("content").and_then(|content| content.dyn_into().ok());
    // The first that takes it.
    let _ = candidates.into_iter().chain(content).any(|element: HtmlElement| {
        let _ = element.focus();
        page.active_element().as_ref() == Some(&*element)
    });
}

/// Where the focus goes when the last place is gone, the best first.
fn candidates(places: &[Place]) -> Vec<HtmlElement> {
    let Some((lost, former)) = places.split_last() else { return Vec::new() };
    let first_in = |part: &Element| shown_within(part, FOCUSABLE).into_iter().next();
    let namesake = Some(lost.element.id()).filter(|id| !id.is_empty()).and_then(|id| document().get_element_by_id(&id)?.dyn_into().ok());
    let in_group = lost.group.as_ref().filter(|group| group.is_connected()).and_then(first_in);
    let in_list = lost.list.as_ref().filter(|(list, _)| list.is_connected()).and_then(|(list, at)| {
        let rows = list.children();
        let neighbours = [Some(*at), at.checked_sub(1)].into_iter().flatten().filter_map(|at| rows.item(at));
        neighbours.filter_map(|row| first_in(&row)).next()
    });
    let before = former.iter().rev().map(|place| place.element.clone()).filter(|element| can_have_focus(element));
    [namesake, in_group, in_list].into_iter().flatten().chain(before).collect()
}

fn can_have_focus(element: &Element) -> bool {
    element.is_connected() && is_shown(element) && !element.matches(":disabled").unwrap_or_default()
}

/// Focuses the first field of an element that appeared, or its first control, or itself.
fn give_focus(new: &Element) {
    let options = ScrollIntoViewOptions::new();
    options.set_block(ScrollLogicalPosition::Nearest);
    new.scroll_into_view_with_scroll_into_view_options(&options);
    let first = ["input:not(:disabled), select:not(:disabled), textarea", FOCUSABLE]
        .into_iter()
        .find_map(|wanted| shown_within(new, wanted).into_iter().next())
        .or_else(|| new.clone().dyn_into().ok());
    // An element that cannot take the focus leaves it where it is.
    let _ = first.map(|first| first.focus());
}
