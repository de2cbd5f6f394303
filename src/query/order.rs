//! `orderby`: one or more properties, ascending by default or with `desc`, possibly through to-one
//! references.

use super::Readable;
use super::filter::{Path, Segment};
use super::grammar::Position;
use super::path::{End, resolve, target};
use super::predicate::Predicate;
use super::text_error::TextError;
use crate::model::{Entity, Kind, Property};

/// One property to sort by.
#[derive(Clone, Debug)]
pub struct Order {
    /// The references to follow, each with the rows at its end that the caller may read.
    pub steps: Vec<(&'static Property, Predicate)>,
    /// The property to compare.
    pub property: &'static Property,
    /// Whether the order is descending.
    pub descending: bool,
}

/// The most properties of one order.
const MOST: usize = 16;

/// Parses and binds an `orderby` value, such as `owner.name desc, name`. A blank value gives no
/// order.
///
/// # Errors
/// [`TextError`] for an unknown name, a property that can't be sorted by, or a word that is neither
/// `asc` nor `desc`.
pub fn parse_order(
    text: &str,
    entity: &'static Entity,
    readable: Readable<'_>,
) -> Result<Vec<Order>, TextError> {
    if text.trim().is_empty() {
        return Ok(Vec::new());
    }
    let mut orders = Vec::new();
    let mut offset = 0;
    for item in text.split(',') {
        if orders.len() == MOST {
            return Err(TextError::new(
                text,
                offset,
                format!("more than {MOST} properties to sort by"),
            ));
        }
        orders.push(parse_item(text, offset, item, entity, readable)?);
        offset += item.len() + 1;
    }
    Ok(orders)
}

fn parse_item(
    text: &str,
    offset: usize,
    item: &str,
    entity: &'static Entity,
    readable: Readable<'_>,
) -> Result<Order, TextError> {
    let mut words = words(item).map(|(at, word)| (offset + at, word));
    let Some((path_at, path)) = words.next() else {
        return Err(TextError::new(text, offset, "expected the name of a property to sort by"));
    };
    let descending = match words.next() {
        None => false,
        Some((_, word)) if word.eq_ignore_ascii_case("asc") => false,
        Some((_, word)) if word.eq_ignore_ascii_case("desc") => true,
        Some((at, word)) => {
            return Err(TextError::new(text, at, format!("expected asc or desc, found '{word}'")));
        }
    };
    if let Some((at, word)) = words.next() {
        return Err(TextError::new(
            text,
            at,
            format!("expected a comma or the end, found '{word}'"),
        ));
    }
    let resolved = resolve(text, &parse_path(path, path_at), entity)?;
    let sortable = resolved.steps.iter().all(|step| matches!(step.kind, Kind::Reference(_)));
    match resolved.end {
        End::Property(property) if sortable => {
            let visible = |step: &&'static Property| target(step).map_or(Predicate::True, readable);
            let steps = resolved.steps.iter().map(|step| (*step, visible(step))).collect();
            Ok(Order { steps, property, descending })
        }
        _ => Err(TextError::new(
            text,
            path_at,
            format!("{path} is not a single value, so it can't be used for sorting"),
        )),
    }
}

fn parse_path(path: &str, at: usize) -> Path {
    let mut offset = at;
    let segments = path.split('.').map(|name| {
        let position = Position(offset);
        offset += name.len() + 1;
        let (name, is_custom_property) =
            name.strip_prefix('@').map_or((name, false), |name| (name, true));
        Segment { name: name.to_owned(), is_custom_property, position }
    });
    Path(segments.collect())
}

/// The words of `text` with their byte offsets.
fn words(text: &str) -> impl Iterator<Item = (usize, &str)> {
    text.split_whitespace().map(move |word| (word.as_ptr() as usize - text.as_ptr() as usize, word))
}
