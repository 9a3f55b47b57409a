//! A QR code as a PNG: mail programs drop SVG, and may not fetch anything. One bit a dot, without compression: a code
//! is a few kilobytes.

use qrcode::{Color, EcLevel, QrCode};

/// Pixels of one module.
const SCALE: usize = 5;
/// White modules around the code (ISO 18004 asks for four).
const QUIET: usize = 4;

/// A picture of `link`; none when it is too long for a QR code.
pub fn qr_png(link: &str) -> Option<Vec<u8>> {
    let code = QrCode::with_error_correction_level(link, EcLevel::M).ok()?;
    let (modules, width) = (code.to_colors(), code.width());
    let side = (width + 2 * QUIET) * SCALE;
    let is_dark = |x: usize, y: usize| {
        let (x, y) = ((x / SCALE).wrapping_sub(QUIET), (y / SCALE).wrapping_sub(QUIET));
        x < width && y < width && modules[y * width + x] == Color::Dark
    };
    let row_bytes = side.div_ceil(8);
    let mut rows = Vec::with_capacity((row_bytes + 1) * side);
    for y in 0..side {
        rows.push(0); // no filter
        let begin = rows.len();
        rows.resize(begin + row_bytes, 0xff);
        for x in (0..side).filter(|x| is_dark(*x, y)) {
            rows[begin + x / 8] &= !(0x80 >> (x % 8));
        }
    }
    let side = u32::try_from(side).ok()?;
    let mut header = [side.to_be_bytes(), side.to_be_bytes()].concat();
    header.extend([1, 0, 0, 0, 0]); // one bit, grey
    let mut png = b"\x89PNG\r\n\x1a\n".to_vec();
    put_chunk(&mut png, b"IHDR", &header)?;
    put_chunk(&mut png, b"IDAT", &stored(&rows)?)?;
    put_chunk(&mut png, b"IEND", &[])?;
    Some(png)
}

fn put_chunk(png: &mut Vec<u8>, kind: &[u8; 4], data: &[u8]) -> Option<()> {
    png.extend(u32::try_from(data.len()).ok()?.to_be_bytes());
    let begin = png.len();
    png.extend(kind);
    png.extend(data);
    let sum = crc32(&png[begin..]);
    png.extend(sum.to_be_bytes());
    Some(())
}

/// A zlib stream (RFC 1950) of stored blocks (RFC 1951, 3.2.4).
fn stored(data: &[u8]) -> Option<Vec<u8>> {
    let mut stream = vec![0x78, 0x01];
    let blocks = data.chunks(0xffff);
    let last = blocks.len().checked_sub(1)?;
    for (number, block) in blocks.enumerate() {
        let length = u16::try_from(block.len()).ok()?;
        stream.push(u8::from(number == last));
        stream.extend(length.to_le_bytes());
        stream.extend((!length).to_le_bytes());
        stream.extend(block);
    }
    stream.extend(adler32(data).to_be_bytes());
    Some(stream)
}

fn crc32(data: &[u8]) -> u32 {
    let mut sum = u32::MAX;
    for byte in data {
        sum ^= u32::from(*byte);
        for _ in 0..8 {
            sum = if sum & 1 == 1 { (sum >> 1) ^ 0xedb8_8320 } else { sum >> 1 };
        }
    }
    !sum
}

fn adler32(data: &[u8]) -> u32 {
    let (low, high) = data.iter().fold((1_u32, 0_u32), |(low, high), byte| {
        let low = (low + u32::from(*byte)) % 65_521;
        (low, (high + low) % 65_521)
    });
    (high << 16) | low
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn checksums_are_those_of_the_books() {
        assert_eq!(crc32(b"123456789"), 0xcbf4_3926);
        assert_eq!(adler32(b"Wikipedia"), 0x11e6_0398);
    }
}
