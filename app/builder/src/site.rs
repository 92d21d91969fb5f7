//! The folder a browser sees: first planned in memory, then written so that the disk matches the plan.
//!
//! Files under `pkg/` whose content decides over their name, `interleave.HASH.js`, may be cached for ever.
//! `hash.txt` tells leptos the hashes, in its own format: one line each for `js`, `wasm` and `css`.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use anyhow::{Result, ensure};
use xxhash_rust::xxh3::xxh3_64;

use crate::disk::{files_below, sweep, write_if_changed};
use crate::{OUTPUT_NAME, compress};

/// Where leptos looks the hashes up. It also marks the folder as ours, so that it may be swept.
const HASH_FILE: &str = "hash.txt";
/// `./dev watch` writes here what tells an open page to reload; it is not the builder's to remove.
const RELOAD_FILE: &str = "pkg/reload.txt";

/// What a browser may have to load before the page lives: program, glue and style together, compressed, in bytes. The
/// goal is 300 kB, and BENCHMARKS.md tells how near we are and what each part costs; this holds what was reached, with a
/// little room for another compiler.
const BUDGET_BYTES: usize = 464_000;

/// The three files whose names carry a hash.
#[derive(Clone, Copy)]
pub enum Kind {
    /// The glue that loads the page's program.
    Js,
    /// The program.
    Wasm,
    /// The bundled stylesheet.
    Css,
}

impl Kind {
    /// The extension, which is also leptos' word for it in `hash.txt`.
    fn word(self) -> &'static str {
        match self {
            Kind::Js => "js",
            Kind::Wasm => "wasm",
            Kind::Css => "css",
        }
    }
}

/// All files of the site by their path, `/` between the parts on every system.
pub struct Site {
    files: BTreeMap<String, Vec<u8>>,
    hashes: String,
    compressed: bool,
}

impl Site {
    /// An empty plan; with `compressed`, each file that gains from it gets a `.br` copy beside it.
    pub fn new(compressed: bool) -> Self {
        Site { files: BTreeMap::new(), hashes: String::new(), compressed }
    }

    /// Plans a file under the name that its content gives it.
    pub fn add_hashed(&mut self, kind: Kind, content: Vec<u8>) {
        let word = kind.word();
        let hash = format!("{:016x}", xxh3_64(&content));
        self.hashes.push_str(&format!("{word}: {hash}\n"));
        self.add(&format!("pkg/{OUTPUT_NAME}.{hash}.{word}"), content);
    }

    /// Plans a file under a fixed name.
    pub fn add(&mut self, path: &str, content: Vec<u8>) {
        self.files.insert(path.to_owned(), content);
    }

    /// Makes the folder match the plan; answers with a report for people, a line for each hashed file.
    ///
    /// The order keeps a running server whole: new files, then the hashes that point to them, then the sweep
    /// of the old ones.
    pub fn write(&self, folder: &Path) -> Result<String> {
        claim(folder)?;
        let mut report = String::new();
        let mut loaded = 0;
        let mut wanted = BTreeSet::from([HASH_FILE.to_owned(), RELOAD_FILE.to_owned()]);
        for (path, content) in &self.files {
            let changed = write_if_changed(&folder.join(path), content)?;
            wanted.insert(path.clone());
            let copy = format!("{path}.br");
            let mut sizes = kilobytes(content.len());
            if self.compressed && compress::is_worth_it(path) {
                let compressed = write_copy(&folder.join(&copy), content, changed)?;
                loaded += if self.is_hashed(path) { compressed } else { 0 };
                sizes += &format!(", brotli {}", kilobytes(compressed));
                wanted.insert(copy);
            }
            if self.is_hashed(path) {
                report += &format!("    {path}  {sizes}\n");
            }
        }
        write_if_changed(&folder.join(HASH_FILE), self.hashes.as_bytes())?;
        sweep(folder, &wanted)?;
        if self.compressed {
            report += &within_budget(loaded)?;
        }
        Ok(report)
    }

    fn is_hashed(&self, path: &str) -> bool {
        path.strip_prefix("pkg/").is_some_and(|name| name.starts_with(&format!("{OUTPUT_NAME}.")))
    }
}

/// A line for the report, or what to do about a page that has become too large.
fn within_budget(loaded: usize) -> Result<String> {
    let (loaded_kb, budget_kb) = (kilobytes(loaded), kilobytes(BUDGET_BYTES));
    ensure!(
        loaded <= BUDGET_BYTES,
        "a browser would load {loaded_kb} of code, and {budget_kb} is the most: make the page smaller, or raise \
         BUDGET_BYTES and say why"
    );
    Ok(format!("    {loaded_kb} of code in all, of {budget_kb} at most\n"))
}

/// Refuses a folder that somebody else filled: we are about to remove from it what we do not know.
fn claim(folder: &Path) -> Result<()> {
    let mark = folder.join(HASH_FILE);
    if !mark.is_file() {
        ensure!(
            files_below(folder)?.is_empty(),
            "{} holds files but no {HASH_FILE}, so the builder did not make it; please remove it",
            folder.display()
        );
        fs::create_dir_all(folder)?;
        fs::write(mark, "")?;
    }
    Ok(())
}

/// Writes the compressed copy of a file that changed or has none, and answers its size in bytes.
fn write_copy(path: &Path, content: &[u8], changed: bool) -> Result<usize> {
    match fs::metadata(path) {
        Ok(present) if !changed => Ok(usize::try_from(present.len())?),
        _ => {
            let compressed = compress::brotli(content)?;
            write_if_changed(path, &compressed)?;
            Ok(compressed.len())
        }
    }
}

fn kilobytes(bytes: usize) -> String {
    format!("{:.1} kB", bytes as f64 / 1000.0)
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use super::*;

    /// A site folder that lives as long as the test.
    struct Folder(PathBuf);

    impl Folder {
        fn new(name: &str) -> Self {
            Folder(std::env::temp_dir().join(format!("interleave-site-{name}-{}", std::process::id())))
        }

        fn files(&self) -> Vec<String> {
            files_below(&self.0).unwrap()
        }
    }

    impl Drop for Folder {
        fn drop(&mut self) {
            let _ = fs::remove_dir_all(&self.0);
        }
    }

    fn site_with_style(style: &str, compressed: bool) -> Site {
        let mut site = Site::new(compressed);
        site.add_hashed(Kind::Css, style.into());
        site.add("robots.txt", "all welcome".into());
        site
    }

    #[test]
    fn names_follow_content_and_the_old_ones_are_swept() {
        let folder = Folder::new("names");
        site_with_style("a {}", true).write(&folder.0).unwrap();
        let first = folder.files();
        site_with_style("b {}", true).write(&folder.0).unwrap();
        let second = folder.files();
        assert_eq!(first.len(), 4, "{first:?}");
        assert_eq!(second.len(), 4, "{second:?}");
        assert_eq!(first.iter().filter(|path| second.contains(path)).count(), 2, "{second:?}");
        let hash = format!("{:016x}", xxh3_64(b"b {}"));
        assert!(second.contains(&format!("pkg/interleave.{hash}.css.br")), "{second:?}");
        assert_eq!(fs::read_to_string(folder.0.join("hash.txt")).unwrap(), format!("css: {hash}\n"));
    }

    #[test]
    fn a_second_run_writes_nothing() {
        let folder = Folder::new("again");
        let site = site_with_style("a {}", true);
        site.write(&folder.0).unwrap();
        let times = |folder: &Folder| -> Vec<_> {
            let modified = |path: &String| fs::metadata(folder.0.join(path)).unwrap().modified().unwrap();
            folder.files().iter().map(modified).collect()
        };
        let before = times(&folder);
        site.write(&folder.0).unwrap();
        assert_eq!(times(&folder), before);
    }

    #[test]
    fn a_quick_build_leaves_no_stale_copies() {
        let folder = Folder::new("quick");
        site_with_style("a {}", true).write(&folder.0).unwrap();
        site_with_style("a {}", false).write(&folder.0).unwrap();
        assert!(folder.files().iter().all(|path| !path.ends_with(".br")));
    }

    #[test]
    fn a_page_over_its_budget_is_refused() {
        assert!(within_budget(BUDGET_BYTES).is_ok());
        let refused = within_budget(BUDGET_BYTES + 1).unwrap_err().to_string();
        assert!(refused.contains("BUDGET_BYTES"), "{refused}");
    }

    #[test]
    fn a_folder_of_somebody_else_is_refused() {
        let folder = Folder::new("foreign");
        fs::create_dir_all(&folder.0).unwrap();
        fs::write(folder.0.join("letter.txt"), "dear").unwrap();
        assert!(site_with_style("a {}", false).write(&folder.0).is_err());
        assert_eq!(folder.files(), ["letter.txt"]);
    }
}
