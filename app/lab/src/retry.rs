//! Retry policies: how long to wait before the next attempt, and when to give up.

use serde::{Deserialize, Serialize};

use crate::dice::Dice;

/// The highest number of attempts a spec may ask for.
pub const ATTEMPTS_MAX: u64 = 100;
/// The longest base wait a spec may ask for, in milliseconds.
pub const BASE_MS_MAX: u64 = 1_000;
/// No single wait is longer than this, in milliseconds, however often an exponential policy doubles.
pub const WAIT_MS_MAX: u64 = 5_000;

/// The shape of the waits between attempts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Policy {
    /// One attempt only: the first conflict is the answer.
    None,
    /// Again at once.
    Immediate,
    /// The base wait, every time.
    Fixed,
    /// The base wait, doubled each time.
    Exponential,
    /// A draw between nothing and the doubled wait ("full jitter"), so that losers do not meet again.
    ExponentialJitter,
}

impl Policy {
    /// All policies, in the order in which they are offered.
    pub const ALL: [Self; 5] =
        [Self::None, Self::Immediate, Self::Fixed, Self::Exponential, Self::ExponentialJitter];

    /// The name in a spec.
    pub const fn name(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Immediate => "immediate",
            Self::Fixed => "fixed",
            Self::Exponential => "exponential",
            Self::ExponentialJitter => "exponential-jitter",
        }
    }
}

/// A retry policy with its bounds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Retry {
    /// The shape of the waits.
    pub policy: Policy,
    /// Attempts in all, the first included (1 ..= [`ATTEMPTS_MAX`]).
    #[cfg_attr(feature = "schema", schemars(description = "Attempts in all, the first included.", range(min = 1, max = ATTEMPTS_MAX)))]
    pub attempts_max: u64,
    /// The base wait in milliseconds (0 ..= [`BASE_MS_MAX`]).
    #[cfg_attr(feature = "schema", schemars(description = "The base wait in milliseconds.", range(max = BASE_MS_MAX)))]
    pub base_ms: u64,
}

impl Default for Retry {
    fn default() -> Self {
        Self { policy: Policy::ExponentialJitter, attempts_max: 8, base_ms: 5 }
    }
}

impl Retry {
    /// How long to wait, in microseconds, after attempt number `attempt` (from 1) has failed; `None` to give up.
    /// `name` names the draw of the jitter.
    pub fn wait_us(&self, attempt: u64, dice: &Dice, name: &[&str]) -> Option<u64> {
        if self.policy == Policy::None || attempt >= self.attempts_max {
            return None;
        }
        let doublings = u32::try_from(attempt.saturating_sub(1)).unwrap_or(u32::MAX);
        let doubled_ms = self.base_ms.saturating_mul(2_u64.saturating_pow(doublings)).min(WAIT_MS_MAX);
        Some(match self.policy {
            Policy::None | Policy::Immediate => 0,
            Policy::Fixed => self.base_ms * 1_000,
            Policy::Exponential => doubled_ms * 1_000,
            Policy::ExponentialJitter => dice.below(name, doubled_ms * 1_000 + 1),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn waits(policy: Policy) -> Vec<Option<u64>> {
        let retry = Retry { policy, attempts_max: 4, base_ms: 5 };
        (1..=4).map(|attempt| retry.wait_us(attempt, &Dice::new(1), &["a", &attempt.to_string()])).collect()
    }

    #[test]
    fn each_policy_waits_as_its_name_says() {
        assert_eq!(waits(Policy::None), [None; 4]);
        assert_eq!(waits(Policy::Immediate), [Some(0), Some(0), Some(0), None]);
        assert_eq!(waits(Policy::Fixed), [Some(5_000), Some(5_000), Some(5_000), None]);
        assert_eq!(waits(Policy::Exponential), [Some(5_000), Some(10_000), Some(20_000), None]);
    }

    #[test]
    fn jitter_stays_within_the_doubled_wait() {
        let retry = Retry { policy: Policy::ExponentialJitter, attempts_max: 100, base_ms: 5 };
        for attempt in 1..60 {
            let wait = retry.wait_us(attempt, &Dice::new(attempt), &["j"]).expect("attempts are left");
            assert!(wait <= WAIT_MS_MAX * 1_000);
        }
    }
}
