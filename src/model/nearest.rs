//! "Did you mean …?": the valid name nearest to a mistyped one.

use super::fold;

/// The most names that are compared, and their greatest length: the cost grows with the number and
/// with the square of the length.
const COMPARED: usize = 200;
const LONGEST: usize = 64;

/// The most names that a message shows.
const SHOWN: usize = 20;

/// The candidate nearest to `name`, if it is near enough to be a likely typing error.
pub fn nearest<'a>(name: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    nearest_within(name, candidates, |length| 1 + length / 4)
}

/// As [`nearest`], for names that people make up, which often resemble each other:
/// `DepartmentAdmin` is not a typing error for `DeploymentAdmin`.
pub fn nearest_alike<'a>(
    name: &str,
    candidates: impl IntoIterator<Item = &'a str>,
) -> Option<&'a str> {
    nearest_within(name, candidates, |length| 1 + length / 8)
}

/// The nearest candidate that differs by no more changes than `most` returns for the length of the
/// shorter name.
fn nearest_within<'a>(
    name: &str,
    candidates: impl IntoIterator<Item = &'a str>,
    most: impl Fn(usize) -> usize,
) -> Option<&'a str> {
    if name.len() > LONGEST {
        return None;
    }
    let folded = fold(name);
    candidates
        .into_iter()
        .filter(|candidate| candidate.len() <= LONGEST)
        .take(COMPARED)
        .map(|candidate| (strsim::damerau_levenshtein(&folded, &fold(candidate)), candidate))
        .filter(|(distance, candidate)| *distance <= most(candidate.len().min(folded.len())))
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, candidate)| candidate)
}

/// The end of a message about an unknown name: the nearest valid name, if any, and the valid names.
pub fn did_you_mean<'a>(name: &str, candidates: impl IntoIterator<Item = &'a str>) -> String {
    let candidates: Vec<&str> = candidates.into_iter().collect();
    let shown: Vec<String> = candidates
        .iter()
        .take(SHOWN)
        .map(|candidate| candidate.chars().take(LONGEST).collect())
        .collect();
    let more = match candidates.len().saturating_sub(SHOWN) {
        0 => String::new(),
        more => format!(" and {more} more"),
    };
    let all = format!("{}{more}", shown.join(", "));
    match nearest(name, candidates) {
        Some(near) => format!("did you mean '{near}'? Valid are: {all}"),
        None => format!("valid are: {all}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_typing_errors_and_ignores_other_names() {
        let names = ["name", "type", "connectionstring", "owner"];
        assert_eq!(nearest("nmae", names), Some("name"));
        assert_eq!(nearest("ConectionString", names), Some("connectionstring"));
        assert_eq!(nearest("published", names), None);
    }

    #[test]
    fn made_up_names_may_resemble_each_other() {
        let names = ["DeploymentAdmin", "ContentAdmin", "group"];
        assert_eq!(nearest_alike("DepartmentAdmin", names), None);
        assert_eq!(nearest_alike("Contnetadmin", names), Some("ContentAdmin"));
        assert_eq!(nearest_alike("grup", names), Some("group"));
    }
}
