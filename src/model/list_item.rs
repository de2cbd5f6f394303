//! The items of lists of plain strings.

use super::schema::Property;

/// An item of such a list, so that filters can compare it like any property.
pub static LIST_ITEM: Property = Property::text("value", "value", 1024);
