//! The site files: one for each site, in the folder `sites` of the data folder.

use super::definition::Definition;
use super::error::SiteError;
use super::name::SiteName;
use crate::model::nearest;
use crate::private_files::{check_folder, create_folder, read_trusted, write_file};
use std::fs::{read_dir, remove_file};
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};

/// The folder of site files.
pub struct SiteFolder(PathBuf);

impl SiteFolder {
    /// The folder of site files in the folder `data`; it need not exist.
    #[must_use]
    pub fn of(data: &Path) -> Self {
        Self(data.join("sites"))
    }

    /// The path of the folder, at which relative paths in site files start.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.0
    }

    /// The path of a site's file.
    #[must_use]
    pub fn file(&self, name: &SiteName) -> PathBuf {
        self.0.join(format!("{name}.toml"))
    }

    /// The names of all sites, sorted.
    ///
    /// # Errors
    /// [`SiteError::Definition`] if the folder can't be read.
    pub fn names(&self) -> Result<Vec<SiteName>, SiteError> {
        let entries = match read_dir(&self.0) {
            Ok(entries) => entries,
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Vec::new()),
            Err(error) => return Err(self.unreadable(&error)),
        };
        let mut names = Vec::new();
        for entry in entries {
            let file = entry.map_err(|error| self.unreadable(&error))?.file_name();
            let name = file.to_str().and_then(|file| file.strip_suffix(".toml"));
            names.extend(name.and_then(|name| name.parse::<SiteName>().ok()));
        }
        names.sort();
        Ok(names)
    }

    fn unreadable(&self, error: &io::Error) -> SiteError {
        SiteError::Definition(format!("can't read the folder {}: {error}", self.0.display()))
    }

    /// Reads how a site is reached.
    ///
    /// # Errors
    /// [`SiteError::Definition`] if there is no such site, or if its file can't be used or can be
    /// changed by other users.
    pub fn read(&self, name: &SiteName) -> Result<Definition, SiteError> {
        let path = self.file(name);
        if !path.exists() {
            return Err(self.unknown(name)?);
        }
        check_folder(&self.0).map_err(SiteError::Definition)?;
        let content = read_trusted(&path).map_err(SiteError::Definition)?;
        let at_file = |why: &str| SiteError::Definition(format!("{}: {why}", path.display()));
        let text = String::from_utf8(content).map_err(|_| at_file("the text is not UTF-8"))?;
        Definition::parse(&text).map_err(|why| at_file(&why))
    }

    fn unknown(&self, name: &SiteName) -> Result<SiteError, SiteError> {
        let names: Vec<String> = self.names()?.iter().map(ToString::to_string).collect();
        let near = nearest(&name.to_string(), names.iter().map(String::as_str));
        let hint = match near {
            Some(near) => format!("did you mean {near}?"),
            None if names.is_empty() => "add one with patchbay site add".to_owned(),
            None => format!("there are: {}", names.join(", ")),
        };
        Ok(SiteError::Definition(format!("there is no site {name}; {hint}")))
    }

    /// Writes how a site is reached. Its folder is created if it does not exist.
    ///
    /// # Errors
    /// [`SiteError::Definition`] if the file can't be written.
    pub fn write(&self, name: &SiteName, definition: &Definition) -> Result<PathBuf, SiteError> {
        let (path, text) = (self.file(name), definition.to_toml()?);
        create_folder(&self.0)
            .and_then(|()| write_file(&path, text.as_bytes()))
            .map_err(|error| at(&path, "write", &error))?;
        Ok(path)
    }

    /// Removes a site's file. Returns its path.
    ///
    /// # Errors
    /// [`SiteError::Definition`] if there is no such site, or if the file can't be removed.
    pub fn remove(&self, name: &SiteName) -> Result<PathBuf, SiteError> {
        let path = self.file(name);
        match remove_file(&path) {
            Ok(()) => Ok(path),
            Err(error) if error.kind() == ErrorKind::NotFound => Err(self.unknown(name)?),
            Err(error) => Err(at(&path, "remove", &error)),
        }
    }
}

fn at(path: &Path, action: &str, error: &io::Error) -> SiteError {
    SiteError::Definition(format!("can't {action} {}: {error}", path.display()))
}
