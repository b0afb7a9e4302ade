//! The classes of characters by which text is cut into tokens, as ranges of Unicode.

use unicode_normalization::char::is_combining_mark;

/// The classes of characters.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum CharClass {
    /// Separates tokens.
    Separator,
    /// Part of a token, which ends before the next character of another class.
    Letter,
    /// Part of a run that is cut into pairs.
    Bigram,
    /// A token of its own.
    Symbol,
}

pub fn is_space(c: char) -> bool {
    c.is_whitespace() || c.is_control() || c == '\u{200B}'
}

pub fn class_of(c: char) -> CharClass {
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

/// Common characters that fold to themselves: kana, Chinese characters, Hangul syllables.
pub fn folds_to_itself(c: char) -> bool {
    matches!(c, '\u{3041}'..='\u{3096}' | '\u{30A1}'..='\u{30FA}' | '\u{4E00}'..='\u{9FFF}' | '\u{AC00}'..='\u{D7A3}')
}

/// Marks that do not make another letter: accents, Hebrew points, Arabic vowels, and the Arabic stroke that
/// only makes a word longer.
pub fn is_diacritic(c: char) -> bool {
    let marks = matches!(c, '\u{0300}'..='\u{036F}' | '\u{0483}'..='\u{0489}' | '\u{0591}'..='\u{05C7}' | '\u{0610}'..='\u{061A}'
        | '\u{064B}'..='\u{065F}' | '\u{0670}' | '\u{06D6}'..='\u{06ED}' | '\u{0711}' | '\u{0730}'..='\u{074A}' | '\u{0898}'..='\u{08FF}'
        | '\u{1AB0}'..='\u{1AFF}' | '\u{1DC0}'..='\u{1DFF}' | '\u{20D0}'..='\u{20FF}' | '\u{FE20}'..='\u{FE2F}');
    c == '\u{0640}' || marks && is_combining_mark(c)
}

/// Invisible characters (Unicode's `Default_Ignorable_Code_Point`), except the zero-width space, which
/// separates.
pub fn is_ignorable(c: char) -> bool {
    matches!(c, '\u{AD}' | '\u{034F}' | '\u{061C}' | '\u{115F}' | '\u{1160}' | '\u{17B4}' | '\u{17B5}' | '\u{180B}'..='\u{180F}'
        | '\u{200C}'..='\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2060}'..='\u{206F}' | '\u{3164}' | '\u{FE00}'..='\u{FE0F}'
        | '\u{FEFF}' | '\u{FFA0}' | '\u{FFF0}'..='\u{FFFB}' | '\u{1BCA0}'..='\u{1BCA3}' | '\u{1D173}'..='\u{1D17A}'
        | '\u{E0000}'..='\u{E0FFF}')
}
