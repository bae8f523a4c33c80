//! Parts of a picture, scaled and turned to what a model takes.

use zeroize::Zeroizing;

use crate::decode::Picture;

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
        let length = |pixels: u32| ((pixels as f32 / scale).round() as usize).clamp(1, side);
        let extent = (length(picture.width()), length(picture.height()));
        let mut planes = Self::black(side);
        planes.fill(
            picture,
            Placement::upright((0.0, 0.0), scale),
            extent,
            channels,
            samples(scale),
        );
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
        let (x, y) = at.step;
        let mut planes = Self::black(side);
        planes.fill(picture, at, (side, side), channels, samples(x.hypot(y)));
        planes
    }

    /// Takes `samples` by `samples` points in each pixel, and their mean.
    fn fill(
        &mut self,
        picture: &Picture,
        at: Placement,
        (width, height): (usize, usize),
        channels: Channels,
        samples: u32,
    ) {
        let part = 1.0 / samples as f32;
        let weight = part * part;
        for row in 0..height {
            for column in 0..width {
                let mut sum = [0.0_f32; 3];
                for down in 0..samples {
                    for right in 0..samples {
                        let right = column as f32 + (right as f32 + 0.5) * part;
                        let down = row as f32 + (down as f32 + 0.5) * part;
                        let (x, y) = at.point(right, down);
                        let pixel = picture.between(x - 0.5, y - 0.5);
                        sum.iter_mut().zip(pixel).for_each(|(sum, value)| *sum += value);
                    }
                }
                self.set(row, column, sum.map(|sum| sum * weight), channels);
            }
        }
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
        let mut planes = Self::black(side);
        let line = |index: usize, extent: u32| {
            let at = (index as f32 + 0.5) * extent as f32 / side as f32 - 0.5;
            let at = at.clamp(0.0, (extent - 1) as f32);
            let low = at as u32;
            (low, (low + 1).min(extent - 1), at - low as f32)
        };
        for row in 0..side {
            let (above, below, down) = line(row, height);
            for column in 0..side {
                let (before, after, right) = line(column, width);
                let pixel = |x, y| picture.pixel(left + x, top + y).map(f32::from);
                let upper = mix(pixel(before, above), pixel(after, above), right);
                let lower = mix(pixel(before, below), pixel(after, below), right);
                planes.set(row, column, mix(upper, lower, down), channels);
            }
        }
        planes
    }

    fn set(&mut self, row: usize, column: usize, rgb: [f32; 3], channels: Channels) {
        let plane = self.side * self.side;
        for (channel, value) in rgb.into_iter().enumerate() {
            let place = if channels == Channels::Rgb { channel } else { 2 - channel };
            self.values[place * plane + row * self.side + column] = value;
        }
    }
}

fn mix(a: [f32; 3], b: [f32; 3], part: f32) -> [f32; 3] {
    [0, 1, 2].map(|channel| a[channel] + (b[channel] - a[channel]) * part)
}

/// Points to a side of a pixel that covers `scale` pixels; more than eight change nothing to speak of.
fn samples(scale: f32) -> u32 {
    (scale.ceil() as u32).clamp(1, 8)
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
    /// The colour at a point, interpolated between the centres of the four pixels around it.
    fn between(&self, x: f32, y: f32) -> [f32; 3] {
        let (last_x, last_y) = (self.width() - 1, self.height() - 1);
        let (x, y) = (x.clamp(0.0, last_x as f32), y.clamp(0.0, last_y as f32));
        // Conversions of floats to integers saturate; what is not a number becomes 0.
        let (left, top) = (x as u32, y as u32);
        let (right, bottom) = ((left + 1).min(last_x), (top + 1).min(last_y));
        let pixel = |x, y| self.pixel(x, y).map(f32::from);
        let upper = mix(pixel(left, top), pixel(right, top), x - left as f32);
        let lower = mix(pixel(left, bottom), pixel(right, bottom), x - left as f32);
        mix(upper, lower, y - top as f32)
    }

    pub(crate) fn pixel(&self, x: u32, y: u32) -> [u8; 3] {
        let at = (y as usize * self.width() as usize + x as usize) * 3;
        [self.rgb()[at], self.rgb()[at + 1], self.rgb()[at + 2]]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A picture whose red grows to the right and whose green grows downwards.
    fn ramps(width: u32, height: u32) -> Picture {
        let pixel = |at: u32| [(at % width) as u8, (at / width) as u8, 7];
        let rgb = (0..width * height).flat_map(pixel).collect();
        Picture::from_rgb(width, height, rgb).expect("three bytes a pixel")
    }

    #[test]
    fn a_picture_of_the_right_size_is_taken_as_it_is() {
        let (planes, scale) = Planes::whole(&ramps(32, 20), 32, Channels::Bgr);
        assert_eq!(scale, 1.0);
        let [blue, green, red] = [0, 1, 2].map(|plane| &planes.values()[plane * 1_024..][..1_024]);
        assert_eq!((blue[5], green[3 * 32 + 5], red[3 * 32 + 5]), (7.0, 3.0, 5.0));
        assert_eq!(blue[20 * 32..], [0.0; 12 * 32], "black below the picture");
    }

    #[test]
    fn a_larger_picture_is_averaged() {
        let (planes, scale) = Planes::whole(&ramps(64, 64), 16, Channels::Rgb);
        assert_eq!(scale, 4.0);
        // Away from the edge the mean of four neighbours of a ramp is its middle.
        for column in 1..15 {
            let red = planes.values()[8 * 16 + column];
            assert!((red - (column as f32 * 4.0 + 1.5)).abs() < 0.01, "{column}: {red}");
        }
    }

    #[test]
    fn beyond_the_edge_the_outermost_pixels_go_on() {
        let at = Placement::upright((-10.0, -10.0), 1.0);
        let planes = Planes::averaged(&ramps(8, 8), at, 4, Channels::Rgb);
        assert_eq!(planes.values()[..16], [0.0; 16]);
        let at = Placement::upright((100.0, 100.0), 1.0);
        let planes = Planes::averaged(&ramps(8, 8), at, 4, Channels::Rgb);
        assert_eq!(planes.values()[..16], [7.0; 16]);
    }

    #[test]
    fn a_quarter_turn_makes_columns_of_rows() {
        // To the right goes down in the picture, and down goes to the left.
        let at = Placement { corner: (16.0, 0.0), step: (0.0, 1.0) };
        let planes = Planes::averaged(&ramps(16, 16), at, 16, Channels::Rgb);
        let red = |row: usize, column: usize| planes.values()[row * 16 + column];
        assert_eq!((red(0, 0), red(0, 9), red(5, 0)), (15.0, 15.0, 10.0));
    }

    #[test]
    fn interpolation_meets_the_centres_of_pixels() {
        let planes = Planes::interpolated(&ramps(16, 16), (4, 2), (8, 8), 8, Channels::Rgb);
        assert_eq!(planes.values()[..8], [4.0, 5.0, 6.0, 7.0, 8.0, 9.0, 10.0, 11.0]);
        let halved = Planes::interpolated(&ramps(16, 16), (0, 0), (16, 16), 8, Channels::Rgb);
        assert_eq!(halved.values()[..3], [0.5, 2.5, 4.5]);
    }

    #[test]
    fn numbers_that_are_none_do_no_harm() {
        for strange in [f32::NAN, f32::INFINITY, f32::NEG_INFINITY, f32::MAX] {
            let at = Placement { corner: (strange, 0.0), step: (strange, strange) };
            Planes::averaged(&ramps(8, 8), at, 2, Channels::Rgb);
        }
    }
}
