//! What a person can do better: come closer, find light, hold still, look into the camera.

use zeroize::Zeroizing;

use crate::decode::Picture;
use crate::verifier::face::Face;

/// How well a face can be seen.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub struct Quality {
    /// The longer side of the face's box, in pixels.
    pub size: f32,
    /// The level of brightness that a tenth of the face's pixels exceeds, from 0 to 255.
    pub light: f32,
    /// How much neighbouring pixels differ: the root of the mean square of the Laplacian over the
    /// inner part of the face, scaled to 64 by 64 pixels, as a percentage of the standard
    /// deviation of its brightness. A blur that spans a few of those pixels halves it; light and
    /// distance change it little.
    pub sharpness: f32,
    /// How far the tip of the nose lies off the middle of the eyes, along the line between them,
    /// as a part of their distance. 0 looks straight ahead; at 0.5 it is below one eye.
    pub turn: f32,
}

/// Pixels to a side of the part that is looked at.
const SIDE: usize = 64;

impl Quality {
    /// Looks at a face in its picture.
    pub(crate) fn of(face: &Face, picture: &Picture) -> Self {
        let (light, sharpness) = Patch::of(face, picture).light_and_sharpness();
        Self { size: face.side(), light, sharpness, turn: turn(face) }
    }
}

fn turn(face: &Face) -> f32 {
    let [(ax, ay), (bx, by), (nose_x, nose_y), ..] = face.landmarks;
    let (x, y) = (bx - ax, by - ay);
    let distance = x.hypot(y);
    if distance < 1.0 {
        return f32::INFINITY; // both eyes in one place: seen from the side
    }
    let (to_x, to_y) = (nose_x - (ax + bx) / 2.0, nose_y - (ay + by) / 2.0);
    ((to_x * x + to_y * y) / (distance * distance)).abs()
}

/// The brightness of the inner part of a face.
struct Patch(Zeroizing<Vec<f32>>);

impl Patch {
    /// Averages the part of the picture around the face's centre, three quarters of its box wide
    /// and high, which leaves hair and background out.
    fn of(face: &Face, picture: &Picture) -> Self {
        let (x, y) = face.centre();
        let (width, height) = (face.width * 0.75, face.height * 0.75);
        let mut brightness = Zeroizing::new(Vec::with_capacity(SIDE * SIDE));
        let edge = |middle: f32, length: f32, n: usize, most: u32| {
            let at = middle - length / 2.0 + length * n as f32 / SIDE as f32;
            (at.max(0.0) as u32).min(most - 1)
        };
        let line = picture.width() as usize * 3;
        for row in 0..SIDE {
            let above = edge(y, height, row, picture.height());
            let below = edge(y, height, row + 1, picture.height()).max(above + 1);
            for column in 0..SIDE {
                let left = edge(x, width, column, picture.width());
                let right = edge(x, width, column + 1, picture.width()).max(left + 1);
                let rows =
                    picture.rgb()[above as usize * line..below as usize * line].chunks_exact(line);
                let mut sum = 0_u64;
                for row in rows {
                    let (pixels, _) = row[left as usize * 3..right as usize * 3].as_chunks::<3>();
                    let grey = |[red, green, blue]: &[u8; 3]| {
                        299 * u32::from(*red) + 587 * u32::from(*green) + 114 * u32::from(*blue)
                    };
                    // No row has so many pixels that this overflows.
                    sum += u64::from(pixels.iter().map(grey).sum::<u32>());
                }
                let pixels = u64::from(below - above) * u64::from(right - left);
                brightness.push(sum as f32 / (1_000 * pixels) as f32);
            }
        }
        Self(brightness)
    }

    fn light_and_sharpness(&self) -> (f32, f32) {
        let at = |row: usize, column: usize| self.0[row * SIDE + column];
        let mut squares = 0.0;
        for row in 1..SIDE - 1 {
            for column in 1..SIDE - 1 {
                let around = at(row - 1, column)
                    + at(row + 1, column)
                    + at(row, column - 1)
                    + at(row, column + 1);
                squares += (4.0 * at(row, column) - around).powi(2);
            }
        }
        let laplacian = (squares / ((SIDE - 2) * (SIDE - 2)) as f32).sqrt();
        let count = self.0.len() as f32;
        let mean = self.0.iter().sum::<f32>() / count;
        let deviation =
            (self.0.iter().map(|value| (value - mean).powi(2)).sum::<f32>() / count).sqrt();
        let mut sorted = Zeroizing::new(self.0.to_vec());
        let (_, light, _) = sorted.select_nth_unstable_by(SIDE * SIDE * 9 / 10, f32::total_cmp);
        (*light, 100.0 * laplacian / deviation.max(1.0))
    }
}
