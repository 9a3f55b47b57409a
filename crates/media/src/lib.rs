//! Files into playable media: probe (what is it), plan (facts to command lines), run (limited child
//! processes), verify (is everything there). Uploads are hostile until proven dull: nothing here trusts a
//! file's name, and ffmpeg is told which single demuxer it may use.
//!
//! ```no_run
//! # async fn walk() -> Result<(), Box<dyn std::error::Error>> {
//! use media::{CancellationToken, Limits, Settings, Tools};
//! # use std::path::Path;
//! let (tools, limits) = (Tools::find(None)?, Limits::default());
//! let facts = media::probe(&tools, &limits, Path::new("/data/uploads/1")).await?;
//! let settings = Settings { tone_mapping: tools.tone_mapping(), ..Settings::default() };
//! let plan = media::plan(&facts, Path::new("/data/uploads/1"), Path::new("/data/work/1"), &settings)?;
//! media::run(&tools, &limits, &plan, &CancellationToken::new(), |progress| println!("{progress:?}")).await?;
//! let published = media::verify(Path::new("/data/work/1"), &plan)?;
//! media::seal(Path::new("/data/work/1"))?; // then the caller renames the folder into place
//! # drop(published); Ok(())
//! # }
//! ```

mod child;
mod complaints;
mod confine;
mod facts;
mod failure;
mod inputs;
mod limits;
mod mp4;
mod packets;
mod plan;
mod playlist;
mod probe;
mod progress;
mod room;
mod run;
mod seal;
mod sniff;
mod tail;
mod tools;
mod verify;
mod whole;

pub use confine::Confinement;
pub use facts::{AudioFacts, Colour, Container, Facts, FrameRate, Shift, VideoFacts};
pub use failure::{Failure, MediaError};
pub use limits::Limits;
pub use plan::{AudioTrack, Kind, Mend, Plan, Rendition, Rung, Settings, plan};
pub use probe::probe;
pub use progress::{Progress, Stage};
pub use run::run;
pub use seal::seal;
pub use tokio_util::sync::CancellationToken;
pub use tools::Tools;
pub use verify::{Published, PublishedRendition, verify};
