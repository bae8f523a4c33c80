//! Pictures in a chat: `data:` URLs whose content is what it says.

use anonchat_core::ChatImage;

use super::line::Told;
use serde_json::json;

/// What every picture begins with, to those who send one.
const SCHEME: &str = "data:image";

/// Characters of base64 in which every picture shows its type.
const HEAD: usize = 64;

/// What a text is, taken for a picture.
pub(super) enum Shown {
    Picture(ChatImage),
    /// It says that it is one, and is none that could be shown.
    Unfit,
    /// It does not even say so.
    Nothing,
}

/// Looks at what a client sends as a picture. What goes on says the type that was found, whatever
/// the client said: no script in a drawing, no page in disguise.
pub(super) fn look(url: &str) -> Shown {
    if !url.starts_with(SCHEME) {
        return Shown::Nothing;
    }
    let found = url.split_once(',').filter(|(head, _)| head.ends_with(";base64"));
    let checked = found.and_then(|(_, data)| Some((kind(data)?, data)));
    match checked {
        Some((kind, data)) => Shown::Picture(ChatImage::new(format!("data:{kind};base64,{data}"))),
        None => Shown::Unfit,
    }
}

/// What the client is told of one that is unfit.
pub(super) fn refusal() -> Told {
    ("error", json!({ "message": "That is not a picture that can be sent." }))
}

/// The type of a picture, if it is one that browsers show as nothing but a picture.
fn kind(data: &str) -> Option<&'static str> {
    let padding = data.bytes().rev().take_while(|byte| *byte == b'=').count();
    let digits = &data.as_bytes()[..data.len() - padding];
    let is_digit = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/');
    if padding > 2 || digits.len() % 4 == 1 || !digits.iter().all(is_digit) {
        return None;
    }
    let head = base64_head(&digits[..digits.len().min(HEAD)])?;
    let kind = infer::get(&head)?.mime_type();
    ["image/jpeg", "image/png", "image/webp", "image/gif"].into_iter().find(|known| *known == kind)
}

fn base64_head(digits: &[u8]) -> Option<Vec<u8>> {
    use base64::Engine;
    let whole = digits.len() - digits.len() % 4;
    base64::engine::general_purpose::STANDARD_NO_PAD.decode(&digits[..whole]).ok()
}

#[cfg(test)]
mod tests {
    use base64::Engine;
    use base64::engine::general_purpose::STANDARD;
    use proptest::prelude::*;

    use super::*;

    fn url(kind: &str, bytes: &[u8]) -> String {
        format!("data:image/{kind};base64,{}", STANDARD.encode(bytes))
    }

    fn shown(url: &str) -> Option<String> {
        match look(url) {
            Shown::Picture(image) => Some(image.reveal().to_owned()),
            Shown::Unfit | Shown::Nothing => None,
        }
    }

    const PNG: &[u8] = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x01\0\0\0\x01\x08\x06";
    const JPEG: &[u8] = b"\xff\xd8\xff\xe0\0\x10JFIF\0\x01\x01\0\0\x01\0\x01\0\0";
    const GIF: &[u8] = b"GIF89a\x01\0\x01\0\0\0\0;";
    const WEBP: &[u8] = b"RIFF\x24\0\0\0WEBPVP8 \x18\0\0\0\x30\x01\0\x9d\x01\x2a";

    #[test]
    fn pictures_go_on_under_the_type_that_they_have() {
        for (said, bytes, is) in [
            ("png", PNG, "png"),
            ("jpeg", JPEG, "jpeg"),
            ("gif", GIF, "gif"),
            ("webp", WEBP, "webp"),
            ("svg+xml", PNG, "png"),
            ("jpg", PNG, "png"),
        ] {
            assert_eq!(shown(&url(said, bytes)), Some(url(is, bytes)), "{said}");
        }
    }

    #[test]
    fn what_is_none_of_the_known_pictures_does_not_go_on() {
        let svg = url("svg+xml", b"<svg xmlns='http://www.w3.org/2000/svg'><script/></svg>");
        let page = url("png", b"<!DOCTYPE html><script>alert(1)</script>");
        let bitmap = url("bmp", b"BM\x1e\0\0\0\0\0\0\0\x1a\0\0\0\x0c\0\0\0");
        let plain = "data:image/png,x".to_owned();
        let quoted = format!("{}\"><script>", url("png", PNG));
        let padded = format!("{}====", url("png", PNG).trim_end_matches('='));
        for bad in [svg, page, bitmap, plain, quoted, padded, url("png", b"")] {
            assert!(matches!(look(&bad), Shown::Unfit), "{bad}");
        }
        for nothing in ["", "hello", "data:text/html;base64,AAAA", "DATA:image/png;base64,AA"] {
            assert!(matches!(look(nothing), Shown::Nothing), "{nothing}");
        }
    }

    proptest! {
        #[test]
        fn whatever_is_sent_is_looked_at_without_panic(text in "\\PC{0,200}", cut in 0_usize..58) {
            let whole = url("png", PNG);
            for sent in [&text[..], &format!("data:image/png;base64,{text}"), &whole[..cut]] {
                if let Some(image) = shown(sent) {
                    prop_assert!(image.starts_with("data:image/"));
                }
            }
        }
    }
}
