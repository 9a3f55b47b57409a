//! A running Anteroom to look at: a member, a video that was really uploaded and encoded, and a guest link.
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
    let link = if known { None } else { Some(stage(tree, &mut visitor, &media)?) };
    println!("{}", playbill(options.port, &cast, link.as_deref()));
    server.watch(tree)
}

/// Puts the video on and opens the guest door; the guest link's URL comes back.
fn stage(tree: &Tree, visitor: &mut Visitor, media: &std::path::Path) -> Result<String> {
    let item = upload::send(tree, visitor, media)?;
    upload::wait_until_ready(tree, visitor, &item)?;
    visitor.open_guest_door(&item)
}

fn playbill(port: u16, cast: &Cast, link: Option<&str>) -> String {
    let link = link.unwrap_or("as before: look on the media page, under Share");
    format!(
        "\nAnteroom runs until Ctrl-C.\n\n  \
         Sign in     http://localhost:{port}/sign-in\n  \
         as          {}\n  \
         password    {}\n  \
         Guest link  {link}\n\n\
         Open the guest link in a private window: that is what somebody without an account sees.",
        cast.email, cast.password
    )
}
