//! Pictures that can be told from everything else, down to a few pixels.

use crate::memory::Needle;

/// A picture with what is to be looked for.
pub(crate) struct Canary {
    pub(crate) name: String,
    pub(crate) kind: &'static str,
    pub(crate) bytes: Vec<u8>,
    pub(crate) needles: Vec<Needle>,
}

/// A row of pixels that no other program has in its memory, drawn anew for each test.
#[derive(Clone)]
pub(crate) struct Row(pub(crate) Vec<[u8; 3]>);

/// Bytes that are looked for together. Shorter ones could be there by chance.
const ENOUGH: usize = 24;

impl Row {
    /// As many pixels as asked for, not too dark and not too bright, by a generator that starts
    /// from `seed` (xorshift64 of Marsaglia, 2003).
    pub(crate) fn draw(mut seed: u64, pixels: usize) -> Self {
        let mut next = || {
            seed ^= seed << 13;
            seed ^= seed >> 7;
            seed ^= seed << 17;
            40 + (seed >> 24) as u8 % 150
        };
        Self((0..pixels).map(|_| [next(), next(), next()]).collect())
    }

    /// The row as decoders, resamplers and models hold it: its middle, since what is given back to
    /// an allocator loses its beginning first.
    fn needles(&self) -> Vec<Needle> {
        let middle = &self.0[self.0.len() / 2..];
        let needle = |name: &str, bytes: Vec<u8>| Needle::new(name, &bytes[..ENOUGH]);
        let flat = |colours: fn(&[u8; 3]) -> Vec<u8>| middle.iter().flat_map(colours).collect();
        let mut needles = vec![
            needle("pixels as RGB", flat(|[r, g, b]| vec![*r, *g, *b])),
            needle("pixels as BGR", flat(|[r, g, b]| vec![*b, *g, *r])),
            needle("pixels as RGBA", flat(|[r, g, b]| vec![*r, *g, *b, 255])),
        ];
        for channel in 0..3 {
            let plane = middle.iter().map(|pixel| pixel[channel]);
            let floats = plane.clone().flat_map(|value| f32::from(value).to_le_bytes()).collect();
            needles.push(needle(&format!("plane {channel} in bytes"), plane.collect()));
            needles.push(needle(&format!("plane {channel} in floats"), floats));
        }
        needles
    }
}

impl Canary {
    /// A PNG of these pixels, with a row of canaries along its upper edge and words in a chunk.
    pub(crate) fn png(name: &str, width: u32, height: u32, mut rgb: Vec<u8>, seed: u64) -> Self {
        let row = Row::draw(seed, width as usize);
        rgb[..width as usize * 3].copy_from_slice(row.0.as_flattened());
        let words = format!("canary-{seed:016x}-in-a-text-chunk");
        let mut bytes = Vec::new();
        let mut encoder = png::Encoder::new(&mut bytes, width, height);
        encoder.set_color(png::ColorType::Rgb);
        encoder.set_filter(png::Filter::NoFilter);
        encoder.add_text_chunk("Comment".to_owned(), words.clone()).expect("text");
        let mut writer = encoder.write_header().expect("header");
        writer.write_image_data(&rgb).expect("pixels");
        writer.finish().expect("end");
        let needles = row.needles();
        Self::new(name, "image/png", bytes, &words, needles)
    }

    /// The same, once its bytes are known: windows of them are looked for as well, as they are and
    /// in base64.
    fn new(
        name: &str,
        kind: &'static str,
        bytes: Vec<u8>,
        words: &str,
        mut needles: Vec<Needle>,
    ) -> Self {
        needles.push(Needle::new("words", words.as_bytes()));
        let step = (bytes.len() / 12).max(1);
        // The head of a file is like that of others.
        for at in (200..bytes.len().saturating_sub(64)).step_by(step) {
            needles.push(Needle::new(format!("bytes at {at}"), &bytes[at..at + 32]));
            let aligned = at - at % 3;
            needles.push(Needle::new(
                format!("base64 at {at}"),
                base64(&bytes[aligned..aligned + 30]).as_bytes(),
            ));
        }
        Self { name: name.to_owned(), kind, bytes, needles }
    }

    /// The first half of the file.
    pub(crate) fn truncated(mut self) -> Self {
        self.bytes.truncate(self.bytes.len() / 2);
        self.name += ", truncated";
        self
    }
}

/// Standard base64 with padding.
pub(crate) fn base64(bytes: &[u8]) -> String {
    use base64::Engine;
    base64::engine::general_purpose::STANDARD.encode(bytes)
}
