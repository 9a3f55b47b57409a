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
        chain.push(format!("fps={num}/{den}")); // without a start: it may be begun anew in mid-film
    }
    let fit = fit(width, height);
    chain.extend(match video.colour {
        Colour::Pq | Colour::Hlg | Colour::Wide if tone_mapping => wide_to_ordinary(video.colour, &fit),
        _ => vec![ordinary(video, &fit)],
    });
    chain.extend(["setsar=1".to_owned(), "format=yuv420p".to_owned(), format!("pad={width}:{height}:-1:-1")]);
    chain.join(",")
}

/// The size of a picture within the frame of `width` x `height`, as the scaler works it out for each shape that comes:
/// a film may turn on the way. `dar` is the shape as it is shown. What is almost of the frame's shape fills it.
fn fit(width: u32, height: u32) -> String {
    let alike = format!("lt(abs(dar*{height}/{width}-1),0.02)");
    let wider = format!("gt(dar*{height},{width})");
    format!(
        "w='if({alike}+{wider},{width},max(2,2*round({height}*dar/2)))':\
         h='if({alike}+not({wider}),{height},max(2,2*round({width}/dar/2)))'"
    )
}

/// One scaler for size, matrix, range and depth.
fn ordinary(video: &VideoFacts, fit: &str) -> String {
    // Without a tag the matrix goes by the stored size, as players guess too; RGB sources ignore it.
    let from = match video.colour {
        Colour::Untagged if video.coded_height >= 720 => "bt709",
        Colour::Untagged => "bt601",
        _ => "auto",
    };
    format!("scale={fit}:flags=bicubic:in_color_matrix={from}:out_color_matrix=bt709:out_range=tv")
}

/// BT.2020 to BT.709, HDR brought down to what an ordinary screen shows. Shrinking comes first: the costly steps then
/// work on fewer pixels.
///
/// The reference is ITU-R BT.2408: a white sheet of paper has 203 cd/m2 in HDR (58 % of PQ, 75 % of HLG) and is the
/// white of the ordinary picture, everything below keeps its brightness, as an ordinary screen shows it (BT.1886). Only
/// what shines brighter is pressed together, from a little below white up to the 1,000 cd/m2 of the reference screen.
fn wide_to_ordinary(colour: Colour, fit: &str) -> Vec<String> {
    let curve = match colour {
        Colour::Pq => "smpte2084",
        Colour::Hlg => "arib-std-b67",
        _ => "bt2020-10",
    };
    let mut chain = vec![
        format!("scale={fit}:flags=bicubic"),
        format!("zscale=tin={curve}:min=bt2020nc:pin=bt2020:t=linear:npl=203"),
        "format=gbrpf32le".to_owned(),
        "zscale=p=bt709".to_owned(),
    ];
    if colour != Colour::Wide {
        chain.push("tonemap=tonemap=mobius:param=0.8:peak=4.926:desat=0".to_owned());
    }
    chain.push("zscale=t=bt709:m=bt709:r=limited".to_owned());
    chain
}
