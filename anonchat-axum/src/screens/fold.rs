//! What a character says, whatever it looks like in the text.

use unicode_normalization::char::{decompose_compatible as decompose, is_combining_mark};
use unicode_security::skeleton;

/// Zeros of the scripts whose digits have no compatibility decomposition; nine more follow each.
const ZEROS: [u32; 37] = [
    0x0660, 0x06F0, 0x07C0, 0x0966, 0x09E6, 0x0A66, 0x0AE6, 0x0B66, 0x0BE6, 0x0C66, 0x0CE6, 0x0D66,
    0x0DE6, 0x0E50, 0x0ED0, 0x0F20, 0x1040, 0x1090, 0x17E0, 0x1810, 0x1946, 0x19D0, 0x1A80, 0x1A90,
    0x1B50, 0x1BB0, 0x1C40, 0x1C50, 0xA620, 0xA8D0, 0xA900, 0xA9D0, 0xA9F0, 0xAA50, 0xABF0,
    0x104A0, 0x11066,
];

/// Ones of the white-on-black and double circled digits, which have no decomposition either.
const RINGED_ONES: [u32; 4] = [0x24F5, 0x2776, 0x2780, 0x278A];

/// First letters of alphabets in boxes and of flags.
const BOXED_ALPHABETS: [u32; 3] = [0x1F150, 0x1F170, 0x1F1E6];

/// Hands on what a character stands for: lower case, without accents, digits as ASCII ones,
/// compatible forms as what they are compatible with. Nothing for a character that is not seen.
/// Calls `emit` 18 times at most.
pub(super) fn fold(c: char, mut emit: impl FnMut(char)) {
    if c.is_ascii() {
        return emit(c.to_ascii_lowercase());
    }
    if is_unseen(c) {
        return;
    }
    if let Some(plain) = digit(c).or_else(|| boxed(c)) {
        return emit(plain);
    }
    decompose(c, |c| match digit(c) {
        _ if is_unseen(c) => {}
        Some(digit) => emit(digit),
        None => c.to_lowercase().for_each(|c| match c {
            'ı' => emit('i'),
            'ß' => ['s', 's'].into_iter().for_each(&mut emit),
            'ø' => emit('o'),
            'ł' => emit('l'),
            'đ' => emit('d'),
            'ё' => emit('е'),
            '。' | '․' | '‧' | '•' | '∙' | '·' => emit('.'),
            _ if is_unseen(c) => {}
            _ => emit(c),
        }),
    });
}

/// A folded text.
pub(super) fn folded(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    text.chars().for_each(|c| fold(c, |c| plain.push(c)));
    plain
}

/// The ASCII letter or digit that a folded character can be taken for.
pub(super) fn look_alike(c: char) -> char {
    if c.is_ascii() {
        return c;
    }
    let mut bytes = [0; 4];
    let mut alike = skeleton(c.encode_utf8(&mut bytes));
    match (alike.next(), alike.next()) {
        (Some(alike), None) if alike.is_ascii_alphanumeric() => alike.to_ascii_lowercase(),
        _ => c,
    }
}

fn digit(c: char) -> Option<char> {
    let code = u32::from(c);
    let value = match code {
        0x24FF => Some(0),
        _ => {
            ZEROS.iter().map(|zero| code.wrapping_sub(*zero)).find(|value| *value < 10).or_else(
                || RINGED_ONES.iter().map(|one| code.wrapping_sub(*one) + 1).find(is_small),
            )
        }
    };
    value.and_then(|value| char::from_digit(value, 10))
}

fn is_small(value: &u32) -> bool {
    (1..10).contains(value)
}

fn boxed(c: char) -> Option<char> {
    let place = |first: &u32| u32::from(c).wrapping_sub(*first);
    let place = BOXED_ALPHABETS.iter().map(place).find(|place| *place < 26)?;
    char::from_u32(u32::from('a') + place)
}

/// Accents, and what has no width.
pub(super) fn is_unseen(c: char) -> bool {
    is_combining_mark(c)
        || matches!(c,
            '\u{AD}' | '\u{61C}' | '\u{115F}' | '\u{1160}' | '\u{180B}'..='\u{180F}'
            | '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2060}'..='\u{206F}'
            | '\u{3164}' | '\u{FEFF}' | '\u{FFA0}' | '\u{FFF0}'..='\u{FFFB}'
            | '\u{1BCA0}'..='\u{1BCA3}' | '\u{1D173}'..='\u{1D17A}' | '\u{E0000}'..='\u{E0FFF}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn characters_are_read_as_what_they_show() {
        for (text, plain) in [
            ("ＥＸ𝕒𝓂ple", "example"),
            ("e\u{200B}x\u{301}\u{FE0F}", "ex"),
            ("٠١٢ ०१२ ０１２ ①② ❸ 1️⃣ ⓿", "012 012 012 12 3 1 0"),
            ("🇦🅱🅒", "abc"),
            ("Straße ŁÓDŹ İıI", "strasse lodz iii"),
            ("gmail。com", "gmail.com"),
        ] {
            assert_eq!(folded(text), plain, "{text}");
        }
    }

    #[test]
    fn letters_of_other_alphabets_are_taken_for_those_they_look_like() {
        let alike: String = "асеорхуοΑ".chars().map(look_alike).collect();
        assert_eq!(alike, "aceopxyoa");
        assert_eq!(look_alike('ж'), 'ж');
    }
}
