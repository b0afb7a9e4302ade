//! Cuts text into the tokens that a search finds. Every adapter indexes exactly these tokens, so that all find
//! the same.
//!
//! Both the text and what a person types are folded first ([`folding::fold`]). A run of letters and digits is one token.
//! Each symbol is a token of its own, for example the signs in `C++` and `50 %`, and every emoji. Punctuation
//! only separates. Text in scripts without spaces between words, and Korean, which has compound words, is cut
//! into pairs of neighbouring characters: `서버장애` into `서버`, `버장`, `장애` and `애`. Every part of such a text is
//! then a sequence of pairs.

pub mod char_class;
pub mod folding;

use self::char_class::CharClass;

/// Tokens that follow one another in the text.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Phrase {
    /// The tokens, separated by spaces.
    pub words: String,
    /// Whether the last token may be the prefix of a token in the text.
    pub last_is_prefix: bool,
}

/// Appends the tokens of a text, each followed by a space.
pub fn tokenize(text: &str, words: &mut String) {
    write_tokens(&folding::fold(text), words, true);
}

/// The phrases of what a person typed: one for each part between spaces that contains a token.
pub fn phrases(typed: &str) -> impl Iterator<Item = Phrase> {
    typed.split(char_class::is_space).filter_map(|part| {
        let mut words = String::new();
        // Punctuation at the end does not end a run of pairs.
        let may_go_on =
            write_tokens(folding::fold(part).trim_end_matches(|c| char_class::class_of(c) == CharClass::Separator), &mut words, false);
        words.truncate(words.trim_end().len());
        (!words.is_empty()).then_some(Phrase { words, last_is_prefix: may_go_on })
    })
}

/// Appends the tokens of a folded text. Returns whether the last token may be a prefix, which a symbol or a
/// pair never is. In a whole text the last character of a run of pairs is a token too; in a part of a text the
/// run may go on.
fn write_tokens(text: &str, words: &mut String, whole: bool) -> bool {
    let mut may_go_on = false;
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let kind = char_class::class_of(first);
        let length = match kind {
            CharClass::Symbol => first.len_utf8(),
            _ => rest.find(|c| char_class::class_of(c) != kind).unwrap_or(rest.len()),
        };
        let (run, behind) = rest.split_at(length);
        rest = behind;
        match kind {
            CharClass::Separator => continue,
            CharClass::Letter => words.push_str(run),
            CharClass::Symbol => words.push(symbol_token(first)),
            CharClass::Bigram => {
                let ends = whole || !rest.is_empty();
                may_go_on = write_bigrams(run, ends, words);
                continue;
            }
        }
        may_go_on = kind == CharClass::Letter;
        words.push(' ');
    }
    may_go_on
}

/// Appends the pairs of a run, and its last character if the run ends here or has only one. Returns whether the
/// last token may be a prefix.
fn write_bigrams(run: &str, ends: bool, words: &mut String) -> bool {
    let mut chars = run.chars();
    let Some(mut before) = chars.next() else { return false };
    let mut alone = true;
    for c in chars {
        words.extend([before, c, ' ']);
        (before, alone) = (c, false);
    }
    if ends || alone {
        words.extend([before, ' ']);
    }
    alone && !ends
}

/// A symbol as a token. ASCII symbols are written in full width, which no folded text contains: an index that
/// splits at ASCII symbols treats them as letters.
fn symbol_token(c: char) -> char {
    if c.is_ascii_graphic() { char::from_u32(u32::from(c) + 0xFEE0).unwrap_or(c) } else { c }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tokens_of(text: &str) -> String {
        let mut words = String::new();
        tokenize(text, &mut words);
        words.trim_end().to_owned()
    }

    #[test]
    fn words_fold_to_one_form() {
        for (one, other) in [
            ("JOSÉ", "jose\u{301}"),
            ("ＡＢＣ１２", "abc12"),
            ("ﾃﾞｨｽｸ", "ディスク"),
            ("か\u{3099}", "が"),
            ("ｶﾞﾊﾟ", "ガパ"),
            ("하\u{11AB}", "한"),
            ("㍿ ㎞", "株式会社 km"),
            ("שָׁלוֹם", "שלום"),
            ("مُحَمَّد", "محمد"),
            ("محـــمد", "محمد"),
            ("ﻣﺤﻤﺪ", "محمد"),
            ("\u{1112}\u{1161}\u{11AB}", "한"),
            ("Straße", "STRASSE"),
            ("STRAẞE", "strasse"),
            ("ﬁle", "FILE"),
            ("İstanbul ISPARTA ısparta", "istanbul isparta isparta"),
            ("ΟΔΥΣΣΕΥΣ", "οδυσσεύς"),
            ("Ёлка", "елка"),
            ("København Łódź Æsir", "kobenhavn lodz aesir"),
            ("Spei\u{AD}cher\u{202E}\u{200D}", "speicher"),
            ("Ⅷ ㎏ ™", "viii kg tm"),
            ("Việt Nam", "viet nam"),
        ] {
            assert_eq!(tokens_of(one), tokens_of(other), "{one:?} {other:?}");
        }
    }

    #[test]
    fn texts_are_cut_into_words_symbols_and_pairs() {
        for (text, words) in [
            ("Disk_full: 12.1 (C:\\Daten)", "disk full 12 1 c daten"),
            ("C++ & 50% → 🔴!", "c ＋ ＋ ＆ 50 ％ → 🔴"),
            ("❤️", "❤"),
            ("서버장애발생 CPU", "서버 버장 장애 애발 발생 생 cpu"),
            ("CPU使用率80%", "cpu 使用 用率 率 80 ％"),
            ("空き、容量。", "空き き 容量 量"),
            ("“quoted” – «dash»…", "quoted dash"),
            ("\u{0}\u{200B}\u{FEFF} -", ""),
        ] {
            assert_eq!(tokens_of(text), words, "{text:?}");
        }
    }

    #[test]
    fn typed_text_becomes_phrases() {
        let of = |typed: &str| phrases(typed).map(|phrase| (phrase.words, phrase.last_is_prefix)).collect::<Vec<_>>();
        let phrase = |words: &str, may_go_on| (words.to_owned(), may_go_on);
        assert_eq!(of("disk fu"), [phrase("disk", true), phrase("fu", true)]);
        assert_eq!(of("\"Net-Scaler\""), [phrase("net scaler", true)]);
        assert_eq!(of("C++"), [phrase("c ＋ ＋", false)]);
        assert_eq!(of("+49"), [phrase("＋ 49", true)]);
        assert_eq!(of("장애"), [phrase("장애", false)]);
        assert_eq!(of("장"), [phrase("장", true)]);
        assert_eq!(of("用率80"), [phrase("用率 率 80", true)]);
        assert_eq!(of("使用率"), [phrase("使用 用率", false)]);
        assert_eq!(of("cpu使"), [phrase("cpu 使", true)]);
        assert_eq!(of("“容量”。"), [phrase("容量", false)]);
        assert_eq!(of("\t - \" () \u{200B}\0 … \u{FE0F}"), []);
    }

    #[test]
    fn every_part_of_a_run_is_found() {
        let text = "ディスクの空き容量が不足しています磁盘空间不足พื้นที่ดิสก์เต็ม서버장애발생";
        let words = format!(" {}", tokens_of(text));
        let chars: Vec<char> = folding::fold(text).chars().collect();
        for from in 0..chars.len() {
            for to in from + 1..=chars.len() {
                let part: String = chars[from..to].iter().collect();
                let Some(phrase) = phrases(&part).next() else { panic!("{part:?} contains no token") };
                let wanted = format!(" {}{}", phrase.words, if phrase.last_is_prefix { "" } else { " " });
                assert!(format!("{words} ").contains(&wanted), "{part:?}: {wanted:?} in {words:?}");
            }
        }
    }
}
