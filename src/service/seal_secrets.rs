//! Seals the secrets of an entity, such as the password of a data connection, before it is stored.

use super::backend::Backend;
use crate::crypto::Place;
use crate::error::RequestError;
use crate::model::Document;
use crate::store::Write;
use uuid::Uuid;

/// Seals the secrets in the document, and counts the use of the key.
///
/// # Errors
/// [`RequestError::Unavailable`] while the server runs without its master key;
/// [`RequestError::Internal`] if the database failed.
pub fn seal_secrets(
    backend: &Backend,
    write: &Write<'_>,
    document: &mut Document,
    id: Uuid,
) -> Result<(), RequestError> {
    let entity = document.entity.resource_type;
    document.seal_secrets(|property, secret| {
        let Some(key_ring) = backend.keys.at(&write.snapshot())? else {
            return Err(RequestError::Unavailable(format!(
                "{}: secrets can't be stored while the server runs sealed, without its master key",
                property.name
            )));
        };
        let place = Place { entity, property: property.name, id: &id.to_string() };
        let sealed = key_ring.seal(place, secret)?;
        write.count_uses(key_ring.newest_term().unwrap_or_default(), 1)?;
        Ok(sealed)
    })
}
