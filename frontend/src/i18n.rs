//! The console's language: its texts, one function each, and the formats of numbers and times.
//!
//! Every language is a JSON file that is fetched by whoever starts the page and handed over here; with
//! the feature `split` it is two, the second of which comes with what shows its texts. Without it, as
//! in tests, English is compiled in. This module knows nothing of HTTP or of the session.

pub mod format;

use std::cell::RefCell;

use campanile_shared::language::{Language as Tag, choose};
use js_sys::{Array, Intl, JsString, Object, Reflect, RegExp};
use leptos::prelude::*;
use wasm_bindgen::JsValue;

include!(concat!(env!("OUT_DIR"), "/texts.rs"));

pub use texts as t;

/// A language the console speaks.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Language {
    /// Its BCP 47 tag; its texts are in `locales/<tag>.json`.
    pub tag: &'static str,
    /// What its speakers call it.
    pub name: &'static str,
    /// Whether it is written from right to left.
    pub right_to_left: bool,
}

/// The language in use.
struct Current {
    language: &'static Language,
    /// What was fetched; nothing for what is compiled in.
    texts: Option<Object>,
    /// Whether no text is to come.
    whole: bool,
    plurals: Intl::PluralRules,
}

thread_local! {
    static CURRENT: RefCell<Option<Current>> = const { RefCell::new(None) };
}

/// The language that serves a reader of `wanted` best (RFC 4647 lookup).
pub fn best(wanted: &[Tag]) -> &'static Language {
    let available: Vec<Tag> = LANGUAGES.iter().filter_map(|language| language.tag.parse().ok()).collect();
    let chosen = choose(wanted, &available.iter().collect::<Vec<_>>());
    chosen.and_then(|index| LANGUAGES.get(index)).unwrap_or(&LANGUAGES[0])
}

/// The reader's languages as the browser tells them, the preferred first.
pub fn browser() -> Vec<Tag> {
    window().navigator().languages().iter().filter_map(|tag| tag.as_string()?.parse().ok()).collect()
}

/// Makes `language` the language of every text from now on. `texts` is its parsed JSON file; what is
/// compiled in needs none. Views made before keep their texts: make them again.
pub fn activate(language: &'static Language, texts: Option<Object>) {
    let plurals = Intl::PluralRules::new(&Array::of1(&language.tag.into()), &Object::new());
    let whole = cfg!(not(feature = "split"));
    CURRENT.with_borrow_mut(|current| *current = Some(Current { language, texts, whole, plurals }));
    format::forget();
}

/// Adds the rest of the texts of a language, unless another is spoken by now; says whether it did.
pub fn add(language: &'static Language, later: &Object) -> bool {
    CURRENT.with_borrow_mut(|current| {
        let current = current.as_mut().filter(|current| current.language == language);
        let Some((texts, current)) = current.and_then(|current| Some((current.texts.clone()?, current))) else { return false };
        Object::assign(&texts, later);
        current.whole = true;
        true
    })
}

/// Whether all texts of the language in use are there.
pub fn is_whole() -> bool {
    CURRENT.with_borrow(|current| current.as_ref().is_some_and(|current| current.whole))
}

/// The language in use.
pub fn current() -> &'static Language {
    CURRENT.with_borrow(|current| current.as_ref().map_or(&LANGUAGES[0], |current| current.language))
}

/// Whether a language needs no file of texts.
pub fn is_compiled_in(language: &Language) -> bool {
    cfg!(not(feature = "split")) && language.tag == LANGUAGES[0].tag
}

/// A text in lower case, by the browser's tables: Rust's own would come with the program.
pub fn lower_case(text: &str) -> String {
    if cfg!(target_arch = "wasm32") { JsString::from(text).to_lower_case().into() } else { text.to_lowercase() }
}

/// A text in upper case, likewise.
pub fn upper_case(text: &str) -> String {
    if cfg!(target_arch = "wasm32") { JsString::from(text).to_upper_case().into() } else { text.to_uppercase() }
}

/// The words of a text: what is between characters that are neither letters nor digits, by the browser's tables
/// likewise.
pub fn words(text: &str) -> Vec<String> {
    if cfg!(target_arch = "wasm32") {
        let between = RegExp::new(r"[^\p{Alphabetic}\p{N}]+", "u");
        JsString::from(text).split_by_pattern(&between).iter().filter_map(|word| word.as_string()).collect()
    } else {
        text.split(|c: char| !c.is_alphanumeric()).map(str::to_owned).collect()
    }
}

fn found(key: &str) -> Option<JsValue> {
    CURRENT.with_borrow(|current| {
        let texts = current.as_ref()?.texts.as_ref()?;
        Reflect::get(texts, &key.into()).ok().filter(|value| !value.is_undefined())
    })
}

fn text(key: &str, english: &str, arguments: &[(&str, &str)]) -> String {
    match found(key).and_then(|value| value.as_string()) {
        Some(text) => fill(&text, arguments),
        None => fill(english, arguments),
    }
}

fn plural(key: &str, one: &str, other: &str, count: u32, arguments: &[(&str, &str)]) -> String {
    let category = CURRENT.with_borrow(|current| current.as_ref().and_then(|now| now.plurals.select(count.into()).as_string()));
    let form = found(key).zip(category).and_then(|(forms, category)| Reflect::get(&forms, &category.into()).ok()?.as_string());
    let form = form.unwrap_or_else(|| if count == 1 { one } else { other }.to_owned());
    let count = format::number(count.into());
    let arguments: Vec<_> = arguments.iter().copied().chain([("count", count.as_str())]).collect();
    fill(&form, &arguments)
}

/// Replaces each `{name}` by its value, once: braces inside a value stay as they are.
fn fill(template: &str, arguments: &[(&str, &str)]) -> String {
    let mut filled = String::with_capacity(template.len());
    let mut rest = template;
    while let Some((before, after)) = rest.split_once('{') {
        filled.push_str(before);
        let (name, behind) = after.split_once('}').unwrap_or((after, ""));
        filled.push_str(arguments.iter().find(|(argument, _)| *argument == name).map_or("", |(_, value)| value));
        rest = behind;
    }
    filled.push_str(rest);
    filled
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn placeholders_are_filled_once() {
        assert_eq!(fill("{a} of {b}", &[("a", "{b}"), ("b", "7")]), "{b} of 7");
        assert_eq!(fill("plain", &[]), "plain");
    }

    #[test]
    fn readers_get_the_nearest_language() {
        let best_of = |tags: &[&str]| best(&tags.iter().filter_map(|tag| tag.parse().ok()).collect::<Vec<_>>()).tag;
        assert_eq!(best_of(&["de-CH", "en"]), "de");
        assert_eq!(best_of(&["tlh"]), "en");
        assert_eq!(best_of(&[]), "en");
    }
}
