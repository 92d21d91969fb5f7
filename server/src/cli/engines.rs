//! `--engine NAME=URL`: which engines there are. A password in a URL is never printed.

use super::exit::Failure;

/// The engines that a flag may name.
const KNOWN: [&str; 3] = ["postgres", "nats", "zookeeper"];
/// What the URL of a PostgreSQL begins with.
const POSTGRES_SCHEMES: [&str; 2] = ["postgres://", "postgresql://"];
/// What the URL of a NATS begins with: this program speaks no TLS.
const NATS_SCHEME: &str = "nats://";
/// What a NATS is given as.
const NATS_EXAMPLE: &str = "--engine nats=nats://127.0.0.1:4222";
/// What a ZooKeeper is given as.
const ZOOKEEPER_EXAMPLE: &str = "--engine zookeeper=127.0.0.1:2181";
/// An example for every refusal.
const EXAMPLE: &str = "--engine postgres=postgres://user:password@127.0.0.1:5432/interleave";

/// The engines besides the embedded ones.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Engines {
    /// The URL of a PostgreSQL.
    pub postgres: Option<String>,
    /// The URL of a NATS.
    pub nats: Option<String>,
    /// The addresses of a ZooKeeper.
    pub zookeeper: Option<String>,
}

impl Engines {
    /// Reads the flags; each may be a list with commas, because the environment twin is one.
    ///
    /// # Errors
    /// A sentence that shows what was given, without its password.
    pub fn read(flags: &[String]) -> Result<Self, Failure> {
        let mut engines = Self::default();
        for part in flags.iter().flat_map(|flag| split(flag)) {
            let Some((name, url)) = part.split_once('=') else {
                let shown = masked(&part);
                return Err(Failure::usage(format!(
                    "--engine is {shown:?}; write NAME=URL, such as {EXAMPLE}."
                )));
            };
            if !KNOWN.contains(&name) {
                let sentence = format!(
                    "--engine names {:?}; this program knows {}, such as {EXAMPLE}.",
                    clip(name),
                    KNOWN.join(", ")
                );
                return Err(Failure::usage(sentence));
            }
            if name == "zookeeper" {
                engines.name_zookeeper(url)?;
                continue;
            }
            if name == "nats" {
                engines.name_nats(url)?;
                continue;
            }
            if !POSTGRES_SCHEMES.iter().any(|scheme| url.starts_with(scheme)) {
                let shown = masked(url);
                return Err(Failure::usage(format!(
                    "--engine postgres is {shown:?}; it must be a URL: {EXAMPLE}."
                )));
            }
            if engines.postgres.replace(url.to_owned()).is_some() {
                return Err(Failure::usage(
                    "--engine names postgres twice; a lab experiments on one at a time.",
                ));
            }
        }
        Ok(engines)
    }

    fn name_nats(&mut self, url: &str) -> Result<(), Failure> {
        if !url.starts_with(NATS_SCHEME) {
            let shown = masked(url);
            return Err(Failure::usage(format!(
                "--engine nats is {shown:?}; it must be a URL: {NATS_EXAMPLE}."
            )));
        }
        if self.nats.replace(url.to_owned()).is_some() {
            return Err(Failure::usage(
                "--engine names nats twice; a lab sends messages through one at a time.",
            ));
        }
        Ok(())
    }

    fn name_zookeeper(&mut self, addresses: &str) -> Result<(), Failure> {
        let is_address = |address: &str| {
            address
                .rsplit_once(':')
                .is_some_and(|(host, port)| !host.is_empty() && port.parse::<u16>().is_ok())
        };
        if !addresses.split(',').all(is_address) {
            return Err(Failure::usage(format!(
                "--engine zookeeper is {:?}; it must be HOST:PORT, several with commas: {ZOOKEEPER_EXAMPLE}.",
                clip(addresses)
            )));
        }
        if self.zookeeper.replace(addresses.to_owned()).is_some() {
            return Err(Failure::usage("--engine names zookeeper twice; name one with all its addresses."));
        }
        Ok(())
    }

    /// What to print of each engine.
    pub fn shown(&self) -> Vec<String> {
        let postgres = self.postgres.iter().map(|url| format!("PostgreSQL at {}", masked(url)));
        let zookeeper = self.zookeeper.iter().map(|addresses| format!("ZooKeeper at {addresses}"));
        let nats = self.nats.iter().map(|url| format!("NATS at {}", masked(url)));
        postgres.chain(nats).chain(zookeeper).collect()
    }

    /// Takes the passwords out of a sentence that somebody else wrote.
    pub fn mask(&self, sentence: &str) -> String {
        let urls = self.postgres.iter().chain(&self.nats);
        urls.fold(sentence.to_owned(), |sentence, url| {
            let sentence = sentence.replace(url.as_str(), &masked(url));
            match password(url) {
                Some(password) if !password.is_empty() => sentence.replace(&format!(":{password}@"), ":***@"),
                _ => sentence,
            }
        })
    }
}

/// Splits at the commas behind which a new engine begins: a URL may hold others.
fn split(list: &str) -> Vec<String> {
    let mut parts: Vec<String> = Vec::new();
    for piece in list.split(',') {
        let begins =
            piece.split_once('=').is_some_and(|(name, _)| name.trim().chars().all(char::is_alphanumeric));
        match parts.last_mut() {
            Some(last) if !begins => *last = format!("{last},{piece}"),
            _ => parts.push(piece.trim().to_owned()),
        }
    }
    parts.retain(|part| !part.is_empty());
    parts
}

/// A URL without its password, wherever it stands: before the @, or in the query.
pub fn masked(url: &str) -> String {
    let mut shown = match password(url) {
        Some(password) => {
            let start = password.as_ptr() as usize - url.as_ptr() as usize;
            format!("{}***{}", &url[..start], &url[start + password.len()..])
        }
        None => url.to_owned(),
    };
    if let Some(start) = shown.find("password=").map(|at| at + "password=".len()) {
        let end = shown[start..].find('&').map_or(shown.len(), |length| start + length);
        shown.replace_range(start..end, "***");
    }
    shown
}

/// The password before the last @ of a URL: what somebody forgot to encode belongs to it too.
fn password(url: &str) -> Option<&str> {
    let start = url.find("://").map_or(0, |at| at + "://".len());
    let (credentials, _) = url[start..].rsplit_once('@')?;
    credentials.split_once(':').map(|(_, password)| password)
}

fn clip(text: &str) -> String {
    text.chars().take(60).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(flag: &str) -> Result<Engines, Failure> {
        Engines::read(&[flag.to_owned()])
    }

    #[test]
    fn a_password_is_never_shown() {
        for url in [
            "postgres://u:secret@host/db",
            "postgres://u:secret@with:odd/signs@host/db",
            "postgres://host/db?user=u&password=secret",
            "u:secret@host",
        ] {
            assert!(!masked(url).contains("secret"), "{}", masked(url));
        }
        assert_eq!(masked("postgres://u:secret@host:5432/db"), "postgres://u:***@host:5432/db");
        assert_eq!(masked("postgres://u@host:5432/db"), "postgres://u@host:5432/db");
    }

    #[test]
    fn a_malformed_engine_is_refused_without_its_password() {
        for flag in [
            "postgres://u:secret@host/db",
            "kafka=kafka://u:secret@host",
            "postgres=u:secret@host",
            "postgres",
        ] {
            let failure = read(flag).unwrap_err();
            assert!(
                !failure.sentence.contains("secret") && failure.sentence.contains("postgres="),
                "{failure:?}"
            );
        }
    }

    #[test]
    fn a_zookeeper_is_named_by_its_addresses() {
        let named = read("zookeeper=127.0.0.1:2181,127.0.0.1:2182").unwrap();
        assert_eq!(named.zookeeper.as_deref(), Some("127.0.0.1:2181,127.0.0.1:2182"));
        assert!(read("zookeeper=somewhere").unwrap_err().sentence.contains("HOST:PORT"));
        assert!(read("zookeeper=a:1,zookeeper=b:2").is_err());
    }

    #[test]
    fn a_nats_is_named_by_its_url_and_its_password_is_never_shown() {
        let named = read("nats=nats://u:secret@host:4222").unwrap();
        assert_eq!(named.shown(), ["NATS at nats://u:***@host:4222"]);
        assert!(!named.mask("nats://u:secret@host:4222 is gone").contains("secret"));
        let failure = read("nats=u:secret@host").unwrap_err();
        assert!(failure.sentence.contains("nats://") && !failure.sentence.contains("secret"), "{failure:?}");
        assert!(read("nats=nats://a:1,nats=nats://b:2").is_err());
    }

    #[test]
    fn an_engine_is_named_once() {
        assert!(read("postgres=postgres://a/b,postgres=postgres://c/d").is_err());
        assert_eq!(read("").unwrap(), Engines::default());
        let listed = read("postgres=postgres://u:p,w@host/db").unwrap();
        assert_eq!(listed.postgres.as_deref(), Some("postgres://u:p,w@host/db"));
    }
}
