//! The house rules, held by reading the sources as text: sizes, headers, words, imports, registries, paths, texts.

#[path = "house_rules/texts.rs"]
mod texts;

use std::fs;
use std::path::{Path, PathBuf};

/// A file that is longer than this has more than one idea.
const LINES_MAX: usize = 400;
/// The same for a function.
const FUNCTION_LINES_MAX: usize = 70;
/// A component's view is one expression, so it may be longer.
const COMPONENT_LINES_MAX: usize = 90;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").canonicalize().expect("the repository's root")
}

/// Every file below `folder` with this ending, as (path from the root, text).
fn files(folder: &str, ending: &str) -> Vec<(String, String)> {
    let mut found = Vec::new();
    let mut folders = vec![root().join(folder)];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display())) {
            let path = entry.expect("readable").path();
            let name = path.file_name().expect("named").to_string_lossy().into_owned();
            if path.is_dir() && !["target", "node_modules", ".git", "test-results"].contains(&name.as_str()) {
                folders.push(path);
            } else if name.ends_with(ending) {
                let shown = path.strip_prefix(root()).expect("below the root").to_string_lossy().into_owned();
                found.push((shown, fs::read_to_string(&path).expect("a text")));
            }
        }
    }
    found.sort();
    found
}

fn sources() -> Vec<(String, String)> {
    let all = ["app", "server"].into_iter().flat_map(|folder| files(folder, ".rs"));
    all.filter(|(path, _)| !path.contains("house_rules")).collect()
}

fn check(broken: Vec<String>) {
    assert!(broken.is_empty(), "\n{}", broken.join("\n"));
}

#[test]
fn no_file_is_longer_than_400_lines() {
    let long = |(path, text): &(String, String)| {
        let lines = text.lines().count();
        (lines > LINES_MAX).then(|| format!("{path} has {lines} lines"))
    };
    check(sources().iter().filter_map(long).collect());
}

#[test]
fn no_function_is_longer_than_70_lines_and_no_component_than_90() {
    let mut broken = Vec::new();
    for (path, text) in sources() {
        let lines: Vec<&str> = text.lines().collect();
        for (start, line) in lines.iter().enumerate() {
            let head = line.trim_start();
            let is_function =
                ["fn ", "pub fn ", "pub(super) fn ", "pub(crate) fn ", "async fn ", "pub async fn "]
                    .iter()
                    .any(|begin| head.starts_with(begin));
            if !is_function || !line.trim_end().ends_with('{') && !line.trim_end().ends_with('(') {
                continue;
            }
            let indent = line.len() - head.len();
            let end = lines[start + 1..].iter().position(|l| {
                l.len() > indent && l[indent..].starts_with('}') && l[..indent].trim().is_empty()
            });
            let length = end.map_or(0, |end| end + 2);
            let component = lines[start.saturating_sub(4)..start].iter().any(|l| l.contains("#[component"));
            let most = if component { COMPONENT_LINES_MAX } else { FUNCTION_LINES_MAX };
            if length > most {
                broken.push(format!("{path}:{} has {length} lines: {head}", start + 1));
            }
        }
    }
    check(broken);
}

#[test]
fn every_source_begins_by_saying_what_it_is() {
    let silent = |(path, text): &(String, String)| (!text.starts_with("//! ")).then(|| path.clone());
    check(sources().iter().filter_map(silent).collect());
}

#[test]
fn no_claim_is_made_bare_and_nothing_is_left_unfinished() {
    let banned = [
        "exactly once",
        "exactly-once",
        "guaranteed",
        "#[ignore",
        "#[should_panic",
        "todo!(",
        "unimplemented!(",
    ];
    let mut broken = Vec::new();
    let texts = sources().into_iter().chain(files("style", ".css")).chain(files("end2end", ".ts"));
    for (path, text) in texts {
        for (place, line) in text.lines().enumerate() {
            let line = line.to_lowercase();
            broken.extend(
                banned
                    .iter()
                    .filter(|word| line.contains(**word))
                    .map(|word| format!("{path}:{}: {word}", place + 1)),
            );
        }
    }
    check(broken);
}

#[test]
fn no_module_is_called_utils_common_helpers_or_manager() {
    let banned = ["utils", "util", "common", "helpers", "helper", "manager", "misc"];
    let vague = |(path, _): &(String, String)| {
        let stem = Path::new(path).file_stem()?.to_string_lossy().into_owned();
        banned.contains(&stem.as_str()).then(|| path.clone())
    };
    check(sources().iter().filter_map(vague).collect());
}

#[test]
fn nothing_unwraps_outside_tests() {
    let mut broken = Vec::new();
    for (path, text) in
        sources().into_iter().filter(|(path, _)| !path.contains("/tests/") && !path.ends_with("tests.rs"))
    {
        let code = text.split("#[cfg(test)]").next().unwrap_or_default();
        let unwraps = code.lines().enumerate().filter(|(_, line)| line.contains(".unwrap()"));
        broken.extend(unwraps.map(|(place, _)| format!("{path}:{}", place + 1)));
    }
    check(broken);
}

fn imports_none(folder: &str, banned: &[&str]) -> Vec<String> {
    let mut broken = Vec::new();
    for (path, text) in sources().into_iter().filter(|(path, _)| path.starts_with(folder)) {
        for word in banned.iter().filter(|word| text.contains(**word)) {
            broken.push(format!("{path} knows {word}"));
        }
    }
    broken
}

#[test]
fn the_lab_crate_knows_no_clock_no_file_no_task_and_no_driver() {
    let banned = ["std::time", "std::fs", "std::net", "tokio", "sqlx", "async fn", "leptos", "axum"];
    check(imports_none("app/lab/src", &banned));
}

#[test]
fn strategies_know_the_bench_and_the_words_and_nothing_else() {
    let banned =
        ["sqlx", "tokio", "crate::store", "crate::journal", "crate::recorder", "crate::scenarios", "spawn("];
    check(imports_none("server/engine/src/strategies/", &banned));
}

/// The folders of strategies, one for each scenario.
const STRATEGIES: [&str; 8] =
    ["anomalies", "checkout", "order_placed", "order_status", "payments", "shop", "stock", "transfer"];

/// The strategies' names as a spec writes them, in quotes.
fn strategy_names() -> Vec<String> {
    let folders = STRATEGIES.iter().map(|folder| format!("server/engine/src/strategies/{folder}"));
    let names = folders.flat_map(|folder| names_in(&folder).collect::<Vec<_>>());
    names.map(|name| format!("\"{}\"", name.replace('_', "-"))).collect()
}

#[test]
fn scenarios_know_no_strategy() {
    let mut banned = strategy_names();
    banned.extend(STRATEGIES.map(|folder| format!("strategies::{folder}")));
    let banned: Vec<&str> = banned.iter().map(String::as_str).collect();
    check(imports_none("server/engine/src/scenarios/", &banned));
}

#[test]
fn app_and_engine_never_see_each_other() {
    let mut broken = imports_none("app/src", &["engine::", "sqlx", "use axum"]);
    broken.extend(imports_none("server/engine/src", &["app::", "leptos", "use axum"]));
    check(broken);
}

#[test]
fn only_adapters_know_the_drivers() {
    let adapters = ["server/engine/src/store/", "server/engine/src/journal", "server/engine/src/lib.rs"];
    let broken = imports_none("server/engine/src", &["sqlx"]);
    check(
        broken.into_iter().filter(|line| !adapters.iter().any(|allowed| line.starts_with(allowed))).collect(),
    );
}

#[test]
fn checks_know_no_strategy() {
    let names = strategy_names();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    check(imports_none("app/lab/src/checks", &names));
}

/// The names of the source files directly in a folder.
fn names_in(folder: &str) -> impl Iterator<Item = String> + use<> {
    let files = fs::read_dir(root().join(folder)).expect("the folder is there");
    let paths = files.filter_map(|entry| Some(entry.ok()?.path()));
    paths
        .filter(|path| path.is_file())
        .filter_map(|path| Some(path.file_stem()?.to_string_lossy().into_owned()))
}

#[test]
fn every_strategy_scenario_and_check_is_registered() {
    let strategies = |folder: &str| {
        let path = format!("server/engine/src/strategies/{folder}");
        (path.clone(), format!("{path}.rs"), "    {},")
    };
    let in_files = |folder: &str, line: &'static str| (folder.to_owned(), format!("{folder}.rs"), line);
    let mut registries = STRATEGIES.map(strategies).to_vec();
    registries.extend([
        in_files("server/engine/src/strategies", "{}::ALL"),
        in_files("server/engine/src/scenarios", "&{}::SCENARIO"),
        in_files("app/lab/src/checks", "&{}::CHECK"),
    ]);
    let mut broken = Vec::new();
    for (folder, registry, line) in registries {
        let text = fs::read_to_string(root().join(&registry)).expect("the registry is there");
        // What they gather from the journal, what all consumers do, and the words for a promise are shared and register
        // nothing.
        let shared = [
            "about",
            "registry",
            "accounts",
            "charges",
            "checkouts",
            "dependencies",
            "history",
            "mail",
            "acting",
        ];
        for name in names_in(&folder).filter(|name| !shared.contains(&name.as_str())) {
            if !text.contains(&line.replace("{}", &name)) {
                broken.push(format!("{folder}/{name}.rs is not in {registry}"));
            }
        }
    }
    check(broken);
}

#[test]
fn every_path_that_the_documents_name_exists() {
    let mut broken = Vec::new();
    for document in ["ARCHITECTURE.md", "README.md", "CONTRIBUTING.md"] {
        let text =
            fs::read_to_string(root().join(document)).unwrap_or_else(|error| panic!("{document}: {error}"));
        // Every second piece between backticks is code.
        for code in text.split('`').skip(1).step_by(2) {
            let looks_like_a_path = code.contains('/')
                && ["app/", "server/", "style/", "public/", "end2end/", ".ci/"]
                    .iter()
                    .any(|top| code.starts_with(top))
                && !code.contains([' ', '*', '{', '<']);
            if looks_like_a_path && !root().join(code).exists() {
                broken.push(format!("{document} names {code}"));
            }
        }
    }
    check(broken);
}
