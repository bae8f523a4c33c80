//! Finding the picture in a `multipart/form-data` body, without copying it.

use std::ops::Range;

use memchr::memmem;

/// What a form has, as far as it matters here.
#[derive(Default)]
pub(super) struct Form<'a> {
    /// The part called `file`.
    pub(super) file: Option<File<'a>>,
    /// The part called `consent`.
    pub(super) consent: Option<&'a str>,
}

/// A part of a form that holds a file.
pub(super) struct File<'a> {
    /// Its name on the sender's disk.
    pub(super) name: Option<&'a str>,
    /// Its media type, as the sender says.
    pub(super) kind: Option<&'a str>,
    /// Where its bytes lie in the body.
    pub(super) range: Range<usize>,
    /// Whether its end was in the body.
    pub(super) is_whole: bool,
}

/// Parts looked at; forms of known clients have two.
const PARTS: usize = 16;

/// The boundary that `Content-Type: multipart/form-data; boundary=…` names.
pub(super) fn boundary(content_type: &str) -> Option<String> {
    let (kind, rest) = content_type.split_once(';')?;
    if !kind.trim().eq_ignore_ascii_case("multipart/form-data") {
        return None;
    }
    let boundary = parameter(rest, "boundary")?;
    (1..=70).contains(&boundary.len()).then(|| boundary.to_owned())
}

impl<'a> Form<'a> {
    /// Reads a body, or the beginning of one that was cut off.
    pub(super) fn parse(body: &'a [u8], boundary: &str) -> Self {
        let mut form = Self::default();
        let delimiter = format!("\r\n--{boundary}");
        let finder = memmem::Finder::new(&delimiter);
        // The first delimiter may stand at the very beginning, without its line break.
        let mut at = if body.starts_with(&delimiter.as_bytes()[2..]) {
            delimiter.len() - 2
        } else {
            match finder.find(body) {
                Some(found) => found + delimiter.len(),
                None => return form,
            }
        };
        for _ in 0..PARTS {
            if body[at..].starts_with(b"--") {
                break;
            }
            let Some(line) = memmem::find(&body[at..], b"\r\n") else { break };
            // The headers may be none at all; so their end may share the line break before them.
            let start = at + line;
            let Some(head) = memmem::find(&body[start..], b"\r\n\r\n") else { break };
            let content = start + head + 4;
            let end = finder.find(&body[content..]).map(|length| content + length);
            form.take(&body[start..start + head], content..end.unwrap_or(body.len()), end, body);
            match end {
                Some(end) => at = end + delimiter.len(),
                None => break,
            }
        }
        form
    }

    /// Takes one part in; of two with the same name the first counts.
    fn take(&mut self, head: &'a [u8], range: Range<usize>, end: Option<usize>, body: &'a [u8]) {
        let Ok(head) = std::str::from_utf8(head) else { return };
        let Some(disposition) = header(head, "content-disposition") else { return };
        let Some((_, parameters)) = disposition.split_once(';') else { return };
        match parameter(parameters, "name") {
            Some("file") if self.file.is_none() => {
                self.file = Some(File {
                    name: parameter(parameters, "filename"),
                    kind: header(head, "content-type").map(essence),
                    range,
                    is_whole: end.is_some(),
                });
            }
            Some("consent") if self.consent.is_none() => {
                self.consent = std::str::from_utf8(&body[range]).ok();
            }
            _ => {}
        }
    }
}

/// The value of a header among the lines of a part's head.
fn header<'a>(head: &'a str, name: &str) -> Option<&'a str> {
    let lines = head.split("\r\n").filter_map(|line| line.split_once(':'));
    let mut found = lines.filter(|(key, _)| key.trim().eq_ignore_ascii_case(name));
    found.next().map(|(_, value)| value.trim())
}

/// A media type without its parameters.
fn essence(kind: &str) -> &str {
    kind.split(';').next().unwrap_or_default().trim()
}

/// The value of one of `a=b; c="d"`. A backslash in quotes takes its meaning from nothing; browsers
/// write `%22` for a quote.
fn parameter<'a>(mut rest: &'a str, name: &str) -> Option<&'a str> {
    loop {
        let (key, after) = rest.split_once('=')?;
        let after = after.trim_start();
        let (value, next) = match after.strip_prefix('"') {
            Some(quoted) => quoted.split_once('"')?,
            None => after.split_at(after.find(';').unwrap_or(after.len())),
        };
        if key.trim_matches(|c: char| c == ';' || c.is_whitespace()).eq_ignore_ascii_case(name) {
            return Some(value.trim());
        }
        rest = next;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const BODY: &str = "--XX\r\nContent-Disposition: form-data; name=\"consent\"\r\n\r\n1\r\n\
        --XX\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a;b=c.jpg\"\r\n\
        Content-Type: image/jpeg; q=1\r\n\r\npic\r\n--X\r\nture\r\n--XX--\r\n";

    #[test]
    fn the_parts_of_a_form_are_found() {
        let form = Form::parse(BODY.as_bytes(), "XX");
        assert_eq!(form.consent, Some("1"));
        let file = form.file.expect("file");
        assert_eq!((file.name, file.kind), (Some("a;b=c.jpg"), Some("image/jpeg")));
        assert_eq!(&BODY[file.range], "pic\r\n--X\r\nture");
        assert!(file.is_whole);
    }

    #[test]
    fn every_beginning_of_a_form_is_read_without_panic() {
        for cut in 0..BODY.len() {
            let form = Form::parse(&BODY.as_bytes()[..cut], "XX");
            let whole = form.file.is_some_and(|file| file.is_whole);
            assert_eq!(whole, cut >= BODY.find("\r\n--XX--").expect("end") + 6, "{cut}");
        }
    }

    #[test]
    fn parts_without_a_head_and_bodies_without_parts_are_nothing() {
        for body in ["", "--XX", "--XX\r\n\r\nx\r\n--XX--", "\r\n--XX\r\nA: b\r\n\r\n", "junk"] {
            assert!(Form::parse(body.as_bytes(), "XX").file.is_none(), "{body:?}");
        }
    }

    proptest! {
        #[test]
        fn whatever_comes_is_read_without_panic_and_within_the_body(
            pieces in prop::collection::vec(
                prop_oneof![
                    Just(&b"\r\n"[..]), Just(&b"--XX"[..]), Just(&b"--"[..]), Just(&b"\""[..]),
                    Just(&b"Content-Disposition: form-data; name="[..]), Just(&b"file"[..]),
                    Just(&b"; filename="[..]), Just(&b"consent"[..]), Just(&b"\xff"[..]),
                ],
                0..40,
            ),
        ) {
            let body = pieces.concat();
            if let Some(file) = Form::parse(&body, "XX").file {
                prop_assert!(file.range.end <= body.len());
            }
            if let Ok(text) = std::str::from_utf8(&body) {
                boundary(text);
            }
        }
    }

    #[test]
    fn the_boundary_is_read_quoted_or_not() {
        for (header, expected) in [
            ("multipart/form-data; boundary=abc", Some("abc")),
            ("Multipart/Form-Data; charset=utf-8; boundary=\"a b\"", Some("a b")),
            ("multipart/form-data; boundary=", None),
            ("multipart/form-data", None),
            ("multipart/mixed; boundary=abc", None),
        ] {
            assert_eq!(boundary(header).as_deref(), expected, "{header}");
        }
    }
}
