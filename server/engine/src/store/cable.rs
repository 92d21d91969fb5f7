//! The way from a run's actors to its database, where it can be cut.

use futures::future::BoxFuture;

use super::PortError;

/// The connections of one run's actors. What the lab itself asks does not go this way.
pub trait Cable: Send + Sync {
    /// Breaks every connection and turns new ones away, until it is lifted. Done when the engine has noticed: whatever
    /// was open is rolled back, and no lock is held any more.
    fn cut(&self) -> BoxFuture<'_, Result<(), PortError>>;
    /// Lets nothing through, until it is lifted; nothing breaks.
    fn stall(&self);
    /// Lets everything through again.
    fn lift(&self);
    /// Waits until the engine has noticed that the connection of this actor broke off.
    fn let_go(&self, actor: usize) -> BoxFuture<'_, Result<(), PortError>>;
}
