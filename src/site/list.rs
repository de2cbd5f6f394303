//! Reading a JSON list element by element, so that of a long list only one element is in memory.

use serde::de::{DeserializeSeed, Deserializer, Error, SeqAccess, Visitor};
use serde_json::Value as Json;
use std::fmt;
use std::io::Read;

/// Calls `use_one` with each element of the list in `text`. Returns their number.
///
/// # Errors
/// The text can't be read, is not JSON, or is not a list.
pub fn for_each(text: impl Read, mut use_one: impl FnMut(&Json)) -> serde_json::Result<u64> {
    let mut deserializer = serde_json::Deserializer::from_reader(text);
    let count = Elements(&mut use_one).deserialize(&mut deserializer)?;
    deserializer.end()?;
    Ok(count)
}

struct Elements<'f, F>(&'f mut F);

impl<'de, F: FnMut(&Json)> DeserializeSeed<'de> for Elements<'_, F> {
    type Value = u64;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<u64, D::Error> {
        deserializer.deserialize_seq(self)
    }
}

impl<'de, F: FnMut(&Json)> Visitor<'de> for Elements<'_, F> {
    type Value = u64;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list of entities")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut elements: A) -> Result<u64, A::Error> {
        let mut count = 0;
        while let Some(element) = elements.next_element::<Json>()? {
            if !element.is_object() {
                return Err(Error::custom("an element is not an object"));
            }
            (self.0)(&element);
            count += 1;
        }
        Ok(count)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_element_is_seen_once() {
        let mut seen = Vec::new();
        let read = for_each(&br#"[{"a": 1}, {"a": 2}]"#[..], |one| seen.push(one["a"].clone()));
        assert_eq!((read.unwrap(), seen), (2, vec![1.into(), 2.into()]));
        assert_eq!(for_each(&b"[]"[..], |_| ()).unwrap(), 0);
    }

    #[test]
    fn other_texts_are_refused() {
        for text in ["", "{}", "[1]", "[{}", "[{}] x", "<html>"] {
            assert!(for_each(text.as_bytes(), |_| ()).is_err(), "{text}");
        }
    }
}
