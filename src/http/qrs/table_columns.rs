//! The columns of a table: which part of the full form of an entity each shows.

use crate::model::{
    Entity, FieldErrors, Kind, Property, REGISTRY, did_you_mean, field_of, text_of,
};
use serde_json::Value as Json;

/// The columns of a table, or of a list within one.
pub struct Columns(pub Vec<Column>);

/// One column.
pub struct Column {
    /// Its name in the reply.
    pub name: String,
    /// Its contents.
    pub shows: Shows,
}

/// The contents of a column.
pub enum Shows {
    /// The value at the end of a path.
    Value(Vec<&'static str>),
    /// Columns of each item of a list.
    List(&'static str, Columns),
    /// The number of entities that refer to the row with these properties.
    Count(Vec<(&'static Entity, &'static Property)>),
    /// What the caller may do.
    Privileges,
    /// The same value in all rows.
    Constant(Json),
}

/// The kinds of columns, in the order of their numbers in QRS.
pub const KINDS: [&str; 5] = ["Undefined", "Property", "Function", "List", "Privileges"];

/// Most columns, and most columns with the same contents: otherwise, a reply could repeat a long
/// text a hundred times per row.
pub const MOST: usize = 100;
const MOST_OF_THE_SAME: usize = 4;

/// An entity on a path, in the form in which replies show it.
#[derive(Clone, Copy)]
enum Level {
    /// The row itself.
    Root(&'static Entity),
    /// An element of the row.
    Element(&'static Entity),
    /// An entity to which the row refers.
    Condensed(&'static Entity),
}

impl Level {
    const fn entity(self) -> &'static Entity {
        let (Self::Root(entity) | Self::Element(entity) | Self::Condensed(entity)) = self;
        entity
    }
}

impl Shows {
    /// Whether another column has the same contents.
    fn is_same(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Value(own), Self::Value(other)) => own == other,
            (Self::List(own, _), Self::List(other, _)) => own == other,
            (Self::Privileges, Self::Privileges) => true,
            (Self::Count(own), Self::Count(other)) => own == other,
            (Self::Constant(own), Self::Constant(other)) => own == other,
            _ => false,
        }
    }
}

impl Columns {
    /// Parses the body of a table of `entity`.
    ///
    /// # Errors
    /// What is wrong, with the path of the field.
    pub fn read(entity: &'static Entity, body: &Json) -> Result<Self, FieldErrors> {
        for field in ["entity", "type"] {
            if let Some(kind) = field_of(body, field).and_then(Json::as_str)
                && !kind.is_empty()
                && !kind.eq_ignore_ascii_case(entity.resource_type)
            {
                let message = format!("is {kind}, but the path is for {}", entity.resource_type);
                return Err(FieldErrors::one(field, message));
            }
        }
        Self::of(Level::Root(entity), field_of(body, "columns"), "columns")
    }

    /// The path of the single value that `sortcolumn` names: that of a column, or of a property
    /// that no column shows. `None` if there is no such value, or all rows have the same.
    ///
    /// # Errors
    /// A message if it names a column without a single value.
    pub fn path_to_sort_by(
        &self,
        entity: &'static Entity,
        name: &str,
    ) -> Result<Option<String>, String> {
        let column = self.0.iter().find(|column| column.name.eq_ignore_ascii_case(name));
        match column.map(|column| &column.shows) {
            Some(Shows::Value(path)) if path.last() != Some(&"privileges") => {
                Ok(Some(path.join(".")))
            }
            Some(Shows::Constant(_)) => Ok(None),
            Some(_) => Err(format!(
                "the column {name} can't be used for sorting: it shows no single value"
            )),
            None => {
                let is_single = |property: &Property| {
                    referenced(property).is_none() && !property.is_collection()
                };
                let found = path(Level::Root(entity), name)
                    .ok()
                    .filter(|(_, property)| is_single(property));
                Ok(found.map(|(names, _)| names.join(".")))
            }
        }
    }

    /// Whether a column shows what the caller may do.
    pub fn shows_privileges(&self) -> bool {
        self.0.iter().any(|column| matches!(column.shows, Shows::Privileges))
    }

    fn of(level: Level, list: Option<&Json>, field: &str) -> Result<Self, FieldErrors> {
        let list =
            list.and_then(Json::as_array).filter(|list| !list.is_empty() && list.len() <= MOST);
        let list = list.ok_or_else(|| {
            FieldErrors::one(field, format!("must be a list of 1 to {MOST} columns"))
        })?;
        let mut columns: Vec<Column> = Vec::with_capacity(list.len());
        for (index, json) in list.iter().enumerate() {
            let within = |invalid: FieldErrors| invalid.within(index).within(field);
            let column = Column::read(level, json).map_err(within)?;
            let same =
                columns.iter().filter(|earlier| earlier.shows.is_same(&column.shows)).count();
            if same == MOST_OF_THE_SAME {
                let message = format!(
                    "is that of {MOST_OF_THE_SAME} other columns already, the most that are allowed"
                );
                return Err(within(FieldErrors::one("definition", message)));
            }
            columns.push(column);
        }
        Ok(Self(columns))
    }
}

impl Column {
    fn read(level: Level, json: &Json) -> Result<Self, FieldErrors> {
        let text = |field: &str| text_of(json, field).trim().to_owned();
        let (name, definition) = (text("name"), text("definition"));
        if name.is_empty() {
            return Err(FieldErrors::one("name", "is missing"));
        }
        let wrong = |message: String| FieldErrors::one("definition", message);
        let shows = match kind(field_of(json, "columnType"))? {
            "Privileges" if matches!(level, Level::Root(_)) => Shows::Privileges,
            "Privileges" => {
                return Err(wrong(
                    "privileges can be shown of rows only, not of the items of a list".to_owned(),
                ));
            }
            "Function" => Shows::Count(count(level, &definition).map_err(wrong)?),
            "List" => {
                let (property, inner) = list_at(level, &definition).map_err(wrong)?;
                Shows::List(property, Columns::of(inner, field_of(json, "list"), "list")?)
            }
            _ => value(level, &definition).map_err(wrong)?,
        };
        Ok(Self { name, shows })
    }
}

fn kind(json: Option<&Json>) -> Result<&'static str, FieldErrors> {
    let found = match json {
        None | Some(Json::Null) => Some("Property"),
        Some(Json::Number(number)) => number
            .as_u64()
            .and_then(|number| usize::try_from(number).ok())
            .and_then(|number| KINDS.get(number).copied()),
        Some(Json::String(name)) => {
            KINDS.into_iter().find(|kind| kind.eq_ignore_ascii_case(name.trim()))
        }
        Some(_) => None,
    };
    found.ok_or_else(|| {
        FieldErrors::one(
            "columnType",
            format!("must be one of {}, or its number", KINDS.join(", ")),
        )
    })
}

/// Parses a path to a property, or to a value that all entities have in addition to their
/// properties.
fn value(level: Level, definition: &str) -> Result<Shows, String> {
    let (start, last) = match definition.rsplit_once('.') {
        Some((start, last)) => (Some(start), last),
        None => (None, definition),
    };
    let beside = ["schemaPath", "privileges", "impactSecurityAccess"];
    let Some(name) = beside.into_iter().find(|name| name.eq_ignore_ascii_case(last)) else {
        return Ok(Shows::Value(path(level, definition)?.0));
    };
    let (mut names, end) = match start {
        None => (Vec::new(), level),
        Some(start) => {
            let (names, property) = path(level, start)?;
            let end = referenced(property).ok_or_else(|| no_entity(&names, last))?;
            (names, end)
        }
    };
    Ok(match name {
        "schemaPath" => Shows::Constant(end.entity().resource_type.into()),
        // Patchbay does not use this flag.
        "impactSecurityAccess" => Shows::Constant(false.into()),
        _ => {
            names.push(name);
            Shows::Value(names)
        }
    })
}

fn no_entity(names: &[&str], segment: &str) -> String {
    format!("{} is not a single entity, so it has no {segment}", names.join("."))
}

/// Resolves a path. Returns the names along it, as in JSON, and the property at its end.
fn path(level: Level, definition: &str) -> Result<(Vec<&'static str>, &'static Property), String> {
    let mut segments = definition.split('.');
    let mut property = find(level, segments.next().unwrap_or_default())?;
    let mut names = vec![property.name];
    for segment in segments {
        let level = referenced(property).ok_or_else(|| no_entity(&names, segment))?;
        property = find(level, segment)?;
        names.push(property.name);
    }
    Ok((names, property))
}

/// The entity to which a property refers.
const fn referenced(property: &Property) -> Option<Level> {
    match property.kind {
        Kind::Reference(target) => Some(Level::Condensed(target)),
        _ => None,
    }
}

/// Finds the list for a list column, and the type of its items. The definition is the name of the
/// property or, as the QMC sends it, of the type of its items.
fn list_at(level: Level, definition: &str) -> Result<(&'static str, Level), String> {
    let lists = || shown(level).filter_map(|property| Some((property.name, items(property)?)));
    let is_named = |name: &str| name.eq_ignore_ascii_case(definition);
    let by_name = lists().find(|(name, _)| is_named(name));
    if let Some(list) =
        by_name.or_else(|| lists().find(|(_, items)| is_named(items.entity().resource_type)))
    {
        return Ok(list);
    }
    let property = find(level, definition)?;
    Err(format!("{} is not a list of entities", property.name))
}

/// The items of a list; `None` if the property is not a list of entities.
const fn items(property: &Property) -> Option<Level> {
    match property.kind {
        Kind::Links(target) => Some(Level::Condensed(target)),
        Kind::Elements(element) => Some(Level::Element(element)),
        _ => None,
    }
}

/// The properties that replies show at this level.
fn shown(level: Level) -> impl Iterator<Item = &'static Property> {
    level.entity().full().filter(move |property| match level {
        Level::Root(_) | Level::Element(_) => true,
        Level::Condensed(_) => property.condensed && !property.is_collection(),
    })
}

fn find(level: Level, name: &str) -> Result<&'static Property, String> {
    shown(level).find(|property| property.name.eq_ignore_ascii_case(name)).ok_or_else(|| {
        let hint = did_you_mean(name, shown(level).map(|property| property.name));
        format!("a {} does not show '{name}' here; {hint}", level.entity().noun)
    })
}

/// Parses `Count(App,DataConnection)`: returns the properties with which entities of these types
/// refer to the row. Types that are not stored here have none.
fn count(
    level: Level,
    definition: &str,
) -> Result<Vec<(&'static Entity, &'static Property)>, String> {
    let Level::Root(target) = level else {
        return Err("functions can't be used in a list".to_owned());
    };
    let start = definition.get(..6).filter(|start| start.eq_ignore_ascii_case("count("));
    let types = start.and_then(|_| definition[6..].strip_suffix(')'));
    let types = types.ok_or_else(|| {
        format!("must be Count(…) of types, such as Count(DataConnection), not '{definition}'")
    })?;
    let named = |entity: &Entity| {
        types.split(',').any(|name| name.trim().eq_ignore_ascii_case(entity.resource_type))
    };
    let relations = REGISTRY
        .iter()
        .copied()
        .filter(|entity| named(entity))
        .flat_map(|entity| entity.properties.iter().map(move |property| (entity, property)));
    Ok(relations.filter(|(_, property)| leads_to(property, target)).collect())
}

fn leads_to(property: &Property, entity: &Entity) -> bool {
    matches!(property.kind, Kind::Reference(target) | Kind::Links(target) if *target == *entity)
}
