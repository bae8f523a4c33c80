//! Writes between the marks of a page, and nowhere else.

use crate::failure::Failure;

/// The page with this text between `<!-- bench:NAME -->` and `<!-- /bench -->`.
pub(crate) fn replaced(page: &str, name: &str, text: &str) -> Result<String, Failure> {
    let (begin, end) = (format!("<!-- bench:{name} -->"), "<!-- /bench -->");
    let Some((before, rest)) = page.split_once(&begin) else {
        return Failure::because(format!("the page has no mark {begin}"));
    };
    match rest.split_once(end) {
        Some((old, after)) if !old.contains("<!-- bench:") => {
            Ok(format!("{before}{begin}\n{}\n{end}{after}", text.trim_end()))
        }
        _ => Failure::because(format!("the page has no {end} after {begin}")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PAGE: &str = "# A\n<!-- bench:one -->\nold\n<!-- /bench -->\nwords\n\
                        <!-- bench:two -->\n<!-- /bench -->\nend\n";

    #[test]
    fn what_stands_between_the_marks_is_replaced_and_nothing_else() {
        let page = replaced(PAGE, "one", "new\n\n").expect("marks");
        assert_eq!(page, PAGE.replace("old", "new"));
        assert_eq!(replaced(&page, "one", "new").expect("marks"), page);
        let both = replaced(&page, "two", "| 1 |").expect("marks");
        assert!(both.ends_with("<!-- bench:two -->\n| 1 |\n<!-- /bench -->\nend\n"), "{both}");
    }

    #[test]
    fn marks_that_are_missing_or_crossed_are_refused() {
        for page in
            ["", "<!-- bench:one -->", "<!-- bench:one --><!-- bench:two --><!-- /bench -->"]
        {
            assert!(replaced(page, "one", "x").is_err(), "{page}");
        }
    }
}
