//! Plots as SVG that can be read on a light and on a dark page.

mod axis;
mod bars;
mod lines;

pub(crate) use axis::Axis;
pub(crate) use bars::{Bars, Group};
pub(crate) use lines::{Line, Lines};

const WIDTH: f64 = 760.0;

/// Colours of what is compared, each in a light and a dark version; every plot names them.
const STYLE: &str = "\
text{font:12px system-ui,sans-serif;fill:#59636e}
.title{font-size:14px;font-weight:600;fill:#1f2328}
.origin{font-size:10px}
.grid{stroke:#818b98;stroke-opacity:.35}
.line{stroke-width:2}
.dashed{stroke-dasharray:6 4}
.c0{fill:#0969da;stroke:#0969da}.c1{fill:#bc4c00;stroke:#bc4c00}.c2{fill:#1a7f37;stroke:#1a7f37}
.c3{fill:#8250df;stroke:#8250df}.c4{fill:#bf3989;stroke:#bf3989}
.line{fill:none}.bar{stroke:none}
@media(prefers-color-scheme:dark){
text{fill:#9198a1}
.title{fill:#f0f6fc}
.c0{fill:#4493f8;stroke:#4493f8}.c1{fill:#db6d28;stroke:#db6d28}.c2{fill:#3fb950;stroke:#3fb950}
.c3{fill:#ab7df8;stroke:#ab7df8}.c4{fill:#db61a2;stroke:#db61a2}
.line{fill:none}.bar{stroke:none}
}
";

/// A whole picture around what was drawn in this height; below it stands how the figures came to be.
fn picture(title: &str, origin: &str, height: f64, drawn: &str) -> String {
    let title = escaped(title);
    let (mut below, mut height) = (String::new(), height);
    for line in wrapped(&origin.replace('`', "")) {
        below += &text(16.0, height + 6.0, "start", "origin", &escaped(&line));
        height += 14.0;
    }
    let height = height + 6.0;
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {height}\" \
         width=\"{WIDTH}\" height=\"{height}\" role=\"img\">\n<title>{title}</title>\n\
         <style>\n{STYLE}</style>\n{}{drawn}{below}</svg>\n",
        text(16.0, 24.0, "start", "title", &title)
    )
}

/// Small print in lines that are not wider than a picture.
fn wrapped(text: &str) -> Vec<String> {
    const MOST: usize = 130;
    let mut lines: Vec<String> = Vec::new();
    for word in text.split(' ') {
        match lines.last_mut() {
            Some(line) if line.chars().count() + word.chars().count() < MOST => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(word.to_owned()),
        }
    }
    lines
}

/// A word; `anchor` is the end of it that stands at the place. The text is escaped already.
fn text(x: f64, y: f64, anchor: &str, class: &str, text: &str) -> String {
    format!(
        "<text x=\"{x:.1}\" y=\"{y:.1}\" text-anchor=\"{anchor}\" class=\"{class}\">{text}</text>\n"
    )
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

/// What the colours mean, in one line below the title.
fn legend(names: &[(&str, usize, bool)]) -> String {
    let mut out = String::new();
    let mut x = 16.0;
    for &(name, colour, dashed) in names {
        let dash = if dashed { " dashed" } else { "" };
        out += &format!(
            "<line x1=\"{x:.1}\" y1=\"42\" x2=\"{:.1}\" y2=\"42\" class=\"line c{colour}{dash}\"/>\n",
            x + 24.0
        );
        out += &text(x + 30.0, 46.0, "start", "", &escaped(name));
        x += 48.0 + 6.6 * name.chars().count() as f64;
    }
    out
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    #[test]
    fn small_print_is_wrapped_between_words_and_nothing_of_it_is_lost() {
        let text = "server on core 0, generator on core 1; ".repeat(9);
        let lines = wrapped(&text);
        assert!(lines.len() > 2 && lines.iter().all(|line| line.chars().count() <= 130));
        assert_eq!(lines.join(" "), text);
    }

    /// Panics unless every element is closed in its order and every attribute quoted.
    pub(crate) fn assert_well_formed(svg: &str) {
        let mut open = Vec::new();
        let mut rest = svg;
        while let Some((text, after)) = rest.split_once('<') {
            assert!(!text.contains('>'), "stray > in {text:?}");
            let stray = text.split('&').skip(1).find(|entity| !entity.contains(';'));
            assert_eq!(stray, None, "stray & in {text:?}");
            let (tag, after) = after.split_once('>').expect("a tag ends");
            assert_eq!(tag.matches('"').count() % 2, 0, "quotes of {tag}");
            if let Some(name) = tag.strip_prefix('/') {
                assert_eq!(open.pop().as_deref(), Some(name));
            } else if !tag.ends_with('/') {
                open.push(tag.split(' ').next().unwrap_or_default().to_owned());
            }
            rest = after;
        }
        assert_eq!(open, Vec::<String>::new());
        assert!(rest.trim().is_empty() && svg.starts_with("<svg xmlns="));
        assert!(!svg.contains("NaN") && !svg.contains("inf"), "{svg}");
    }
}
