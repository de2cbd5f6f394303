//! Parses JSON within limits. Nesting, items and memory are counted during parsing, so that a short
//! text can't become a large tree. There are two parsers: one for strict JSON, and one for JSON as
//! .NET parses it, for clients that send strings in single quotes or names without quotes (QRS
//! reference, 5.3).

#[cfg(test)]
mod tests;

use json5::ErrorCode;
use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Value as Json};
use std::cell::RefCell;
use std::fmt;

/// The limits of a text.
#[derive(Clone, Copy, Debug)]
pub struct Bounds {
    /// Deepest nesting, at most [`DEEPEST`], because the parsers are recursive.
    pub depth: usize,
    /// Most items of one list.
    pub items: usize,
    /// Most memory of the values, in bytes.
    pub memory: usize,
}

/// The highest possible limit of nesting. The strict parser gives up one level earlier; the lenient
/// one takes over from there.
pub const DEEPEST: usize = 128;

/// Why a text was refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// It is not JSON. The message names a line and a column, but never the text there, which could
    /// be a secret.
    #[error("the body is not valid JSON: {0}")]
    Syntax(String),
    /// A list is too long.
    #[error("the body has a list of {items} items; at most {most} are allowed")]
    TooManyItems { items: usize, most: usize },
    /// It is nested too deep.
    #[error("the body is nested deeper than {0} levels")]
    TooDeep(usize),
    /// Its values would take more than this many bytes of memory.
    #[error("the values of the body take more than {0} bytes of memory; send it in parts")]
    TooMuchMemory(usize),
}

/// A parsed text.
#[derive(Clone, Debug, PartialEq)]
pub struct Parsed {
    /// The values.
    pub json: Json,
    /// An upper bound of their memory, in bytes.
    pub memory: usize,
}

/// Parses strict JSON or, if that fails, JSON as .NET parses it.
///
/// # Errors
/// `Syntax` if it is neither, with the message of the strict parser; the others if it exceeds
/// `bounds`.
pub fn read(text: &[u8], bounds: Bounds) -> Result<Parsed, Refusal> {
    match read_strict(text, bounds) {
        Err(Refusal::Syntax(strict)) => {
            read_lenient(text, bounds).map_err(|refusal| match refusal {
                Refusal::Syntax(_) => Refusal::Syntax(strict),
                other => other,
            })
        }
        other => other,
    }
}

/// Parses strict JSON.
///
/// # Errors
/// As [`read`].
pub fn read_strict(text: &[u8], bounds: Bounds) -> Result<Parsed, Refusal> {
    let count = RefCell::new(Count::within(bounds));
    let mut deserializer = serde_json::Deserializer::from_slice(text);
    let json = Node { count: &count, depth: 0 }.deserialize(&mut deserializer);
    let json = json.and_then(|json| deserializer.end().map(|()| json));
    finish(count.into_inner(), json)
}

/// Parses JSON as .NET parses it.
///
/// # Errors
/// As [`read`].
pub fn read_lenient(text: &[u8], bounds: Bounds) -> Result<Parsed, Refusal> {
    let text = std::str::from_utf8(text).map_err(|error| Refusal::Syntax(error.to_string()))?;
    let count = RefCell::new(Count::within(bounds));
    let mut deserializer = json5::Deserializer::from_str(text);
    let json = Node { count: &count, depth: 0 }.deserialize(&mut deserializer);
    let json = json.and_then(|json| expect_end(&mut deserializer).map(|()| json));
    finish(count.into_inner(), json)
}

/// Checks that only spaces and comments follow: then the parser reports that a value is missing. It
/// has no other way to check this.
fn expect_end(deserializer: &mut json5::Deserializer<'_>) -> Result<(), json5::Error> {
    struct NoValue;

    impl Visitor<'_> for NoValue {
        type Value = ();

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("the end")
        }
    }

    match deserializer.deserialize_any(NoValue) {
        Err(error) if error.code() == Some(ErrorCode::EofParsingValue) => Ok(()),
        Err(error) => Err(error),
        Ok(()) => Err(json5::Error::custom("trailing characters")),
    }
}

fn finish<E: fmt::Display>(count: Count, json: Result<Json, E>) -> Result<Parsed, Refusal> {
    match (count.refusal, json) {
        (Some(refusal), _) => Err(refusal),
        (None, Ok(json)) => Ok(Parsed { json, memory: count.memory }),
        (None, Err(error)) => Err(Refusal::Syntax(error.to_string())),
    }
}

/// Most bytes of a node of a map: up to eleven names and values, the addresses of twelve nodes
/// below, and the overhead of the allocator.
const NODE: usize = 11 * (size_of::<String>() + size_of::<Json>()) + 12 * size_of::<usize>() + 32;

/// Fewest fields of a node other than the root.
const FIELDS_OF_A_NODE: usize = 5;

/// Most bytes that an item takes in its list: lists grow by doubling.
const ITEM: usize = 2 * size_of::<Json>();

/// The overhead of the allocator for a list or a text that is not empty; the shortest list has room
/// for four items.
const LIST: usize = 2 * size_of::<Json>() + 16;
const TEXT: usize = 32;

/// Returns an upper bound of the memory of the values in this part of a text. It is cheap, because
/// it does not parse the text.
pub fn estimate(text: &[u8]) -> usize {
    let [mut lists, mut objects, mut commas] = [0; 3];
    for byte in text {
        lists += usize::from(*byte == b'[');
        objects += usize::from(*byte == b'{');
        commas += usize::from(*byte == b',');
    }
    // Each value except the first of a list or an object follows a comma. The buffer of a text with
    // escapes may have grown by doubling.
    let of_values = commas * (NODE.div_ceil(FIELDS_OF_A_NODE) + 2 * TEXT + ITEM);
    2 * text.len() + objects * (NODE + 2 * TEXT) + lists * (LIST + ITEM + TEXT) + of_values
}

/// What was counted so far.
struct Count {
    bounds: Bounds,
    memory: usize,
    /// Whether values are only counted and no longer kept, because a list is too long.
    is_discarding: bool,
    refusal: Option<Refusal>,
}

impl Count {
    const fn within(bounds: Bounds) -> Self {
        Self { bounds, memory: 0, is_discarding: false, refusal: None }
    }

    fn refuse<E: Error>(&mut self, refusal: Refusal) -> E {
        let error = E::custom(&refusal);
        self.refusal.get_or_insert(refusal);
        error
    }

    /// Counts memory that is about to be allocated.
    fn take<E: Error>(&mut self, bytes: usize) -> Result<(), E> {
        self.memory += bytes;
        let most = self.bounds.memory;
        if self.memory > most { Err(self.refuse(Refusal::TooMuchMemory(most))) } else { Ok(()) }
    }
}

/// The next value, at this depth.
#[derive(Clone, Copy)]
struct Node<'c> {
    count: &'c RefCell<Count>,
    depth: usize,
}

impl Node<'_> {
    /// The values inside this one.
    fn inner<E: Error>(self) -> Result<Self, E> {
        let mut count = self.count.borrow_mut();
        let most = count.bounds.depth.min(DEEPEST);
        if self.depth == most {
            return Err(count.refuse(Refusal::TooDeep(most)));
        }
        Ok(Self { depth: self.depth + 1, ..self })
    }

    /// Counts memory that is about to be allocated. Returns whether the value is kept.
    fn take<E: Error>(self, bytes: usize) -> Result<bool, E> {
        let mut count = self.count.borrow_mut();
        if count.is_discarding { Ok(false) } else { count.take(bytes).map(|()| true) }
    }
}

impl<'de> DeserializeSeed<'de> for Node<'_> {
    type Value = Json;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Json, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Node<'_> {
    type Value = Json;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_bool<E: Error>(self, value: bool) -> Result<Json, E> {
        Ok(value.into())
    }

    fn visit_i64<E: Error>(self, value: i64) -> Result<Json, E> {
        Ok(value.into())
    }

    fn visit_u64<E: Error>(self, value: u64) -> Result<Json, E> {
        Ok(value.into())
    }

    /// JSON has one kind of number: 1.0 is 1, and some programs write it like that. A number out of
    /// range would become null, as if nothing had been sent.
    fn visit_f64<E: Error>(self, value: f64) -> Result<Json, E> {
        if !value.is_finite() {
            return Err(E::custom("a number out of range"));
        }
        let whole = if value.fract() == 0.0 { value.to_string().parse::<i64>().ok() } else { None };
        Ok(whole.map_or_else(|| value.into(), Json::from))
    }

    fn visit_str<E: Error>(self, value: &str) -> Result<Json, E> {
        let is_kept = self.take(memory_of(value.len()))?;
        Ok(if is_kept { value.into() } else { Json::Null })
    }

    fn visit_string<E: Error>(self, value: String) -> Result<Json, E> {
        let is_kept = self.take(memory_of(value.capacity()))?;
        Ok(if is_kept { value.into() } else { Json::Null })
    }

    fn visit_unit<E: Error>(self) -> Result<Json, E> {
        Ok(Json::Null)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Json, A::Error> {
        let inner = self.inner()?;
        let (mut list, mut number) = (Vec::new(), 0);
        let most = self.count.borrow().bounds.items;
        while let Some(item) = items.next_element_seed(inner)? {
            number += 1;
            if number > most {
                list = Vec::new();
                self.count.borrow_mut().is_discarding = true;
            } else if self.take(if number == 1 { LIST + ITEM } else { ITEM })? {
                list.push(item);
            }
        }
        if number > most {
            return Err(self
                .count
                .borrow_mut()
                .refuse(Refusal::TooManyItems { items: number, most }));
        }
        Ok(list.into())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Json, A::Error> {
        let inner = self.inner()?;
        let (mut map, mut number) = (Map::new(), 0);
        while let Some(name) = entries.next_key::<String>()? {
            let node = if number % FIELDS_OF_A_NODE == 0 { NODE } else { 0 };
            number += 1;
            let is_kept = self.take(node + memory_of(name.capacity()))?;
            let value = entries.next_value_seed(inner)?;
            if is_kept && !self.count.borrow().is_discarding {
                map.insert(name, value);
            }
        }
        Ok(map.into())
    }
}

/// The memory of a text of this length.
const fn memory_of(text: usize) -> usize {
    if text == 0 { 0 } else { text + TEXT }
}
