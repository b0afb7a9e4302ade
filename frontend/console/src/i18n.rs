//! The console's texts, one function each, and the formats of numbers and times.
//!
//! The texts of a language are a JSON file that the caller loads and passes to [`activate`]. With the feature
//! `split` there are two files: the second has the texts that the first page does not show. Without it, as in
//! tests, English is compiled in. This module does not know HTTP or the session.

pub mod format;
pub mod name_list;
pub mod names;

use std::cell::RefCell;

use campanile_shared::language::{Language as Tag, lookup_index};
use js_sys::{Array, Intl, JsString, Object, Reflect, RegExp};
use leptos::prelude::*;
use wasm_bindgen::JsValue;

include!(concat!(env!("OUT_DIR"), "/texts.rs"));

pub use texts as t;

/// A language of the console.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Language {
    /// The BCP 47 tag. The texts are in `locales/<tag>.json`.
    pub tag: &'static str,
    /// The language's own name.
    pub name: &'static str,
    /// Whether it is written from right to left.
    pub right_to_left: bool,
}

/// The language in use.
struct Current {
    language: &'static Language,
    /// The loaded texts; `None` if they are compiled in.
    texts: Option<Object>,
    /// Whether all texts are loaded.
    complete: bool,
    plurals: Intl::PluralRules,
}

thread_local! {
    static CURRENT: RefCell<Option<Current>> = const { RefCell::new(None) };
}

/// The best language for a reader of `preferred` (RFC 4647 lookup).
pub fn best_match(preferred: &[Tag]) -> &'static Language {
    let available: Vec<Tag> = LANGUAGES.iter().filter_map(|language| language.tag.parse().ok()).collect();
    let chosen = lookup_index(preferred, &available.iter().collect::<Vec<_>>());
    chosen.and_then(|index| LANGUAGES.get(index)).unwrap_or(&LANGUAGES[0])
}

/// The languages of the browser, the preferred first.
pub fn browser_languages() -> Vec<Tag> {
    window().navigator().languages().iter().filter_map(|tag| tag.as_string()?.parse().ok()).collect()
}

/// Makes `language` the current language. `texts` is its parsed JSON file, or `None` if the texts are compiled
/// in. Existing views keep their texts: create them again.
pub fn activate(language: &'static Language, texts: Option<Object>) {
    let plurals = Intl::PluralRules::new(&Array::of1(&language.tag.into()), &Object::new());
    let whole = cfg!(not(feature = "split"));
    CURRENT.with_borrow_mut(|current| *current = Some(Current { language, texts, complete: whole, plurals }));
    format::clear_cache();
}

/// Adds the second file of texts, unless another language is in use. Returns whether the texts were added.
pub fn add_texts(language: &'static Language, later: &Object) -> bool {
    CURRENT.with_borrow_mut(|current| {
        let current = current.as_mut().filter(|current| current.language == language);
        let Some((texts, current)) = current.and_then(|current| Some((current.texts.clone()?, current))) else { return false };
        Object::assign(&texts, later);
        current.complete = true;
        true
    })
}

/// Whether all texts of the current language are loaded.
pub fn is_complete() -> bool {
    CURRENT.with_borrow(|current| current.as_ref().is_some_and(|current| current.complete))
}

/// The current language.
pub fn current() -> &'static Language {
    CURRENT.with_borrow(|current| current.as_ref().map_or(&LANGUAGES[0], |current| current.language))
}

/// Whether the texts of a language are compiled in.
pub fn is_compiled_in(language: &Language) -> bool {
    cfg!(not(feature = "split")) && language.tag == LANGUAGES[0].tag
}

/// A text in lower case. The browser does it, because Rust's Unicode tables would make the program larger.
pub fn lower_case(text: &str) -> String {
    if cfg!(target_arch = "wasm32") { JsString::from(text).to_lower_case().into() } else { text.to_lowercase() }
}

/// A text in upper case. The browser does it, see [`lower_case`].
pub fn upper_case(text: &str) -> String {
    if cfg!(target_arch = "wasm32") { JsString::from(text).to_upper_case().into() } else { text.to_uppercase() }
}

/// The words of a text, separated by characters that are neither letters nor digits. The browser splits it, see
/// [`lower_case`].
pub fn words(text: &str) -> Vec<String> {
    if cfg!(target_arch = "wasm32") {
        let between = RegExp::new(r"[^\p{Alphabetic}\p{N}]+", "u");
        JsString::from(text).split_by_pattern(&between).iter().filter_map(|word| word.as_string()).collect()
    } else {
        text.split(|c: char| !c.is_alphanumeric()).map(str::to_owned).collect()
    }
}

fn lookup(key: &str) -> Option<JsValue> {
    CURRENT.with_borrow(|current| {
        let texts = current.as_ref()?.texts.as_ref()?;
        Reflect::get(texts, &key.into()).ok().filter(|value| !value.is_undefined())
    })
}

fn text(key: &str, english: &str, arguments: &[(&str, &str)]) -> String {
    match lookup(key).and_then(|value| value.as_string()) {
        Some(text) => fill(&text, arguments),
        None => fill(english, arguments),
    }
}

fn plural(key: &str, one: &str, other: &str, count: u32, arguments: &[(&str, &str)]) -> String {
    let category = CURRENT.with_borrow(|current| current.as_ref().and_then(|now| now.plurals.select(count.into()).as_string()));
    let form = lookup(key).zip(category).and_then(|(forms, category)| Reflect::get(&forms, &category.into()).ok()?.as_string());
    let form = form.unwrap_or_else(|| if count == 1 { one } else { other }.to_owned());
    let count = format::number(count.into());
    let arguments: Vec<_> = arguments.iter().copied().chain([("count", count.as_str())]).collect();
    fill(&form, &arguments)
}

/// Replaces each `{name}` by its value. Braces inside a value stay as they are.
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
        let best_of = |tags: &[&str]| best_match(&tags.iter().filter_map(|tag| tag.parse().ok()).collect::<Vec<_>>()).tag;
        assert_eq!(best_of(&["de-CH", "en"]), "de");
        assert_eq!(best_of(&["tlh"]), "en");
        assert_eq!(best_of(&[]), "en");
    }
}
