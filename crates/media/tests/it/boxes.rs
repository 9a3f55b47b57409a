//! Reading the first sample of a segment from its boxes, independently of ffmpeg, whose own reader shifts pictures
//! with negative composition offsets. (ISO/IEC 14496-12 sections 8.8.8 and 8.8.12)

pub(crate) struct FirstSample {
    /// When it is shown.
    pub(crate) seconds: f64,
    /// Whether it can be decoded without any other.
    pub(crate) key: bool,
}

pub(crate) fn first_sample(init: &[u8], segment: &[u8]) -> FirstSample {
    let scale = word(inside(init, b"mdhd"), 12);
    let decode = inside(segment, b"tfdt");
    let decode = if decode[0] == 1 {
        i64::from(word(decode, 4)) << 32 | i64::from(word(decode, 8))
    } else {
        word(decode, 4).into()
    };
    let run = inside(segment, b"trun");
    let flags = word(run, 0) & 0x00ff_ffff;
    let mut at = 8 + if flags & 1 != 0 { 4 } else { 0 };
    let first_flags = (flags & 4 != 0).then(|| word(run, at));
    at += if flags & 4 != 0 { 4 } else { 0 };
    at += 4 * (flags & 0x300).count_ones() as usize; // duration and size
    let own_flags = (flags & 0x400 != 0).then(|| word(run, at));
    at += if flags & 0x400 != 0 { 4 } else { 0 };
    let shift = if flags & 0x800 != 0 { word(run, at).cast_signed() } else { 0 };
    let sample_flags = first_flags.or(own_flags).expect("flags of the first sample");
    FirstSample {
        seconds: (decode + i64::from(shift)) as f64 / f64::from(scale),
        key: sample_flags & 0x0001_0000 == 0, // sample_is_non_sync_sample
    }
}

/// What stands behind the first box of this name.
fn inside<'a>(bytes: &'a [u8], name: &[u8; 4]) -> &'a [u8] {
    let at = bytes.windows(4).position(|window| window == name).expect("the box");
    &bytes[at + 4..]
}

fn word(bytes: &[u8], at: usize) -> u32 {
    u32::from_be_bytes(bytes[at..at + 4].try_into().expect("four bytes"))
}
