//! The query parameters of a list: the filter, the order, the columns, and the start of the page.

use super::value_text::usual_columns;
use crate::error::RequestError;
use crate::http::extract::query_string::QueryString;
use crate::model::{Entity, Property};

/// Rows of a page.
pub const ROWS: u32 = 50;

/// Most bytes of parameters that a form may send back; an address has no more.
const LONGEST: usize = 32 * 1024;

/// The parameters of a list.
#[derive(Clone)]
pub struct ListQuery {
    /// The filter as it was typed.
    pub filter: String,
    /// The order, as in `orderby`.
    pub order: String,
    /// The columns.
    pub columns: Vec<&'static Property>,
    /// The name of an unknown column.
    pub unknown_column: Option<String>,
    /// How many rows come before the page.
    pub skip: u32,
}

impl ListQuery {
    /// Reads the parameters of an address.
    ///
    /// # Errors
    /// `BadRequest` if a parameter occurs twice, or `skip` is not a whole number.
    pub fn read(entity: &'static Entity, query: &QueryString) -> Result<Self, RequestError> {
        let text =
            |name: &str| query.get(name).map(|text| text.unwrap_or_default().trim().to_owned());
        let skip = query.page()?.map_or(0, |page| page.skip);
        let names = query.all("column");
        let is_known =
            |name: &str| entity.full().any(|property| property.name.eq_ignore_ascii_case(name));
        let unknown_column =
            names.iter().find(|name| !is_known(name)).map(|name| (*name).to_owned());
        let columns = columns(entity, &names);
        Ok(Self { filter: text("filter")?, order: text("orderby")?, columns, unknown_column, skip })
    }

    /// Reads the parameters that a form sent back. Invalid ones lead to the default list.
    pub fn of_form(entity: &'static Entity, text: &str) -> Self {
        let plain = || Self {
            filter: String::new(),
            order: String::new(),
            columns: columns(entity, &[]),
            unknown_column: None,
            skip: 0,
        };
        if text.len() > LONGEST {
            return plain();
        }
        let read = QueryString::parse(text).and_then(|query| Self::read(entity, &query));
        read.unwrap_or_else(|_| plain())
    }

    /// The parameters of the same list in this order, from this row on.
    pub fn text(&self, entity: &'static Entity, order: &str, skip: u32) -> String {
        let mut parameters = form_urlencoded::Serializer::new(String::new());
        for (name, text) in [("filter", self.filter.as_str()), ("orderby", order)] {
            if !text.is_empty() {
                parameters.append_pair(name, text);
            }
        }
        let names: Vec<&str> = self.columns.iter().map(|property| property.name).collect();
        if names != usual_columns(entity) {
            parameters.extend_pairs(names.iter().map(|name| ("column", name)));
        }
        if skip > 0 {
            parameters.append_pair("skip", &skip.to_string());
        }
        parameters.finish()
    }

    /// The address of the same list in this order, from this row on.
    pub fn link(&self, entity: &'static Entity, order: &str, skip: u32) -> String {
        format!("/console/{}?{}", entity.path, self.text(entity, order, skip))
    }

    /// The parameters of the list itself.
    pub fn own_text(&self, entity: &'static Entity) -> String {
        self.text(entity, &self.order, self.skip)
    }
}

/// The columns with these names, or the default ones; default ones come first, in their order.
fn columns(entity: &'static Entity, names: &[&str]) -> Vec<&'static Property> {
    let usual = usual_columns(entity);
    let is_chosen = |property: &&Property| {
        let is = |name: &&str| name.eq_ignore_ascii_case(property.name);
        if names.is_empty() { usual.iter().any(is) } else { names.iter().any(is) }
    };
    let mut columns: Vec<&'static Property> = entity.full().filter(is_chosen).collect();
    columns.sort_by_key(|property| {
        usual.iter().position(|name| *name == property.name).unwrap_or(usual.len())
    });
    columns
}
