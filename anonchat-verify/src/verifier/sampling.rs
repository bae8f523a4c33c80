//! Parts of a picture, scaled and turned to what a model takes.

mod axis;
#[cfg(test)]
mod tests;
mod turned;

use zeroize::Zeroizing;

use crate::decode::Picture;
use axis::Axis;

/// Three planes of a small picture, 0 to 255, as models take them. Wiped when dropped.
pub(crate) struct Planes {
    side: usize,
    values: Zeroizing<Vec<f32>>,
}

/// In which order the planes are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Channels {
    Rgb,
    Bgr,
}

/// Where the small picture lies in the large one: its top left corner, and the step in pixels for
/// each pixel to the right. The step down is that turned by a right angle.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Placement {
    pub(crate) corner: (f32, f32),
    pub(crate) step: (f32, f32),
}

impl Planes {
    /// Nothing but black.
    fn black(side: usize) -> Self {
        Self { side, values: Zeroizing::new(vec![0.0; 3 * side * side]) }
    }

    /// Plane by plane, row by row.
    pub(crate) fn values(&self) -> &[f32] {
        &self.values
    }

    /// The whole picture, scaled so that its longer side is `side`, each pixel the average of the
    /// pixels it covers; top left, on black. Also the pixels of the picture that became one.
    pub(crate) fn whole(picture: &Picture, side: usize, channels: Channels) -> (Self, f32) {
        let scale = picture.width().max(picture.height()) as f32 / side as f32;
        let axis = |pixels: u32| {
            let length = ((pixels as f32 / scale).round() as usize).clamp(1, side);
            Axis::averaged(0.0, scale, length, pixels)
        };
        let mut planes = Self::black(side);
        planes.fill(picture, &axis(picture.width()), &axis(picture.height()), channels);
        (planes, scale)
    }

    /// The part at `placement`, each pixel the average of what it covers. Beyond the picture's
    /// edge its outermost pixels go on.
    pub(crate) fn averaged(
        picture: &Picture,
        at: Placement,
        side: usize,
        channels: Channels,
    ) -> Self {
        let mut planes = Self::black(side);
        let ((left, top), (step, slope)) = (at.corner, at.step);
        if slope == 0.0 && step > 0.0 {
            let across = Axis::averaged(left, step, side, picture.width());
            let down = Axis::averaged(top, step, side, picture.height());
            planes.fill(picture, &across, &down, channels);
        } else {
            let [red, green, blue] = planes.colours(channels);
            turned::averaged(picture, at, side, |pixel, rgb| {
                [red[pixel], green[pixel], blue[pixel]] = rgb;
            });
        }
        planes
    }

    /// The `width` by `height` pixels from `corner` on, squeezed into the small picture: each pixel
    /// is interpolated between the four pixels around its centre, as in the training of the models
    /// that take it.
    pub(crate) fn interpolated(
        picture: &Picture,
        (left, top): (u32, u32),
        (width, height): (u32, u32),
        side: usize,
        channels: Channels,
    ) -> Self {
        let point = |index: usize, extent: u32| {
            let at = (index as f32 + 0.5) * extent as f32 / side as f32 - 0.5;
            let at = at.clamp(0.0, (extent - 1) as f32);
            let low = at as u32;
            (low as usize, (low + 1).min(extent - 1) as usize, at - low as f32)
        };
        let columns: Vec<_> = (0..side).map(|column| point(column, width)).collect();
        let line = picture.width() as usize * 3;
        let bytes = |row: usize| {
            let start = (top as usize + row) * line + left as usize * 3;
            &picture.rgb()[start..start + width as usize * 3]
        };
        let mut planes = Self::black(side);
        let [red, green, blue] = planes.colours(channels);
        for row in 0..side {
            let (above, below, down) = point(row, height);
            let (above, below) = (bytes(above).as_chunks::<3>().0, bytes(below).as_chunks::<3>().0);
            for (column, (before, after, right)) in columns.iter().enumerate() {
                let between = |row: &[[u8; 3]]| {
                    mix(row[*before].map(f32::from), row[*after].map(f32::from), *right)
                };
                let at = row * side + column;
                [red[at], green[at], blue[at]] = mix(between(above), between(below), down);
            }
        }
        planes
    }

    /// Makes one row after the other: first each column of it out of the rows of the picture,
    /// byte by byte as they lie in memory, then each pixel out of these columns.
    fn fill(&mut self, picture: &Picture, across: &Axis, down: &Axis, channels: Channels) {
        let (side, line) = (self.side, picture.width() as usize * 3);
        let reach = across.reach();
        let mut columns = Zeroizing::new(vec![0.0_f32; reach.len() * 3]);
        let [red, green, blue] = self.colours(channels);
        let rows = red.chunks_exact_mut(side).zip(green.chunks_exact_mut(side));
        let rows = rows.zip(blue.chunks_exact_mut(side));
        for ((first, weights), ((red, green), blue)) in down.pixels().zip(rows) {
            columns.fill(0.0);
            for (row, weight) in (first..).zip(weights).filter(|(_, weight)| **weight != 0.0) {
                let bytes = &picture.rgb()[row * line..][reach.start * 3..reach.end * 3];
                let sums = columns.iter_mut().zip(bytes);
                sums.for_each(|(sum, byte)| *sum += weight * f32::from(*byte));
            }
            across.mean(columns.as_chunks().0, reach.start, [red, green, blue]);
        }
    }

    /// The planes of red, green and blue.
    fn colours(&mut self, channels: Channels) -> [&mut [f32]; 3] {
        let plane = self.side * self.side;
        let (first, rest) = self.values.split_at_mut(plane);
        let (second, third) = rest.split_at_mut(plane);
        match channels {
            Channels::Rgb => [first, second, third],
            Channels::Bgr => [third, second, first],
        }
    }
}

impl Placement {
    /// Not turned.
    pub(crate) fn upright(corner: (f32, f32), scale: f32) -> Self {
        Self { corner, step: (scale, 0.0) }
    }

    fn point(self, right: f32, down: f32) -> (f32, f32) {
        let ((left, top), (x, y)) = (self.corner, self.step);
        (left + right * x - down * y, top + right * y + down * x)
    }
}

impl Picture {
    pub(crate) fn pixel(&self, x: u32, y: u32) -> [u8; 3] {
        let at = (y as usize * self.width() as usize + x as usize) * 3;
        [self.rgb()[at], self.rgb()[at + 1], self.rgb()[at + 2]]
    }
}

/// Between two pixels.
#[inline]
fn mix<const N: usize>(a: [f32; N], b: [f32; N], part: f32) -> [f32; N] {
    std::array::from_fn(|channel| a[channel] + (b[channel] - a[channel]) * part)
}
