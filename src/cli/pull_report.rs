//! The output of `patchbay pull`.

use crate::model::{Entity, excerpt, masked};
use crate::site::SiteName;
use crate::staging::{Difference, Dispute, Facet, MOST_USERS, Report, TypeReport};
use serde_json::Value as Json;

/// Most names that a line lists.
const MOST_NAMES: usize = 10;

/// Most characters of a value.
const LONGEST: usize = 200;

/// Characters that differing values share and that are still shown.
const CONTEXT: usize = 20;

/// The lines that describe a pull.
pub fn lines(site: &SiteName, report: &Report, has_ended_early: bool) -> Vec<String> {
    let mut lines = Vec::new();
    lines.extend(counts("new here", report, |of_type| of_type.created));
    lines.extend(counts("changed here", report, |of_type| of_type.changed));
    let problems: Vec<String> =
        report.types.iter().flat_map(|of_type| problems(site, of_type)).collect();
    if lines.is_empty() && problems.is_empty() && !has_ended_early {
        lines.push(format!("nothing new on {site}"));
    }
    lines.extend(counts("changed only here, and left alone", report, |of_type| of_type.kept));
    for of_type in &report.types {
        let entity = of_type.entity;
        lines.extend(names("deleted here, and not created again", entity, &of_type.deleted_here));
        let gone = format!("no longer on {site}, and still here");
        lines.extend(names(&gone, entity, &of_type.gone_there));
    }
    if let Some(users) = report.too_many_users {
        lines.push(format!(
            "{site} has {users} users, more than {MOST_USERS}: only owners were pulled (--users \
             all for all of them)"
        ));
    }
    lines.extend(problems);
    let without_password = |of_type: &TypeReport| of_type.without_password;
    lines.extend(counts(
        "new with a user name, and may need a password here",
        report,
        without_password,
    ));
    lines
}

/// The rest that the user has to do, if anything.
pub fn left_over(site: &SiteName, report: &Report) -> Option<String> {
    let count = |of: fn(&TypeReport) -> usize| report.types.iter().map(of).sum::<usize>();
    let undecided = count(|of_type| of_type.undecided.len());
    let refused = count(|of_type| of_type.refused.len());
    let decide = (undecided > 0).then(|| {
        format!(
            "{undecided} to decide: patchbay pull {site} --take here=NAME or --take there=NAME; \
             without =NAME it counts for all"
        )
    });
    let noun = if refused == 1 { "entity" } else { "entities" };
    let refused = (refused > 0).then(|| format!("{refused} {noun} can't be stored here"));
    let parts: Vec<String> = [decide, refused].into_iter().flatten().collect();
    (!parts.is_empty()).then(|| parts.join("; "))
}

/// A line with the number of entities of each type.
fn counts(title: &str, report: &Report, count: fn(&TypeReport) -> u64) -> Option<String> {
    let counted = report.types.iter().filter(|of_type| count(of_type) > 0);
    let counted: Vec<String> =
        counted.map(|of_type| of_type.entity.counted(count(of_type))).collect();
    (!counted.is_empty()).then(|| format!("{title}: {}", counted.join(", ")))
}

/// A line with the names of entities.
fn names(title: &str, entity: &'static Entity, names: &[String]) -> Option<String> {
    let shown: Vec<String> =
        names.iter().take(MOST_NAMES).map(|name| format!("\"{name}\"")).collect();
    let more = match names.len().saturating_sub(MOST_NAMES) {
        0 => String::new(),
        more => format!(" and {more} more"),
    };
    let noun = if names.len() == 1 { entity.noun.to_owned() } else { format!("{}s", entity.noun) };
    (!names.is_empty()).then(|| format!("{title}: {noun} {}{more}", shown.join(", ")))
}

/// The entities that are not as on the site, and why.
fn problems(site: &SiteName, of_type: &TypeReport) -> Vec<String> {
    let noun = of_type.entity.noun;
    let mut lines = Vec::new();
    for (name, why) in &of_type.disabled {
        lines.push(format!(
            "{noun} \"{name}\" is disabled here, because it can't be evaluated: {why}"
        ));
    }
    for (name, why) in &of_type.refused {
        lines.push(format!("{noun} \"{name}\" can't be stored here: {why}"));
    }
    for (name, dispute) in &of_type.undecided {
        match dispute {
            Dispute::Unclear(why) => lines.push(format!("! {noun} \"{name}\": {why}")),
            Dispute::DeletedHere => lines
                .push(format!("! {noun} \"{name}\" was deleted here, and changed on {site} since")),
            Dispute::Properties { differences, was_same, changed_there } => {
                let what = if *was_same {
                    format!("was changed here and on {site}")
                } else {
                    format!("is here and on {site}, with differences")
                };
                lines.push(format!("! {noun} \"{name}\" {what}"));
                for difference in differences {
                    lines.extend(compared(site, difference, changed_there));
                }
            }
        }
    }
    lines
}

/// The values of a property on both sides.
fn compared(site: &SiteName, difference: &Difference, changed_there: &str) -> Vec<String> {
    let Difference { property, base, there, here } = difference;
    let base = base.as_ref().map(shown);
    let (there, here) = (shown(there), shown(here));
    let all = [base.as_deref(), Some(&here), Some(&there)];
    let texts: Vec<&str> = all.into_iter().flatten().collect();
    let (start, end) = (common(&texts, str::chars), common_end(&texts));
    let part = |text: &str| excerpt(&without_common(text, start, end), LONGEST);
    let mut lines = vec![format!("    {}", property.name)];
    let width = site.to_string().len().max("before".len());
    let mut line = |title: &str, text: &str, more: &str| {
        lines.push(format!("        {title:width$}  {}{more}", part(text)));
    };
    if let Some(base) = &base {
        line("before", base, "");
    }
    line("here", &here, "");
    let by = format!("  (changed by {changed_there})");
    line(&site.to_string(), &there, if changed_there.is_empty() { "" } else { &by });
    lines
}

/// The value as text, without secrets.
fn shown(facet: &Facet) -> String {
    let text = |json: &Json| match json {
        Json::String(text) => text.clone(),
        Json::Array(parts) => parts.iter().filter_map(Json::as_str).collect::<Vec<_>>().join(" = "),
        other => other.to_string(),
    };
    let shown = match facet {
        Facet::One(item) => text(&item.shown),
        Facet::Set(items) => {
            items.iter().map(|item| text(&item.shown)).collect::<Vec<_>>().join(", ")
        }
    };
    masked(&shown).into_owned()
}

/// How many characters all texts have in common at the start.
fn common<'t, I: Iterator<Item = char>>(texts: &[&'t str], chars: fn(&'t str) -> I) -> usize {
    let Some((first, others)) = texts.split_first() else { return 0 };
    let same = |other: &&'t str| {
        chars(first).zip(chars(other)).take_while(|(one, other)| one == other).count()
    };
    others.iter().map(same).min().unwrap_or(0)
}

fn common_end(texts: &[&str]) -> usize {
    common(texts, |text| text.chars().rev())
}

/// The part of a text around what is not in common.
fn without_common(text: &str, start: usize, end: usize) -> String {
    let length = text.chars().count();
    let skipped = start.saturating_sub(CONTEXT);
    let dropped = end.saturating_sub(CONTEXT).min(length.saturating_sub(skipped));
    let part: String = text.chars().skip(skipped).take(length - skipped - dropped).collect();
    let (before, after) = (if skipped > 0 { "…" } else { "" }, if dropped > 0 { "…" } else { "" });
    format!("{before}{part}{after}")
}
