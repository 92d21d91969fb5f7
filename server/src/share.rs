//! Sharing the lab with a room: who may come in, and whose run is whose.
//!
//! Without `--share` only this machine can reach the server, and nobody is asked for anything. With it, whoever comes
//! needs the join code, and the teacher's link opens everything. Both are drawn when the server starts and are gone
//! when it stops. A run is cancelled and forgotten by whoever started it, or by the teacher.

mod door;

use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use axum::http::{HeaderMap, header};
use uuid::Uuid;

pub use door::{OPEN, check, routes};

/// The cookie and the header that carry the join code.
pub const JOIN: &str = "interleave-join";
/// The cookie and the header that carry the teacher's key.
pub const TEACHER: &str = "interleave-teacher";
/// The letters of a join code: none that is mistaken for another on a projector.
const LETTERS: &[u8; 28] = b"ABCDEFGHJKLMNPQRTUVWXY346789";
/// How long a join code is: 28^8 of them, against [`GUESSES_MAX`] wrong ones in a minute.
const CODE_LENGTH: usize = 8;
/// So many wrong codes are taken in [`GUESSES_IN`], from everybody together.
const GUESSES_MAX: usize = 60;
const GUESSES_IN: Duration = Duration::from_secs(60);
/// The tokens of so many runs are kept; of older ones only the teacher may dispose.
const TOKENS_MAX: usize = 10_000;

/// The keys of a shared lab.
#[derive(Debug)]
pub struct Share {
    code: String,
    teacher: String,
    /// Names besides addresses under which the server may be addressed.
    names: Vec<String>,
    wrong: Mutex<VecDeque<Instant>>,
    tokens: Mutex<VecDeque<(String, String)>>,
}

/// Who somebody is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Guest {
    /// Has shown nothing.
    Stranger,
    /// Has the join code.
    Joined,
    /// Has the teacher's key.
    Teacher,
}

impl Share {
    /// Draws new keys. `names` are host names, with port, under which the server may be addressed too.
    pub fn new(names: Vec<String>) -> Self {
        let bytes = [Uuid::new_v4().into_bytes(), Uuid::new_v4().into_bytes()].concat();
        // Bytes of a v4 id that are random in all bits, and below the largest multiple of 28.
        let random = bytes.iter().enumerate().filter(|(place, _)| ![6, 8].contains(&(place % 16)));
        let fair = random.map(|(_, byte)| *byte).filter(|byte| *byte < 252);
        let code = fair.take(CODE_LENGTH).map(|byte| char::from(LETTERS[usize::from(byte % 28)])).collect();
        let teacher = Uuid::new_v4().simple().to_string();
        Self { code, teacher, names, wrong: Mutex::default(), tokens: Mutex::default() }
    }

    /// The join code.
    pub fn code(&self) -> &str {
        &self.code
    }

    /// The path of the teacher's link.
    pub fn teacher_path(&self) -> String {
        format!("/teach/{}", self.teacher)
    }

    /// Whether a host name was allowed.
    pub fn knows(&self, host: &str) -> bool {
        self.names.iter().any(|name| name.eq_ignore_ascii_case(host))
    }

    /// Who asks, by cookie or header.
    pub fn guest(&self, headers: &HeaderMap) -> Guest {
        let shows = |name: &str, key: &str| {
            shown(headers, name).is_some_and(|found| is_same(found.as_bytes(), key.as_bytes()))
        };
        if shows(TEACHER, &self.teacher) {
            Guest::Teacher
        } else if shows(JOIN, &self.code) {
            Guest::Joined
        } else {
            Guest::Stranger
        }
    }

    /// Whether this is the teacher's key.
    pub fn is_teacher(&self, key: &str) -> bool {
        is_same(key.as_bytes(), self.teacher.as_bytes())
    }

    /// Whether this is the join code; case and spaces do not count. `None` when too many were wrong lately.
    pub fn is_code(&self, typed: &str) -> Option<bool> {
        let mut wrong = self.wrong();
        while wrong.front().is_some_and(|first| first.elapsed() > GUESSES_IN) {
            wrong.pop_front();
        }
        if wrong.len() >= GUESSES_MAX {
            return None;
        }
        let typed: String = typed.chars().filter(|letter| !letter.is_whitespace()).collect();
        let is_right = is_same(typed.to_ascii_uppercase().as_bytes(), self.code.as_bytes());
        if !is_right {
            wrong.push_back(Instant::now());
        }
        Some(is_right)
    }

    /// Remembers whose run this is.
    pub fn remember(&self, run: &str, token: &str) {
        let mut tokens = self.tokens();
        if tokens.len() >= TOKENS_MAX {
            tokens.pop_front();
        }
        tokens.push_back((run.to_owned(), token.to_owned()));
    }

    /// Whether somebody may dispose of a run.
    pub fn owns(&self, run: &str, headers: &HeaderMap) -> bool {
        let shown = shown(headers, crate::api::token::TOKEN_HEADER.as_str());
        let has_token = |shown: String| {
            let tokens = self.tokens();
            let token = tokens.iter().rev().find(|(id, _)| id == run);
            token.is_some_and(|(_, token)| is_same(token.as_bytes(), shown.as_bytes()))
        };
        self.guest(headers) == Guest::Teacher || shown.is_some_and(has_token)
    }

    fn wrong(&self) -> MutexGuard<'_, VecDeque<Instant>> {
        self.wrong.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn tokens(&self) -> MutexGuard<'_, VecDeque<(String, String)>> {
        self.tokens.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A header's value, else that of the cookie of the same name.
fn shown(headers: &HeaderMap, name: &str) -> Option<String> {
    if let Some(value) = headers.get(name).and_then(|value| value.to_str().ok()) {
        return Some(value.to_owned());
    }
    let cookies = headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
    let mut pairs = cookies.flat_map(|line| line.split(';')).filter_map(|pair| pair.trim().split_once('='));
    pairs.find_map(|(key, value)| (key == name).then(|| value.to_owned()))
}

/// Compares in a time that does not tell how much was right.
fn is_same(left: &[u8], right: &[u8]) -> bool {
    left.len() == right.len() && left.iter().zip(right).fold(0, |differs, (a, b)| differs | (a ^ b)) == 0
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    fn with(name: &'static str, value: &str) -> HeaderMap {
        let mut headers = HeaderMap::new();
        headers.insert(name, HeaderValue::from_str(value).expect("a header"));
        headers
    }

    #[test]
    fn a_code_is_long_readable_and_new_each_time() {
        let (one, other) = (Share::new(Vec::new()), Share::new(Vec::new()));
        assert_eq!(one.code().len(), CODE_LENGTH);
        assert!(one.code().bytes().all(|letter| LETTERS.contains(&letter)), "{}", one.code());
        assert_ne!((one.code(), one.teacher_path()), (other.code(), other.teacher_path()));
    }

    #[test]
    fn a_guest_is_known_by_cookie_or_header() {
        let share = Share::new(Vec::new());
        assert_eq!(share.guest(&HeaderMap::new()), Guest::Stranger);
        assert_eq!(share.guest(&with(JOIN, share.code())), Guest::Joined);
        let cookies = format!("a=b; {TEACHER}={}", share.teacher);
        assert_eq!(share.guest(&with("cookie", &cookies)), Guest::Teacher);
        assert_eq!(share.guest(&with(TEACHER, "guess")), Guest::Stranger);
    }

    #[test]
    fn wrong_codes_run_out() {
        let share = Share::new(Vec::new());
        assert_eq!(share.is_code(&share.code().to_lowercase()), Some(true));
        for _ in 0..GUESSES_MAX {
            assert_eq!(share.is_code("WRONG"), Some(false));
        }
        assert_eq!(share.is_code(share.code()), None);
    }

    #[test]
    fn a_run_belongs_to_whoever_has_its_token_and_to_the_teacher() {
        let share = Share::new(Vec::new());
        share.remember("run-1", "secret");
        assert!(share.owns("run-1", &with("interleave-run-token", "secret")));
        assert!(!share.owns("run-2", &with("interleave-run-token", "secret")));
        assert!(!share.owns("run-1", &with(JOIN, share.code())));
        assert!(share.owns("run-1", &with(TEACHER, &share.teacher)));
    }
}
