//! The messages after an action on several entities.

use super::filled::Part;
use crate::model::Entity;

/// The message after a deletion.
pub fn deleted(entity: &Entity, number: usize) -> String {
    format!("Deleted: {}.", entity.counted(number))
}

/// The message after these changes.
pub fn changed(entity: &Entity, number: usize, made: &[Part]) -> String {
    let made: Vec<&str> = made.iter().map(|part| part.made()).collect();
    format!("Changed: {} ({}).", entity.counted(number), made.join(", "))
}
