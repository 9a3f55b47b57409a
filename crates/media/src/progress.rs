//! ffmpeg's `-progress` lines into figures. They come as `key=value` blocks, in pieces that may end anywhere,
//! and any value may be `N/A`.

/// What is being done to an item.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    /// The poster is made.
    Poster,
    /// The renditions are encoded.
    Encoding,
}

impl Stage {
    /// Stable name.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Poster => "poster",
            Self::Encoding => "encoding",
        }
    }
}

/// How far a run is.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Progress {
    /// What is being done.
    pub stage: Stage,
    /// Thousandths of a per cent, 0 to 100,000; never goes down.
    pub percent_milli: u32,
    /// Seconds of film per second of clock, when ffmpeg says so.
    pub speed: Option<f32>,
    /// Seconds that it will still take, when the speed is known.
    pub eta_seconds: Option<u64>,
}

/// Longest line that is kept while its end has not come, in bytes. ffmpeg's are below 60.
const MOST_LINE: usize = 4096;

/// Collects the pieces.
#[derive(Debug, Default)]
pub(crate) struct Reader {
    line: Vec<u8>,
    out_time_ms: u64,
    speed: Option<f32>,
}

impl Reader {
    /// Takes a piece; true when at least one block ended in it.
    pub(crate) fn push(&mut self, piece: &[u8]) -> bool {
        let mut block_ended = false;
        for byte in piece {
            if *byte != b'\n' {
                if self.line.len() < MOST_LINE {
                    self.line.push(*byte);
                }
                continue;
            }
            let line = std::mem::take(&mut self.line);
            let Some((key, value)) = std::str::from_utf8(&line).ok().and_then(|text| text.split_once('='))
            else {
                continue;
            };
            match key.trim() {
                "out_time_us" => {
                    let ms = value.trim().parse::<i64>().map_or(0, |us| us.max(0).cast_unsigned() / 1000);
                    self.out_time_ms = self.out_time_ms.max(ms);
                }
                "speed" => {
                    self.speed = value.trim().trim_end_matches('x').parse().ok().filter(|speed| *speed > 0.0)
                }
                "progress" => block_ended = true,
                _ => {}
            }
        }
        block_ended
    }

    /// How much film has been written, in ms; never goes down.
    pub(crate) fn out_time_ms(&self) -> u64 {
        self.out_time_ms
    }

    /// The figures for a film of `duration_ms`.
    pub(crate) fn progress(&self, stage: Stage, duration_ms: u64) -> Progress {
        let done = self.out_time_ms.min(duration_ms);
        let percent_milli = u32::try_from(done * 100_000 / duration_ms.max(1)).unwrap_or(100_000);
        let left_ms = duration_ms - done;
        let eta_seconds = self.speed.map(|speed| (left_ms as f32 / 1000.0 / speed).ceil() as u64);
        Progress { stage, percent_milli, speed: self.speed, eta_seconds }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blocks_may_come_in_any_pieces() {
        let text = b"frame=10\nout_time_us=N/A\nspeed=N/A\nprogress=continue\n\
                     out_time_us=2500000\nspeed=1.25x\nprogress=continue\n";
        for size in [1, 7, text.len()] {
            let mut reader = Reader::default();
            let blocks = text.chunks(size).filter(|piece| reader.push(piece)).count();
            assert!(blocks >= 1);
            let progress = reader.progress(Stage::Encoding, 10_000);
            assert_eq!(progress.percent_milli, 25_000);
            assert_eq!((progress.speed, progress.eta_seconds), (Some(1.25), Some(6)));
        }
    }

    #[test]
    fn figures_stay_in_their_bounds() {
        let mut reader = Reader::default();
        reader.push(b"out_time_us=-5\nspeed=0x\nprogress=continue\n");
        assert_eq!(reader.progress(Stage::Encoding, 0).percent_milli, 0);
        reader.push(b"out_time_us=99000000\nout_time_us=1000\nprogress=end\n");
        let progress = reader.progress(Stage::Encoding, 10_000);
        assert_eq!((progress.percent_milli, progress.eta_seconds), (100_000, None));
        reader.push(&vec![b'x'; 3 * MOST_LINE]);
        assert!(reader.line.len() <= MOST_LINE, "a line without end is not kept");
    }
}
