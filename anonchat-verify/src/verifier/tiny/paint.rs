//! How a face is painted: as in [the table](super).

use super::{GENDER_STEP, LIVE_STEP, MARK, MIDDLE, Scene, TinyFace};

/// Red, green, blue.
type Colour = [f32; 3];

/// Knows the picture's measures.
pub(super) struct Painter {
    width: usize,
    height: usize,
    /// Pixels that become one of the detector's.
    unit: f32,
}

/// The detector's pixels in a cell of its grid, and in a row of all.
const CELL: f32 = 8.0;
const ACROSS: f32 = 320.0;
/// No colour but a mark's has more.
const LIGHTEST: f32 = 215.0;
const CHECKS: f32 = 16.0;

impl Painter {
    pub(super) fn new(scene: &Scene) -> Self {
        Self {
            width: scene.width as usize,
            height: scene.height as usize,
            unit: scene.width.max(scene.height) as f32 / ACROSS,
        }
    }

    /// The middle of the nearest cell that is in the picture.
    pub(super) fn centre(&self, face: &TinyFace) -> (f32, f32) {
        let cell = CELL * self.unit;
        let snap = |place: f32, side: usize| {
            let last = (side as f32 / cell).floor() - 1.0;
            ((place / cell).floor().clamp(0.0, last.max(0.0)) + 0.5) * cell
        };
        (snap(face.x, self.width), snap(face.y, self.height))
    }

    pub(super) fn paint(&self, face: &TinyFace, pixels: &mut [u8]) {
        let (x, y) = self.centre(face);
        let mark = (CELL / 2.0 + 1.0) * self.unit;
        let reach = (face.size * 0.6).max(mark);
        let range = |centre: f32, side: usize| {
            let first = (centre - reach).floor().max(0.0) as usize;
            first..((centre + reach).ceil() as usize).min(side)
        };
        for row in range(y, self.height) {
            for column in range(x, self.width) {
                let (dx, dy) = (column as f32 + 0.5 - x, row as f32 + 0.5 - y);
                let at = (row * self.width + column) * 3;
                let pixel = &mut pixels[at..at + 3];
                let colour = if dx.abs() < mark && dy.abs() < mark {
                    self.mark(face)
                } else {
                    let below = [0, 1, 2].map(|channel| f32::from(pixel[channel]));
                    self.face(face, dx / face.size, dy / face.size, below)
                };
                for (channel, value) in pixel.iter_mut().zip(colour) {
                    *channel = value.round().clamp(0.0, 255.0) as u8;
                }
            }
        }
    }

    fn mark(&self, face: &TinyFace) -> Colour {
        let strides = face.size / self.unit / CELL;
        let turn = face.yaw.clamp(-1.0, 1.0) + 1.0;
        [255.0, strides.ln() * MARK.green_of_log, turn * MARK.blue_of_turn]
    }

    /// The colour at a place in sides of the box from its centre.
    fn face(&self, face: &TinyFace, u: f32, v: f32, below: Colour) -> Colour {
        let top_or_bottom = if v < 0.0 { face.male_square } else { face.male_aligned };
        let gender = logit(top_or_bottom) * GENDER_STEP / 2.0;
        let coloured = [110.0 + gender, 110.0 - gender, 110.0];
        let [red, green, blue] = self.mark(face);
        // As light as the mark, so that the mark's edge is not seen in grey.
        let grey = 0.299 * red + 0.587 * green.clamp(0.0, 255.0) + 0.114 * blue;
        let between = blend([grey; 3], coloured, ramp(v.abs(), 0.22, 0.28));

        let check = ((u + 1.0) * CHECKS).floor() + ((v + 1.0) * CHECKS).floor();
        let checks = if check % 2.0 == 0.0 { 30.0 } else { -30.0 } * face.texture;
        let inner = between.map(|channel| (channel + checks).clamp(0.0, LIGHTEST));

        let near = MIDDLE + LIVE_STEP * logit(face.live_near);
        let far = MIDDLE + LIVE_STEP * logit(face.live_far);
        let side = if u < 0.0 { [0.0, near, 0.0] } else { [0.0, 0.0, far] };
        let lit = blend(inner, side, ramp(u.abs(), 0.27, 0.33))
            .map(|channel| channel * face.brightness.clamp(0.0, 1.0));
        let edge = ramp(u.abs().max(v.abs()), 0.5, 0.6);
        blend(lit, below, edge)
    }
}

fn logit(probability: f32) -> f32 {
    (probability / (1.0 - probability)).ln().clamp(-4.0, 4.0)
}

/// 0 up to `from`, 1 beyond `to`.
fn ramp(place: f32, from: f32, to: f32) -> f32 {
    ((place - from) / (to - from)).clamp(0.0, 1.0)
}

fn blend(a: Colour, b: Colour, share: f32) -> Colour {
    std::array::from_fn(|channel| a[channel] + (b[channel] - a[channel]) * share)
}
