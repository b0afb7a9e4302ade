//! Generates one function per text from `locales/*.json`, so that a misspelt key or a missing argument does not
//! compile. The build fails if a locale lacks a text or has an unknown one. The reference language is compiled
//! in, unless the feature `split` is on.

use std::{
    collections::{BTreeMap, BTreeSet},
    env,
    fmt::Write as _,
    fs,
    path::Path,
    process::ExitCode,
};

use serde_json::Value;

/// A language of the console: its tag, its own name, whether it is written from right to left, and the plural
/// categories of whole numbers (Unicode CLDR, cardinal rules).
struct Language(&'static str, &'static str, bool, &'static [&'static str]);

/// All languages, the reference first. To add one, add its file to `locales` and a line here.
const LANGUAGES: &[Language] = &[
    Language("en", "English", false, &["one", "other"]),
    Language("de", "Deutsch", false, &["one", "other"]),
    Language("es", "Español", false, &["one", "many", "other"]),
    Language("fr", "Français", false, &["one", "many", "other"]),
    Language("it", "Italiano", false, &["one", "many", "other"]),
    Language("pt-BR", "Português (Brasil)", false, &["one", "many", "other"]),
    Language("pl", "Polski", false, &["one", "few", "many", "other"]),
    Language("ja", "日本語", false, &["other"]),
    Language("ko", "한국어", false, &["other"]),
    Language("zh-Hans", "简体中文", false, &["other"]),
    Language("ar", "العربية", true, &["zero", "one", "two", "few", "many", "other"]),
    Language("he", "עברית", true, &["one", "two", "other"]),
];

/// A text: a plain one, or one per plural category.
#[derive(PartialEq)]
enum Text {
    Plain(String),
    Plural(BTreeMap<String, String>),
}

impl Text {
    fn without_words(&self) -> Self {
        match self {
            Self::Plain(_) => Self::Plain(String::new()),
            Self::Plural(_) => Self::Plural(BTreeMap::new()),
        }
    }
}

type Texts = BTreeMap<String, Text>;

fn main() -> ExitCode {
    println!("cargo::rerun-if-changed=../locales");
    match generate() {
        Ok(()) => ExitCode::SUCCESS,
        Err(fault) => {
            println!("cargo::error={fault}");
            ExitCode::FAILURE
        }
    }
}

fn generate() -> Result<(), String> {
    let reference = read(&LANGUAGES[0])?;
    for language in &LANGUAGES[1..] {
        compare(language.0, &reference, &read(language)?)?;
    }
    for entry in fs::read_dir("../locales").map_err(|error| error.to_string())?.flatten() {
        let name = entry.file_name().to_string_lossy().into_owned();
        if !LANGUAGES.iter().any(|language| name == format!("{}.json", language.0)) {
            return Err(format!("locales/{name} has no line in LANGUAGES of build.rs"));
        }
    }
    let out = env::var("OUT_DIR").map_err(|error| error.to_string())?;
    let code = write(&reference).map_err(|error| error.to_string())?;
    fs::write(Path::new(&out).join("texts.rs"), code).map_err(|error| error.to_string())
}

fn read(language: &Language) -> Result<Texts, String> {
    let path = format!("../locales/{}.json", language.0);
    let json = fs::read_to_string(&path).map_err(|error| format!("{path}: {error}"))?;
    let texts: BTreeMap<String, Value> = serde_json::from_str(&json).map_err(|error| format!("{path}: {error}"))?;
    texts
        .into_iter()
        .map(|(key, value)| match value {
            Value::String(text) => Ok((key, Text::Plain(text))),
            Value::Object(forms) => {
                let given: BTreeSet<_> = forms.keys().map(String::as_str).collect();
                if given != language.3.iter().copied().collect() {
                    return Err(format!("{path}: “{key}” must have the plural forms {}", language.3.join(", ")));
                }
                let forms = forms.into_iter().map(|(form, text)| (form, text.as_str().unwrap_or_default().to_owned()));
                Ok((key, Text::Plural(forms.collect())))
            }
            _ => Err(format!("{path}: “{key}” is neither a text nor plural forms")),
        })
        .collect()
}

fn compare(tag: &str, reference: &Texts, texts: &Texts) -> Result<(), String> {
    if let Some(key) = texts.keys().find(|key| !reference.contains_key(*key)) {
        return Err(format!("locales/{tag}.json: “{key}” is unknown to the reference"));
    }
    for (key, text) in reference {
        let other = texts.get(key).ok_or_else(|| format!("locales/{tag}.json: “{key}” is missing"))?;
        if matches!(text, Text::Plural(_)) != matches!(other, Text::Plural(_)) {
            return Err(format!("locales/{tag}.json: “{key}” must have plural forms exactly where the reference has"));
        }
        if arguments(text) != arguments(other) {
            return Err(format!("locales/{tag}.json: “{key}” has other placeholders than the reference"));
        }
    }
    Ok(())
}

/// The names in braces, in all plural forms.
fn arguments(text: &Text) -> BTreeSet<String> {
    let forms: Vec<&String> = match text {
        Text::Plain(text) => vec![text],
        Text::Plural(forms) => forms.values().collect(),
    };
    let pieces = forms.iter().flat_map(|text| text.split('{').skip(1));
    pieces.filter_map(|piece| piece.split_once('}')).map(|(name, _)| name.to_owned()).collect()
}

fn write(reference: &Texts) -> Result<String, std::fmt::Error> {
    let compiled_in = env::var_os("CARGO_FEATURE_SPLIT").is_none();
    let mut code = String::from("/// All languages of the console, the reference first.\npub static LANGUAGES: &[Language] = &[\n");
    for Language(tag, name, right_to_left, _) in LANGUAGES {
        writeln!(code, "    Language {{ tag: {tag:?}, name: {name:?}, right_to_left: {right_to_left} }},")?;
    }
    code.push_str("];\n\n/// All texts of the console, in the current language.\npub mod texts {\n");
    for (key, text) in reference {
        let (shown, counted) = match text {
            Text::Plain(text) => (text.as_str(), false),
            Text::Plural(forms) => (forms.get("other").map_or("", String::as_str), true),
        };
        let mut names = arguments(text);
        names.remove("count");
        let mut parameters: Vec<String> = names.iter().map(|name| format!("{name}: &str")).collect();
        if counted {
            parameters.insert(0, "count: u32".to_owned());
        }
        let pairs: Vec<String> = names.iter().map(|name| format!("({name:?}, {name})")).collect();
        let pairs = pairs.join(", ");
        writeln!(code, "    /// `{}`", shown.replace('\n', " "))?;
        writeln!(code, "    pub fn {key}({}) -> String {{", parameters.join(", "))?;
        let text = if compiled_in { text } else { &text.without_words() };
        match text {
            Text::Plain(text) => writeln!(code, "        super::text({key:?}, {text:?}, &[{pairs}])")?,
            Text::Plural(forms) => {
                let [one, other] = ["one", "other"].map(|form| forms.get(form).map_or("", String::as_str));
                writeln!(code, "        super::plural({key:?}, {one:?}, {other:?}, count, &[{pairs}])")?;
            }
        }
        code.push_str("    }\n");
    }
    code.push_str("}\n");
    Ok(code)
}
