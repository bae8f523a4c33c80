//! A picture as `data:image/jpeg;base64,…` within a body.

use std::ops::Range;

use anonchat_core::Selfie;
use base64::Engine;
use base64::alphabet::STANDARD;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use memchr::memchr;
use zeroize::Zeroizing;

use super::upload::Upload;
use super::{SIZES, is_type};

/// What is wrong with a data URL, as far as that shows without decoding it.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Objection {
    /// It has no comma, after which the picture would stand.
    NoComma,
    /// It is no picture of a type and size that could be judged.
    Unfit,
}

/// Canvases write the padding, some libraries do not.
const BASE64: GeneralPurpose = GeneralPurpose::new(
    &STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// Where the base64 lies in the data URL that is the JSON text `text` within `body`, without its
/// quotes. Escapes are resolved in place.
pub(super) fn find(body: &mut [u8], text: Range<usize>) -> Result<Range<usize>, Objection> {
    let start = text.start;
    let length = unescape(&mut body[text]).ok_or(Objection::Unfit)?;
    let url = &body[start..start + length];
    let comma = memchr(b',', url).ok_or(Objection::NoComma)?;
    let base64 = &url[comma + 1..];
    let padding = base64.iter().rev().take(2).take_while(|byte| **byte == b'=').count();
    let size = (base64.len() - padding) * 3 / 4;
    if is_picture(&url[..comma]) && SIZES.contains(&size) {
        Ok(start + comma + 1..start + comma + 1 + base64.len())
    } else {
        Err(Objection::Unfit)
    }
}

/// Decodes a picture into memory of its own, and wipes the body that it came in.
pub(super) fn decode(body: Upload, base64: Range<usize>) -> Option<Selfie> {
    let mut picture = Zeroizing::new(vec![0; base64::decoded_len_estimate(base64.len())]);
    let decoded = BASE64.decode_slice(&body[base64], &mut picture);
    drop(body); // now, and not when the verdict is there
    picture.truncate(decoded.ok()?);
    Some(Selfie::new(std::mem::take(&mut *picture)))
}

/// Whether the part of a data URL before the comma says base64 and a type that is taken.
fn is_picture(head: &[u8]) -> bool {
    let Some((scheme, rest)) = head.split_at_checked(5) else { return false };
    let Ok(rest) = std::str::from_utf8(rest) else { return false };
    let Some((kind, how)) = rest.split_once(';') else { return false };
    let how = how.rsplit(';').next().unwrap_or_default();
    scheme.eq_ignore_ascii_case(b"data:")
        && is_type(kind.trim())
        && how.trim().eq_ignore_ascii_case("base64")
}

/// Resolves the escapes that JSON writers put into a data URL (`\/`, and `\u002b` for a plus), and
/// says how long it is then. Others have no place in one. It is done here because a JSON reader
/// would do it in a buffer of its own, which nobody wipes.
fn unescape(text: &mut [u8]) -> Option<usize> {
    let Some(mut from) = memchr(b'\\', text) else { return Some(text.len()) };
    let mut to = from;
    while from < text.len() {
        let (byte, step) = match &text[from..] {
            [b'\\', b'/', ..] => (b'/', 2),
            [b'\\', b'u', hex @ ..] => {
                let digits = hex.get(..4).filter(|hex| hex.iter().all(u8::is_ascii_hexdigit))?;
                let digits = std::str::from_utf8(digits).ok()?;
                let byte = u8::from_str_radix(digits, 16).ok().filter(u8::is_ascii_graphic)?;
                (byte, 6)
            }
            [b'\\', ..] | [] => return None,
            [byte, ..] => (*byte, 1),
        };
        text[to] = byte;
        (to, from) = (to + 1, from + step);
    }
    Some(to)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn found(url: &str) -> Result<String, Objection> {
        let mut body = format!("{{\"image\":\"{url}\"}}").into_bytes();
        let range = find(&mut body, 10..10 + url.len())?;
        Ok(String::from_utf8(body[range].to_vec()).expect("text"))
    }

    #[test]
    fn only_pictures_of_known_types_and_sizes_are_found() {
        let fit = "A".repeat(2_000);
        for (head, is_fit) in [
            ("data:image/jpeg;base64", true),
            ("data:image/jpg;base64", true),
            ("data:image/png;base64", true),
            ("data:image/webp;base64", true),
            ("DATA:Image/JPEG;charset=utf-8;BASE64", true),
            ("data:image\\/jpeg;base64", true),
            ("data:image/gif;base64", false),
            ("data:image/svg+xml;base64", false),
            ("data:image/jpeg", false),
            ("data:image/jpeg;base64;x=y", false),
            ("data:;base64", false),
            ("data", false),
            ("", false),
            ("image/jpeg;base64", false),
        ] {
            let expected = if is_fit { Ok(fit.clone()) } else { Err(Objection::Unfit) };
            assert_eq!(found(&format!("{head},{fit}")), expected, "{head}");
        }
        assert_eq!(found(&fit), Err(Objection::NoComma));
        assert_eq!(found(""), Err(Objection::NoComma));
    }

    #[test]
    fn the_size_is_that_of_the_picture_and_not_of_its_letters() {
        let sized = |bytes: usize| {
            let url = format!("data:image/png;base64,{}", BASE64.encode(vec![7; bytes]));
            found(&url).is_ok()
        };
        for (bytes, fits) in [(0, false), (999, false), (1_000, true), (1_001, true)] {
            assert_eq!(sized(bytes), fits, "{bytes}");
        }
        assert!(sized(*SIZES.end()) && !sized(SIZES.end() + 1));
    }

    #[test]
    fn escapes_of_json_writers_are_resolved_in_place_and_others_refused() {
        for (text, plain) in [
            ("plain", Some("plain")),
            ("a\\/b\\u002Bc\\u002b\\u003d", Some("a/b+c+=")),
            ("\\/", Some("/")),
            ("a\\nb", None),
            ("a\\\\", None),
            ("a\\", None),
            ("a\\u00", None),
            ("a\\u+02b", None),
            ("a\\u0000", None),
            ("a\\u2603", None),
            ("a\\ud83d\\ude00", None),
        ] {
            let mut bytes = text.as_bytes().to_vec();
            let length = unescape(&mut bytes);
            assert_eq!(length.map(|length| &bytes[..length]), plain.map(str::as_bytes), "{text}");
        }
    }

    #[test]
    fn base64_is_read_with_its_padding_and_without() {
        let picture: Vec<_> = (0..=255).cycle().take(1_000).collect();
        let padded = BASE64.encode(&picture);
        for base64 in [padded.as_str(), padded.trim_end_matches('=')] {
            let body = Upload::of(base64.as_bytes());
            let selfie = decode(body, 0..base64.len()).expect("a picture");
            assert_eq!(selfie.bytes(), picture);
        }
        for bad in ["A", "====", "AA-_", "AAAA AAAA", "AAA=AAAA"] {
            assert!(decode(Upload::of(bad.as_bytes()), 0..bad.len()).is_none(), "{bad}");
        }
    }

    proptest! {
        #[test]
        fn whatever_comes_is_read_without_panic(
            text in prop_oneof!["\\PC{0,40}", "(data:image/png;base64,|\\\\/|\\\\u00|[A-Z,;=]){0,9}"],
        ) {
            let _ = found(&text);
            decode(Upload::of(text.as_bytes()), 0..text.len());
        }
    }
}
