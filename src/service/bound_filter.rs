//! Filters of lists: they are parsed with the request, and bound once it is known who asks.

use super::caller::Caller;
use super::selections;
use crate::error::RequestError;
use crate::model::Entity;
use crate::query;
use crate::query::{Filter, Predicate, TextError, Unparsable};
use crate::store::Snapshot;
use uuid::Uuid;

/// What a list is about, which is bound once it is known who asks.
pub struct BoundLater {
    /// A filter with its text, if there is one.
    pub filter: Option<(String, Filter)>,
    /// The selection that it is about, if it is about one.
    pub among: Option<Uuid>,
}

impl BoundLater {
    /// The text of the filter, which is all that it hangs on; nothing if it is about a selection.
    #[must_use]
    pub fn text(&self) -> Option<&str> {
        if self.among.is_some() {
            None
        } else {
            Some(self.filter.as_ref().map_or("", |(text, _)| text))
        }
    }

    /// The condition that it puts on rows of `entity`.
    ///
    /// # Errors
    /// It names what is not there, or there is no such selection of the caller's.
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

/// Refuses a filter or an order that can't be understood.
pub fn unparsable(text: &str, problem: &TextError) -> RequestError {
    Unparsable::new(text, problem.clone()).into()
}
