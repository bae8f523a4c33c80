//! Bars in groups, each group to its own scale.

use super::{WIDTH, escaped, picture, text};

const LEFT: f64 = 110.0;
const RIGHT: f64 = WIDTH - 90.0;
const BAR: f64 = 18.0;

/// What is compared in one thing.
pub(crate) struct Group {
    pub(crate) title: String,
    /// Whose, its colour, its value, and how that is written.
    pub(crate) bars: Vec<(String, usize, f64, String)>,
}

/// A plot of bars.
pub(crate) struct Bars<'a> {
    pub(crate) title: &'a str,
    /// How the figures came to be.
    pub(crate) origin: String,
    pub(crate) groups: Vec<Group>,
}

impl Bars<'_> {
    pub(crate) fn svg(&self) -> String {
        let (mut out, mut y) = (String::new(), 56.0);
        for group in &self.groups {
            out += &text(16.0, y, "start", "", &escaped(&group.title));
            y += 8.0;
            let longest = group.bars.iter().map(|bar| bar.2).fold(f64::MIN_POSITIVE, f64::max);
            for (name, colour, value, written) in &group.bars {
                let length = (RIGHT - LEFT) * (value / longest).clamp(0.0, 1.0);
                out += &text(LEFT - 8.0, y + 13.0, "end", "", &escaped(name));
                out += &format!(
                    "<rect x=\"{LEFT}\" y=\"{y:.1}\" width=\"{length:.1}\" height=\"{:.1}\" \
                     class=\"c{colour} bar\"/>\n",
                    BAR - 3.0
                );
                out += &text(LEFT + length + 6.0, y + 13.0, "start", "", &escaped(written));
                y += BAR;
            }
            y += 24.0;
        }
        picture(self.title, &self.origin, y, &out)
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::assert_well_formed;
    use super::*;

    #[test]
    fn bars_are_well_formed_without_and_with_values() {
        assert_well_formed(&Bars { title: "none", origin: String::new(), groups: vec![] }.svg());
        let bars = vec![("a & b".into(), 0, 0.0, "0".into()), ("c".into(), 1, 3e5, "300 k".into())];
        let groups = vec![Group { title: "x < y".into(), bars }];
        assert_well_formed(&Bars { title: "some", origin: "a < b".into(), groups }.svg());
    }
}
