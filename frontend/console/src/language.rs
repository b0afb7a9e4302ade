//! Chooses the console's language and loads its texts.

use campanile_shared::Language as Tag;

use crate::{
    api,
    i18n::{self, Language},
};

/// The person's languages: the one they chose, then the browser's.
pub fn preferred_languages(chosen: Option<Tag>) -> Vec<Tag> {
    chosen.into_iter().chain(i18n::browser_languages()).collect()
}

/// Loads the texts of a language and makes it the current language. Returns whether the texts could be loaded.
pub async fn switch_language(language: &'static Language) -> bool {
    if i18n::is_compiled_in(language) {
        i18n::activate(language, None);
        return true;
    }
    let Ok(texts) = api::texts(language.tag).await else { return false };
    // The views that need the remaining texts may be on the page already.
    let later = if i18n::is_complete() && cfg!(feature = "split") { Some(api::deferred_texts(language.tag).await) } else { None };
    if let Some(Err(_)) = later {
        return false;
    }
    i18n::activate(language, Some(texts));
    if let Some(Ok(later)) = later {
        i18n::add_texts(language, &later);
    }
    true
}
