//! Operators that move a window over a picture.

use super::attributes::Attributes;
use super::fault::ModelFault;

/// Where windows of a size go.
struct Window {
    size: [usize; 2],
    strides: [usize; 2],
    /// Before and after; `None` for as many as it takes to have every stride.
    pads: Option<[[usize; 2]; 2]>,
}

/// The dimensions after a convolution, and the multiplications it takes.
pub(super) fn convolve(
    attributes: &Attributes<'_>,
    input: &[usize],
    weights: &[usize],
    bias: Option<&[usize]>,
) -> Result<(Vec<usize>, u64), ModelFault> {
    let (&[n, c, h, w], &[made, taken, rows, columns]) = (input, weights) else {
        return Err(attributes.misfit());
    };
    let group = number(attributes.int("group").unwrap_or(1), c.min(made))
        .ok_or_else(|| attributes.fault("group"))?;
    if c % group != 0 || made % group != 0 || c / group != taken {
        return Err(attributes.misfit());
    }
    if bias.is_some_and(|bias| bias != [made]) {
        return Err(attributes.misfit());
    }
    if attributes.ints("dilations").is_some_and(|dilations| dilations != [1, 1]) {
        return Err(attributes.fault("dilations"));
    }
    if attributes.ints("kernel_shape").is_some_and(|s| s != [rows as i64, columns as i64]) {
        return Err(attributes.fault("kernel_shape"));
    }
    let [h, w] = Window::of(attributes, [rows, columns])?.places(attributes, [h, w])?;
    let shape = vec![n, made, h, w];
    let work = [n, made, h, w, taken, rows, columns].map(|factor| factor as u64);
    Ok((shape, work.into_iter().fold(1, u64::saturating_mul)))
}

/// The dimensions after pooling, and the additions it takes.
pub(super) fn pool(
    attributes: &Attributes<'_>,
    input: &[usize],
) -> Result<(Vec<usize>, u64), ModelFault> {
    let &[n, c, h, w] = input else { return Err(attributes.misfit()) };
    if attributes.int("ceil_mode").unwrap_or(0) != 0 {
        return Err(attributes.fault("ceil_mode"));
    }
    let size =
        pair(attributes.ints("kernel_shape"), 0).ok_or_else(|| attributes.fault("kernel_shape"))?;
    let window = Window::of(attributes, size)?;
    let [h, w] = window.places(attributes, [h, w])?;
    let work = [n, c, h, w, size[0], size[1]].map(|factor| factor as u64);
    Ok((vec![n, c, h, w], work.into_iter().fold(1, u64::saturating_mul)))
}

impl Window {
    fn of(attributes: &Attributes<'_>, size: [usize; 2]) -> Result<Self, ModelFault> {
        let strides =
            pair(attributes.ints("strides"), 1).ok_or_else(|| attributes.fault("strides"))?;
        let pads = match (attributes.text("auto_pad"), attributes.ints("pads")) {
            (Some(b"SAME_UPPER"), None) => None,
            (None | Some(b"NOTSET"), Some(pads)) => {
                Some(padding(pads, size).ok_or_else(|| attributes.fault("pads"))?)
            }
            (None | Some(b"NOTSET" | b"VALID"), None) => Some([[0; 2]; 2]),
            // Both would be read differently by different backends.
            _ => return Err(attributes.fault("auto_pad")),
        };
        Ok(Self { size, strides, pads })
    }

    /// How many windows there are each way.
    fn places(
        &self,
        attributes: &Attributes<'_>,
        picture: [usize; 2],
    ) -> Result<[usize; 2], ModelFault> {
        let mut places = [0; 2];
        for (axis, place) in places.iter_mut().enumerate() {
            let stride = self.strides[axis];
            *place = match self.pads {
                None => picture[axis].div_ceil(stride),
                Some([before, after]) => {
                    let padded = picture[axis] + before[axis] + after[axis];
                    let room = padded.checked_sub(self.size[axis]);
                    room.ok_or_else(|| attributes.misfit())? / stride + 1
                }
            };
        }
        Ok(places)
    }
}

/// A number from 1 to `most`.
fn number(value: i64, most: usize) -> Option<usize> {
    usize::try_from(value).ok().filter(|value| (1..=most).contains(value))
}

/// Two numbers above 0 and not absurd; without any, twice `default`, unless that is 0.
fn pair(numbers: Option<&[i64]>, default: usize) -> Option<[usize; 2]> {
    const MOST: usize = 1_024;
    match numbers {
        None => (default > 0).then_some([default; 2]),
        Some(&[a, b]) => Some([number(a, MOST)?, number(b, MOST)?]),
        Some(_) => None,
    }
}

/// No window may lie in the padding altogether: there would be nothing to take the mean of.
fn padding(pads: &[i64], size: [usize; 2]) -> Option<[[usize; 2]; 2]> {
    let &[top, left, bottom, right] = pads else { return None };
    let pad = |number: i64, axis: usize| {
        usize::try_from(number).ok().filter(|&number| number < size[axis])
    };
    Some([[pad(top, 0)?, pad(left, 1)?], [pad(bottom, 0)?, pad(right, 1)?]])
}
