//! A segmented control: radio buttons that look like segments. The browser's keys and roles for radio buttons
//! apply.

use leptos::prelude::*;

use super::icon::Icon;

/// A segment.
#[derive(Clone, Debug)]
pub struct Segment<T> {
    /// Its value.
    pub value: T,
    /// Its label.
    pub label: String,
    /// An icon beside the label, and the class that sets its colour.
    pub icon: Option<(Icon, &'static str)>,
}

impl<T> Segment<T> {
    /// A segment without an icon.
    pub fn new(value: T, label: String) -> Self {
        Self { value, label, icon: None }
    }
}

/// The control.
#[component]
pub fn Segmented<T: Copy + PartialEq + Send + Sync + 'static>(
    /// The name of the radio group, unique on the page. It is also the id of the first segment.
    name: &'static str,
    /// The accessible name.
    label: String,
    /// The segments.
    segments: Vec<Segment<T>>,
    /// The value of the chosen segment.
    #[prop(into)]
    value: Signal<T>,
    /// Called with the chosen value.
    on_choose: Callback<T>,
) -> impl IntoView {
    let (values, words): (Vec<T>, Vec<SegmentLabel>) =
        segments.into_iter().map(|Segment { value, label, icon }| (value, (label, icon))).unzip();
    let values = StoredValue::new(values);
    let chosen = Signal::derive(move || values.with_value(|values| values.iter().position(|own| *own == value.get())));
    let choose = move |at: usize| {
        if let Some(value) = values.with_value(|values| values.get(at).copied()) {
            on_choose.run(value);
        }
    };
    group(name, label, words, chosen, Callback::new(choose))
}

/// A segment's label and icon.
type SegmentLabel = (String, Option<(Icon, &'static str)>);

/// The control without its type parameter.
fn group(
    name: &'static str,
    label: String,
    words: Vec<SegmentLabel>,
    chosen: Signal<Option<usize>>,
    on_choose: Callback<usize>,
) -> AnyView {
    let last = words.len().saturating_sub(1);
    let segments = words
        .into_iter()
        .enumerate()
        .map(|(at, (word, icon))| {
            let id = if at == 0 { name.to_owned() } else { format!("{name}-{at}") };
            view! {
                <label class="segment" class:last=at == last>
                    <input id=id type="radio" name=name prop:checked=move || chosen.get() == Some(at) on:change=move |_| on_choose.run(at)/>
                    {icon.map(|(icon, class)| view! { <span class=class>{icon.view()}</span> })}
                    <span>{word}</span>
                </label>
            }
        })
        .collect_view();
    view! {
        <fieldset class="field segmented">
            <legend class="label">{label}</legend>
            <div class="segments">{segments}</div>
        </fieldset>
    }
    .into_any()
}
