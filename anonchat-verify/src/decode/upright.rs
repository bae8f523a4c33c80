//! Turning a picture as its camera was held.

use image::metadata::Orientation;
use zeroize::Zeroizing;

use super::Picture;
use super::pixels::Coded;

/// The picture as it is to be seen.
pub(super) fn upright(coded: Coded, orientation: Orientation) -> Picture {
    use Orientation::*;
    let Coded { width, height, rgb } = coded;
    if orientation == NoTransforms {
        return Picture { width, height, rgb };
    }
    let (w, h) = (width as usize, height as usize);
    let lies = matches!(orientation, Rotate90 | Rotate270 | Rotate90FlipH | Rotate270FlipH);
    let (across, down) = if lies { (h, w) } else { (w, h) };
    let mut turned = Zeroizing::new(Vec::with_capacity(rgb.len()));
    for y in 0..down {
        for x in 0..across {
            let (from_x, from_y) = match orientation {
                NoTransforms => (x, y),
                FlipHorizontal => (w - 1 - x, y),
                Rotate180 => (w - 1 - x, h - 1 - y),
                FlipVertical => (x, h - 1 - y),
                Rotate90FlipH => (y, x),
                Rotate90 => (y, h - 1 - x),
                Rotate270FlipH => (w - 1 - y, h - 1 - x),
                Rotate270 => (w - 1 - y, x),
            };
            let from = (from_y * w + from_x) * 3;
            turned.extend_from_slice(&rgb[from..from + 3]);
        }
    }
    let (width, height) = if lies { (height, width) } else { (width, height) };
    Picture { width, height, rgb: turned }
}
