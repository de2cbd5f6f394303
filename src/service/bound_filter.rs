//! Filters of lists, which are parsed with the request, and bound once the caller is known.

use super::caller::Caller;
use super::selections;
use crate::error::RequestError;
use crate::model::Entity;
use crate::query;
use crate::query::{Filter, Predicate, TextError, Unparsable};
use crate::store::Snapshot;
use uuid::Uuid;

/// The condition of a list, which is bound once the caller is known.
pub struct BoundLater {
    /// The filter with its text, if any.
    pub filter: Option<(String, Filter)>,
    /// The selection to which the list is restricted, if any.
    pub among: Option<Uuid>,
}

impl BoundLater {
    /// The text of the filter, which determines the result; `None` for a list of a selection.
    #[must_use]
    pub fn text(&self) -> Option<&str> {
        if self.among.is_some() {
            None
        } else {
            Some(self.filter.as_ref().map_or("", |(text, _)| text))
        }
    }

    /// The condition on rows of `entity`.
    ///
    /// # Errors
    /// [`RequestError::Unparsable`] for an unknown name; [`RequestError::NotFound`] if the caller
    /// has no such selection.
    pub fn bind(
        &self,
        snapshot: &Snapshot<'_>,
        entity: &'static Entity,
        caller: &Caller,
    ) -> Result<Predicate, RequestError> {
        let selected = match self.among {
            Some(selection) => selections::selected(snapshot, caller, selection, entity)?,
            None => Predicate::True,
        };
        let Some((text, filter)) = &self.filter else { return Ok(selected) };
        let filter = query::bind(text, filter, entity, &caller.readable());
        Ok(Predicate::and([selected, filter.map_err(|problem| unparsable(text, &problem))?]))
    }
}

/// The error for a filter or an order that can't be parsed.
pub fn unparsable(text: &str, problem: &TextError) -> RequestError {
    Unparsable::new(text, problem.clone()).into()
}
