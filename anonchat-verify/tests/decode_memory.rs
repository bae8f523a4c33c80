//! No picture takes more memory than is allowed. Alone in its program, of which it counts the bytes.

use anonchat_verify::pictures::{self, Sample};
use anonchat_verify::{Limits, Picture};
use peak_alloc::PeakAlloc;

#[global_allocator]
static MEMORY: PeakAlloc = PeakAlloc;

/// Bytes that decoding takes at its peak, on top of the encoded picture.
fn peak(sample: &Sample, limits: &Limits) -> u64 {
    let before = MEMORY.current_usage();
    MEMORY.reset_peak_usage();
    let picture = Picture::decode(&sample.bytes, limits);
    let peak = MEMORY.peak_usage().saturating_sub(before);
    drop(picture);
    peak as u64
}

/// The least memory with which a picture is decoded or fails as it does.
fn least_memory(sample: &Sample) -> u64 {
    let (mut low, mut high) = (0, Limits::default().memory);
    while high - low > 1 << 10 {
        let memory = u64::midpoint(low, high);
        let outcome = Picture::decode(&sample.bytes, &Limits { memory, ..Limits::default() });
        let same = outcome.map(|picture| (picture.width(), picture.height())) == sample.expected;
        if same { high = memory } else { low = memory }
    }
    high
}

// One test: a second thread would be counted too.
#[test]
fn no_picture_takes_more_memory_than_is_allowed() {
    let limits = Limits::default();
    // What is not a large picture takes little, whatever it says to be. The tables of the lossless
    // picture that consists of them are most of it.
    for sample in pictures::good().iter().chain(&pictures::bad()) {
        let bound = if sample.name.ends_with("of tables") { 16 << 20 } else { 3 << 20 };
        let peak = peak(sample, &limits);
        assert!(peak <= bound, "{} takes {peak} bytes", sample.name);
        // And no more than was computed before.
        if sample.expected.is_ok() || sample.name.ends_with("of tables") {
            let memory = least_memory(sample);
            let peak = self::peak(sample, &Limits { memory, ..limits });
            assert!(peak <= memory, "{} takes {peak} of {memory} bytes", sample.name);
        }
    }
    for sample in pictures::largest() {
        let peak = peak(&sample, &limits);
        eprint(&sample.name, peak);
        assert!(peak <= limits.memory, "{} takes {peak} bytes", sample.name);
    }
    for sample in pictures::heavy() {
        let peak = peak(&sample, &limits);
        assert!(peak <= 64 << 10, "{} takes {peak} bytes before it is refused", sample.name);
    }
}

#[expect(clippy::print_stderr, reason = "the figures in the documentation come from here")]
fn eprint(name: &str, peak: u64) {
    eprintln!("{name}: {peak} bytes");
}
