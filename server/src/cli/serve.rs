//! `interleave serve`: the lab for browsers.

use std::net::{IpAddr, SocketAddr, UdpSocket};
use std::path::Path;

use engine::{Config, Lab};
use lab::catalog::Catalog;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use super::arguments::ServeArguments;
use super::engines::Engines;
use super::exit::{Exit, Failure};
use super::headless::hide;
use super::{folders, listen, say, warn};
use crate::class::Class;
use crate::class::talk::Talk;
use crate::share::Share;
use crate::site::Site;

/// Serves until ctrl-c or SIGTERM.
pub(super) async fn serve(arguments: ServeArguments) -> Result<Exit, Failure> {
    let address = listen::address(&arguments.listen, arguments.share)?;
    if let (false, Some(host)) = (arguments.share, arguments.hosts.first()) {
        return Err(Failure::usage(format!(
            "--host {host} allows a name of a shared lab: add --share to share it."
        )));
    }
    let engines = Engines::read(&arguments.engines.engine)?;
    let talk = arguments.playlist.as_deref().map(Talk::read).transpose().map_err(Failure::usage)?;
    let site = site(arguments.site.as_deref())?;
    let data = folders::data(arguments.data)?;
    folders::check_writable(&data)?;
    // The port is taken first: a second server on the same folder would mark the first one's runs as interrupted.
    let listener = listen::bind(address).await?;
    let bound =
        listener.local_addr().map_err(|error| Failure::machine(format!("The socket broke: {error}.")))?;
    let config = Config {
        data: data.clone(),
        postgres: engines.postgres.clone(),
        nats: engines.nats.clone(),
        zookeeper: engines.zookeeper.clone(),
    };
    let lab = Lab::open(config).await.map_err(|error| hide(error.into(), &engines))?;
    let stop = CancellationToken::new();
    let signalled = cancel_on_signal(stop.clone())
        .map_err(|error| Failure::machine(format!("Signals cannot be heard: {error}.")))?;
    say(&format!("Interleave listens on http://{bound}\n{}", about(&lab.catalog(), &engines, &data)));
    let share = arguments.share.then(|| Share::new(arguments.hosts));
    if let Some(share) = &share {
        say(&invitation(share, bound));
    }
    if talk.is_some() {
        say(&format!("  The talk: http://{bound}/talk\n"));
    }
    let served = crate::serve(listener, lab, site, Class { share, talk }, stop).await;
    signalled.abort();
    served.map_err(|error| Failure::machine(format!("The socket broke: {error}.")))?;
    say("Interleave has stopped.\n");
    Ok(Exit::Fine)
}

fn site(told: Option<&Path>) -> Result<Site, Failure> {
    let site = match told {
        Some(folder) => Site::at(folder).map_err(Failure::usage)?,
        None => Site::beside_program(),
    };
    if site.folder().is_none() {
        warn(
            "The browser's files are not there, so pages can be read but nothing in them moves: run `./dev build`.",
        );
    }
    Ok(site)
}

fn about(catalog: &Catalog, engines: &Engines, data: &Path) -> String {
    let mut text = format!("  Journals are kept in {}\n", data.display());
    for engine in catalog.engines.iter().filter(|engine| engine.available) {
        text += &format!("  {}: {} ({})\n", engine.port, engine.title, engine.name);
    }
    for shown in engines.shown() {
        text += &format!("  {shown}\n");
    }
    text + "  Stop with ctrl-c.\n"
}

/// What to write on the blackboard, and what not.
fn invitation(share: &Share, bound: SocketAddr) -> String {
    let mut shown = bound;
    if bound.ip().is_unspecified() {
        shown.set_ip(own_address(bound));
    }
    format!(
        "  Shared. Others join on http://{shown} with the code {}\n  Only for you, it opens everything and shows the code to the room: http://{shown}{}\n",
        share.code(),
        share.teacher_path()
    )
}

/// The address by which others most likely reach this machine. Nothing is sent: the system only says which of its
/// addresses it would use.
fn own_address(bound: SocketAddr) -> IpAddr {
    let ask = || {
        let socket = UdpSocket::bind((bound.ip(), 0)).ok()?;
        // A documentation address (RFC 5737): it belongs to nobody.
        socket.connect(("192.0.2.1", 9)).ok()?;
        Some(socket.local_addr().ok()?.ip())
    };
    ask().unwrap_or(bound.ip())
}

/// Cancels `stop` on ctrl-c or SIGTERM. The handlers stand when this returns: whoever has read that the server
/// listens may stop it.
#[cfg(unix)]
fn cancel_on_signal(stop: CancellationToken) -> std::io::Result<JoinHandle<()>> {
    use tokio::signal::unix::{SignalKind, signal};
    let (mut interrupt, mut terminate) = (signal(SignalKind::interrupt())?, signal(SignalKind::terminate())?);
    Ok(tokio::spawn(async move {
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
        }
        stop.cancel();
    }))
}

/// Cancels `stop` on ctrl-c.
#[cfg(not(unix))]
fn cancel_on_signal(stop: CancellationToken) -> std::io::Result<JoinHandle<()>> {
    Ok(tokio::spawn(async move {
        let _ = tokio::signal::ctrl_c().await;
        stop.cancel();
    }))
}
