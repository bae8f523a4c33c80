//! Parts of a picture that are turned.

use super::axis::samples;
use super::{Placement, mix};
use crate::decode::Picture;

/// The mean of points in each of `side` by `side` pixels, row by row: red, green, blue. Beyond the
/// picture's edge its outermost pixels go on.
pub(super) fn averaged(
    picture: &Picture,
    at: Placement,
    side: usize,
    mut pixel: impl FnMut(usize, [f32; 3]),
) {
    let samples = samples(at.step.0.hypot(at.step.1));
    let mean = if at.lies_inside(picture, side as f32) { mean_inside } else { mean_anywhere };
    for index in 0..side * side {
        let place = ((index % side) as f32, (index / side) as f32);
        let [red, green, blue, _] = mean(picture, at, place, samples);
        pixel(index, [red, green, blue]);
    }
}

impl Placement {
    /// Whether all of it is so far inside that each point has two more pixels to its right and one
    /// below it.
    fn lies_inside(self, picture: &Picture, side: f32) -> bool {
        let (most_x, most_y) = (picture.width() as f32 - 3.0, picture.height() as f32 - 3.0);
        [(0.0, 0.0), (side, 0.0), (0.0, side), (side, side)].into_iter().all(|(right, down)| {
            let (x, y) = self.point(right, down);
            (1.0..most_x).contains(&x) && (1.0..most_y).contains(&y)
        })
    }
}

/// One in places that are whole numbers.
const ONE: f32 = (1_u64 << 32) as f32;

/// The mean of points in one pixel of a part that lies inside. Colours are of four numbers, of
/// which the last has no meaning: processors have no registers for three.
#[inline(never)] // or it is found out that the last has none, and one is done after the other
fn mean_inside(
    picture: &Picture,
    at: Placement,
    (column, row): (f32, f32),
    samples: u32,
) -> [f32; 4] {
    let part = 1.0 / samples as f32;
    let whole = |place: f32| (place * ONE) as i64;
    let (x, y) = at.point(column + 0.5 * part, row + 0.5 * part);
    let (mut start_x, mut start_y) = (whole(x - 0.5), whole(y - 0.5));
    let (step_x, step_y) = (whole(at.step.0 * part), whole(at.step.1 * part));
    let line = picture.width() as usize * 3;
    let mut sum = [0.0; 4];
    for _ in 0..samples {
        let (mut x, mut y) = (start_x, start_y);
        for _ in 0..samples {
            let (right, down) = (fraction(x), fraction(y));
            let start = (y >> 32) as usize * line + (x >> 32) as usize * 3;
            let between = |start: usize| {
                // There are always seven.
                let [a, b, c, d, e, f, g] = picture.rgb()[start..].first_chunk().unwrap_or(&[0; 7]);
                mix([a, b, c, d].map(number), [d, e, f, g].map(number), right)
            };
            let colour = mix(between(start), between(start + line), down);
            sum = [0, 1, 2, 3].map(|n| sum[n] + colour[n]);
            (x, y) = (x + step_x, y + step_y);
        }
        (start_x, start_y) = (start_x - step_y, start_y + step_x);
    }
    sum.map(|sum| sum * part * part)
}

fn fraction(place: i64) -> f32 {
    (place as u32 >> 8) as i32 as f32 / (1 << 24) as f32
}

fn number(byte: &u8) -> f32 {
    f32::from(*byte)
}

/// The same of any part.
fn mean_anywhere(
    picture: &Picture,
    at: Placement,
    (column, row): (f32, f32),
    samples: u32,
) -> [f32; 4] {
    let part = 1.0 / samples as f32;
    let mut sum = [0.0_f32; 4];
    for point in 0..samples * samples {
        let along = |whole: f32, sample: u32| whole + (sample as f32 + 0.5) * part;
        let (x, y) = at.point(along(column, point % samples), along(row, point / samples));
        let colour = picture.between(x - 0.5, y - 0.5);
        sum = [0, 1, 2, 3].map(|n| sum[n] + colour[n]);
    }
    sum.map(|sum| sum * part * part)
}

impl Picture {
    /// The colour at a point, interpolated between the centres of the four pixels around it.
    fn between(&self, x: f32, y: f32) -> [f32; 4] {
        let (last_x, last_y) = (self.width() - 1, self.height() - 1);
        let (x, y) = (x.clamp(0.0, last_x as f32), y.clamp(0.0, last_y as f32));
        // Conversions of floats to integers saturate; what is not a number becomes 0.
        let (left, top) = (x as u32, y as u32);
        let (right, bottom) = ((left + 1).min(last_x), (top + 1).min(last_y));
        let pixel = |x, y| {
            let [red, green, blue] = self.pixel(x, y).map(f32::from);
            [red, green, blue, 0.0]
        };
        let upper = mix(pixel(left, top), pixel(right, top), x - left as f32);
        let lower = mix(pixel(left, bottom), pixel(right, bottom), x - left as f32);
        mix(upper, lower, y - top as f32)
    }
}
