//! Scaled parts of pictures, against what they should be.

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

/// As the words say it: point by point, each interpolated between four pixels.
mod plain {
    use super::*;

    fn mix(a: [f32; 3], b: [f32; 3], part: f32) -> [f32; 3] {
        [0, 1, 2].map(|channel| a[channel] + (b[channel] - a[channel]) * part)
    }

    fn between(picture: &Picture, x: f32, y: f32) -> [f32; 3] {
        let (last_x, last_y) = (picture.width() - 1, picture.height() - 1);
        let (x, y) = (x.clamp(0.0, last_x as f32), y.clamp(0.0, last_y as f32));
        let (left, top) = (x as u32, y as u32);
        let (right, bottom) = ((left + 1).min(last_x), (top + 1).min(last_y));
        let pixel = |x, y| picture.pixel(x, y).map(f32::from);
        let upper = mix(pixel(left, top), pixel(right, top), x - left as f32);
        let lower = mix(pixel(left, bottom), pixel(right, bottom), x - left as f32);
        mix(upper, lower, y - top as f32)
    }

    /// A pixel of a part at a placement.
    pub(super) fn averaged(
        picture: &Picture,
        at: Placement,
        row: usize,
        column: usize,
    ) -> [f32; 3] {
        let samples = (at.step.0.hypot(at.step.1).ceil() as u32).clamp(1, 8);
        let mut sum = [0.0; 3];
        for point in 0..samples * samples {
            let along =
                |whole: usize, part: u32| whole as f32 + (part as f32 + 0.5) / samples as f32;
            let (x, y) = at.point(along(column, point % samples), along(row, point / samples));
            let colour = between(picture, x - 0.5, y - 0.5);
            sum = [0, 1, 2].map(|channel| sum[channel] + colour[channel]);
        }
        sum.map(|sum: f32| sum / (samples * samples) as f32)
    }

    /// A pixel of a part that is squeezed into `side` by `side`.
    pub(super) fn interpolated(part: &Picture, side: usize, row: usize, column: usize) -> [f32; 3] {
        let along =
            |whole: usize, extent: u32| (whole as f32 + 0.5) * extent as f32 / side as f32 - 0.5;
        between(part, along(column, part.width()), along(row, part.height()))
    }
}

/// Noise, in which no pixel passes for its neighbour.
fn noise(width: u32, height: u32) -> Picture {
    let byte = |at: u32| (at.wrapping_mul(2_654_435_761) >> 24) as u8;
    let rgb = (0..width * height * 3).map(byte).collect();
    Picture::from_rgb(width, height, rgb).expect("three bytes a pixel")
}

/// Compares all pixels with what they should be: red, green, blue.
fn is_all(planes: &Planes, should: impl Fn(usize, usize) -> [f32; 3]) {
    let (side, values) = (planes.side, planes.values());
    for at in 0..side * side {
        for (channel, should) in should(at / side, at % side).into_iter().enumerate() {
            let value = values[channel * side * side + at];
            assert!((value - should).abs() < 0.01, "{at}, {channel}: {value}, not {should}");
        }
    }
}

#[test]
fn whole_pictures_are_what_the_plain_way_makes_of_them() {
    for (width, height) in [(64, 48), (48, 64), (32, 32), (47, 31), (20, 11), (301, 40), (700, 3)] {
        let picture = noise(width, height);
        let (planes, scale) = Planes::whole(&picture, 32, Channels::Rgb);
        let at = Placement::upright((0.0, 0.0), scale);
        let length = |pixels: u32| ((pixels as f32 / scale).round() as usize).clamp(1, 32);
        is_all(&planes, |row, column| {
            let is_in = row < length(height) && column < length(width);
            if is_in { plain::averaged(&picture, at, row, column) } else { [0.0; 3] }
        });
    }
}

#[test]
fn parts_are_what_the_plain_way_makes_of_them() {
    let picture = noise(90, 70);
    for corner in [(30.0, 20.0), (-7.3, 11.9), (70.2, 60.4), (0.0, -300.0)] {
        for step in [
            (1.0, 0.0),
            (0.4, 0.0),
            (2.3, 0.0),
            (11.7, 0.0),
            (1.4, 0.3),
            (-2.0, 1.0),
            (0.0, -1.5),
            (-1.0, 0.0),
        ] {
            let at = Placement { corner, step };
            let planes = Planes::averaged(&picture, at, 16, Channels::Rgb);
            is_all(&planes, |row, column| plain::averaged(&picture, at, row, column));
        }
    }
}

#[test]
fn squeezed_parts_are_what_the_plain_way_makes_of_them() {
    let picture = noise(90, 70);
    for (left, top, width, height) in [(0, 0, 90, 70), (3, 9, 40, 61), (89, 69, 1, 1), (5, 5, 7, 2)]
    {
        let part = (top..top + height)
            .flat_map(|y| (left..left + width).flat_map(move |x| [(x, y)]))
            .flat_map(|(x, y)| picture.pixel(x, y))
            .collect();
        let part = Picture::from_rgb(width, height, part).expect("three bytes a pixel");
        let planes =
            Planes::interpolated(&picture, (left, top), (width, height), 16, Channels::Rgb);
        is_all(&planes, |row, column| plain::interpolated(&part, 16, row, column));
    }
}
