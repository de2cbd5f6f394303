//! The pages of the documentation: their links can be followed, the index lists all of them, and
//! the table of paths has the operations of the OpenAPI document.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn markdown_in(folder: &Path) -> Vec<PathBuf> {
    let files = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    files.filter(|file| file.extension().is_some_and(|extension| extension == "md")).collect()
}

/// The Markdown outside of code blocks.
fn prose(text: &str) -> String {
    let mut is_code = false;
    let mut prose = String::new();
    for line in text.lines() {
        let is_fence = line.trim_start().starts_with("```");
        is_code ^= is_fence;
        if !is_code && !is_fence {
            prose.extend([line, "\n"]);
        }
    }
    prose
}

/// The targets of the links in a page.
fn links(text: &str) -> Vec<String> {
    let prose = prose(text);
    let targets = prose.split("](").skip(1).filter_map(|part| part.split(')').next());
    targets.map(str::to_owned).collect()
}

/// The anchors of a page's headings, in the form that code hosts use.
fn anchors(text: &str) -> BTreeSet<String> {
    let prose = prose(text);
    let headings = prose.lines().filter(|line| line.starts_with('#'));
    headings.map(|line| anchor(line.trim_start_matches('#').trim())).collect()
}

fn anchor(heading: &str) -> String {
    let heading = heading.to_lowercase();
    let kept = heading.chars().filter(|one| one.is_alphanumeric() || " -_".contains(*one));
    kept.map(|one| if one == ' ' { '-' } else { one }).collect()
}

#[test]
fn links_point_to_existing_files_and_headings() {
    let pages = markdown_in(root()).into_iter().chain(markdown_in(&root().join("docs")));
    let mut seen = 0;
    let mut broken = Vec::new();
    for page in pages {
        let text = fs::read_to_string(&page).unwrap();
        for link in links(&text).into_iter().filter(|link| !link.contains("://")) {
            seen += 1;
            let (file, heading) = link.split_once('#').unwrap_or((&link, ""));
            let target = match file {
                "" => page.clone(),
                file => page.parent().unwrap().join(file),
            };
            let has_heading =
                || fs::read_to_string(&target).is_ok_and(|text| anchors(&text).contains(heading));
            if !target.exists() || (!heading.is_empty() && !has_heading()) {
                broken.push(format!("{}: {link}", page.display()));
            }
        }
    }
    assert!(seen > 100, "{seen}");
    assert!(broken.is_empty(), "{broken:#?}");
}

#[test]
fn the_index_lists_every_page() {
    let index = links(include_str!("../../docs/README.md"));
    let pages = markdown_in(&root().join("docs"));
    assert!(pages.len() > 15, "{}", pages.len());
    for page in pages {
        let name = page.file_name().unwrap().to_str().unwrap();
        assert!(name == "README.md" || index.iter().any(|link| link == name), "{name}");
    }
}

/// The operations in the tables of docs/api.md, as method and path. A path with `{type}` stands for
/// all entity types, unless it is one of `known` itself.
fn listed_operations(known: &BTreeSet<(String, String)>) -> BTreeSet<(String, String)> {
    let rows = include_str!("../../docs/api.md").lines().filter_map(|line| {
        let mut cells = line.strip_prefix("| ")?.split(" | ");
        let methods = cells.next()?;
        let path = cells.next()?.strip_prefix('`')?.strip_suffix('`')?;
        path.starts_with('/').then_some((methods, path))
    });
    let mut listed = BTreeSet::new();
    for (methods, path) in rows {
        for method in methods.split(", ") {
            let whole = (method.to_owned(), path.to_owned());
            if !path.contains("{type}") || known.contains(&whole) {
                listed.insert(whole);
                continue;
            }
            for entity in patchbay::model::REGISTRY {
                listed.insert((method.to_owned(), path.replace("{type}", entity.path)));
            }
        }
    }
    listed
}

#[test]
fn the_table_of_paths_has_the_operations_of_the_openapi_document() {
    let operations = patchbay::openapi::operations().into_iter();
    let documented: BTreeSet<_> =
        operations.map(|(method, path)| (method.to_owned(), path)).collect();
    let listed = listed_operations(&documented);
    assert!(listed.len() > 80, "{}", listed.len());
    let missing: Vec<_> = documented.difference(&listed).collect();
    let unknown: Vec<_> = listed.difference(&documented).collect();
    assert!(missing.is_empty() && unknown.is_empty(), "missing {missing:?}, unknown {unknown:?}");
}
