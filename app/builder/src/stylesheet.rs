//! Joins the stylesheet's parts into one file.
//!
//! `style/main.css` is a list of `@import "part.css";` lines. A browser would fetch the parts one after the
//! other, so we put each part's text in place of its line, in order. `@import "part.css" layer(name);` puts
//! it into that cascade layer. Everything else is plain CSS and is left as it was written.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result, bail, ensure};

/// Imports within imports are followed this deep; more is a part that imports itself.
const IMPORT_DEPTH_MAX: usize = 8;

/// Reads the stylesheet at `path` and everything it imports.
///
/// Fails when a part is missing, or when an import has a form that is not one of the two above.
pub fn bundle(path: &Path) -> Result<String> {
    let mut out = String::new();
    append(&mut out, path, 0)?;
    Ok(out)
}

fn append(out: &mut String, path: &Path, depth: usize) -> Result<()> {
    ensure!(depth <= IMPORT_DEPTH_MAX, "{}: imports are nested too deep; a circle?", path.display());
    let text = fs::read_to_string(path).with_context(|| format!("reading stylesheet {}", path.display()))?;
    for (index, line) in text.lines().enumerate() {
        if line.trim_start().starts_with("@import") {
            append_import(out, path, line.trim(), depth)
                .with_context(|| format!("{}, line {}", path.display(), index + 1))?;
        } else {
            out.push_str(line);
            out.push('\n');
        }
    }
    Ok(())
}

fn append_import(out: &mut String, importer: &Path, line: &str, depth: usize) -> Result<()> {
    let import = Import::parse(line)?;
    let part = importer.with_file_name(import.path);
    match import.layer {
        None => append(out, &part, depth + 1),
        Some(layer) => {
            out.push_str(&format!("@layer {layer} {{\n"));
            append(out, &part, depth + 1)?;
            out.push_str("}\n");
            Ok(())
        }
    }
}

/// One `@import` line, understood.
#[derive(Debug, PartialEq)]
struct Import<'a> {
    path: &'a str,
    layer: Option<&'a str>,
}

impl<'a> Import<'a> {
    fn parse(line: &'a str) -> Result<Self> {
        let parsed = line
            .strip_prefix("@import")
            .and_then(|rest| rest.trim().strip_suffix(';'))
            .and_then(|rest| rest.strip_prefix('"'))
            .and_then(|rest| rest.split_once('"'));
        match parsed {
            Some((path, "")) => Ok(Import { path, layer: None }),
            Some((path, rest)) => {
                match rest.trim().strip_prefix("layer(").and_then(|l| l.strip_suffix(')')) {
                    Some(layer) => Ok(Import { path, layer: Some(layer) }),
                    None => bail!("`{rest}` after the path of an import is not understood"),
                }
            }
            None => bail!("write imports as `@import \"part.css\";`, this is `{line}`"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A folder of stylesheets that lives as long as the test.
    struct Folder(std::path::PathBuf);

    impl Folder {
        fn with(name: &str, files: &[(&str, &str)]) -> Self {
            let path = std::env::temp_dir().join(format!("interleave-style-{name}-{}", std::process::id()));
            fs::create_dir_all(&path).unwrap();
            for (file, text) in files {
                fs::write(path.join(file), text).unwrap();
            }
            Folder(path)
        }

        fn bundle(&self) -> Result<String> {
            bundle(&self.0.join("main.css"))
        }
    }

    impl Drop for Folder {
        fn drop(&mut self) {
            let _ = fs::remove_dir_all(&self.0);
        }
    }

    #[test]
    fn parts_stand_in_the_place_of_their_imports() {
        let main =
            "@layer base, parts;\n@import \"one.css\";\n@import \"two.css\" layer(parts);\np { margin: 0 }\n";
        let folder = Folder::with("order", &[("main.css", main), ("one.css", "a {}"), ("two.css", "b {}\n")]);
        let expected = "@layer base, parts;\na {}\n@layer parts {\nb {}\n}\np { margin: 0 }\n";
        assert_eq!(folder.bundle().unwrap(), expected);
    }

    #[test]
    fn a_missing_part_is_reported_with_its_line() {
        let folder = Folder::with("missing", &[("main.css", "a {}\n@import \"gone.css\";\n")]);
        let error = format!("{:#}", folder.bundle().unwrap_err());
        assert!(error.contains("main.css, line 2"), "{error}");
        assert!(error.contains("gone.css"), "{error}");
    }

    #[test]
    fn a_circle_is_refused() {
        let folder = Folder::with("circle", &[("main.css", "@import \"main.css\";\n")]);
        assert!(format!("{:#}", folder.bundle().unwrap_err()).contains("a circle?"));
    }

    #[test]
    fn other_forms_of_import_are_refused() {
        for line in ["@import url(a.css);", "@import \"a.css\"", "@import \"a.css\" screen;"] {
            assert!(Import::parse(line).is_err(), "{line}");
        }
    }
}
