//! Offers on their way into a feed: only the latest one, and never before the entries that led to it.

use std::future::pending;

use lab::hand::Offer;
use tokio::sync::watch;

/// The offers of a run, as one client has heard them.
pub(super) struct Offers {
    latest: Option<watch::Receiver<Option<Offer>>>,
    told: u64,
}

impl Offers {
    /// Of a run that goes on, or of none.
    pub(super) fn new(latest: Option<watch::Receiver<Option<Offer>>>) -> Self {
        Self { latest, told: 0 }
    }

    /// The next offer to tell one who has the entries up to `seq`; waits for ever when there will be none. Giving the
    /// wait up loses nothing.
    pub(super) async fn next(&mut self, seq: u64) -> Offer {
        let told = self.told;
        let is_due = |offer: &Option<Offer>| {
            offer.as_ref().is_some_and(|offer| offer.number > told && offer.seq <= seq)
        };
        let found = match &mut self.latest {
            Some(latest) => latest.wait_for(is_due).await.ok().and_then(|offer| offer.clone()),
            None => pending().await,
        };
        if let Some(offer) = found {
            self.told = offer.number;
            return offer;
        }
        // The run is over: nobody offers any more.
        self.latest = None;
        pending().await
    }
}
