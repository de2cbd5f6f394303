//! QRS's audit matrix: what each of several users may do to each of several resources, as sums of
//! the actions' bits (QRS reference, 2.6).

use super::audit::{audited, check_pairs};
use super::{Error, Site, guards, names};
use crate::model::{Action, Actor, Entity, USER};
use crate::policy::Guards;
use crate::query::Predicate;
use crate::store::{Keep, Page, Tested};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value as Json};
use std::collections::BTreeMap;
use utoipa::ToSchema;
use uuid::Uuid;

/// The request of QRS clients. A field that is null or omitted does not restrict the result.
#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct MatrixRequest {
    /// The type of the resources.
    #[schema(required = true, nullable = false, min_length = 1)]
    resource_type: Option<String>,
    /// The resources.
    #[schema(inline)]
    resource_ref: Option<Selected>,
    /// The users.
    #[schema(inline)]
    subject_ref: Option<Selected>,
    /// The actions to check, as the sum of their bits.
    actions: Option<i64>,
    /// The environment of the users, as in the header `X-Qlik-Security`.
    pub environment_attributes: Option<String>,
    /// The properties of each user to show.
    subject_properties: Option<Vec<String>>,
    /// The properties of each resource to show.
    resource_properties: Option<Vec<String>>,
    /// The maximum number of cells in the result.
    audit_limit: Option<u32>,
    /// The privileges of the caller to show for each user and resource, as the sum of their bits.
    output_objects_privileges: Option<i64>,
}

#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct Selected {
    /// A filter.
    resource_filter: Option<String>,
}

/// The rights of users on resources. Only users and resources with a cell are listed.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct AuditMatrix {
    /// `AuditMatrix`.
    schema_path: &'static str,
    /// A cell for each user and resource for which the user has a right.
    #[schema(inline)]
    matrix: Vec<Cell>,
    /// The resources, by id.
    #[schema(inline)]
    resources: BTreeMap<Uuid, MatrixResource>,
    /// The users, by id.
    #[schema(inline)]
    subjects: BTreeMap<Uuid, MatrixSubject>,
}

#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct Cell {
    subject_id: Uuid,
    resource_id: Uuid,
    #[schema(inline)]
    audit: Access,
}

#[derive(Debug, Serialize, ToSchema)]
struct Access {
    /// The sum of the bits of the allowed actions.
    access: i64,
}

#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct MatrixResource {
    /// The requested properties.
    #[schema(value_type = Object)]
    resource_properties: Map<String, Json>,
    /// The actions that the caller may perform.
    privileges: Vec<&'static str>,
}

#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct MatrixSubject {
    /// The requested properties.
    #[schema(value_type = Object)]
    subject_properties: Map<String, Json>,
    /// The actions that the caller may perform.
    privileges: Vec<&'static str>,
}

/// The default number of cells.
const LIMIT: u32 = 1_000;

/// The most users or resources; more could not all have cells.
const SIDE: u32 = 10_000;

/// The most names of properties.
const NAMES: usize = 100;

impl Site<'_> {
    /// The rights of each user on each resource, restricted to what the caller may see; `own` are
    /// the caller's guards.
    ///
    /// # Errors
    /// [`Error::Nonsense`] or [`Error::Unparsable`] if the type or a filter is invalid;
    /// [`Error::TooMuch`] if the result is too large; [`Error::Store`] if the database failed.
    pub fn matrix(
        &self,
        request: &MatrixRequest,
        own: impl Fn(&'static Entity) -> Guards,
    ) -> Result<AuditMatrix, Error> {
        let entity = audited(request.resource_type.as_deref())?;
        let subject_names = names_of(request.subject_properties.as_deref(), "subjectProperties")?;
        let resource_names =
            names_of(request.resource_properties.as_deref(), "resourceProperties")?;
        let visible = self.select(
            entity,
            "resourceRef.resourceFilter",
            filter(request.resource_ref.as_ref()),
        )?;
        let subjects =
            self.select(&USER, "subjectRef.resourceFilter", filter(request.subject_ref.as_ref()))?;
        let number = |entity, condition| {
            Ok::<_, Error>(self.snapshot.count(entity, condition)?.unsigned_abs())
        };
        let numbers = [number(&USER, &subjects)?, number(entity, &visible)?];
        let [users, resources] =
            numbers.map(|number| usize::try_from(number).unwrap_or(usize::MAX));
        check_pairs(users, resources)?;
        let limit = request.audit_limit.filter(|limit| *limit > 0).unwrap_or(LIMIT) as usize;
        let page = Page { skip: 0, take: SIDE };
        let own_privileges = self.own_privileges(request, entity, &visible, own)?;
        let mut matrix = AuditMatrix {
            schema_path: "AuditMatrix",
            matrix: Vec::new(),
            resources: BTreeMap::new(),
            subjects: BTreeMap::new(),
        };
        for mut actor in self.snapshot.actors(&subjects, page)? {
            (self.situation)(&mut actor);
            let guards = self.masked(&actor, entity, request.actions);
            for row in self.snapshot.test_some(entity, &visible, &guards, Keep::Held, page)? {
                if matrix.matrix.len() == limit {
                    return Ok(matrix);
                }
                matrix.matrix.push(Cell {
                    subject_id: actor.id,
                    resource_id: row.id,
                    audit: Access { access: sum(&row) },
                });
                matrix.subjects.entry(actor.id).or_insert_with(|| MatrixSubject {
                    subject_properties: properties(&actor, subject_names),
                    privileges: Vec::new(),
                });
                matrix.resources.entry(row.id).or_insert_with(|| MatrixResource {
                    resource_properties: resource_properties(&row, resource_names),
                    privileges: own_privileges.get(&row.id).cloned().unwrap_or_default(),
                });
            }
        }
        Ok(matrix)
    }

    /// The guards of the requested actions; those of other actions are false for all rows.
    fn masked(&self, actor: &Actor, entity: &'static Entity, actions: Option<i64>) -> Guards {
        let mut guards = guards(self.rules, actor, entity);
        for (action, guard) in Action::ALL.into_iter().zip(&mut guards) {
            if !action.is_in(actions.unwrap_or(i64::MAX)) {
                *guard = Predicate::False;
            }
        }
        guards
    }

    /// The caller's own privileges on each resource, if requested.
    fn own_privileges(
        &self,
        request: &MatrixRequest,
        entity: &'static Entity,
        visible: &Predicate,
        own: impl Fn(&'static Entity) -> Guards,
    ) -> Result<BTreeMap<Uuid, Vec<&'static str>>, Error> {
        if request.output_objects_privileges.unwrap_or(0) == 0 {
            return Ok(BTreeMap::new());
        }
        let rows =
            self.snapshot.test_each(entity, visible, &own(entity), Page { skip: 0, take: SIDE })?;
        Ok(rows.into_iter().map(|row| (row.id, names(&row.holds))).collect())
    }
}

fn names_of<'r>(names: Option<&'r [String]>, field: &str) -> Result<&'r [String], Error> {
    match names.unwrap_or_default() {
        names if names.len() > NAMES => {
            Err(Error::TooMuch(format!("{field} has more than {NAMES} names; send fewer")))
        }
        names => Ok(names),
    }
}

fn filter(selected: Option<&Selected>) -> &str {
    selected.and_then(|selected| selected.resource_filter.as_deref()).unwrap_or_default()
}

fn sum(row: &Tested) -> i64 {
    Action::held(&row.holds).map(Action::bit).sum()
}

/// The requested properties of a user, with lower-case names as in QRS.
fn properties(actor: &Actor, names: &[String]) -> Map<String, Json> {
    names
        .iter()
        .map(|name| (name.to_ascii_lowercase(), Json::from(actor.attribute(name).join(","))))
        .collect()
}

/// The requested properties of a resource: its id and its name.
fn resource_properties(row: &Tested, names: &[String]) -> Map<String, Json> {
    let value = |name: &str| match name.to_ascii_lowercase().as_str() {
        "id" => Some(row.id.to_string()),
        "name" => Some(row.name.clone()),
        _ => None,
    };
    names
        .iter()
        .filter_map(|name| Some((name.to_ascii_lowercase(), Json::from(value(name)?))))
        .collect()
}
