//! Runs that nobody keeps: their entries are handed to whoever asked.

use std::sync::Arc;

use lab::event::Entry;
use lab::spec::Spec;
use tokio::sync::mpsc;
use uuid::Uuid;

use super::{Admitted, CHUNK_MAX, GATHER, Lab};
use crate::StartError;
use crate::recorder::QUEUE_MAX;
use crate::schedule::listener::Hand;

impl Lab {
    /// Runs a spec without keeping it. `each` sees every entry as it is written; whoever drops the future breaks the run
    /// off.
    ///
    /// # Errors
    /// As [`Lab::start`].
    pub async fn run_headless(
        &self,
        spec: Spec,
        each: impl FnMut(&Entry) + Send,
    ) -> Result<Vec<Entry>, StartError> {
        // Nobody holds the hand, so a run by hand ends at its first offer.
        self.run_moved(spec, each, |hand| async { drop(hand) }).await
    }

    /// The same, with somebody who holds the hand of the run until `moves` is done.
    ///
    /// # Errors
    /// As [`Lab::start`].
    pub(crate) async fn run_moved<M: Future<Output = ()> + Send>(
        &self,
        spec: Spec,
        mut each: impl FnMut(&Entry) + Send,
        moves: impl FnOnce(Hand) -> M + Send,
    ) -> Result<Vec<Entry>, StartError> {
        self.check(&spec).await?;
        let (sender, mut receiver) = mpsc::channel(QUEUE_MAX);
        let reserved = self.inner.grounds.reserve(&spec).await?;
        let id = Uuid::now_v7().to_string();
        let (hand, listener) = Hand::new(self.inner.patience);
        // Whoever closes the lab waits for this run, too.
        let cancel = self.inner.closing.token().child_token();
        let _broken_off = cancel.clone().drop_guard();
        let admitted = Admitted { cancel, listener };
        let run = self.ready(&id, Arc::new(spec), reserved, sender, admitted).await?;
        let running = self.inner.tasks.spawn(run.carry_out());
        let gather = async {
            let (mut entries, mut taken) = (Vec::new(), 0);
            while receiver.recv_many(&mut entries, CHUNK_MAX).await > 0 {
                entries[taken..].iter().for_each(&mut each);
                let is_all = entries.len() - taken < CHUNK_MAX;
                taken = entries.len();
                if is_all {
                    tokio::time::sleep(GATHER).await;
                }
            }
            entries
        };
        let (entries, ()) = tokio::join!(gather, moves(hand));
        running.await.map_err(|error| StartError::Broken(error.to_string()))??;
        Ok(entries)
    }
}
