//! The members of a JSON body, with the errors that clients know.

use anonchat_core::room::{RoomText, TextError};
use serde_json::{Map, Value};

use super::refusal::{Refusal, at_least, at_most};

/// A JSON object. What it holds came from a client; there is deliberately no `Debug`.
#[derive(Default)]
pub(super) struct Fields(Map<String, Value>);

const REQUIRED: &str = "This field is required.";
const BLANK: &str = "This field may not be blank.";
const NULL: &str = "This field may not be null.";

impl Fields {
    /// Reads a body; nothing at all stands for `{}`.
    pub(super) fn parse(body: &[u8]) -> Result<Self, Refusal> {
        if body.is_empty() {
            return Ok(Self::default());
        }
        match serde_json::from_slice(body) {
            Ok(Value::Object(members)) => Ok(Self(members)),
            Ok(other) => Err(Refusal::field(
                "non_field_errors",
                &format!("Invalid data. Expected a dictionary, but got {}.", kind(&other)),
            )),
            Err(error) => Err(Refusal::detail(
                axum::http::StatusCode::BAD_REQUEST,
                // The place only: what was sent is nobody's to repeat.
                &format!(
                    "JSON parse error - invalid JSON: line {} column {}",
                    error.line(),
                    error.column()
                ),
            )),
        }
    }

    /// A text, if there is one that is not blank.
    pub(super) fn text(&self, name: &str) -> Option<&str> {
        self.0.get(name).and_then(Value::as_str).filter(|text| !text.trim().is_empty())
    }

    /// A text that has to be there, in the length that `read` asks for.
    pub(super) fn need(
        &self,
        name: &str,
        read: impl FnOnce(&str) -> Result<RoomText, TextError>,
    ) -> Result<RoomText, Refusal> {
        let text = self.written(name)?.ok_or_else(|| Refusal::field(name, REQUIRED))?;
        read(&text).map_err(|error| long_or_blank(name, error))
    }

    /// A text that may be missing or null, which stands for an empty one.
    pub(super) fn may(
        &self,
        name: &str,
        read: impl FnOnce(&str) -> Result<RoomText, TextError>,
    ) -> Result<RoomText, Refusal> {
        let text = match self.0.get(name) {
            Some(Value::Null) => None,
            _ => self.written(name)?,
        };
        read(&text.unwrap_or_default()).map_err(|error| long_or_blank(name, error))
    }

    /// A text that has to be there and is from `least` to `most` characters long.
    pub(super) fn measured(
        &self,
        name: &str,
        least: usize,
        most: usize,
    ) -> Result<String, Refusal> {
        let text = self.written(name)?.ok_or_else(|| Refusal::field(name, REQUIRED))?;
        let text = text.trim();
        match text.chars().count() {
            0 => Err(Refusal::field(name, BLANK)),
            chars if chars < least => Err(Refusal::field(
                name,
                &format!("Ensure this field has at least {least} characters."),
            )),
            chars if chars > most => Err(Refusal::field(name, &no_more_than(most))),
            _ => Ok(text.to_owned()),
        }
    }

    /// A whole number, if there is one; null stands for none.
    pub(super) fn number(&self, name: &str, least: u64, most: u64) -> Result<Option<u64>, Refusal> {
        let number = match self.0.get(name) {
            None | Some(Value::Null) => return Ok(None),
            Some(Value::Number(number)) => whole(number),
            Some(Value::String(text)) => text.trim().parse::<i64>().ok().map(i128::from),
            Some(_) => None,
        };
        let number = number.ok_or_else(|| Refusal::field(name, "A valid integer is required."))?;
        match u64::try_from(number) {
            Ok(number) if number > most => Err(Refusal::field(name, &at_most(most))),
            Ok(number) if number >= least => Ok(Some(number)),
            _ => Err(Refusal::field(name, &at_least(least))),
        }
    }

    /// Yes or no, which has to be said.
    pub(super) fn flag(&self, name: &str) -> Result<bool, Refusal> {
        match self.0.get(name) {
            Some(Value::Bool(flag)) => Ok(*flag),
            Some(_) => Err(Refusal::field(name, "Must be a valid boolean.")),
            None => Err(Refusal::field(name, REQUIRED)),
        }
    }

    fn written(&self, name: &str) -> Result<Option<String>, Refusal> {
        match self.0.get(name) {
            None => Ok(None),
            Some(Value::String(text)) => Ok(Some(text.clone())),
            Some(Value::Null) => Err(Refusal::field(name, NULL)),
            Some(_) => Err(Refusal::field(name, "Not a valid string.")),
        }
    }
}

/// A number without a fraction.
fn whole(number: &serde_json::Number) -> Option<i128> {
    if let Some(number) = number.as_i64() {
        return Some(number.into());
    }
    if let Some(number) = number.as_u64() {
        return Some(number.into());
    }
    // Beyond 2^53 it is out of any bounds anyhow.
    let number = number.as_f64().filter(|number| number.fract() == 0.0)?;
    Some(number.clamp(-9e15, 9e15) as i128)
}

fn long_or_blank(name: &str, error: TextError) -> Refusal {
    match error {
        TextError::Empty => Refusal::field(name, BLANK),
        TextError::TooLong { max } => Refusal::field(name, &no_more_than(max as usize)),
    }
}

fn no_more_than(most: usize) -> String {
    format!("Ensure this field has no more than {most} characters.")
}

/// What Python calls it.
const fn kind(value: &Value) -> &'static str {
    match value {
        Value::Null => "NoneType",
        Value::Bool(_) => "bool",
        Value::Number(_) => "int",
        Value::String(_) => "str",
        Value::Array(_) => "list",
        Value::Object(_) => "dict",
    }
}

#[cfg(test)]
mod tests {
    use anonchat_core::Policy;
    use axum::response::IntoResponse;
    use serde_json::json;

    use super::*;

    fn fields(value: &Value) -> Fields {
        Fields::parse(value.to_string().as_bytes()).ok().expect("an object")
    }

    async fn told<T>(refused: Result<T, Refusal>) -> (u16, Value) {
        let response = refused.err().expect("refused").into_response();
        let status = response.status().as_u16();
        let body = axum::body::to_bytes(response.into_body(), 1_000).await.expect("body");
        (status, serde_json::from_slice(&body).expect("JSON"))
    }

    #[tokio::test]
    async fn what_is_no_object_is_refused_without_being_repeated() {
        for (body, detail) in [
            ("{", "JSON parse error - invalid JSON: line 1 column 1"),
            ("{\"a\":\n secret}", "JSON parse error - invalid JSON: line 2 column 2"),
            ("{\"a\":1}}", "JSON parse error - invalid JSON: line 1 column 8"),
        ] {
            let told = told(Fields::parse(body.as_bytes())).await;
            assert_eq!(told, (400, json!({ "detail": detail })), "{body}");
        }
        for (body, kind) in [("[]", "list"), ("\"secret\"", "str"), ("null", "NoneType")] {
            let text = format!("Invalid data. Expected a dictionary, but got {kind}.");
            let told = told(Fields::parse(body.as_bytes())).await;
            assert_eq!(told, (400, json!({ "non_field_errors": [text] })), "{body}");
        }
        assert!(Fields::parse(b"").is_ok_and(|fields| fields.text("a").is_none()));
    }

    #[tokio::test]
    async fn a_text_that_is_needed_is_there_and_of_its_length() {
        let policy = Policy::default();
        let need =
            |value: Value| fields(&value).need("nickname", |t| RoomText::nickname(&policy, t));
        assert_eq!(need(json!({ "nickname": " Ann " })).ok().expect("fits").words(), "Ann");
        for (value, text) in [
            (json!({}), REQUIRED),
            (json!({ "nickname": null }), NULL),
            (json!({ "nickname": "  " }), BLANK),
            (json!({ "nickname": [] }), "Not a valid string."),
            (json!({ "nickname": 7 }), "Not a valid string."),
            (
                json!({ "nickname": "x".repeat(31) }),
                "Ensure this field has no more than 30 characters.",
            ),
        ] {
            assert_eq!(told(need(value)).await, (400, json!({ "nickname": [text] })));
        }
    }

    #[tokio::test]
    async fn a_number_is_whole_and_within_its_bounds_or_missing() {
        let number = |value: Value| fields(&json!({ "n": value })).number("n", 1, 365);
        assert_eq!(fields(&json!({})).number("n", 1, 365).ok(), Some(None));
        for (value, read) in [
            (json!(null), None),
            (json!(1), Some(1)),
            (json!(365), Some(365)),
            (json!("30"), Some(30)),
            (json!(30.0), Some(30)),
        ] {
            assert_eq!(number(value).ok(), Some(read));
        }
        for (value, text) in [
            (json!(0), at_least(1)),
            (json!(-5), at_least(1)),
            (json!(-1e300), at_least(1)),
            (json!(366), at_most(365)),
            (json!(u64::MAX), at_most(365)),
            (json!(1e300), at_most(365)),
            (json!(1.5), "A valid integer is required.".to_owned()),
            (json!("x"), "A valid integer is required.".to_owned()),
            (json!(true), "A valid integer is required.".to_owned()),
            (json!([1]), "A valid integer is required.".to_owned()),
        ] {
            assert_eq!(told(number(value)).await, (400, json!({ "n": [text] })));
        }
    }

    #[tokio::test]
    async fn a_flag_is_said_and_is_one() {
        assert_eq!(fields(&json!({ "on": false })).flag("on").ok(), Some(false));
        for (value, text) in
            [(json!({}), REQUIRED), (json!({ "on": "yes" }), "Must be a valid boolean.")]
        {
            assert_eq!(told(fields(&value).flag("on")).await, (400, json!({ "on": [text] })));
        }
    }
}
