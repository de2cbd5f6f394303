//! Reading a JSON list element by element, so that of a long list only one element is in memory.

use serde::de::{DeserializeSeed, Deserializer, Error, SeqAccess, Visitor};
use serde_json::Value as Json;
use std::cell::Cell;
use std::fmt;
use std::io::{self, BufReader, ErrorKind, Read};

/// Most bytes of one element, about.
const LARGEST: u64 = 8 * 1024 * 1024;

/// Why a list is not read to its end.
pub enum ListError<E> {
    /// The text can't be read, is not JSON, or is not a list of objects.
    Text(serde_json::Error),
    /// The caller ends it.
    Caller(E),
}

/// Calls `use_one` with each element of the list in `text`. Returns their number.
///
/// # Errors
/// [`ListError::Text`] if the text can't be read, is not a list of JSON objects, or if one of them
/// is too large; [`ListError::Caller`] with the error of `use_one`.
pub fn for_each<E>(
    text: impl Read,
    use_one: impl FnMut(Json) -> Result<(), E>,
) -> Result<u64, ListError<E>> {
    let left = Cell::new(LARGEST);
    let text = BufReader::new(Bounded { text, left: &left });
    let mut deserializer = serde_json::Deserializer::from_reader(text);
    let mut failure = None;
    let elements = Elements { use_one, failure: &mut failure, left: &left };
    let read = elements.deserialize(&mut deserializer);
    match (failure, read) {
        (Some(failure), _) => Err(ListError::Caller(failure)),
        (None, Ok(count)) => deserializer.end().map(|()| count).map_err(ListError::Text),
        (None, Err(error)) => Err(ListError::Text(error)),
    }
}

/// A text of which only some bytes can be read until `left` is set again.
struct Bounded<'c, R> {
    text: R,
    left: &'c Cell<u64>,
}

impl<R: Read> Read for Bounded<'_, R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.left.get() == 0 {
            return Err(io::Error::new(ErrorKind::FileTooLarge, "an entity is too large"));
        }
        let count = self.text.read(buffer)?;
        self.left.set(self.left.get().saturating_sub(count as u64));
        Ok(count)
    }
}

struct Elements<'a, F, E> {
    use_one: F,
    failure: &'a mut Option<E>,
    left: &'a Cell<u64>,
}

impl<'de, F: FnMut(Json) -> Result<(), E>, E> DeserializeSeed<'de> for Elements<'_, F, E> {
    type Value = u64;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<u64, D::Error> {
        deserializer.deserialize_seq(self)
    }
}

impl<'de, F: FnMut(Json) -> Result<(), E>, E> Visitor<'de> for Elements<'_, F, E> {
    type Value = u64;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list of entities")
    }

    fn visit_seq<A: SeqAccess<'de>>(mut self, mut elements: A) -> Result<u64, A::Error> {
        let mut count = 0;
        while let Some(element) = elements.next_element::<Json>()? {
            if !element.is_object() {
                return Err(Error::custom("an element is not an object"));
            }
            if let Err(failure) = (self.use_one)(element) {
                *self.failure = Some(failure);
                return Err(Error::custom("the caller ends the list"));
            }
            count += 1;
            self.left.set(LARGEST);
        }
        Ok(count)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::{Cursor, repeat};

    fn read(text: impl Read) -> Result<u64, ListError<()>> {
        for_each(text, |_| Ok(()))
    }

    #[test]
    fn each_element_is_seen_once() {
        let mut seen = Vec::new();
        let text = &br#"[{"a": 1}, {"a": 2}]"#[..];
        let read_all = for_each(text, |one| {
            seen.push(one["a"].clone());
            Ok::<_, ()>(())
        });
        assert!(matches!(read_all, Ok(2)));
        assert_eq!(seen, [1, 2]);
        assert!(matches!(read(&b"[]"[..]), Ok(0)));
    }

    #[test]
    fn other_texts_are_refused() {
        for text in ["", "{}", "[1]", "[{}", "[{}] x", "<html>"] {
            assert!(matches!(read(text.as_bytes()), Err(ListError::Text(_))), "{text}");
        }
    }

    #[test]
    fn the_caller_can_end_it() {
        let mut count = 0;
        let ended = for_each(&b"[{},{},{}]"[..], |_| {
            count += 1;
            if count == 2 { Err("enough") } else { Ok(()) }
        });
        assert!(matches!(ended, Err(ListError::Caller("enough"))));
        assert_eq!(count, 2);
    }

    /// Many elements may be longer together than one may be.
    #[test]
    fn one_element_is_bounded_and_the_list_is_not() {
        let text = |element: &str, times: usize| {
            format!("[{}]", vec![format!("{{\"a\":\"{element}\"}}"); times].join(","))
        };
        let half = "x".repeat(usize::try_from(LARGEST).unwrap() / 2);
        assert!(matches!(read(Cursor::new(text(&half, 4))), Ok(4)));
        let endless = Cursor::new(&b"[{\"a\":\""[..]).chain(repeat(b'x'));
        let Err(ListError::Text(error)) = read(endless) else { panic!("it is read") };
        assert_eq!(error.io_error_kind(), Some(ErrorKind::FileTooLarge));
    }
}
