//! Compresses once, at build time, what would else be compressed for every visitor.

use std::io::Write;

use anyhow::Result;
use brotli::CompressorWriter;

/// The densest setting: we compress once, every visitor downloads.
const BROTLI_QUALITY: u32 = 11;
/// The largest window that every browser accepts, as a power of two.
const BROTLI_WINDOW_BITS: u32 = 22;
const BUFFER_BYTES: usize = 64 * 1024;

/// Formats that are text at heart; pictures and fonts are compressed already.
const EXTENSIONS: [&str; 4] = [".js", ".wasm", ".css", ".svg"];

/// Whether a file of this name gains from compression.
pub fn is_worth_it(path: &str) -> bool {
    EXTENSIONS.iter().any(|extension| path.ends_with(extension))
}

/// Compresses `content` with brotli.
pub fn brotli(content: &[u8]) -> Result<Vec<u8>> {
    let mut out = CompressorWriter::new(Vec::new(), BUFFER_BYTES, BROTLI_QUALITY, BROTLI_WINDOW_BITS);
    out.write_all(content)?;
    Ok(out.into_inner())
}

#[cfg(test)]
mod tests {
    use std::io::Read;

    use super::*;

    #[test]
    fn what_is_compressed_reads_back_the_same() {
        let content = b"a page is mostly the same words again and again ".repeat(1000);
        let compressed = brotli(&content).unwrap();
        assert!(compressed.len() * 10 < content.len());
        let mut back = Vec::new();
        brotli::Decompressor::new(compressed.as_slice(), BUFFER_BYTES).read_to_end(&mut back).unwrap();
        assert_eq!(back, content);
    }

    #[test]
    fn pictures_are_left_alone() {
        assert!(is_worth_it("pkg/interleave.0123.wasm"));
        assert!(!is_worth_it("preview.png"));
    }
}
