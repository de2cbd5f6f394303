//! Responses that were sent before. Clients that poll send the same request again and again, and between two changes the response is the same, byte for
//! byte.

use super::privileges::Privileges;
use crate::memory::text;
use crate::model::{Actor, Entity, Timestamp};
use crate::store::{Entry, Form, Moment, Page};
use bytes::Bytes;
use prometheus_client::metrics::counter::Counter;
use quick_cache::sync::Cache;
use quick_cache::{Equivalent, Weighter};
use uuid::Uuid;

/// Responses, by who asks what. A response depends on nothing but the caller, the request, and what is stored.
pub struct ResponseCache {
    kept: Cache<Key, Kept, Bytewise>,
    /// What one may weigh at most, so that a few long ones don't drive out all others.
    most: u64,
    /// How many were given again.
    again: Counter,
}

/// What is asked about entities.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Question {
    /// Their type.
    pub resource_type: &'static str,
    /// What about them.
    pub asked: Asked,
}

impl Question {
    /// What is asked about entities of this type.
    #[must_use]
    pub const fn about(entity: &Entity, asked: Asked) -> Self {
        Self { resource_type: entity.resource_type, asked }
    }
}

/// What can be asked.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Asked {
    /// One of them in full.
    One {
        /// Its id.
        id: Uuid,
        /// Whether it tells what the caller may do.
        privileges: Privileges,
    },
    /// Those that a filter finds.
    List {
        /// In full or condensed.
        form: Form,
        /// The text of the filter.
        filter: String,
        /// The text of `orderby`.
        order: String,
        /// The part that is asked for.
        page: Option<Page>,
        /// Whether each tells what the caller may do.
        privileges: Privileges,
    },
    /// How many a filter finds.
    Count {
        /// The text of the filter.
        filter: String,
    },
}

/// What is answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// The body.
    pub json: Bytes,
    /// The version of the one that is asked for.
    pub version: Option<Timestamp>,
    /// How many there are in all, where a part of a list is asked for.
    pub total: Option<i64>,
}

impl Answer {
    /// An answer that is nothing but its body.
    #[must_use]
    pub fn of(json: impl Into<Vec<u8>>) -> Self {
        let mut json = json.into();
        // It may be kept, and is counted by its length.
        json.shrink_to_fit();
        Self { json: json.into(), version: None, total: None }
    }
}

impl From<Entry> for Answer {
    fn from(Entry { json, modified_date }: Entry) -> Self {
        Self { version: Some(modified_date), ..Self::of(json) }
    }
}

/// Who asked what.
#[derive(PartialEq, Eq, Hash)]
struct Key {
    actor: Actor,
    question: Question,
}

/// The same, to look for. It has the hash of what it is equivalent to as long as the fields are in the same order.
#[derive(Hash)]
struct Sought<'a> {
    actor: &'a Actor,
    question: &'a Question,
}

impl Equivalent<Key> for Sought<'_> {
    fn equivalent(&self, key: &Key) -> bool {
        *self.question == key.question && *self.actor == key.actor
    }
}

/// What was answered, and when.
#[derive(Clone)]
struct Kept {
    moment: Moment,
    answer: Answer,
}

/// Weighs by the bytes that are held.
#[derive(Clone)]
struct Bytewise;

/// Bytes of an entry beside the texts that it leads to, and of how the cache finds it.
const BESIDE: usize = size_of::<Key>() + size_of::<Kept>() + 256;

/// Bytes of the texts of a question.
fn question(question: &Question) -> usize {
    match &question.asked {
        Asked::One { .. } => 0,
        Asked::List { filter, order, .. } => text(filter) + text(order),
        Asked::Count { filter } => text(filter),
    }
}

/// Bytes of all that is held for one answer.
fn weight(who: &Actor, what: &Question, answer: &Answer) -> u64 {
    (BESIDE + who.bytes() + question(what) + answer.json.len()) as u64
}

impl Weighter<Key, Kept> for Bytewise {
    fn weight(&self, key: &Key, kept: &Kept) -> u64 {
        weight(&key.actor, &key.question, &kept.answer)
    }
}

/// Bytes of a usual answer, by which room for entries is made.
const USUAL: u64 = 4 * 1024;

/// The part of all the room that one answer may take.
const LARGEST: u64 = 64;

impl ResponseCache {
    /// Room for so many bytes; nothing is kept if that is 0. `again` counts what is given again.
    #[must_use]
    pub fn new(bytes: u64, again: Counter) -> Self {
        let entries = usize::try_from(bytes / USUAL).unwrap_or(usize::MAX);
        Self { kept: Cache::with_weighter(entries, bytes, Bytewise), most: bytes / LARGEST, again }
    }

    /// Bytes that are kept.
    #[must_use]
    pub fn bytes(&self) -> u64 {
        self.kept.weight()
    }

    /// The response to the same request of the same user at that moment, if it is kept. Nothing is kept of a moment that may yet be rolled back.
    #[must_use]
    pub fn get(&self, actor: &Actor, moment: Option<Moment>, question: Option<&Question>) -> Option<Answer> {
        let answer = self.find(actor, moment?, question?)?;
        self.again.inc();
        Some(answer)
    }

    /// Keeps a response, unless it is of a moment that may yet be rolled back, or too long.
    pub fn put(&self, actor: &Actor, moment: Option<Moment>, question: Option<&Question>, answer: &Answer) {
        if let (Some(moment), Some(question)) = (moment, question) {
            self.keep(actor, moment, question, answer);
        }
    }

    fn find(&self, actor: &Actor, moment: Moment, question: &Question) -> Option<Answer> {
        let kept = self.kept.get(&Sought { actor, question })?;
        (kept.moment == moment).then_some(kept.answer)
    }

    fn keep(&self, actor: &Actor, moment: Moment, question: &Question, answer: &Answer) {
        if weight(actor, question, answer) <= self.most {
            let key = Key { actor: actor.clone(), question: question.clone() };
            self.kept.insert(key, Kept { moment, answer: answer.clone() });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answers(bytes: u64) -> ResponseCache {
        ResponseCache::new(bytes, Counter::default())
    }

    fn named(name: &str) -> Actor {
        Actor { user_id: name.to_owned(), ..Actor::nobody() }
    }

    fn question(filter: &str) -> Question {
        Question { resource_type: "Tag", asked: Asked::Count { filter: filter.to_owned() } }
    }

    #[test]
    fn what_was_answered_is_for_who_asked_it_and_for_nothing_else() {
        let (answers, now) = (answers(1 << 20), Moment::default());
        let (anna, asked, answer) = (named("anna"), question("name eq 'a'"), Answer::of("1"));
        answers.keep(&anna, now, &asked, &answer);
        assert_eq!(answers.find(&anna, now, &asked), Some(answer));
        let hub = Actor { context: crate::model::Context::App, ..anna.clone() };
        for other in [named("bert"), hub] {
            assert_eq!(answers.find(&other, now, &asked), None);
        }
        let other_type = Question { resource_type: "User", ..asked.clone() };
        let list = |form, order: &str, page, privileges| {
            let (filter, order) = ("name eq 'a'".to_owned(), order.to_owned());
            Question { resource_type: "Tag", asked: Asked::List { form, filter, order, page, privileges } }
        };
        let (few, more) = (Some(Page { skip: 0, take: 1 }), Some(Page { skip: 1, take: 1 }));
        let lists = [
            list(Form::Condensed, "", None, Privileges::Hidden),
            list(Form::Full, "", None, Privileges::Hidden),
            list(Form::Full, "name", None, Privileges::Hidden),
            list(Form::Full, "name", few, Privileges::Hidden),
            list(Form::Full, "name", more, Privileges::Hidden),
            list(Form::Full, "name", more, Privileges::Shown),
        ];
        for other in lists.iter().chain([&other_type, &question("name eq 'b'"), &question("")]) {
            assert_eq!(answers.find(&anna, now, other), None, "{other:?}");
            answers.keep(&anna, now, other, &Answer::of("2"));
        }
        assert_eq!(answers.find(&anna, now, &asked), Some(Answer::of("1")));
    }

    #[test]
    fn they_take_no_more_room_than_there_is() {
        let (answers, now) = (answers(1 << 20), Moment::default());
        for number in 0..1_000 {
            answers.keep(&named("anna"), now, &question(&number.to_string()), &Answer::of("x".repeat(10_000)));
        }
        assert!(answers.kept.len() > 50 && answers.kept.weight() <= 1 << 20, "{}", answers.kept.weight());
        let long = question("long");
        answers.keep(&named("anna"), now, &long, &Answer::of("x".repeat((1 << 20) / 64)));
        assert_eq!(answers.find(&named("anna"), now, &long), None);
    }

    #[test]
    fn what_is_known_of_who_asks_takes_room_as_well() {
        let pairs = || (0..1_000).map(|_| (String::new(), String::new())).collect::<Vec<_>>();
        let names = || (0..1_000).map(|_| "name".to_owned()).collect::<Vec<_>>();
        let known: [(&str, Actor); 6] = [
            ("roles", Actor { roles: names(), ..named("anna") }),
            ("attributes", Actor { attributes: pairs(), ..named("anna") }),
            ("custom properties", Actor { custom_properties: pairs(), ..named("anna") }),
            ("environment", Actor { environment: pairs(), ..named("anna") }),
            ("user id", named(&"a".repeat(24_000))),
            ("display name", Actor { display_name: "a".repeat(24_000), ..named("anna") }),
        ];
        for (what, actor) in known {
            let (answers, now) = (answers(1 << 20), Moment::default());
            answers.keep(&actor, now, &question(""), &Answer::of("1"));
            assert_eq!(answers.find(&actor, now, &question("")), None, "{what}");
            assert!(weight(&actor, &question(""), &Answer::of("1")) > 24_000, "{what}");
        }
    }

    #[test]
    fn without_room_nothing_is_kept() {
        let answers = answers(0);
        answers.keep(&named("anna"), Moment::default(), &question(""), &Answer::of(""));
        assert_eq!(answers.kept.len(), 0);
    }
}
