//! The input of the form for several entities: what is ticked, and what the fields contain.

use crate::console::filled_in::user;
use crate::http::extract::body::Form;
use crate::model::{Cause, Entity, FieldError, Role, Step, capitalised};
use serde_json::Value as Json;

/// A change that the form offers, each with a box to tick.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// Add tags.
    AddTags,
    /// Remove tags.
    RemoveTags,
    /// Give them to another owner.
    Owner,
    /// Set one value of a custom property.
    SetValue,
    /// Remove all values of a custom property.
    RemoveValues,
}

/// A change to each entity.
#[derive(Clone, Debug)]
pub enum Change {
    /// Adds tags, by their ids.
    AddTags(Vec<String>),
    /// Removes tags, by their ids.
    RemoveTags(Vec<String>),
    /// Sets the owner.
    Owner(Json),
    /// Sets one value of a custom property.
    SetValue {
        /// The id.
        definition: String,
        /// The value.
        value: String,
    },
    /// Removes all values of the custom property with this id.
    RemoveValues(String),
}

/// What is wrong with a part of the form.
#[derive(Clone, Debug)]
pub struct PartFault {
    pub part: Part,
    pub message: String,
}

/// The input of the form.
#[derive(Clone, Debug, Default)]
pub struct Filled {
    ticked: Vec<Part>,
    /// The ids of the tags to add.
    pub add: Vec<String>,
    /// The ids of the tags to remove.
    pub remove: Vec<String>,
    /// The owner, as `DIRECTORY\userid`.
    pub owner: String,
    /// The id of the custom property that gets a value.
    pub definition: String,
    /// The value.
    pub value: String,
    /// The id of the custom property whose values are removed.
    pub cleared: String,
}

/// The field with the names of the ticked parts.
const TICKED: &str = "change";

const NOT_TICKED: &str = "This is filled in, but its box is not ticked. Tick the box to make this \
                          change, or clear what is filled in.";

impl Part {
    const ALL: [Self; 5] =
        [Self::AddTags, Self::RemoveTags, Self::Owner, Self::SetValue, Self::RemoveValues];

    /// Its name in forms.
    pub const fn name(self) -> &'static str {
        match self {
            Self::AddTags => "add-tags",
            Self::RemoveTags => "remove-tags",
            Self::Owner => "owner",
            Self::SetValue => "set-value",
            Self::RemoveValues => "remove-values",
        }
    }

    /// The role of the property to which the part adds a value.
    const fn written(self) -> Option<Role> {
        match self {
            Self::AddTags => Some(Role::Tags),
            Self::Owner => Some(Role::Owner),
            Self::SetValue => Some(Role::CustomProperties),
            Self::RemoveTags | Self::RemoveValues => None,
        }
    }

    /// The words for the change in the message after it.
    pub const fn made(self) -> &'static str {
        match self {
            Self::AddTags => "tags added",
            Self::RemoveTags => "tags removed",
            Self::Owner => "owner changed",
            Self::SetValue => "custom property value set",
            Self::RemoveValues => "custom property values removed",
        }
    }
}

impl Filled {
    /// Reads the form.
    pub fn read(form: &Form) -> Self {
        let text = |name: &str| form.text(name).trim().to_owned();
        let all = |name: &str| form.all(name).into_iter().map(ToOwned::to_owned).collect();
        let sent = form.all(TICKED);
        let is_ticked = |part: &Part| sent.iter().any(|name| *name == part.name());
        Self {
            ticked: Part::ALL.into_iter().filter(is_ticked).collect(),
            add: all("add"),
            remove: all("remove"),
            owner: text("owner"),
            definition: text("definition"),
            value: text("value"),
            cleared: text("cleared"),
        }
    }

    /// The hidden fields with the input, for the next page.
    pub fn fields(&self) -> Vec<(&'static str, &str)> {
        let texts = [
            ("owner", &self.owner),
            ("definition", &self.definition),
            ("value", &self.value),
            ("cleared", &self.cleared),
        ];
        let lists = [("add", &self.add), ("remove", &self.remove)];
        let ticked = self.ticked.iter().map(|part| (TICKED, part.name()));
        let listed =
            lists.into_iter().flat_map(|(name, ids)| ids.iter().map(move |id| (name, id.as_str())));
        let typed = texts
            .into_iter()
            .filter(|(_, text)| !text.is_empty())
            .map(|(name, text)| (name, text.as_str()));
        ticked.chain(listed).chain(typed).collect()
    }

    /// Whether the box of a part is ticked.
    pub fn is_ticked(&self, part: Part) -> bool {
        self.ticked.contains(&part)
    }

    /// The ticked parts.
    pub fn ticked(&self) -> &[Part] {
        &self.ticked
    }

    /// Whether nothing is ticked or filled in.
    pub fn is_blank(&self) -> bool {
        self.ticked.is_empty() && !Part::ALL.into_iter().any(|part| self.is_filled_in(part))
    }

    fn is_filled_in(&self, part: Part) -> bool {
        match part {
            Part::AddTags => !self.add.is_empty(),
            Part::RemoveTags => !self.remove.is_empty(),
            Part::Owner => !self.owner.is_empty(),
            Part::SetValue => !self.definition.is_empty() || !self.value.is_empty(),
            Part::RemoveValues => !self.cleared.is_empty(),
        }
    }

    /// The changes that are ticked.
    ///
    /// # Errors
    /// What is wrong with each part: a ticked part lacks input, or a part with input is not ticked.
    pub fn changes(&self) -> Result<Vec<Change>, Vec<PartFault>> {
        let (mut changes, mut faults) = (Vec::new(), Vec::new());
        for part in Part::ALL {
            match (self.is_ticked(part), self.is_filled_in(part)) {
                (true, _) => match self.change(part) {
                    Ok(change) => changes.push(change),
                    Err(message) => faults.push(PartFault { part, message }),
                },
                (false, true) => faults.push(PartFault { part, message: NOT_TICKED.to_owned() }),
                (false, false) => {}
            }
        }
        if faults.is_empty() { Ok(changes) } else { Err(faults) }
    }

    /// Assigns faults of an entity to the ticked parts. The path of each fault begins with the name
    /// of the entity.
    pub fn parts_with(&self, entity: &'static Entity, faults: Vec<FieldError>) -> Vec<PartFault> {
        let written = |part: &Part| Some(entity.with_role(part.written()?)?.name);
        let part = |fault: FieldError| {
            let [_, Step::Name(property), ..] = fault.field.steps() else { return None };
            let is_about =
                |part: &Part| self.is_ticked(*part) && written(part) == Some(property.as_str());
            let part = Part::ALL.into_iter().find(is_about)?;
            Some(PartFault { part, message: sentence(&fault) })
        };
        faults.into_iter().filter_map(part).collect()
    }

    fn change(&self, part: Part) -> Result<Change, String> {
        let chosen = |ids: &[String]| {
            if ids.is_empty() { Err("Choose a tag.".to_owned()) } else { Ok(ids.to_vec()) }
        };
        match part {
            Part::AddTags => chosen(&self.add).map(Change::AddTags),
            Part::RemoveTags
                if self.is_ticked(Part::AddTags)
                    && self.remove.iter().any(|id| self.add.contains(id)) =>
            {
                Err("A tag can't be both added and removed.".to_owned())
            }
            Part::RemoveTags => chosen(&self.remove).map(Change::RemoveTags),
            Part::Owner => user(&self.owner)
                .map(Change::Owner)
                .map_err(|message| format!("The owner {message}.")),
            Part::SetValue if self.definition.is_empty() => {
                Err("Choose the custom property.".to_owned())
            }
            Part::SetValue if self.value.is_empty() => {
                Err("The value must not be empty. To remove values, tick the change that removes \
                     them."
                    .to_owned())
            }
            Part::SetValue => Ok(Change::SetValue {
                definition: self.definition.clone(),
                value: self.value.clone(),
            }),
            Part::RemoveValues if self.cleared.is_empty() => {
                Err("Choose the custom property.".to_owned())
            }
            Part::RemoveValues
                if self.is_ticked(Part::SetValue) && self.cleared == self.definition =>
            {
                Err("You set this custom property above. This replaces its present values anyway."
                    .to_owned())
            }
            Part::RemoveValues => Ok(Change::RemoveValues(self.cleared.clone())),
        }
    }
}

/// The message of a fault as a sentence.
fn sentence(fault: &FieldError) -> String {
    match fault.cause {
        Cause::NotFound => format!("{}.", capitalised(&fault.message)),
        Cause::Value => format!("This {}.", fault.message),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::DATA_CONNECTION;

    #[test]
    fn a_fault_is_shown_at_the_part_that_sets_its_property() {
        let ticked = [Part::AddTags, Part::Owner, Part::SetValue];
        let filled = Filled { ticked: ticked.to_vec(), ..Filled::default() };
        let missing = FieldError {
            cause: Cause::NotFound,
            ..FieldError::new("", "there is no tag with the id 1")
        };
        for (fault, property, expected) in [
            (missing, "tags", Some((Part::AddTags, "There is no tag with the id 1."))),
            (
                FieldError::new("", "there and back"),
                "owner",
                Some((Part::Owner, "This there and back.")),
            ),
            (
                FieldError::new("value", "is empty"),
                "customProperties",
                Some((Part::SetValue, "This is empty.")),
            ),
            (FieldError::new("", "is empty"), "name", None),
        ] {
            let field = fault.field.clone().within(property).within("sales.owner[0].tags");
            let shown = filled.parts_with(&DATA_CONNECTION, vec![FieldError { field, ..fault }]);
            let shown: Vec<_> =
                shown.iter().map(|shown| (shown.part, shown.message.as_str())).collect();
            assert_eq!(shown, expected.into_iter().collect::<Vec<_>>());
        }
        let of_all = FieldError::new("tags", "is empty");
        assert!(filled.parts_with(&DATA_CONNECTION, vec![of_all]).is_empty());
    }
}
