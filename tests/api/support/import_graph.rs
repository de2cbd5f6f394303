//! The dependencies among the program's files, read from the source: a file depends on another if
//! it has a `use` of it, or a path to it by `crate::` or `super::`. Module declarations, re-exports
//! of child modules and test code don't count.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;
use syn::visit::{Visit, visit_item_mod, visit_path};
use syn::{Attribute, File, ItemMod, ItemUse, UseTree, Visibility};

/// A file below `src/`, with its module path.
struct Source {
    name: String,
    module: Vec<String>,
    named: Named,
}

/// The paths that a file names.
#[derive(Default)]
struct Named {
    paths: Vec<Vec<String>>,
    /// The paths that it re-exports, by the name under which others find them.
    exports: BTreeMap<String, Vec<String>>,
    /// The inline modules around the node that is being visited.
    inside: usize,
}

/// The files below `src/`, with their texts.
pub fn source_files() -> Vec<(String, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut files = files_below(&root);
    files.retain(|path| path.extension().is_some_and(|extension| extension == "rs"));
    let name = |path: &Path| path.strip_prefix(&root).unwrap().to_str().unwrap().replace('\\', "/");
    files.iter().map(|path| (name(path), fs::read_to_string(path).unwrap())).collect()
}

/// Lists all files in a folder and its subfolders.
pub fn files_below(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files.append(&mut files_below(&path));
        } else {
            files.push(path);
        }
    }
    files
}

/// The files on which each file depends. The source is parsed once for all tests.
pub fn dependencies() -> BTreeMap<String, BTreeSet<String>> {
    static PARSED: LazyLock<BTreeMap<String, BTreeSet<String>>> = LazyLock::new(parse);
    PARSED.clone()
}

fn parse() -> BTreeMap<String, BTreeSet<String>> {
    let sources: Vec<Source> =
        source_files().into_iter().filter_map(|(name, text)| Source::read(name, &text)).collect();
    let by_module: BTreeMap<&[String], &Source> =
        sources.iter().map(|source| (source.module.as_slice(), source)).collect();
    let targets = |source: &Source| {
        let found =
            source.named.paths.iter().filter_map(|path| target(&by_module, &source.module, path));
        found.map(|target| target.name.clone()).filter(|target| *target != source.name).collect()
    };
    sources.iter().map(|source| (source.name.clone(), targets(source))).collect()
}

/// The files that are part of a cycle: those that remain when files without dependencies are
/// removed repeatedly.
pub fn cycles(
    mut dependencies: BTreeMap<String, BTreeSet<String>>,
) -> BTreeMap<String, BTreeSet<String>> {
    loop {
        let before = dependencies.len();
        let named: BTreeSet<String> = dependencies.values().flatten().cloned().collect();
        let left: BTreeSet<String> = dependencies
            .iter()
            .filter(|(file, targets)| !targets.is_empty() && named.contains(*file))
            .map(|(file, _)| file.clone())
            .collect();
        dependencies.retain(|file, _| left.contains(file));
        for targets in dependencies.values_mut() {
            targets.retain(|target| left.contains(target));
        }
        if dependencies.len() == before {
            return dependencies;
        }
    }
}

impl Source {
    /// Parses a file; `None` if it has only tests.
    fn read(name: String, text: &str) -> Option<Self> {
        let mut module: Vec<String> =
            name.trim_end_matches(".rs").split('/').map(str::to_owned).collect();
        if module.iter().any(|part| part == "tests") || name == "main.rs" {
            return None;
        }
        if ["mod", "lib"].contains(&module.last()?.as_str()) {
            module.pop();
        }
        let file: File = syn::parse_file(text).unwrap();
        let mut named = Named::default();
        named.visit_file(&file);
        Some(Self { name, module, named })
    }
}

impl<'ast> Visit<'ast> for Named {
    fn visit_item_use(&mut self, item: &'ast ItemUse) {
        if is_for_tests(&item.attrs) {
            return;
        }
        let is_export = !matches!(item.vis, Visibility::Inherited);
        self.add(&item.tree, Vec::new(), is_export);
    }

    fn visit_item_mod(&mut self, item: &'ast ItemMod) {
        if is_for_tests(&item.attrs) {
            return;
        }
        self.inside += 1;
        visit_item_mod(self, item);
        self.inside -= 1;
    }

    fn visit_path(&mut self, path: &'ast syn::Path) {
        let parts: Vec<String> =
            path.segments.iter().map(|segment| segment.ident.to_string()).collect();
        if parts.len() > 1 && ["crate", "super"].contains(&parts[0].as_str()) {
            self.paths.push(self.outside(parts));
        }
        visit_path(self, path);
    }
}

impl Named {
    fn add(&mut self, tree: &UseTree, mut path: Vec<String>, is_export: bool) {
        match tree {
            UseTree::Path(inner) => {
                path.push(inner.ident.to_string());
                self.add(&inner.tree, path, is_export);
            }
            UseTree::Group(group) => {
                group.items.iter().for_each(|tree| self.add(tree, path.clone(), is_export));
            }
            UseTree::Name(name) => {
                self.add_leaf(path, &name.ident.to_string(), &name.ident.to_string(), is_export);
            }
            UseTree::Rename(leaf) => {
                self.add_leaf(path, &leaf.ident.to_string(), &leaf.rename.to_string(), is_export);
            }
            UseTree::Glob(_) => self.paths.push(self.outside(path)),
        }
    }

    fn add_leaf(&mut self, mut path: Vec<String>, name: &str, shown_as: &str, is_export: bool) {
        if name != "self" {
            path.push(name.to_owned());
        }
        let path = self.outside(path);
        if is_export {
            self.exports.insert(shown_as.to_owned(), path);
        } else {
            self.paths.push(path);
        }
    }

    /// Resolves a path relative to the file instead of the inline modules around it.
    fn outside(&self, mut path: Vec<String>) -> Vec<String> {
        for _ in 0..self.inside {
            if path.first().is_some_and(|part| part == "super") {
                path.remove(0);
            }
        }
        path
    }
}

/// Whether it is compiled for tests only.
fn is_for_tests(attributes: &[Attribute]) -> bool {
    attributes.iter().any(|attribute| {
        attribute.path().is_ident("cfg")
            && attribute.parse_args::<syn::Ident>().is_ok_and(|condition| condition == "test")
    })
}

/// The file to which a path in the module `from` leads, through re-exports.
fn target<'s>(
    sources: &BTreeMap<&[String], &'s Source>,
    from: &[String],
    path: &[String],
) -> Option<&'s Source> {
    let (mut module, mut rest) = absolute(sources, from, path)?;
    loop {
        while let Some(part) = rest.first() {
            let child = [module.as_slice(), std::slice::from_ref(part)].concat();
            if !sources.contains_key(child.as_slice()) {
                break;
            }
            module = child;
            rest.remove(0);
        }
        let source = *sources.get(module.as_slice())?;
        let Some(export) = rest.first().and_then(|name| source.named.exports.get(name)) else {
            return Some(source);
        };
        let (next, mut after) = absolute(sources, &module, export)?;
        after.extend(rest.drain(1..));
        (module, rest) = (next, after);
    }
}

/// Splits a path into its absolute base module and the rest; `None` if it begins with another
/// crate.
fn absolute(
    sources: &BTreeMap<&[String], &Source>,
    from: &[String],
    path: &[String],
) -> Option<(Vec<String>, Vec<String>)> {
    let mut module = from.to_vec();
    let mut rest = path.to_vec();
    match rest.first()?.as_str() {
        "crate" => {
            module.clear();
            rest.remove(0);
        }
        "self" => drop(rest.remove(0)),
        "super" => {
            while rest.first().is_some_and(|part| part == "super") {
                module.pop()?;
                rest.remove(0);
            }
        }
        part => {
            let child = [module.as_slice(), &[part.to_owned()]].concat();
            sources.get(child.as_slice())?;
        }
    }
    Some((module, rest))
}

/// The code without its comments and tests.
pub fn code(text: &str) -> String {
    let text = text.split("#[cfg(test)]\nmod tests {").next().unwrap();
    text.lines().filter(|line| !line.trim_start().starts_with("//")).collect::<Vec<_>>().join("\n")
}

pub fn is_test(file: &str) -> bool {
    file.ends_with("tests.rs") || file.contains("/tests/")
}
