//! A choice of one among a few, side by side: radio buttons by nature, segments by look. The
//! browser's own keys and names for radio buttons hold.

use leptos::prelude::*;

use super::icon::Icon;

/// One segment.
#[derive(Clone, Debug)]
pub struct Segment<T> {
    /// What it stands for.
    pub value: T,
    /// What it is called.
    pub word: String,
    /// The sign beside the word, and the class that colours it.
    pub icon: Option<(Icon, &'static str)>,
}

impl<T> Segment<T> {
    /// A segment of a word alone.
    pub fn new(value: T, word: String) -> Self {
        Self { value, word, icon: None }
    }
}

/// The group.
#[component]
pub fn Segmented<T: Copy + PartialEq + Send + Sync + 'static>(
    /// Names the group for the browser; unique on the page. The first segment's id is the same.
    name: &'static str,
    /// What is chosen.
    label: String,
    /// The choices.
    segments: Vec<Segment<T>>,
    /// The one chosen.
    #[prop(into)]
    value: Signal<T>,
    /// Called with what was chosen.
    on_choose: Callback<T>,
) -> impl IntoView {
    let (values, words): (Vec<T>, Vec<Word>) = segments.into_iter().map(|Segment { value, word, icon }| (value, (word, icon))).unzip();
    let values = StoredValue::new(values);
    let chosen = Signal::derive(move || values.with_value(|values| values.iter().position(|own| *own == value.get())));
    let choose = move |at: usize| {
        if let Some(value) = values.with_value(|values| values.get(at).copied()) {
            on_choose.run(value);
        }
    };
    group(name, label, words, chosen, Callback::new(choose))
}

/// A segment's word, with the sign beside it.
type Word = (String, Option<(Icon, &'static str)>);

/// The group, whatever its segments stand for.
fn group(name: &'static str, label: String, words: Vec<Word>, chosen: Signal<Option<usize>>, on_choose: Callback<usize>) -> AnyView {
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
