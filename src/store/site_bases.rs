//! Bases: the content of an entity when here and a site were last the same.

use super::error::Error;
use super::snapshot::Snapshot;
use super::write::Write;
use crate::model::{Entity, Value};
use crate::query::Sql;
use uuid::Uuid;

/// The content of an entity when here and a site were last the same.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SiteBase {
    /// Its id here. The entity may have been deleted since.
    pub id: Uuid,
    /// Its id on the site.
    pub site_id: Uuid,
    /// Its content, as JSON.
    pub body: String,
}

const COLUMNS: &str = "SELECT id, site_id, body FROM site_bases WHERE site = ";

impl Snapshot<'_> {
    /// The base of the entity that has this id on the site.
    ///
    /// # Errors
    /// [`Error::Database`] or [`Error::Unreachable`] if the database fails.
    pub fn base_of_site_id(
        &self,
        site: &str,
        entity: &'static Entity,
        site_id: Uuid,
    ) -> Result<Option<SiteBase>, Error> {
        self.base(site, entity, "site_id", site_id)
    }

    /// The base of the entity that has this id here.
    ///
    /// # Errors
    /// [`Error::Database`] or [`Error::Unreachable`] if the database fails.
    pub fn base_of_id(
        &self,
        site: &str,
        entity: &'static Entity,
        id: Uuid,
    ) -> Result<Option<SiteBase>, Error> {
        self.base(site, entity, "id", id)
    }

    fn base(
        &self,
        site: &str,
        entity: &'static Entity,
        column: &str,
        id: Uuid,
    ) -> Result<Option<SiteBase>, Error> {
        let mut sql = Sql::new(COLUMNS);
        sql.bind(Value::Text(site.to_owned())).push(" AND type = ");
        sql.bind(Value::Text(entity.resource_type.to_owned())).push(" AND ").push(column);
        sql.push(" = ").bind(Value::Id(id));
        self.first(&sql, |row| {
            Ok(SiteBase { id: row.get(0)?, site_id: row.get(1)?, body: row.get(2)? })
        })
    }

    /// The id here of the entity, of whatever type, that has this id on the site.
    ///
    /// # Errors
    /// [`Error::Database`] or [`Error::Unreachable`] if the database fails.
    pub fn id_of_site_id(&self, site: &str, site_id: Uuid) -> Result<Option<Uuid>, Error> {
        let mut sql = Sql::new("SELECT id FROM site_bases WHERE site = ");
        sql.bind(Value::Text(site.to_owned()));
        sql.push(" AND site_id = ").bind(Value::Id(site_id));
        self.first(&sql, |row| row.get(0))
    }

    /// The ids of all entities of a type with a base: here, and on the site.
    ///
    /// # Errors
    /// [`Error::Database`] or [`Error::Unreachable`] if the database fails.
    pub fn based(&self, site: &str, entity: &'static Entity) -> Result<Vec<(Uuid, Uuid)>, Error> {
        let mut sql = Sql::new("SELECT id, site_id FROM site_bases WHERE site = ");
        sql.bind(Value::Text(site.to_owned())).push(" AND type = ");
        sql.bind(Value::Text(entity.resource_type.to_owned())).push(" ORDER BY id");
        self.all(&sql, |row| Ok((row.get(0)?, row.get(1)?)))
    }
}

impl Write<'_> {
    /// Stores a base. It replaces an earlier one of the same entity here.
    ///
    /// # Errors
    /// [`Error::Database`] or [`Error::Unreachable`] if the database fails.
    pub fn put_base(
        &self,
        site: &str,
        entity: &'static Entity,
        base: &SiteBase,
    ) -> Result<(), Error> {
        let mut sql =
            Sql::new("INSERT OR REPLACE INTO site_bases (site, type, id, site_id, body) VALUES (");
        sql.bind(Value::Text(site.to_owned())).push(", ");
        sql.bind(Value::Text(entity.resource_type.to_owned())).push(", ");
        sql.bind(Value::Id(base.id)).push(", ").bind(Value::Id(base.site_id)).push(", ");
        sql.bind(Value::Text(base.body.clone())).push(")");
        self.snapshot().execute(&sql).map(drop)
    }

    /// Removes all bases of a site. Returns their number.
    ///
    /// # Errors
    /// [`Error::Database`] or [`Error::Unreachable`] if the database fails.
    pub fn forget_bases(&self, site: &str) -> Result<usize, Error> {
        let mut sql = Sql::new("DELETE FROM site_bases WHERE site = ");
        sql.bind(Value::Text(site.to_owned()));
        self.snapshot().execute(&sql)
    }
}
