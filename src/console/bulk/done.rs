//! The message about what was done to several entities.

use super::filled::Part;
use crate::model::Entity;

/// So many were deleted.
pub fn deleted(entity: &Entity, number: usize) -> String {
    format!("Deleted: {}.", entity.counted(number))
}

/// So many were changed by these changes.
pub fn changed(entity: &Entity, number: usize, made: &[Part]) -> String {
    let made: Vec<&str> = made.iter().map(|part| part.made()).collect();
    format!("Changed: {} ({}).", entity.counted(number), made.join(", "))
}
