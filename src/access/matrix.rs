//! QRS's audit matrix: what each of some users may do to each of some resources, as sums of the actions' bits
//! (QRS reference, 2.6).

use super::audit::check_cells;
use super::{Error, Site, names, resource};
use crate::model::{Actor, Entity, USER};
use crate::policy::{Action, Guards};
use crate::query::Predicate;
use crate::store::{Page, Tested};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value as Json};
use std::collections::BTreeMap;
use uuid::Uuid;

/// What QRS clients ask. What is null or left out is not narrowed down.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct MatrixRequest {
    resource_type: Option<String>,
    resource_ref: Option<Selected>,
    subject_ref: Option<Selected>,
    actions: Option<i64>,
    /// From where the users would come, as in the header `X-Qlik-Security`.
    pub environment_attributes: Option<String>,
    subject_properties: Option<Vec<String>>,
    resource_properties: Option<Vec<String>>,
    audit_limit: Option<u32>,
    output_objects_privileges: Option<i64>,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Selected {
    resource_filter: Option<String>,
}

/// The answer. It names the users and resources that have a cell: those of which some user may do something to some.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct AuditMatrix {
    schema_path: &'static str,
    matrix: Vec<Cell>,
    resources: BTreeMap<Uuid, MatrixResource>,
    subjects: BTreeMap<Uuid, MatrixSubject>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Cell {
    subject_id: Uuid,
    resource_id: Uuid,
    audit: Access,
}

/// The sum of the bits of the actions that are allowed.
#[derive(Debug, Serialize)]
struct Access {
    access: i64,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct MatrixResource {
    resource_properties: Map<String, Json>,
    privileges: Vec<&'static str>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct MatrixSubject {
    subject_properties: Map<String, Json>,
    privileges: Vec<&'static str>,
}

/// Cells unless the request says.
const LIMIT: u32 = 1_000;

/// Users or resources at most; more could not all have cells.
const SIDE: u32 = 10_000;

impl Site<'_> {
    /// What each of the users may do to each of the resources, as far as `own` — the guards of who asks — lets see.
    ///
    /// # Errors
    /// The type or a filter makes no sense, it is about too much, or the database failed.
    pub fn matrix(
        &self,
        request: &MatrixRequest,
        own: impl Fn(&'static Entity) -> Guards,
    ) -> Result<AuditMatrix, Error> {
        let entity = resource::entity(request.resource_type.as_deref().unwrap_or_default())?;
        let visible = self.select(entity, filter(request.resource_ref.as_ref()))?;
        let page = Page { skip: 0, take: SIDE };
        let users = self.snapshot.actors(&self.select(&USER, filter(request.subject_ref.as_ref()))?, page)?;
        check_cells(users.len(), usize::try_from(self.snapshot.count(entity, &visible)?).unwrap_or(usize::MAX))?;
        let limit = request.audit_limit.filter(|limit| *limit > 0).unwrap_or(LIMIT) as usize;
        let mut matrix = AuditMatrix {
            schema_path: "AuditMatrix",
            matrix: Vec::new(),
            resources: BTreeMap::new(),
            subjects: BTreeMap::new(),
        };
        let told = self.told(request, entity, &visible, own)?;
        for mut actor in users {
            (self.situation)(&mut actor);
            let guards = self.masked(&actor, entity, request.actions);
            let condition = Predicate::and([visible.clone(), Predicate::or(guards.iter().cloned())]);
            for row in self.snapshot.test_each(entity, &condition, &guards, page)? {
                if matrix.matrix.len() == limit {
                    return Ok(matrix);
                }
                matrix.matrix.push(Cell {
                    subject_id: actor.id,
                    resource_id: row.id,
                    audit: Access { access: sum(&row) },
                });
                let subject_properties = properties(&actor, request.subject_properties.as_deref().unwrap_or_default());
                matrix.subjects.entry(actor.id).or_insert(MatrixSubject { subject_properties, privileges: Vec::new() });
                let resource_properties =
                    resource_properties(&row, request.resource_properties.as_deref().unwrap_or_default());
                let privileges = told.get(&row.id).cloned().unwrap_or_default();
                matrix.resources.entry(row.id).or_insert(MatrixResource { resource_properties, privileges });
            }
        }
        Ok(matrix)
    }

    /// The guards of the actions that are asked about; those of the others hold nowhere.
    fn masked(&self, actor: &Actor, entity: &'static Entity, actions: Option<i64>) -> Guards {
        let mut guards = self.rules.guards(actor, entity);
        for (action, guard) in Action::ALL.into_iter().zip(&mut guards) {
            if !action.is_in(actions.unwrap_or(i64::MAX)) {
                *guard = Predicate::False;
            }
        }
        guards
    }

    /// What who asks may do to each resource himself, if he wants to know.
    fn told(
        &self,
        request: &MatrixRequest,
        entity: &'static Entity,
        visible: &Predicate,
        own: impl Fn(&'static Entity) -> Guards,
    ) -> Result<BTreeMap<Uuid, Vec<&'static str>>, Error> {
        if request.output_objects_privileges.unwrap_or(0) == 0 {
            return Ok(BTreeMap::new());
        }
        let rows = self.snapshot.test_each(entity, visible, &own(entity), Page { skip: 0, take: SIDE })?;
        Ok(rows.into_iter().map(|row| (row.id, names(&row.holds))).collect())
    }
}

fn filter(selected: Option<&Selected>) -> &str {
    selected.and_then(|selected| selected.resource_filter.as_deref()).unwrap_or_default()
}

fn sum(row: &Tested) -> i64 {
    Action::ALL.into_iter().zip(&row.holds).filter(|(_, held)| **held).map(|(action, _)| action.bit()).sum()
}

/// The properties of a user by the names that were asked for, in the small letters in which QRS gives them.
fn properties(actor: &Actor, names: &[String]) -> Map<String, Json> {
    names.iter().map(|name| (name.to_ascii_lowercase(), Json::from(actor.attribute(name).join(",")))).collect()
}

/// The properties of a resource by the names that were asked for: its id and its name.
fn resource_properties(row: &Tested, names: &[String]) -> Map<String, Json> {
    let value = |name: &str| match name.to_ascii_lowercase().as_str() {
        "id" => Some(row.id.to_string()),
        "name" => Some(row.name.clone()),
        _ => None,
    };
    names.iter().filter_map(|name| Some((name.to_ascii_lowercase(), Json::from(value(name)?)))).collect()
}
