//! Which rows of a long list are in the page.

use std::ops::Range;

/// The most rows in the page.
pub const ROWS_MAX: usize = 100;
/// The rows of a long list that is followed while its run goes on: they are all replaced many times a second.
const ROWS_FOLLOWED: usize = 20;

/// The rows to show of a list of which `shown` entries are shown: around the pick if there is one, else from where
/// the reader paged to, else the latest.
pub fn rows_shown(shown: usize, page: Option<usize>, picked: Option<u64>, goes_on: bool) -> Range<usize> {
    if goes_on && shown > ROWS_MAX && page.is_none() && picked.is_none() {
        return shown - ROWS_FOLLOWED..shown;
    }
    let last_start = shown.saturating_sub(ROWS_MAX);
    let picked = picked.and_then(|seq| usize::try_from(seq).ok()).filter(|seq| (1..=shown).contains(seq));
    let start = match (page, picked) {
        (Some(start), _) => start,
        // Windows begin at fixed places, so that stepping from row to row does not build the list anew each time.
        (None, Some(seq)) => (seq - 1) / (ROWS_MAX / 2) * (ROWS_MAX / 2),
        (None, None) => last_start,
    };
    let start = start.min(last_start);
    start..shown.min(start + ROWS_MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_short_list_is_shown_whole() {
        assert_eq!(rows_shown(14, None, None, false), 0..14);
        assert_eq!(rows_shown(14, Some(9), Some(3), false), 0..14);
        assert_eq!(rows_shown(0, None, Some(1), false), 0..0);
    }

    #[test]
    fn a_long_list_shows_a_window() {
        assert_eq!(rows_shown(1_000, None, None, false), 900..1_000);
        assert_eq!(rows_shown(1_000, Some(0), None, false), 0..100);
        assert_eq!(rows_shown(1_000, Some(5_000), None, false), 900..1_000);
    }

    #[test]
    fn the_pick_is_in_the_window() {
        for seq in [1, 100, 101, 555, 900, 1_000] {
            let rows = rows_shown(1_000, None, Some(seq), false);
            assert!(rows.contains(&(seq as usize - 1)) && rows.len() == ROWS_MAX, "{seq}: {rows:?}");
        }
    }

    #[test]
    fn a_long_list_that_is_followed_shows_its_end() {
        assert_eq!(rows_shown(1_000, None, None, true), 980..1_000);
        assert_eq!(rows_shown(1_000, Some(0), None, true), 0..100);
        assert_eq!(rows_shown(100, None, None, true), 0..100);
    }
}
