//! What was done to several entities, as the address of the list says it, and as the list says it.

use super::filled::Part;
use crate::http::failure::Failure;
use crate::http::query_string::QueryString;
use crate::model::Entity;

/// What was done, and to how many.
pub struct Done {
    number: usize,
    /// The changes that were made; none where the entities were deleted.
    made: Vec<Part>,
}

/// The parameters of the list's address.
const NUMBER: &str = "saved";
const MADE: &str = "made";

const DELETED: &str = "delete";

impl Done {
    /// So many were changed.
    pub const fn changed(number: usize, made: Vec<Part>) -> Self {
        Self { number, made }
    }

    /// So many were deleted.
    pub const fn deleted(number: usize) -> Self {
        Self { number, made: Vec::new() }
    }

    /// Reads it from the address of a list; nothing if the address says nothing of it.
    ///
    /// # Errors
    /// `BadRequest` if a parameter is there twice.
    pub fn read(query: &QueryString) -> Result<Option<Self>, Failure> {
        let Some(number) = query.get(NUMBER)?.and_then(|text| text.parse::<u32>().ok()) else { return Ok(None) };
        let number = usize::try_from(number).unwrap_or_default();
        Ok(match query.all(MADE).as_slice() {
            [DELETED] => Some(Self::deleted(number)),
            names => {
                let made: Vec<Part> = names.iter().filter_map(|name| Part::named(name)).collect();
                (!made.is_empty()).then_some(Self::changed(number, made))
            }
        })
    }

    /// The address of a list, whose own parameters are `list`, with what was done.
    pub fn address(&self, entity: &Entity, list: &str) -> String {
        let mut parameters = form_urlencoded::Serializer::new(String::new());
        parameters.append_pair(NUMBER, &self.number.to_string());
        if self.made.is_empty() {
            parameters.append_pair(MADE, DELETED);
        }
        parameters.extend_pairs(self.made.iter().map(|part| (MADE, part.name())));
        let separator = if list.is_empty() { "" } else { "&" };
        format!("/console/{}?{list}{separator}{}", entity.path, parameters.finish())
    }

    /// What was done, in words.
    pub fn sentence(&self, entity: &Entity) -> String {
        let number = entity.counted(self.number);
        if self.made.is_empty() {
            return format!("Deleted: {number}.");
        }
        let made: Vec<&str> = self.made.iter().map(|part| part.made()).collect();
        format!("Changed: {number} ({}).", made.join(", "))
    }
}
