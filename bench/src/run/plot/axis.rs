//! An axis: where a value stands, and which values are named.

use super::super::number::three;

/// An axis from one value to another.
pub(crate) struct Axis {
    low: f64,
    high: f64,
    logarithmic: bool,
}

impl Axis {
    /// From zero to a round number beyond the largest value.
    pub(crate) fn linear(values: impl IntoIterator<Item = f64>) -> Self {
        let largest = values.into_iter().fold(0.0, f64::max);
        let step = step(largest);
        let high = (largest / step).ceil().max(1.0) * step;
        Self { low: 0.0, high, logarithmic: false }
    }

    /// Around all values, which are positive; equal steps are equal ratios.
    pub(crate) fn logarithmic(values: impl IntoIterator<Item = f64>) -> Self {
        let (low, high) = values
            .into_iter()
            .filter(|value| *value > 0.0)
            .fold((f64::MAX, f64::MIN_POSITIVE), |(low, high), value| {
                (low.min(value), high.max(value))
            });
        let (low, high) = if low > high { (1.0, 10.0) } else { (low, high) };
        let (below, above) = (round_down(low), round_up(high));
        Self { low: below, high: above.max(below * 2.0), logarithmic: true }
    }

    /// How far along the axis a value stands, from 0 to 1.
    pub(crate) fn place(&self, value: f64) -> f64 {
        let scale = |value: f64| if self.logarithmic { value.max(self.low).ln() } else { value };
        let (low, high) = (scale(self.low), scale(self.high));
        ((scale(value) - low) / (high - low)).clamp(0.0, 1.0)
    }

    /// The values that are named.
    pub(crate) fn ticks(&self) -> Vec<f64> {
        if !self.logarithmic {
            let step = step(self.high);
            let count = (self.high / step).round() as u32;
            return (0..=count).map(|number| f64::from(number) * step).collect();
        }
        let wide = self.high / self.low > 2e3;
        let mut ticks = Vec::new();
        let mut power = 10_f64.powi(self.low.log10().floor() as i32);
        while power <= self.high * 1.001 {
            let steps: &[f64] = if wide { &[1.0] } else { &[1.0, 2.0, 5.0] };
            ticks.extend(steps.iter().map(|step| step * power));
            power *= 10.0;
        }
        ticks.retain(|tick| (self.low * 0.999..=self.high * 1.001).contains(tick));
        ticks
    }
}

/// How a value on an axis is named.
pub(crate) fn named(value: f64) -> String {
    match value {
        millions if millions >= 1e6 => format!("{} M", short(millions / 1e6)),
        thousands if thousands >= 1e4 => format!("{} k", short(thousands / 1e3)),
        other => short(other),
    }
}

fn short(value: f64) -> String {
    if value.fract() == 0.0 { super::super::number::grouped(value) } else { three(value) }
}

/// A round distance of which some four to eight go into the length.
fn step(length: f64) -> f64 {
    if length <= 0.0 {
        return 1.0;
    }
    let power = 10_f64.powf((length / 4.0).log10().floor());
    let steps = length / 4.0 / power;
    power
        * if steps >= 5.0 {
            5.0
        } else if steps >= 2.0 {
            2.0
        } else {
            1.0
        }
}

/// The next of 1, 2 and 5 times a power of ten that is not larger.
fn round_down(value: f64) -> f64 {
    let power = 10_f64.powf(value.log10().floor());
    power * [5.0, 2.0, 1.0].into_iter().find(|step| step * power <= value * 1.000_1).unwrap_or(1.0)
}

/// The next that is not smaller.
fn round_up(value: f64) -> f64 {
    let power = 10_f64.powf(value.log10().floor());
    power * [1.0, 2.0, 5.0].into_iter().find(|step| step * power >= value * 0.999_9).unwrap_or(10.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn linear_axes_begin_at_zero_and_end_round() {
        let axis = Axis::linear([3.0, 13.2]);
        assert_eq!(axis.ticks(), [0.0, 2.0, 4.0, 6.0, 8.0, 10.0, 12.0, 14.0]);
        assert_eq!((axis.place(0.0), axis.place(7.0), axis.place(99.0)), (0.0, 0.5, 1.0));
        assert_eq!(Axis::linear([]).ticks().last(), Some(&1.0));
    }

    #[test]
    fn logarithmic_axes_give_equal_ratios_equal_room() {
        let axis = Axis::logarithmic([1_000.0, 1_000_000.0]);
        assert!((axis.place(31_622.8) - 0.5).abs() < 1e-4);
        assert_eq!(axis.ticks().first(), Some(&1_000.0));
        let axis = Axis::logarithmic([31.0, 4_700.0]);
        assert_eq!((axis.low, axis.high), (20.0, 5_000.0));
        assert_eq!(axis.ticks(), [20.0, 50.0, 100.0, 200.0, 500.0, 1_000.0, 2_000.0, 5_000.0]);
        assert!(!Axis::logarithmic([]).ticks().is_empty());
    }

    #[test]
    fn values_are_named_shortly() {
        let names = [0.5, 20.0, 5_000.0, 20_000.0, 1e6].map(named);
        assert_eq!(names, ["0.50", "20", "5,000", "20 k", "1 M"]);
    }
}
