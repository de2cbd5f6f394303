//! The two forms of rows: JSON text, which goes to clients, and JSON values, which the server works
//! with.

use super::property_value::PropertyValue;
use super::unreadable::WrongCell;
use serde_json::{Map, Value as Json};
use std::io::Write;

/// A JSON object under construction. The names of its properties need no escaping.
pub trait JsonObject {
    /// A list in the object.
    type List: JsonList<Object = Self>;

    /// Adds a property with a single value.
    fn add(&mut self, name: &'static str, value: PropertyValue<'_>);

    /// Adds a property with a list of texts.
    fn add_texts(&mut self, name: &'static str, texts: &[&str]);

    /// Adds a property with a list.
    fn add_list(&mut self, name: &'static str, items: Self::List);

    /// Adds a property with an object, which `fill` fills.
    ///
    /// # Errors
    /// The error of `fill`; the object must not be used then.
    fn add_object(
        &mut self,
        name: &'static str,
        fill: impl FnOnce(&mut Self) -> Result<(), WrongCell>,
    ) -> Result<(), WrongCell>;
}

/// A JSON list under construction.
pub trait JsonList: Default + 'static {
    /// An object in the list.
    type Object: JsonObject<List = Self>;

    /// Adds a single value.
    fn push(&mut self, value: PropertyValue<'_>);

    /// Adds an object, which `fill` fills.
    ///
    /// # Errors
    /// The error of `fill`; the list must not be used then.
    fn push_object(
        &mut self,
        fill: impl FnOnce(&mut Self::Object) -> Result<(), WrongCell>,
    ) -> Result<(), WrongCell>;
}

/// JSON text: an object without its closing bracket, or a list without its brackets.
#[derive(Debug, Default)]
pub struct JsonText(pub Vec<u8>);

impl JsonText {
    /// Writes an object, which `fill` fills.
    ///
    /// # Errors
    /// The error of `fill`; the text must not be used then.
    pub fn object<E>(&mut self, fill: impl FnOnce(&mut Self) -> Result<(), E>) -> Result<(), E> {
        self.0.push(b'{');
        fill(self)?;
        self.0.push(b'}');
        Ok(())
    }

    fn key(&mut self, name: &'static str) {
        if self.0.last() != Some(&b'{') {
            self.0.push(b',');
        }
        self.0.push(b'"');
        self.0.extend_from_slice(name.as_bytes());
        self.0.extend_from_slice(b"\":");
    }

    fn separate(&mut self) {
        if !self.0.is_empty() {
            self.0.push(b',');
        }
    }

    fn value(&mut self, value: PropertyValue<'_>) {
        let out = &mut self.0;
        // Writing to a Vec can't fail, and every str is a JSON string.
        let _ = match value {
            PropertyValue::Text(text) => serde_json::to_writer(out, text).map_err(Into::into),
            PropertyValue::Boolean(value) => out.write_all(if value { b"true" } else { b"false" }),
            PropertyValue::Number(number) => write!(out, "{number}"),
            PropertyValue::Date(moment) => write!(out, "\"{moment}\""),
        };
    }
}

impl JsonObject for JsonText {
    type List = Self;

    fn add(&mut self, name: &'static str, value: PropertyValue<'_>) {
        self.key(name);
        self.value(value);
    }

    fn add_texts(&mut self, name: &'static str, texts: &[&str]) {
        self.key(name);
        // Writing to a Vec can't fail, and every str is a JSON string.
        let _ = serde_json::to_writer(&mut self.0, texts);
    }

    fn add_list(&mut self, name: &'static str, items: Self) {
        self.key(name);
        self.0.push(b'[');
        self.0.extend_from_slice(&items.0);
        self.0.push(b']');
    }

    fn add_object(
        &mut self,
        name: &'static str,
        fill: impl FnOnce(&mut Self) -> Result<(), WrongCell>,
    ) -> Result<(), WrongCell> {
        self.key(name);
        self.object(fill)
    }
}

impl JsonList for JsonText {
    type Object = Self;

    fn push(&mut self, value: PropertyValue<'_>) {
        self.separate();
        self.value(value);
    }

    fn push_object(
        &mut self,
        fill: impl FnOnce(&mut Self) -> Result<(), WrongCell>,
    ) -> Result<(), WrongCell> {
        self.separate();
        self.object(fill)
    }
}

impl JsonObject for Map<String, Json> {
    type List = Vec<Json>;

    fn add(&mut self, name: &'static str, value: PropertyValue<'_>) {
        self.insert(name.to_owned(), value.into());
    }

    fn add_texts(&mut self, name: &'static str, texts: &[&str]) {
        self.insert(name.to_owned(), texts.into());
    }

    fn add_list(&mut self, name: &'static str, items: Vec<Json>) {
        self.insert(name.to_owned(), items.into());
    }

    fn add_object(
        &mut self,
        name: &'static str,
        fill: impl FnOnce(&mut Self) -> Result<(), WrongCell>,
    ) -> Result<(), WrongCell> {
        let mut object = Self::new();
        fill(&mut object)?;
        self.insert(name.to_owned(), object.into());
        Ok(())
    }
}

impl JsonList for Vec<Json> {
    type Object = Map<String, Json>;

    fn push(&mut self, value: PropertyValue<'_>) {
        self.push(value.into());
    }

    fn push_object(
        &mut self,
        fill: impl FnOnce(&mut Map<String, Json>) -> Result<(), WrongCell>,
    ) -> Result<(), WrongCell> {
        let mut object = Map::new();
        fill(&mut object)?;
        self.push(Json::Object(object));
        Ok(())
    }
}

impl From<PropertyValue<'_>> for Json {
    fn from(value: PropertyValue<'_>) -> Self {
        match value {
            PropertyValue::Text(text) => text.into(),
            PropertyValue::Number(number) => number.into(),
            PropertyValue::Boolean(value) => value.into(),
            PropertyValue::Date(moment) => moment.to_string().into(),
        }
    }
}
