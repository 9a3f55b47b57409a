//! A running Anteroom to look at: a member, a video that was really uploaded and encoded, and a way in by each door.
//!
//! Everything goes through the doors that everyone uses: the command line makes the member, HTTP does the rest.

mod cast;
mod http;
mod media;
mod server;
mod upload;

use std::path::PathBuf;

use anyhow::{Result, bail};
use clap::Args;

use crate::postgres::Cluster;
use crate::prepare;
use crate::tree::Tree;
use cast::Cast;
use http::Visitor;
use server::Server;

/// Whom the demo invites.
const INVITED: &str = "noa@demo.example";

#[derive(Args)]
pub(crate) struct Options {
    /// Upload this file and not the one that is made with ffmpeg
    #[arg(long, value_name = "FILE")]
    media: Option<PathBuf>,
    #[arg(long, default_value_t = 8400)]
    port: u16,
    /// Where everything is kept; emptied at the start when an earlier demo made it
    #[arg(long, value_name = "DIR", default_value = "data/demo")]
    data: PathBuf,
    /// Keep the database in a private PostgreSQL for as long as the demo runs
    #[arg(long, conflicts_with = "keep")]
    postgres: bool,
    /// Go on with what an earlier demo left in the data folder
    #[arg(long)]
    keep: bool,
    /// Build with all optimisations: slower to build, faster to run
    #[arg(long)]
    release: bool,
}

/// Runs until Ctrl-C.
pub(crate) fn run(tree: &Tree, options: &Options) -> Result<()> {
    prepare::run(tree)?;
    let binary = server::build(tree, options.release)?;
    let media = match &options.media {
        Some(file) if !file.is_file() => bail!("{} is not a file", file.display()),
        Some(file) => file.clone(),
        None => media::make(tree)?,
    };
    let cluster = if options.postgres { Some(Cluster::start(tree)?) } else { None };
    let data = tree.root().join(&options.data);
    let (cast, known) = cast::settle(&data, options.keep)?;
    let database = cluster.as_ref().map(Cluster::url);
    let mut server = Server::start(tree, &binary, &data, options.port, database.as_deref())?;
    if !known {
        server.create_member(&cast)?;
    }
    let mut visitor = Visitor::new(options.port);
    visitor.sign_in(&cast)?;
    let ways = if known { None } else { Some(stage(tree, &mut visitor, &media)?) };
    println!("{}", playbill(options.port, &cast, ways.as_ref()));
    server.watch(tree)
}

/// The URL of each door.
struct Ways {
    guest: String,
    invite: String,
}

/// Puts the video on and opens both doors.
fn stage(tree: &Tree, visitor: &mut Visitor, media: &std::path::Path) -> Result<Ways> {
    let item = upload::send(tree, visitor, media)?;
    upload::wait_until_ready(tree, visitor, &item)?;
    Ok(Ways {
        guest: visitor.open_guest_door(&item)?,
        invite: visitor.invite(&item, INVITED, "Noa", "Levi")?,
    })
}

fn playbill(port: u16, cast: &Cast, ways: Option<&Ways>) -> String {
    let before = "as before: look on the media page, under Share";
    let (guest, invite) = ways.map_or((before, before), |ways| (&*ways.guest, &*ways.invite));
    format!(
        "\nAnteroom runs until Ctrl-C.\n\n  \
         Sign in     http://localhost:{port}/sign-in\n  \
         as          {}\n  \
         password    {}\n  \
         Guest link  {guest}\n  \
         Invite      {invite}\n  \
         opens for   {INVITED}, and nobody else\n\n\
         Open each link in a private window of its own: that is what somebody without an account sees.",
        cast.email, cast.password
    )
}
