//! Of which pixels of the picture a smaller line is made.

use std::ops::Range;

/// For each pixel of a small line the pixels of the large one that it is made of, and to what
/// part: all have the same number of them, side by side.
pub(super) struct Axis {
    taps: usize,
    /// The first of them for each pixel.
    first: Vec<usize>,
    /// `taps` for each pixel.
    weights: Vec<f32>,
}

impl Axis {
    /// `length` pixels from `start` on, each `step` long: the mean of points in each. Beyond the
    /// edges of the picture, which is `extent` long, its outermost pixels go on.
    pub(super) fn averaged(start: f32, step: f32, length: usize, extent: u32) -> Self {
        let samples = samples(step);
        let part = 1.0 / samples as f32;
        let last = (extent - 1) as f32;
        let points = (0..length).map(|pixel| {
            let point = move |sample: u32| {
                let along = pixel as f32 + (sample as f32 + 0.5) * part;
                (start + along * step - 0.5).clamp(0.0, last)
            };
            (0..samples).map(point)
        });
        Self::through(points, part, extent as usize)
    }

    /// Each pixel is made of points that count for a `part`, and each point of the two pixels of
    /// which the centres are around it.
    fn through(
        pixels: impl Iterator<Item = impl Iterator<Item = f32> + Clone> + Clone,
        part: f32,
        extent: usize,
    ) -> Self {
        // What is not a number becomes 0.
        let low = move |point: f32| (point as usize).min(extent - 1);
        let high = move |point: f32| (point.ceil() as usize).min(extent - 1);
        let (mut taps, mut first) = (1, Vec::new());
        for points in pixels.clone() {
            let lowest = points.clone().map(low).min().unwrap_or(0);
            let highest = points.map(high).max().unwrap_or(0);
            taps = taps.max(highest + 1 - lowest.min(highest));
            first.push(lowest);
        }
        first.iter_mut().for_each(|first| *first = (*first).min(extent - taps));
        let mut weights = vec![0.0; taps * first.len()];
        for ((points, first), weights) in pixels.zip(&first).zip(weights.chunks_exact_mut(taps)) {
            for point in points {
                let right = point - low(point) as f32;
                weights[low(point) - first] += part * (1.0 - right);
                weights[high(point) - first] += part * right;
            }
        }
        Self { taps, first, weights }
    }

    /// The pixels of the picture from the first to the last of which something is made.
    pub(super) fn reach(&self) -> Range<usize> {
        let first = self.first.iter().min().copied().unwrap_or(0);
        let last = self.first.iter().max().copied().unwrap_or(0);
        first..last + self.taps
    }

    /// Makes a row of red, green and blue out of columns, of which the first is that at `start`.
    pub(super) fn mean(&self, columns: &[[f32; 3]], start: usize, rows: [&mut [f32]; 3]) {
        // The usual numbers by themselves: the compiler makes more of what it knows.
        match self.taps {
            2 => self.mean_of(|at| &columns[at - start..][..2], rows),
            3 => self.mean_of(|at| &columns[at - start..][..3], rows),
            4 => self.mean_of(|at| &columns[at - start..][..4], rows),
            _ => self.mean_of(|at| &columns[at - start..], rows),
        }
    }

    #[inline(always)]
    fn mean_of<'a>(
        &self,
        columns: impl Fn(usize) -> &'a [[f32; 3]],
        [red, green, blue]: [&mut [f32]; 3],
    ) {
        let pixels = red.iter_mut().zip(green).zip(blue);
        for (((red, green), blue), (first, weights)) in pixels.zip(self.pixels()) {
            let mut sum = [0.0_f32; 3];
            for (weight, column) in weights.iter().zip(columns(first)) {
                sum = [0, 1, 2].map(|n| sum[n] + weight * column[n]);
            }
            [*red, *green, *blue] = sum;
        }
    }

    /// For each pixel the first that it is made of, and the parts of that and of those after it.
    pub(super) fn pixels(&self) -> impl Iterator<Item = (usize, &[f32])> {
        self.first.iter().copied().zip(self.weights.chunks_exact(self.taps))
    }
}

/// Points to a side of a pixel that covers `step` pixels; more than eight change nothing to speak of.
pub(super) fn samples(step: f32) -> u32 {
    (step.ceil() as u32).clamp(1, 8)
}
