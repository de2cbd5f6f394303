//! JSON as .NET reads it, for clients that send texts in single quotes or names without quotes (QRS reference, 5.3).

use serde::Deserialize;
use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Value as Json};
use std::fmt;

/// Deepest nesting, which is also that of strict JSON: the parser needs a stack.
const DEEPEST: usize = 128;

/// Reads a body that is no strict JSON; nothing if it is none of this kind either.
pub fn parse(body: &[u8]) -> Option<Json> {
    let text = std::str::from_utf8(body).ok()?;
    json5::from_str(text).ok().map(|Whole(json)| json)
}

/// A whole text.
struct Whole(Json);

impl<'de> Deserialize<'de> for Whole {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Nested(0).deserialize(deserializer).map(Self)
    }
}

/// A value that lies so deep.
#[derive(Clone, Copy)]
struct Nested(usize);

impl Nested {
    fn deeper<E: Error>(self) -> Result<Self, E> {
        if self.0 == DEEPEST { Err(E::custom("nested too deep")) } else { Ok(Self(self.0 + 1)) }
    }
}

impl<'de> DeserializeSeed<'de> for Nested {
    type Value = Json;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Json, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Nested {
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

    fn visit_f64<E: Error>(self, value: f64) -> Result<Json, E> {
        // JSON has no others, and they would become null, as if nothing had been sent.
        if value.is_finite() { Ok(value.into()) } else { Err(E::custom("a number out of range")) }
    }

    fn visit_str<E: Error>(self, value: &str) -> Result<Json, E> {
        Ok(value.into())
    }

    fn visit_unit<E: Error>(self) -> Result<Json, E> {
        Ok(Json::Null)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Json, A::Error> {
        let inner = self.deeper()?;
        let mut list = Vec::new();
        while let Some(item) = items.next_element_seed(inner)? {
            list.push(item);
        }
        Ok(list.into())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Json, A::Error> {
        let inner = self.deeper()?;
        let mut map = Map::new();
        while let Some(name) = entries.next_key::<String>()? {
            map.insert(name, entries.next_value_seed(inner)?);
        }
        Ok(map.into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde_json::json;

    #[test]
    fn reads_what_dotnet_reads() {
        for (text, expected) in [
            ("{'name': 'a \"b\"', 'n': 1}", json!({"name": "a \"b\"", "n": 1})),
            ("{'it': 'it\\'s', \"x\": \"'\"}", json!({"it": "it's", "x": "'"})),
            ("{name: 'x', list: [true, null, -1.5,],}", json!({"name": "x", "list": [true, null, -1.5]})),
            ("['ä', 'C:\\\\data']", json!(["ä", "C:\\data"])),
        ] {
            assert_eq!(parse(text.as_bytes()), Some(expected), "{text}");
        }
        for text in
            ["{'n': 1e999}", "[-Infinity]", "[NaN]", "{'a'}", "{'a': 'b'", "'a' 'b'", "{'a': b}", "\u{feff}", ""]
        {
            assert_eq!(parse(text.as_bytes()), None, "{text}");
        }
    }

    #[test]
    fn the_depth_is_bounded() {
        let nested = |depth: usize| format!("{}'x'{}", "[".repeat(depth), "]".repeat(depth));
        assert!(parse(nested(DEEPEST).as_bytes()).is_some());
        assert!(parse(nested(DEEPEST + 1).as_bytes()).is_none());
        assert!(parse("[".repeat(4 << 20).as_bytes()).is_none());
        assert!(parse("{'a':".repeat(1 << 20).as_bytes()).is_none());
    }

    proptest! {
        #[test]
        fn strict_json_means_the_same(texts in prop::collection::vec(".*", 0..4), number in any::<i32>()) {
            let json = json!({"texts": texts, "number": number, "nested": [{"a": null}, true]});
            prop_assert_eq!(parse(json.to_string().as_bytes()), Some(json));
        }
    }
}
