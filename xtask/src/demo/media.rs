//! The demo's video: hills at dusk that move slowly, with a time code and quiet chords. Made with ffmpeg once and then
//! kept; about as long as it lasts on two slow cores.

use std::path::PathBuf;
use std::process::Command;

use anyhow::Result;

use crate::command;
use crate::tree::Tree;

const SECONDS: u32 = 60;

/// The file, made now if it is not there yet.
pub(super) fn make(tree: &Tree) -> Result<PathBuf> {
    let folder = tree.target().join("demo").join("dusk");
    let file = folder.join("Opening lecture.mp4");
    if file.is_file() {
        return Ok(file);
    }
    println!("Making {SECONDS} seconds of video");
    std::fs::create_dir_all(&folder)?;
    let made = folder.join("unfinished.mp4");
    command::run(tree, ffmpeg().arg(&made))?;
    std::fs::rename(&made, &file)?;
    Ok(file)
}

/// From indigo above to a warm horizon; it stands still.
fn sky() -> String {
    format!(
        "gradients=s=640x360:r=24:d={SECONDS}:n=4:c0=0x26337a:c1=0x6a6fc4:c2=0xe8a795:c3=0xd79ac0\
         :x0=320:y0=0:x1=322:y1=300:speed=0.00001"
    )
}

/// Three ridges, the nearest darkest. Worked out point by point, so they are drawn small and few times a second;
/// enlarging makes them soft.
fn hills() -> String {
    let ridge = |line: &str| format!("1/(1+exp(({line}-Y)*2.2))");
    let (far, middle, near) = (
        ridge("36+5*sin(X/25+T*0.30)+2*sin(X/9-T*0.21)"),
        ridge("46+5*sin(X/19-T*0.26)+2*sin(X/8+T*0.19)"),
        ridge("57+4*sin(X/22+T*0.33)+2*sin(X/7-T*0.24)"),
    );
    format!(
        "nullsrc=s=128x72:r=12:d={SECONDS},format=gray,geq=lum='255*(1-0.26*{far}-0.24*{middle}-0.26*{near})'"
    )
}

/// A chord that breathes, and a bell every four seconds, at the instant the time code says so: whoever looks and
/// listens notices when sound and picture are apart.
fn chord() -> String {
    let tones = [
        "0.10*sin(2*PI*110*t)*(0.6+0.4*sin(2*PI*t/8))",
        "0.07*sin(2*PI*164.81*t)*(0.6+0.4*sin(2*PI*t/11+1))",
        "0.06*sin(2*PI*220*t)*(0.5+0.5*sin(2*PI*t/13+2))",
        "0.05*sin(2*PI*277.18*t)*(0.5+0.5*sin(2*PI*t/7+3))",
        "0.09*sin(2*PI*659.25*t)*exp(-4*mod(t,4))",
        "0.04*sin(2*PI*1318.5*t)*exp(-7*mod(t,4))",
    ];
    format!("aevalsrc='{}':s=48000:d={SECONDS}", tones.join("+"))
}

fn ffmpeg() -> Command {
    let title = "drawtext=text='Opening lecture':x=(w-tw)/2:y=(h-th)/2-90:fontsize=64:fontcolor=white\
                 :alpha='clip((t-0.4)/1.2,0,1)*clip((6.5-t)/1.5,0,1)'";
    let clock = "drawtext=text='%{pts\\:hms}':x=w-tw-56:y=h-th-48:fontsize=30:fontcolor=white@0.85";
    let last = SECONDS - 3;
    let graph = format!(
        "[0]format=gbrp[sky];[1]fps=24,scale=640:360:flags=bicubic,format=gbrp[hills];\
         [sky][hills]blend=all_mode=multiply,scale=1280:720:flags=bicubic,format=yuv420p,noise=alls=3:allf=t,\
         {clock},{title}[v];\
         [2]lowpass=f=2400,afade=t=in:d=1.5,afade=t=out:st={last}:d=3,aformat=channel_layouts=stereo,\
         aecho=0.8:0.6:90:0.25[a]"
    );
    let mut ffmpeg = Command::new("ffmpeg");
    ffmpeg.args(["-y", "-nostdin", "-loglevel", "error"]);
    for source in [sky(), hills(), chord()] {
        ffmpeg.args(["-f", "lavfi", "-i", &source]);
    }
    ffmpeg.args(["-filter_complex", &graph, "-map", "[v]", "-map", "[a]", "-pix_fmt", "yuv420p"]);
    ffmpeg.args(["-c:v", "libx264", "-preset", "veryfast", "-crf", "21", "-g", "48"]);
    ffmpeg.args(["-c:a", "aac", "-b:a", "128k", "-movflags", "+faststart"]);
    ffmpeg
}
