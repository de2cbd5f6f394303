//! Lists of entities.

use super::bound_filter::{BoundLater, unparsable};
use super::caller::Caller;
use super::response_cache::{CacheKey, Operation, Response, ResponseCache};
use super::shown_privileges::Privileges;
use crate::error::RequestError;
use crate::model::{Action, Entity};
use crate::query::parse_order;
use crate::store::{Form, Page, SelectQuery, Snapshot};

/// A requested list, which is bound once the caller is known.
pub struct Listing {
    /// The entity type.
    pub entity: &'static Entity,
    /// Full or condensed.
    pub form: Form,
    /// The condition.
    pub filter: BoundLater,
    /// The text of `orderby`.
    pub order: String,
    /// The requested part.
    pub page: Option<Page>,
    /// Whether each row shows the caller's privileges.
    pub privileges: Privileges,
}

impl Listing {
    /// Binds the list to what the caller may read. If a part is requested and counting is fast,
    /// also returns the total number.
    ///
    /// # Errors
    /// [`RequestError::Unparsable`] if the filter or the order has an unknown name.
    pub fn begin(
        &self,
        snapshot: &Snapshot<'_>,
        caller: &Caller,
    ) -> Result<(SelectQuery, Option<i64>), RequestError> {
        let orders = parse_order(&self.order, self.entity, &caller.readable());
        let filter = self.filter.bind(snapshot, self.entity, caller)?;
        let selection = SelectQuery {
            entity: self.entity,
            form: self.form,
            condition: caller.visible(self.entity, filter.clone()),
            orders: orders.map_err(|problem| unparsable(&self.order, &problem))?,
            page: self.page,
            privileges: caller.privilege_columns(self.entity, self.privileges),
        };
        let total = match self.page {
            Some(_) => snapshot.count_soon(
                self.entity,
                &caller.guard(self.entity, Action::Read),
                &filter,
            )?,
            None => None,
        };
        Ok((selection, total))
    }

    /// The whole list, which must be short, from the cache or into it.
    ///
    /// # Errors
    /// As [`Listing::begin`].
    pub fn respond(
        &self,
        snapshot: &Snapshot<'_>,
        caller: &Caller,
        responses: &ResponseCache,
    ) -> Result<Response, RequestError> {
        let key = self.cache_key();
        if let Some(kept) = responses.get(&caller.actor, caller.moment, key.as_ref()) {
            return Ok(kept);
        }
        let (selection, total) = self.begin(snapshot, caller)?;
        let mut json = Vec::new();
        snapshot.list(&selection, &mut |part| {
            json.extend(part);
            Ok(())
        })?;
        let response = Response { total, ..Response::of(json) };
        responses.put(&caller.actor, caller.moment, key.as_ref(), &response);
        Ok(response)
    }

    /// The cache key of its response; `None` for a list of a selection.
    fn cache_key(&self) -> Option<CacheKey> {
        let Self { entity, form, page, privileges, .. } = *self;
        let (filter, order) = (self.filter.text()?.to_owned(), self.order.clone());
        Some(CacheKey::new(entity, Operation::List { form, filter, order, page, privileges }))
    }
}
