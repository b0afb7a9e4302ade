//! The fixed texts of e-mails and of the unsubscribe page in each language.

use std::sync::LazyLock;

use campanile_shared::{Language, Severity, language};
use serde::Deserialize;

/// The texts of one language, a file in `locales/`. A test fails if a key is missing or unknown.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EmailTexts {
    severity_information: String,
    severity_success: String,
    severity_warning: String,
    severity_error: String,
    /// The pattern for a title with its severity.
    pub titled: String,
    /// The pattern for a label with its value.
    pub labelled: String,
    /// The label of the component.
    pub component: String,
    /// The label of the notification's link.
    pub read_more: String,
    /// The heading above the attachments.
    pub attachments: String,
    /// The label of the link to the inbox.
    pub open_inbox: String,
    /// Why the reader gets this e-mail.
    pub reason: String,
    /// The label of the unsubscribe link.
    pub unsubscribe: String,
    /// The question on the unsubscribe page.
    pub end_mail_question: String,
    /// The button on the unsubscribe page.
    pub end_mail: String,
    /// The confirmation on the unsubscribe page.
    pub mail_ended: String,
}

/// The locale files. The first is the default.
const LOCALE_FILES: [(&str, &str); 12] = [
    ("en", include_str!("../../locales/en.json")),
    ("ar", include_str!("../../locales/ar.json")),
    ("de", include_str!("../../locales/de.json")),
    ("es", include_str!("../../locales/es.json")),
    ("fr", include_str!("../../locales/fr.json")),
    ("he", include_str!("../../locales/he.json")),
    ("it", include_str!("../../locales/it.json")),
    ("ja", include_str!("../../locales/ja.json")),
    ("ko", include_str!("../../locales/ko.json")),
    ("pl", include_str!("../../locales/pl.json")),
    ("pt-BR", include_str!("../../locales/pt-BR.json")),
    ("zh-Hans", include_str!("../../locales/zh-Hans.json")),
];

#[expect(clippy::expect_used, reason = "the files are compiled in, and a test parses all of them")]
static LOCALES: LazyLock<Vec<(Language, EmailTexts)>> = LazyLock::new(|| {
    let read =
        |(tag, file): (&str, &str)| (tag.parse().expect("a tag of BCP 47"), serde_json::from_str(file).expect("the words of a language"));
    LOCALE_FILES.into_iter().map(read).collect()
});

/// Chooses the texts for a reader with these languages, and returns them with their language.
pub fn choose_texts(wanted: &[Language]) -> (&'static Language, &'static EmailTexts) {
    let available: Vec<&Language> = LOCALES.iter().map(|(language, _)| language).collect();
    let (language, words) = &LOCALES[language::lookup_index(wanted, &available).unwrap_or_default()];
    (language, words)
}

impl EmailTexts {
    /// The name of a severity.
    pub fn severity(&self, severity: Severity) -> &str {
        match severity {
            Severity::Information => &self.severity_information,
            Severity::Success => &self.severity_success,
            Severity::Warning => &self.severity_warning,
            Severity::Error => &self.severity_error,
        }
    }

    /// A label with its value, in the punctuation of the language.
    pub fn label(&self, label: &str, value: &str) -> String {
        fill_placeholders(&self.labelled, &[("label", label), ("value", value)])
    }
}

/// Replaces the `{placeholders}` in a template. Braces in the inserted values are not replaced.
pub fn fill_placeholders(template: &str, values: &[(&str, &str)]) -> String {
    let mut filled = String::with_capacity(template.len());
    let mut rest = template;
    while let Some((before, after)) = rest.split_once('{') {
        let (placeholder, behind) = after.split_once('}').unwrap_or((after, ""));
        filled.push_str(before);
        filled.push_str(values.iter().find(|(name, _)| *name == placeholder).map_or("", |(_, value)| value));
        rest = behind;
    }
    filled + rest
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use super::*;

    /// The names of the placeholders in a text.
    fn places(text: &str) -> Vec<&str> {
        let mut places: Vec<&str> = text.split('{').skip(1).filter_map(|after| Some(after.split_once('}')?.0)).collect();
        places.sort_unstable();
        places
    }

    #[test]
    fn every_language_says_everything() {
        let read = |file: &'static str| serde_json::from_str::<HashMap<String, String>>(file).unwrap();
        let english = read(LOCALE_FILES[0].1);
        for (tag, file) in LOCALE_FILES {
            serde_json::from_str::<EmailTexts>(file).unwrap_or_else(|error| panic!("{tag}: {error}"));
            for (key, text) in read(file) {
                assert!(!text.trim().is_empty(), "{tag}: {key}");
                assert_eq!(places(&text), places(&english[&key]), "{tag}: {key}");
            }
        }
        let folder = std::fs::read_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/locales")).unwrap();
        assert_eq!(folder.count(), LOCALE_FILES.len());
    }

    #[test]
    fn the_console_previews_the_texts_that_are_sent() {
        for (tag, file) in LOCALE_FILES {
            let path = format!("{}/../../frontend/locales/{tag}.json", env!("CARGO_MANIFEST_DIR"));
            let console: serde_json::Value = serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
            let email: HashMap<&str, &str> = serde_json::from_str(file).unwrap();
            for (previewed, sent) in
                [("mail_reason", "reason"), ("mail_read_more", "read_more"), ("mail_open", "open_inbox"), ("labelled", "labelled")]
            {
                assert_eq!(console[previewed], email[sent], "{tag}: {previewed}");
            }
        }
    }

    #[test]
    fn readers_get_the_nearest_language() {
        for (wanted, expected) in [
            (&["de-CH"][..], "de"),
            (&["pt-PT"], "pt-BR"),
            (&["zh-CN"], "zh-Hans"),
            (&["zh-Hans-SG"], "zh-Hans"),
            (&["sv", "ja-JP"], "ja"),
            (&["sv"], "en"),
            (&[], "en"),
        ] {
            let wanted: Vec<Language> = wanted.iter().map(|tag| tag.parse().unwrap()).collect();
            assert_eq!(choose_texts(&wanted).0.as_str(), expected, "{wanted:?}");
        }
    }

    #[test]
    fn texts_are_filled_once() {
        assert_eq!(fill_placeholders("{a}: {b}{c}", &[("a", "{b}"), ("b", "}{")]), "{b}: }{");
        assert_eq!(fill_placeholders("no places", &[]), "no places");
    }
}
