//! Pictures with what a person says of them, and what the verifier sees.

use std::collections::HashMap;
use std::error::Error;
use std::fs;
use std::path::Path;

use anonchat_verify::{Measures, OnnxClassifier};

/// What a person says of a picture.
pub(crate) struct Sample {
    pub(crate) file: String,
    pub(crate) faces: usize,
    /// `M`, `F` or nothing.
    pub(crate) gender: String,
    /// `real`, `photo`, nothing, or a kind of attack.
    pub(crate) live: String,
    pub(crate) group: String,
    pub(crate) bytes: Vec<u8>,
}

/// A picture with what the verifier sees in it.
pub(crate) struct Measured {
    pub(crate) sample: Sample,
    pub(crate) measures: Measures,
}

/// Reads `labels.csv` and the pictures it names.
pub(crate) fn read(folder: &Path) -> Result<Vec<Sample>, Box<dyn Error>> {
    let text = fs::read_to_string(folder.join("labels.csv"))?;
    let mut lines = text.lines();
    let heading: Vec<&str> = lines.next().ok_or("labels.csv is empty")?.split(',').collect();
    let sample = |line: &str| -> Result<Sample, Box<dyn Error>> {
        let row: HashMap<&str, &str> = heading.iter().copied().zip(line.split(',')).collect();
        let text = |name: &str| row.get(name).copied().unwrap_or_default().trim().to_owned();
        let file = text("file");
        Ok(Sample {
            faces: text("faces").parse().map_err(|_| format!("{file}: how many faces?"))?,
            gender: text("gender"),
            live: text("live"),
            group: text("group"),
            bytes: fs::read(folder.join(&file))?,
            file,
        })
    };
    lines.filter(|line| !line.trim().is_empty()).map(sample).collect()
}

/// Lets the verifier look at every picture.
pub(crate) fn measure(
    classifier: &OnnxClassifier,
    samples: Vec<Sample>,
) -> Result<Vec<Measured>, Box<dyn Error>> {
    let measure = |sample: Sample| {
        let measures = classifier
            .measure(&sample.bytes)
            .map_err(|error| format!("{}: {error}", sample.file))?;
        Ok(Measured { sample, measures })
    };
    samples.into_iter().map(measure).collect()
}
