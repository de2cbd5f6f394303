//! The columns of a table: what each shows of an entity as the full form has it.

use super::body::field_of;
use crate::model::{Entity, Invalid, Kind, Property, REGISTRY, did_you_mean};
use serde_json::Value as Json;

/// The columns of a table, or of a list within one.
pub struct Columns(pub Vec<Column>);

/// One column.
pub struct Column {
    /// What the reply calls it.
    pub name: String,
    /// What it shows.
    pub shows: Shows,
}

/// What a column shows.
pub enum Shows {
    /// What lies at the end of a path.
    Value(Vec<&'static str>),
    /// Columns of each item of a list.
    List(&'static str, Columns),
    /// How many entities of these types relate to the row by these properties.
    Count(Vec<(&'static Entity, &'static Property)>),
    /// What the caller may do.
    Privileges,
}

/// The kinds of columns, by QRS's numbers for them.
pub const KINDS: [&str; 5] = ["Undefined", "Property", "Function", "List", "Privileges"];

/// Columns at most.
pub const MOST: usize = 100;

/// Where a path has come to: an entity as replies show it there.
#[derive(Clone, Copy)]
enum Level {
    /// The row itself.
    Root(&'static Entity),
    /// An element of the row.
    Element(&'static Entity),
    /// What the row refers to.
    Condensed(&'static Entity),
}

impl Shows {
    /// Whether another column would show the same again.
    fn is_the_same(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Value(own), Self::Value(other)) => own == other,
            (Self::List(own, _), Self::List(other, _)) => own == other,
            (Self::Privileges, Self::Privileges) => true,
            _ => false,
        }
    }
}

impl Columns {
    /// Reads the body of a table of `entity`.
    ///
    /// # Errors
    /// What is wrong, by the path of the field.
    pub fn read(entity: &'static Entity, body: &Json) -> Result<Self, Invalid> {
        for field in ["entity", "type"] {
            if let Some(kind) = field_of(body, field).and_then(Json::as_str)
                && !kind.is_empty()
                && !kind.eq_ignore_ascii_case(entity.resource_type)
            {
                let message = format!("is {kind}, and the path is that of {}", entity.resource_type);
                return Err(Invalid::one(field, message));
            }
        }
        Self::of(Level::Root(entity), field_of(body, "columns"), "columns")
    }

    /// Whether one of them tells what the caller may do.
    pub fn tells_privileges(&self) -> bool {
        self.0.iter().any(|column| matches!(column.shows, Shows::Privileges))
    }

    fn of(level: Level, list: Option<&Json>, field: &str) -> Result<Self, Invalid> {
        let list = list.and_then(Json::as_array).filter(|list| !list.is_empty() && list.len() <= MOST);
        let list = list.ok_or_else(|| Invalid::one(field, format!("must be a list of 1 to {MOST} columns")))?;
        let mut columns: Vec<Column> = Vec::with_capacity(list.len());
        for (index, json) in list.iter().enumerate() {
            let within = |invalid: Invalid| invalid.within(&format!("{field}[{index}]"));
            let column = Column::read(level, json).map_err(within)?;
            // Or one row could be asked to be written down a thousand times.
            if columns.iter().any(|earlier| earlier.shows.is_the_same(&column.shows)) {
                return Err(within(Invalid::one("definition", "is that of another column, too")));
            }
            columns.push(column);
        }
        Ok(Self(columns))
    }
}

impl Column {
    fn read(level: Level, json: &Json) -> Result<Self, Invalid> {
        let text = |field: &str| field_of(json, field).and_then(Json::as_str).unwrap_or_default().trim().to_owned();
        let (name, definition) = (text("name"), text("definition"));
        if name.is_empty() {
            return Err(Invalid::one("name", "is missing"));
        }
        let wrong = |message: String| Invalid::one("definition", message);
        let shows = match kind(field_of(json, "columnType"))? {
            "Privileges" if matches!(level, Level::Root(_)) => Shows::Privileges,
            "Privileges" => return Err(wrong("privileges are told of rows, not of what is in a list".to_owned())),
            "Function" => Shows::Count(count(level, &definition).map_err(wrong)?),
            "List" => {
                let (property, inner) = list_at(level, &definition).map_err(wrong)?;
                Shows::List(property, Columns::of(inner, field_of(json, "list"), "list")?)
            }
            _ => Shows::Value(path(level, &definition).map_err(wrong)?),
        };
        Ok(Self { name, shows })
    }
}

fn kind(json: Option<&Json>) -> Result<&'static str, Invalid> {
    let found = match json {
        None | Some(Json::Null) => Some("Property"),
        Some(Json::Number(number)) => number
            .as_u64()
            .and_then(|number| usize::try_from(number).ok())
            .and_then(|number| KINDS.get(number).copied()),
        Some(Json::String(name)) => KINDS.into_iter().find(|kind| kind.eq_ignore_ascii_case(name.trim())),
        Some(_) => None,
    };
    found.ok_or_else(|| Invalid::one("columnType", format!("must be one of {}, or its number", KINDS.join(", "))))
}

/// The names of what lies along a path, as JSON has them.
fn path(level: Level, definition: &str) -> Result<Vec<&'static str>, String> {
    let mut at = Some(level);
    let mut names = Vec::new();
    for segment in definition.split('.') {
        let Some(level) = at else {
            return Err(format!("{} is no single entity that would have a {segment}", names.join(".")));
        };
        let property = find(level, segment)?;
        names.push(property.name);
        at = match property.kind {
            Kind::Reference(target) => Some(Level::Condensed(target)),
            _ => None,
        };
    }
    Ok(names)
}

/// The list that a list column shows, and what its items are.
fn list_at(level: Level, definition: &str) -> Result<(&'static str, Level), String> {
    let property = find(level, definition)?;
    match property.kind {
        Kind::Links(target) => Ok((property.name, Level::Condensed(target))),
        Kind::Elements(element) => Ok((property.name, Level::Element(element))),
        _ => Err(format!("{} is no list of entities", property.name)),
    }
}

fn find(level: Level, name: &str) -> Result<&'static Property, String> {
    let (Level::Root(entity) | Level::Element(entity) | Level::Condensed(entity)) = level;
    let shown = || {
        entity.full().filter(move |property| match level {
            Level::Root(_) | Level::Element(_) => true,
            Level::Condensed(_) => property.condensed && !property.is_collection(),
        })
    };
    shown().find(|property| property.name.eq_ignore_ascii_case(name)).ok_or_else(|| {
        let hint = did_you_mean(name, shown().map(|property| property.name));
        format!("a {} does not show '{name}' there; {hint}", entity.noun)
    })
}

/// `Count(App,DataConnection)`: the properties by which entities of these types relate to the row. Types that are not stored here
/// have none.
fn count(level: Level, definition: &str) -> Result<Vec<(&'static Entity, &'static Property)>, String> {
    let Level::Root(target) = level else { return Err("functions can't be used in a list".to_owned()) };
    let start = definition.get(..6).filter(|start| start.eq_ignore_ascii_case("count("));
    let types = start.and_then(|_| definition[6..].strip_suffix(')'));
    let types =
        types.ok_or_else(|| format!("must be Count(…) of types, such as Count(DataConnection), not '{definition}'"))?;
    let named = |entity: &Entity| types.split(',').any(|name| name.trim().eq_ignore_ascii_case(entity.resource_type));
    let relations = REGISTRY
        .into_iter()
        .filter(|entity| named(entity))
        .flat_map(|entity| entity.properties.iter().map(move |property| (entity, property)));
    Ok(relations.filter(|(_, property)| leads_to(property, target)).collect())
}

fn leads_to(property: &Property, entity: &Entity) -> bool {
    matches!(property.kind, Kind::Reference(target) | Kind::Links(target) if *target == *entity)
}
