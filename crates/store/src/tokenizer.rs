//! Cuts text into the tokens that a search finds. Every adapter indexes exactly these tokens, so that all find
//! the same.
//!
//! Both the text and what a person types are folded first ([`fold`]). A run of letters and digits is one token.
//! Each symbol is a token of its own, for example the signs in `C++` and `50 %`, and every emoji. Punctuation
//! only separates. Text in scripts without spaces between words, and Korean, which has compound words, is cut
//! into pairs of neighbouring characters: `서버장애` into `서버`, `버장`, `장애` and `애`. Every part of such a text is
//! then a sequence of pairs.

use std::borrow::Cow;

use unicode_normalization::{UnicodeNormalization, char::is_combining_mark};

/// The classes of characters.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum CharClass {
    /// Separates tokens.
    Separator,
    /// Part of a token, which ends before the next character of another class.
    Letter,
    /// Part of a run that is cut into pairs.
    Bigram,
    /// A token of its own.
    Symbol,
}

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
    write_tokens(&fold(text), words, true);
}

/// The phrases of what a person typed: one for each part between spaces that contains a token.
pub fn phrases(typed: &str) -> impl Iterator<Item = Phrase> {
    typed.split(is_space).filter_map(|part| {
        let mut words = String::new();
        // Punctuation at the end does not end a run of pairs.
        let may_go_on = write_tokens(fold(part).trim_end_matches(|c| class_of(c) == CharClass::Separator), &mut words, false);
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
        let kind = class_of(first);
        let length = match kind {
            CharClass::Symbol => first.len_utf8(),
            _ => rest.find(|c| self::class_of(c) != kind).unwrap_or(rest.len()),
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

fn is_space(c: char) -> bool {
    c.is_whitespace() || c.is_control() || c == '\u{200B}'
}

fn class_of(c: char) -> CharClass {
    if c.is_ascii() {
        return match c {
            _ if c.is_ascii_alphanumeric() => CharClass::Letter,
            '#' | '$' | '%' | '&' | '+' | '<' | '=' | '>' | '@' | '|' | '~' => CharClass::Symbol,
            _ => CharClass::Separator,
        };
    }
    if folds_to_itself(c) {
        return CharClass::Bigram;
    }
    if c.is_alphanumeric() || is_combining_mark(c) {
        return if is_written_in_bigrams(c) { CharClass::Bigram } else { CharClass::Letter };
    }
    if is_space(c) || is_punctuation(c) { CharClass::Separator } else { CharClass::Symbol }
}

/// Scripts without spaces between words: Thai, Lao, Burmese, Khmer, the Tai scripts, Javanese, Balinese, kana,
/// Bopomofo, Yi, and Chinese characters with their extensions. Hangul too.
fn is_written_in_bigrams(c: char) -> bool {
    matches!(c, '\u{0E00}'..='\u{0EFF}' | '\u{1000}'..='\u{109F}' | '\u{1100}'..='\u{11FF}' | '\u{1780}'..='\u{17FF}'
        | '\u{1950}'..='\u{19FF}' | '\u{1A20}'..='\u{1AAF}' | '\u{1B00}'..='\u{1B7F}' | '\u{3005}'..='\u{3007}' | '\u{3021}'..='\u{3029}'
        | '\u{3031}'..='\u{3035}' | '\u{3038}'..='\u{303C}' | '\u{3040}'..='\u{312F}' | '\u{31A0}'..='\u{31BF}' | '\u{31F0}'..='\u{31FF}'
        | '\u{3400}'..='\u{4DBF}' | '\u{4E00}'..='\u{A4CF}' | '\u{A960}'..='\u{A9FF}' | '\u{AA60}'..='\u{AADF}' | '\u{AC00}'..='\u{D7FF}'
        | '\u{F900}'..='\u{FAFF}' | '\u{1B000}'..='\u{1B16F}' | '\u{20000}'..='\u{3FFFF}')
}

/// Punctuation beyond ASCII: quotation marks, dashes and full stops of all scripts, by Unicode block.
fn is_punctuation(c: char) -> bool {
    matches!(c, '\u{A1}' | '\u{A7}' | '\u{AB}' | '\u{B4}' | '\u{B6}'..='\u{B8}' | '\u{BB}' | '\u{BF}' | '\u{2010}'..='\u{2027}'
        | '\u{2030}'..='\u{205E}' | '\u{2E00}'..='\u{2E7F}' | '\u{3000}'..='\u{3003}' | '\u{3008}'..='\u{3011}' | '\u{3014}'..='\u{301F}'
        | '\u{3030}' | '\u{303D}' | '\u{30A0}' | '\u{30FB}' | '\u{FE10}'..='\u{FE19}' | '\u{FE30}'..='\u{FE52}' | '\u{0589}' | '\u{058A}'
        | '\u{05BE}'..='\u{05F4}' | '\u{0600}'..='\u{061F}' | '\u{066A}'..='\u{066D}' | '\u{06D4}' | '\u{0700}'..='\u{070D}'
        | '\u{0964}' | '\u{0965}' | '\u{0970}' | '\u{0E2F}' | '\u{0E4F}' | '\u{0E5A}' | '\u{0E5B}' | '\u{0F04}'..='\u{0F14}'
        | '\u{0F3A}'..='\u{0F3D}' | '\u{104A}'..='\u{104F}' | '\u{10FB}' | '\u{1361}'..='\u{1368}' | '\u{166E}' | '\u{169B}' | '\u{169C}'
        | '\u{16EB}'..='\u{16ED}' | '\u{17D4}'..='\u{17DA}' | '\u{1800}'..='\u{180A}' | '\u{1C3B}'..='\u{1C3F}' | '\u{1C7E}' | '\u{1C7F}')
}

/// Folds a text for comparison: compatible characters become one (Unicode NFKC: half and full width,
/// ligatures), and case (`ß` becomes `ss`), diacritics, Hebrew and Arabic vowel signs and invisible characters
/// are removed. Marks of other scripts are part of their letters and stay.
pub fn fold(text: &str) -> Cow<'_, str> {
    if text.is_ascii() {
        return if text.bytes().any(|byte| byte.is_ascii_uppercase()) { text.to_ascii_lowercase().into() } else { text.into() };
    }
    let mut folded = String::with_capacity(text.len());
    let mut composes = false;
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        if first.is_ascii() || folds_to_itself(first) {
            folded.push(first.to_ascii_lowercase());
            rest = &rest[first.len_utf8()..];
            continue;
        }
        let (run, behind) = rest.split_at(rest.find(|c: char| c.is_ascii() || folds_to_itself(c)).unwrap_or(rest.len()));
        rest = behind;
        for c in run.nfkd().filter(|c| !is_ignorable(*c) && !is_diacritic(*c)) {
            composes |= !c.is_ascii();
            fold_letter(c, &mut folded);
        }
    }
    if composes { folded.nfc().collect::<String>().into() } else { folded.into() }
}

/// Common characters that fold to themselves: kana, Chinese characters, Hangul syllables.
fn folds_to_itself(c: char) -> bool {
    matches!(c, '\u{3041}'..='\u{3096}' | '\u{30A1}'..='\u{30FA}' | '\u{4E00}'..='\u{9FFF}' | '\u{AC00}'..='\u{D7A3}')
}

/// Folds a letter: removes its case, and replaces letters that Unicode does not decompose by what people type
/// instead.
fn fold_letter(c: char, folded: &mut String) {
    match c {
        _ if c.is_ascii() => folded.push(c.to_ascii_lowercase()),
        'ı' => folded.push('i'),
        'ø' | 'Ø' => folded.push('o'),
        'ł' | 'Ł' => folded.push('l'),
        'đ' | 'Đ' | 'ð' | 'Ð' => folded.push('d'),
        'ħ' | 'Ħ' => folded.push('h'),
        'ŧ' | 'Ŧ' => folded.push('t'),
        'æ' | 'Æ' => folded.push_str("ae"),
        'œ' | 'Œ' => folded.push_str("oe"),
        'þ' | 'Þ' => folded.push_str("th"),
        // Some letters have one lower-case form for several upper-case ones or the other way around, such as ß
        // and the two sigmas.
        _ => folded.extend(c.to_lowercase().flat_map(char::to_uppercase).flat_map(char::to_lowercase)),
    }
}

/// Marks that do not make another letter: accents, Hebrew points, Arabic vowels, and the Arabic stroke that
/// only makes a word longer.
fn is_diacritic(c: char) -> bool {
    let marks = matches!(c, '\u{0300}'..='\u{036F}' | '\u{0483}'..='\u{0489}' | '\u{0591}'..='\u{05C7}' | '\u{0610}'..='\u{061A}'
        | '\u{064B}'..='\u{065F}' | '\u{0670}' | '\u{06D6}'..='\u{06ED}' | '\u{0711}' | '\u{0730}'..='\u{074A}' | '\u{0898}'..='\u{08FF}'
        | '\u{1AB0}'..='\u{1AFF}' | '\u{1DC0}'..='\u{1DFF}' | '\u{20D0}'..='\u{20FF}' | '\u{FE20}'..='\u{FE2F}');
    c == '\u{0640}' || marks && is_combining_mark(c)
}

/// Invisible characters (Unicode's `Default_Ignorable_Code_Point`), except the zero-width space, which
/// separates.
fn is_ignorable(c: char) -> bool {
    matches!(c, '\u{AD}' | '\u{034F}' | '\u{061C}' | '\u{115F}' | '\u{1160}' | '\u{17B4}' | '\u{17B5}' | '\u{180B}'..='\u{180F}'
        | '\u{200C}'..='\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2060}'..='\u{206F}' | '\u{3164}' | '\u{FE00}'..='\u{FE0F}'
        | '\u{FEFF}' | '\u{FFA0}' | '\u{FFF0}'..='\u{FFFB}' | '\u{1BCA0}'..='\u{1BCA3}' | '\u{1D173}'..='\u{1D17A}'
        | '\u{E0000}'..='\u{E0FFF}')
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
    fn marks_that_make_another_letter_stay() {
        for (one, other) in [("が", "か"), ("ป่า", "ปา"), ("कि", "क"), ("パ", "バ"), ("장", "자")] {
            assert_ne!(fold(one), fold(other), "{one:?} {other:?}");
        }
        assert_eq!(fold("plain text"), Cow::Borrowed("plain text"));
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
        let chars: Vec<char> = fold(text).chars().collect();
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
