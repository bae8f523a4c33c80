//! What is no picture of ours at all.

use super::{Sample, jpeg, noise};
use crate::DecodeError::{TooManyBytes, UnknownFormat};
use crate::Limits;

pub(super) fn bad() -> Vec<Sample> {
    let mut script = b"GIF89a=1;/*".to_vec();
    script.extend(jpeg::scene());
    script.extend(b"*/alert(1)");
    let unknown: [(&str, Vec<u8>); 15] = [
        ("nothing", Vec::new()),
        ("one byte", vec![0xff]),
        ("noise", noise(7, 600)),
        ("zeros", vec![0; 64]),
        ("text", b"Dear Sir or Madam,\n".to_vec()),
        (
            "GIF",
            b"GIF89a\x80\0\x80\0\x80\0\0\0\0\0\xff\xff\xff,\0\0\0\0\x80\0\x80\0\0\x02\x01;"
                .to_vec(),
        ),
        (
            "BMP",
            b"BM\x46\0\0\0\0\0\0\0\x36\0\0\0\x28\0\0\0\x80\0\0\0\x80\0\0\0\x01\0\x18\0".to_vec(),
        ),
        ("SVG", b"<svg xmlns='http://www.w3.org/2000/svg' width='128' height='128'/>".to_vec()),
        ("HTML", b"<!doctype html><script>alert(1)</script>".to_vec()),
        ("PDF", b"%PDF-1.7\n1 0 obj<</Type/Catalog>>endobj\n%%EOF".to_vec()),
        ("TIFF", b"II*\0\x08\0\0\0\0\0\0\0\0\0".to_vec()),
        ("AVIF", b"\0\0\0\x1cftypavif\0\0\0\0avifmif1miaf".to_vec()),
        ("sound in RIFF", b"RIFF\x24\0\0\0WAVEfmt \x10\0\0\0".to_vec()),
        ("PNG after a line end was changed", b"\x89PNG\n\x1a\n\0\0\0\rIHDR".to_vec()),
        ("JPEG within a script that looks like GIF", script),
    ];
    unknown.into_iter().map(|(name, bytes)| Sample::bad(name, bytes, UnknownFormat)).collect()
}

/// A file of too many bytes, too large to be a seed.
pub(super) fn heavy() -> Sample {
    let mut bytes = jpeg::scene();
    bytes.resize(Limits::default().bytes + 1, 0);
    Sample::bad("JPEG of too many bytes", bytes, TooManyBytes)
}
