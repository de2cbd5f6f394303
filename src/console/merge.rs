//! Merges two changes of one version of an entity, property by property.

use super::differences::is_same;
use super::entity_part::Part;
use super::lists::{Merged, merged};
use crate::model::{Entity, Kind, Property};
use serde_json::{Map, Value as Json};

/// The result of a merge.
#[derive(Default)]
pub struct Merge {
    /// The values to write over the stored version.
    pub write: Map<String, Json>,
    /// The parts that both changed to different values, and those that belong together with them.
    pub collisions: Vec<Part>,
    /// The visitor's values of the parts that collide. A secret that only others changed has none,
    /// because the earlier one is not known.
    pub own: Map<String, Json>,
}

enum Outcome {
    /// Unchanged, or both changed it to the same value.
    Same,
    /// Only others changed it. The stored value is kept.
    Theirs,
    /// This value must be written.
    Write(Json),
    /// The visitor has to choose.
    Collision(Vec<Part>, Option<Json>),
}

/// Merges the differences between `mine` and `base` with the stored version. Without a base, it is
/// not known who changed what, so each difference from the stored version is a collision.
pub fn merge(
    entity: &'static Entity,
    base: Option<&Json>,
    mine: &Map<String, Json>,
    stored: &Json,
) -> Merge {
    let changeable = entity.properties.iter().filter(|property| property.is_changeable());
    let with_outcome = |property: &'static Property| {
        let before = base.map(|base| &base[property.name]);
        (property, outcome(property, before, mine.get(property.name), &stored[property.name]))
    };
    let mut outcomes: Vec<(&'static Property, Outcome)> = changeable.map(with_outcome).collect();
    if let Some(base) = base {
        entity.together.iter().for_each(|group| keep_together(group, &mut outcomes, base));
    }
    let mut merge = Merge::default();
    for (property, outcome) in outcomes {
        match outcome {
            Outcome::Same | Outcome::Theirs => {}
            Outcome::Write(value) => drop(merge.write.insert(property.name.to_owned(), value)),
            Outcome::Collision(parts, own) => {
                merge.collisions.extend(parts);
                merge.own.extend(own.map(|own| (property.name.to_owned(), own)));
            }
        }
    }
    merge
}

fn outcome(
    property: &'static Property,
    base: Option<&Json>,
    mine: Option<&Json>,
    stored: &Json,
) -> Outcome {
    // A typed secret can't be compared with the stored one.
    let is_other = |mine: &&Json, version: &Json| {
        matches!(property.kind, Kind::Secret { .. }) || !is_same(property, mine, version)
    };
    let collision =
        |mine: &Json| Outcome::Collision(vec![Part::whole(property)], Some(mine.clone()));
    let Some(base) = base else {
        return mine.filter(|mine| is_other(mine, stored)).map_or(Outcome::Same, collision);
    };
    let is_base_stored = is_same(property, base, stored);
    let Some(mine) = mine.filter(|mine| is_other(mine, base)) else {
        return if is_base_stored { Outcome::Same } else { Outcome::Theirs };
    };
    if !is_other(&mine, stored) {
        return Outcome::Same;
    }
    if is_base_stored {
        return Outcome::Write(mine.clone());
    }
    if !property.is_collection() {
        return collision(mine);
    }
    match merged(property, base, mine, stored) {
        Merged { list, collisions } if !collisions.is_empty() => {
            Outcome::Collision(collisions, Some(list))
        }
        Merged { list, .. } if is_same(property, &list, stored) => Outcome::Same,
        Merged { list, .. } => Outcome::Write(list),
    }
}

/// If both sides changed properties of a group whose values belong together, all changed ones
/// collide.
fn keep_together(group: &[&str], outcomes: &mut [(&'static Property, Outcome)], base: &Json) {
    let of_group = || outcomes.iter().filter(|(property, _)| group.contains(&property.name));
    let is_mine = of_group()
        .any(|(_, outcome)| matches!(outcome, Outcome::Write(_) | Outcome::Collision(..)));
    let is_theirs =
        of_group().any(|(_, outcome)| matches!(outcome, Outcome::Theirs | Outcome::Collision(..)));
    if !is_mine || !is_theirs {
        return;
    }
    for (property, outcome) in
        outcomes.iter_mut().filter(|(property, _)| group.contains(&property.name))
    {
        let own = match outcome {
            Outcome::Write(mine) => Some(mine.take()),
            // The base has only its digest.
            Outcome::Theirs if matches!(property.kind, Kind::Secret { .. }) => None,
            Outcome::Theirs => Some(base[property.name].clone()),
            Outcome::Same | Outcome::Collision(..) => continue,
        };
        *outcome = Outcome::Collision(vec![Part::whole(property)], own);
    }
}

#[cfg(test)]
mod tests;
