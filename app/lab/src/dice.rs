//! Draws by name: the same seed and the same name always give the same number.
//!
//! A draw does not depend on the draws before it, so a hardship hits the same message however the actors
//! interleave, and adding a new draw moves none of the others.

use xxhash_rust::xxh3::xxh3_64_with_seed;

/// The largest seed a spec may carry: the largest integer that JavaScript keeps exactly.
pub const SEED_MAX: u64 = (1 << 53) - 1;

/// One run's dice.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Dice {
    seed: u64,
}

impl Dice {
    /// Dice for a seed (0 ..= [`SEED_MAX`]).
    pub const fn new(seed: u64) -> Self {
        Self { seed }
    }

    /// A number below `bound` (0 when `bound` is 0) for this name. The parts are joined with a separator that
    /// no name contains, so `["a", "bc"]` and `["ab", "c"]` are different names.
    pub fn below(&self, name: &[&str], bound: u64) -> u64 {
        let hash = xxh3_64_with_seed(name.join("\u{1f}").as_bytes(), self.seed);
        // Multiply and shift maps the hash on the range without the rand crates' version-dependent sampling.
        ((u128::from(hash) * u128::from(bound)) >> 64) as u64
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_draw_depends_on_seed_and_name_alone() {
        let dice = Dice::new(42);
        assert_eq!(dice.below(&["think", "buyer-1"], 1000), Dice::new(42).below(&["think", "buyer-1"], 1000));
        assert_ne!(dice.below(&["a", "bc"], u64::MAX), dice.below(&["ab", "c"], u64::MAX));
        assert_ne!(dice.below(&["a"], u64::MAX), Dice::new(43).below(&["a"], u64::MAX));
    }

    #[test]
    fn a_draw_is_below_its_bound() {
        for seed in 0..200 {
            assert!(Dice::new(seed).below(&["x"], 7) < 7);
            assert_eq!(Dice::new(seed).below(&["x"], 0), 0);
        }
    }
}
