//! The writing direction of a language.

use campanile_shared::Language;

/// The writing direction, `rtl` or `ltr`, as in HTML's `dir`. The tag's script decides, or the language if there is no script.
pub fn direction(language: &Language) -> &'static str {
    let script = language.as_str().split('-').skip(1).find(|subtag| subtag.len() == 4 && subtag.bytes().all(|b| b.is_ascii_alphabetic()));
    let rtl = match script {
        Some(script) => ["Arab", "Aran", "Hebr", "Thaa", "Syrc", "Nkoo", "Adlm", "Rohg"].contains(&script),
        None => ["ar", "arc", "ckb", "dv", "fa", "he", "iw", "ks", "ps", "sd", "syr", "ug", "ur", "yi"].contains(&language.primary()),
    };
    if rtl { "rtl" } else { "ltr" }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn directions_follow_script_and_language() {
        for (tag, expected) in
            [("ar", "rtl"), ("he-IL", "rtl"), ("fa", "rtl"), ("en", "ltr"), ("az-Arab", "rtl"), ("ks-Deva", "ltr"), ("zh-Hant", "ltr")]
        {
            assert_eq!(direction(&tag.parse().unwrap()), expected, "{tag}");
        }
    }
}
