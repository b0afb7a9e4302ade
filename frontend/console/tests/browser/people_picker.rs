//! The people picker, by keyboard only.

use campanile_frontend::components::people_picker::{PeoplePicker, PickerOption, SearchResult};
use js_sys::{Array, Function, Object, Reflect};
use leptos::{prelude::*, task::tick};
use wasm_bindgen::JsCast;
use wasm_bindgen_test::wasm_bindgen_test;
use web_sys::{HtmlElement, HtmlInputElement};

use crate::harness::{first, mount, text_of};

fn choice(id: &str, name: &str) -> PickerOption {
    PickerOption { id: id.to_owned(), name: name.to_owned(), detail: id.to_owned() }
}

fn all() -> Vec<PickerOption> {
    vec![choice("ada", "Ada Byron"), choice("bo", "Bo Lindqvist")]
}

/// A picker that finds Ada and Bo for any text, and the chosen people.
fn picker() -> (HtmlElement, HtmlInputElement, RwSignal<Vec<PickerOption>>) {
    let chosen = RwSignal::new(Vec::<PickerOption>::new());
    let found = RwSignal::new(SearchResult::Pending);
    let search = move |_| found.set(SearchResult::Options(all()));
    let add = move |id: String| chosen.update(|chosen| chosen.extend(all().into_iter().filter(|choice| choice.id == id)));
    let place = mount(move || {
        view! {
            <PeoplePicker
                id="to"
                label="To".to_owned()
                chosen
                on_add=Callback::new(add)
                on_remove=Callback::new(move |id: String| chosen.update(|chosen| chosen.retain(|choice| choice.id != id)))
                on_search=Callback::new(search)
                found
                described_by="to-error"
                invalid=false
            />
        }
    });
    let input = first(&place, "input").unchecked_into();
    (place, input, chosen)
}

fn ids(chosen: RwSignal<Vec<PickerOption>>) -> Vec<String> {
    chosen.with_untracked(|chosen| chosen.iter().map(|choice| choice.id.clone()).collect())
}

#[wasm_bindgen_test]
async fn arrows_select_and_enter_adds_a_person() {
    let (place, input, chosen) = picker();
    assert_eq!(input.get_attribute("aria-expanded").as_deref(), Some("false"));
    type_into(&input, "o");
    tick().await;
    assert_eq!(input.get_attribute("aria-expanded").as_deref(), Some("true"));
    assert_eq!(input.get_attribute("aria-activedescendant").as_deref(), Some("to-option-0"));
    press(&input, "ArrowDown");
    tick().await;
    assert_eq!(text_of(&place, "[role=option][aria-selected=true] bdi"), "Bo Lindqvist");
    press(&input, "Enter");
    tick().await;
    assert_eq!(ids(chosen), ["bo"]);
    assert_eq!(text_of(&place, ".picker-chip bdi"), "Bo Lindqvist");
    // Leptos sets the value of a field one microtask later.
    tick().await;
    assert_eq!((input.value(), input.get_attribute("aria-expanded").as_deref()), (String::new(), Some("false")));
    assert_eq!(text_of(&place, "[role=status]"), "Bo Lindqvist was added");
}

#[wasm_bindgen_test]
async fn an_added_person_is_no_longer_offered_and_backspace_removes_them() {
    let (place, input, chosen) = picker();
    chosen.set(vec![choice("ada", "Ada Byron")]);
    press(&input, "ArrowDown");
    tick().await;
    assert_eq!(place.query_selector_all("[role=option]").unwrap().length(), 1);
    press(&input, "Escape");
    tick().await;
    assert_eq!(input.get_attribute("aria-expanded").as_deref(), Some("false"));
    press(&input, "Backspace");
    tick().await;
    assert_eq!(ids(chosen), Vec::<String>::new());
}

fn press(field: &HtmlInputElement, key: &str) {
    let options = Object::new();
    Reflect::set(&options, &"key".into(), &key.into()).unwrap();
    let event: Function = Reflect::get(&js_sys::global(), &"KeyboardEvent".into()).unwrap().unchecked_into();
    let event = Reflect::construct(&event, &Array::of2(&"keydown".into(), &options)).unwrap();
    field.dispatch_event(event.unchecked_ref()).unwrap();
}

fn type_into(field: &HtmlInputElement, text: &str) {
    field.set_value(text);
    field.dispatch_event(&web_sys::Event::new("input").unwrap()).unwrap();
}
