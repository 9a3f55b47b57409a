//! The filters that turn any decoded picture into an ordinary one: whole frames, even rate, display size,
//! BT.709, 8 bits. Rotation is not here: ffmpeg turns the picture itself before the first filter.

use crate::facts::{Colour, FrameRate, VideoFacts};

/// Filters up to a picture of `width` x `height`; `rate` is left out for stills.
pub(super) fn filters(
    video: &VideoFacts,
    rate: Option<FrameRate>,
    (width, height): (u32, u32),
    tone_mapping: bool,
) -> String {
    let mut chain: Vec<String> = Vec::new();
    if video.interlaced {
        chain.push("bwdif=mode=send_frame:deint=all".to_owned());
    }
    if let Some(FrameRate { num, den }) = rate {
        // Starts at zero whatever the source does: a late first picture is shown from the beginning.
        chain.push(format!("fps={num}/{den}:start_time=0"));
    }
    chain.extend(match video.colour {
        Colour::Pq | Colour::Hlg | Colour::Wide if tone_mapping => {
            wide_to_ordinary(video.colour, width, height)
        }
        _ => vec![ordinary(video, width, height)],
    });
    chain.extend(["setsar=1".to_owned(), "format=yuv420p".to_owned()]);
    chain.join(",")
}

/// One scaler for size, matrix, range and depth.
fn ordinary(video: &VideoFacts, width: u32, height: u32) -> String {
    // Without a tag the matrix goes by the stored size, as players guess too; RGB sources ignore it.
    let from = match video.colour {
        Colour::Untagged if video.coded_height >= 720 => "bt709",
        Colour::Untagged => "bt601",
        _ => "auto",
    };
    format!("scale={width}:{height}:flags=bicubic:in_color_matrix={from}:out_color_matrix=bt709:out_range=tv")
}

/// BT.2020 to BT.709, HDR brought down to what an ordinary screen shows. Shrinking comes first: the costly
/// steps then work on fewer pixels.
fn wide_to_ordinary(colour: Colour, width: u32, height: u32) -> Vec<String> {
    let curve = match colour {
        Colour::Pq => "smpte2084",
        Colour::Hlg => "arib-std-b67",
        _ => "bt2020-10",
    };
    let mut chain = vec![
        format!("scale={width}:{height}:flags=bicubic"),
        format!("zscale=tin={curve}:min=bt2020nc:pin=bt2020:t=linear:npl=100"),
        "format=gbrpf32le".to_owned(),
        "zscale=p=bt709".to_owned(),
    ];
    if colour != Colour::Wide {
        chain.push("tonemap=tonemap=hable:desat=0".to_owned());
    }
    chain.push("zscale=t=bt709:m=bt709:r=limited".to_owned());
    chain
}
