//! Good pictures are decoded upright; each bad one is refused for its own reason.

use anonchat_verify::pictures::{self, Sample};
use anonchat_verify::{DecodeError, Limits, Picture, exercise};
use proptest::prelude::*;

fn decode(sample: &Sample) -> Result<Picture, DecodeError> {
    Picture::decode(&sample.bytes, &Limits::default())
}

/// All that are not what they should be, at once.
fn check(samples: &[Sample]) {
    let wrong: Vec<_> = samples
        .iter()
        .map(|sample| (sample, decode(sample).map(|picture| (picture.width(), picture.height()))))
        .filter(|(sample, found)| *found != sample.expected)
        .map(|(sample, found)| format!("{}: {found:?}, not {:?}", sample.name, sample.expected))
        .collect();
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn every_good_picture_is_decoded() {
    check(&pictures::good());
}

#[test]
fn every_bad_picture_is_refused_for_its_own_reason() {
    check(&pictures::bad());
    check(&pictures::heavy());
}

#[test]
fn the_largest_pictures_are_decoded() {
    check(&pictures::largest());
}

#[test]
fn every_picture_is_upright_however_it_was_held() {
    let scene = pictures::scene();
    let samples: Vec<_> = pictures::good().into_iter().filter(|sample| sample.scenic).collect();
    for kind in ["JPEG", "PNG", "WebP"] {
        assert!(
            samples
                .iter()
                .filter(|s| s.name.starts_with(kind) && s.name.contains("held as"))
                .count()
                == 8
        );
    }
    for sample in samples {
        let picture = decode(&sample).expect("a good picture");
        let off: u64 =
            picture.rgb().iter().zip(&scene).map(|(a, b)| u64::from(a.abs_diff(*b))).sum();
        let most = if sample.name.starts_with("JPEG") { 3 * scene.len() as u64 } else { 0 };
        assert!(off <= most, "{} is off by {off}", sample.name);
    }
}

#[test]
fn transparent_pixels_lie_on_black() {
    let samples = pictures::good();
    let named = |name| samples.iter().find(|sample| sample.name == name).expect("a sample");
    let picture = decode(named("PNG, grey, half transparent")).expect("a good picture");
    assert!(picture.rgb().iter().all(|value| *value == 32)); // 90 of 255 of 90
    let (clear, solid) = ("WebP, lossy, half transparent", "WebP, lossy");
    let (clear, solid) =
        (decode(named(clear)).expect("a picture"), decode(named(solid)).expect("a picture"));
    assert_eq!(clear.rgb()[0], ((u16::from(solid.rgb()[0]) * 128 + 127) / 255) as u8);
}

#[test]
fn a_picture_that_is_cut_off_anywhere_is_truncated() {
    let samples = pictures::good();
    for (name, from) in [
        ("JPEG held as 6", 3),
        ("JPEG, progressive", 3),
        ("PNG held as 6", 8),
        ("WebP held as 6", 12),
    ] {
        let sample = samples.iter().find(|sample| sample.name == name).expect("a sample");
        for end in from..sample.bytes.len() {
            let error = Picture::decode(&sample.bytes[..end], &Limits::default()).err();
            assert_eq!(error, Some(DecodeError::Truncated), "{name}, {end} bytes");
        }
    }
}

#[test]
fn a_picture_is_refused_by_each_limit_by_itself() {
    let limits = Limits::default();
    for sample in pictures::good() {
        let (width, height) = sample.expected.expect("a good picture");
        let error = |limits| Picture::decode(&sample.bytes, &limits).err();
        assert_eq!(
            error(Limits { bytes: sample.bytes.len() - 1, ..limits }),
            Some(DecodeError::TooManyBytes)
        );
        assert_eq!(
            error(Limits { least_side: width.min(height) + 1, ..limits }),
            Some(DecodeError::TooSmall)
        );
        assert_eq!(
            error(Limits { most_side: width.max(height) - 1, ..limits }),
            Some(DecodeError::TooLarge)
        );
        let pixels = u64::from(width) * u64::from(height);
        assert_eq!(error(Limits { pixels: pixels - 1, ..limits }), Some(DecodeError::TooLarge));
        assert_eq!(
            error(Limits { memory: 5 * pixels, ..limits }),
            Some(DecodeError::TooLarge),
            "{}",
            sample.name
        );
    }
}

#[test]
fn no_decoder_panics_on_any_picture_of_the_set() {
    for sample in pictures::good().into_iter().chain(pictures::bad()) {
        exercise(&sample.bytes); // which has no net, unlike `decode`
    }
}

proptest! {
    #[test]
    fn a_good_picture_that_is_changed_breaks_no_limit_and_panics_nowhere(
        which in any::<prop::sample::Index>(),
        changes in prop::collection::vec((0..3_u8, any::<prop::sample::Index>(), any::<u8>()), 1..6),
    ) {
        thread_local!(static GOOD: Vec<Vec<u8>> = pictures::good().into_iter().map(|sample| sample.bytes).collect());
        let mut bytes = GOOD.with(|good| which.get(good).clone());
        for (kind, at, value) in changes {
            let at = at.index(bytes.len());
            match kind {
                0 => bytes[at] ^= value.max(1),
                1 => bytes.insert(at, value),
                _ => drop(bytes.drain(at..bytes.len().min(at + usize::from(value)))),
            }
            if bytes.is_empty() {
                break;
            }
        }
        exercise(&bytes);
    }
}
