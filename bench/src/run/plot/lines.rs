//! Lines over an axis.

use super::axis::{Axis, named};
use super::{WIDTH, escaped, legend, picture, text};

const HEIGHT: f64 = 400.0;
const LEFT: f64 = 70.0;
const RIGHT: f64 = WIDTH - 24.0;
const TOP: f64 = 66.0;
const BOTTOM: f64 = HEIGHT - 50.0;

/// One line.
pub(crate) struct Line {
    pub(crate) name: String,
    pub(crate) colour: usize,
    pub(crate) dashed: bool,
    /// In the order of the horizontal axis.
    pub(crate) points: Vec<(f64, f64)>,
}

/// A plot of lines.
pub(crate) struct Lines<'a> {
    pub(crate) title: &'a str,
    /// What each axis counts, in which unit.
    pub(crate) across: &'a str,
    pub(crate) up: &'a str,
    pub(crate) x: Axis,
    pub(crate) y: Axis,
    /// How the figures came to be.
    pub(crate) origin: String,
    pub(crate) lines: Vec<Line>,
}

impl Lines<'_> {
    pub(crate) fn svg(&self) -> String {
        let x = |value| LEFT + (RIGHT - LEFT) * self.x.place(value);
        let y = |value| BOTTOM - (BOTTOM - TOP) * self.y.place(value);
        let names: Vec<_> =
            self.lines.iter().map(|line| (line.name.as_str(), line.colour, line.dashed)).collect();
        let mut out = legend(&names);
        for tick in self.y.ticks() {
            let y = y(tick);
            out += &rule((LEFT, y), (RIGHT, y));
            out += &text(LEFT - 8.0, y + 4.0, "end", "", &named(tick));
        }
        for tick in self.x.ticks() {
            let x = x(tick);
            out += &rule((x, TOP), (x, BOTTOM));
            out += &text(x, BOTTOM + 18.0, "middle", "", &named(tick));
        }
        out +=
            &text(f64::midpoint(LEFT, RIGHT), HEIGHT - 12.0, "middle", "", &escaped(self.across));
        out += &text(RIGHT, 24.0, "end", "", &escaped(self.up));
        for line in &self.lines {
            let dash = if line.dashed { " dashed" } else { "" };
            let places: Vec<_> =
                line.points.iter().map(|&(a, b)| format!("{:.1},{:.1}", x(a), y(b))).collect();
            let (colour, places_joined) = (line.colour, places.join(" "));
            out +=
                &format!("<polyline points=\"{places_joined}\" class=\"line c{colour}{dash}\"/>\n");
            // Very many points are a curve; a few are where something was measured.
            for &(a, b) in line.points.iter().filter(|_| line.points.len() <= 40) {
                let (x, y) = (x(a), y(b));
                out +=
                    &format!("<circle cx=\"{x:.1}\" cy=\"{y:.1}\" r=\"3\" class=\"c{colour}\"/>\n");
            }
        }
        picture(self.title, &self.origin, HEIGHT, &out)
    }
}

fn rule(from: (f64, f64), to: (f64, f64)) -> String {
    format!(
        "<line x1=\"{:.1}\" y1=\"{:.1}\" x2=\"{:.1}\" y2=\"{:.1}\" class=\"grid\"/>\n",
        from.0, from.1, to.0, to.1
    )
}

#[cfg(test)]
mod tests {
    use super::super::tests::assert_well_formed;
    use super::*;

    #[test]
    fn lines_are_well_formed_whatever_their_names_and_values() {
        for points in [vec![], vec![(1.0, 0.0)], vec![(1_000.0, 2.0), (1e6, 8e9)]] {
            let (name, colour) = ("a < b & \"c\"".to_owned(), 0);
            let plot = Lines {
                title: "R&D <1>",
                across: "people",
                up: "ns",
                x: Axis::logarithmic(points.iter().map(|point| point.0)),
                y: Axis::linear(points.iter().map(|point| point.1)),
                origin: "`x` · <y>".into(),
                lines: vec![Line { name, colour, dashed: true, points }],
            };
            assert_well_formed(&plot.svg());
        }
    }
}
