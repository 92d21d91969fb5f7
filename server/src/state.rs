//! What every handler may reach.

use std::net::SocketAddr;
use std::sync::Arc;

use engine::Lab;
use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;

use crate::api::flood::Flood;
use crate::api::many_runs::Turns;
use crate::class::Class;
use crate::class::follow::Lead;
use crate::class::talk::Talk;
use crate::guard::Hosts;
use crate::metrics::Metrics;
use crate::samples::Samples;
use crate::share::Share;
use crate::site::Site;

/// The most websockets that are open at once: each holds a task and a buffer.
pub const FEEDS_MAX: usize = 512;

/// The server's shared parts; cheap to clone.
#[derive(Clone)]
pub struct AppState {
    /// The engine.
    pub lab: Lab,
    /// The address that the server listens on, with its real port.
    pub address: SocketAddr,
    /// Where the browser's files are.
    pub site: Arc<Site>,
    /// The names under which the server may be addressed.
    pub hosts: Arc<Hosts>,
    /// The keys of a lab that is shared with others.
    pub share: Option<Arc<Share>>,
    /// The talk that is given here.
    pub talk: Option<Arc<Talk>>,
    /// The run that screens follow.
    pub lead: Arc<Lead>,
    /// Who asked for how many runs lately.
    pub flood: Arc<Flood>,
    /// Whose turn it is to try every crash point, or to sweep.
    pub matrices: Arc<Turns>,
    /// One permit for each websocket that may still be opened.
    pub feeds: Arc<Semaphore>,
    /// What is counted.
    pub metrics: Arc<Metrics>,
    /// Pictures of the first minute.
    pub samples: Arc<Samples>,
    /// Cancelled when the server is to stop; an open websocket would hold it for ever otherwise.
    pub stop: CancellationToken,
}

impl AppState {
    /// The state of a server that listens on `address`.
    pub fn new(lab: Lab, address: SocketAddr, site: Site, class: Class, stop: CancellationToken) -> Self {
        let share = class.share.map(Arc::new);
        Self {
            lab,
            address,
            site: Arc::new(site),
            hosts: Arc::new(Hosts::of(address, share.clone())),
            share,
            talk: class.talk.map(Arc::new),
            lead: Arc::default(),
            flood: Arc::default(),
            matrices: Arc::default(),
            feeds: Arc::new(Semaphore::new(FEEDS_MAX)),
            metrics: Arc::default(),
            samples: Arc::default(),
            stop,
        }
    }
}
