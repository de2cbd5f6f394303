//! Ids in the texts of rules, such as `DataConnection_<id>` in a resource filter. They are those of
//! the site, and the entity may have another id here.

use super::content::Content;
use super::facet::{Facet, Item};
use crate::store::{Error, Snapshot};
use serde_json::Value as Json;
use uuid::Uuid;

/// Characters of an id, with its hyphens.
const LENGTH: usize = 36;

/// Replaces the ids of a site in the texts of a rule by those of the same entities here.
///
/// # Errors
/// [`Error::Database`] or [`Error::Unreachable`] if the database fails.
pub fn with_ids_of_here(
    snapshot: &Snapshot<'_>,
    site: &str,
    content: &mut Content,
) -> Result<(), Error> {
    if !content.entity.is_of_rules() {
        return Ok(());
    }
    for (property, facet) in content.facets_mut() {
        let Facet::One(Item { shown: Json::String(text), .. }) = facet else { continue };
        let replaced = replace_ids(text, |id| snapshot.id_of_site_id(site, id))?;
        if replaced != *text {
            *facet = Facet::One(Item::new(property, replaced.into()));
        }
    }
    Ok(())
}

/// The text with the ids for which `replacement` has another one replaced.
fn replace_ids<E>(
    text: &str,
    mut replacement: impl FnMut(Uuid) -> Result<Option<Uuid>, E>,
) -> Result<String, E> {
    let mut replaced = String::with_capacity(text.len());
    let is_part = |character: char| character.is_ascii_hexdigit() || character == '-';
    for word in text.split_inclusive(|character: char| !is_part(character)) {
        let end = word.find(|character: char| !is_part(character)).unwrap_or(word.len());
        let (candidate, rest) = word.split_at(end);
        let id = Some(candidate).filter(|text| text.len() == LENGTH);
        match id.and_then(|text| text.parse().ok()).map(&mut replacement).transpose()?.flatten() {
            Some(id) => replaced.push_str(&id.to_string()),
            None => replaced.push_str(candidate),
        }
        replaced.push_str(rest);
    }
    Ok(replaced)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_whole_ids_are_replaced() {
        let (old, new) = (Uuid::from_u128(7), Uuid::from_u128(9));
        let replace =
            |text: &str| replace_ids(text, |id| Ok::<_, ()>((id == old).then_some(new))).unwrap();
        for (text, expected) in [
            (format!("DataConnection_{old}"), format!("DataConnection_{new}")),
            (format!("Tag_*, DataConnection_{old},*"), format!("Tag_*, DataConnection_{new},*")),
            (format!("x = \"{old}\""), format!("x = \"{new}\"")),
            (format!("{old}"), format!("{new}")),
        ] {
            assert_eq!(replace(&text), expected);
        }
        let other = Uuid::from_u128(8);
        for text in ["", "ä", "*", &format!("{old}0"), &format!("{other}"), "DataConnection_*"] {
            assert_eq!(replace(text), text);
        }
    }
}
