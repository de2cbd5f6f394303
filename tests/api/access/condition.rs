//! Conditions of rules: their text, and their result for a user and a resource. Written from the
//! documentation of the rule language alone, without code of the program.

use super::facts::{Resource, User, fold};
use proptest::prelude::*;
use proptest::sample::select;
use std::fmt;

/// A condition. The spellings hold the whitespace around each operator.
#[derive(Clone)]
pub enum Condition {
    All(&'static str, Vec<Condition>),
    Any(&'static str, Vec<Condition>),
    Not(&'static str, Box<Condition>),
    Compare(Operand, &'static str, Operand),
    /// A comparison of the objects `resource.owner` and `user`, with its operator.
    Owner(&'static str),
    Call(Call),
}

#[derive(Clone, Debug)]
pub enum Call {
    IsOwned,
    IsAnonymous,
    Empty(Operand),
    HasPrivilege(&'static str),
    /// Whether the user may read the owner.
    ReadsOwner,
}

/// One side of a comparison.
#[derive(Clone, Debug)]
pub enum Operand {
    Texts(Vec<&'static str>),
    User(&'static str),
    Resource(&'static str),
}

/// The caller and the privileges on which a condition may depend.
pub trait Privileges {
    fn user(&self) -> &User;
    fn may(&self, action: &str, resource: Resource<'_>) -> bool;
}

impl Condition {
    pub fn holds(&self, asker: &dyn Privileges, resource: Resource<'_>) -> bool {
        match self {
            Self::All(_, parts) => parts.iter().all(|part| part.holds(asker, resource)),
            Self::Any(_, parts) => parts.iter().any(|part| part.holds(asker, resource)),
            Self::Not(_, part) => !part.holds(asker, resource),
            Self::Compare(left, operator, right) => compare(
                &left.values(asker.user(), resource),
                operator,
                &right.values(asker.user(), resource),
            ),
            Self::Owner(operator) => {
                let is_same =
                    resource.owner().is_some_and(|owner| owner.user_id == asker.user().user_id);
                is_same != operator.starts_with('!')
            }
            Self::Call(call) => call.holds(asker, resource),
        }
    }

    /// Whether the condition has `resource.HasPrivilege` for that action.
    pub fn depends_on(&self, action: &str) -> bool {
        match self {
            Self::All(_, parts) | Self::Any(_, parts) => {
                parts.iter().any(|part| part.depends_on(action))
            }
            Self::Not(_, part) => part.depends_on(action),
            Self::Call(Call::HasPrivilege(asked)) => *asked == action,
            _ => false,
        }
    }

    /// The text, in parentheses if its operator binds less tightly than the surrounding one: OR is
    /// 0, AND is 1, NOT is 2.
    fn text(&self, outer: usize) -> String {
        let join = |sign: &str, parts: &[Self], binding| {
            parts.iter().map(|part| part.text(binding)).collect::<Vec<_>>().join(sign)
        };
        let (binding, text) = match self {
            Self::Any(sign, parts) => (0, join(sign, parts, 0)),
            Self::All(sign, parts) => (1, join(sign, parts, 1)),
            Self::Not(sign, part) => (2, format!("{sign}{}", part.text(2))),
            Self::Compare(left, operator, right) => (2, format!("{left} {operator} {right}")),
            Self::Owner(operator) => (2, format!("resource.owner {operator} user")),
            Self::Call(call) => (2, call.to_string()),
        };
        if binding < outer { format!("({text})") } else { text }
    }
}

impl Call {
    fn holds(&self, asker: &dyn Privileges, resource: Resource<'_>) -> bool {
        match self {
            Self::IsOwned => resource.owner().is_some(),
            Self::IsAnonymous => false,
            Self::Empty(operand) => operand.values(asker.user(), resource).is_empty(),
            Self::HasPrivilege(action) => asker.may(action, resource),
            Self::ReadsOwner => {
                resource.owner().is_some_and(|owner| asker.may("read", Resource::User(owner)))
            }
        }
    }
}

impl Operand {
    fn values(&self, user: &User, resource: Resource<'_>) -> Vec<String> {
        match self {
            Self::Texts(texts) => texts.iter().map(|text| (*text).to_owned()).collect(),
            Self::User(name) => user.values(name),
            Self::Resource(name) => resource.values(name),
        }
    }
}

fn compare(left: &[String], operator: &str, right: &[String]) -> bool {
    let any = |test: &dyn Fn(&str, &str) -> bool| {
        left.iter().any(|left| right.iter().any(|right| test(left, right)))
    };
    let is_missing = left.is_empty() || right.is_empty();
    match operator {
        "=" => any(&|left, right| fold(left) == fold(right)),
        "==" => any(&|left, right| left == right),
        "!=" => is_missing || any(&|left, right| fold(left) != fold(right)),
        "!==" => is_missing || any(&|left, right| left != right),
        "like" => any(&|left, right| {
            like(&fold(right).chars().collect::<Vec<_>>(), &fold(left).chars().collect::<Vec<_>>())
        }),
        "matches" => any(&|left, right| {
            regex::Regex::new(&format!("(?i)^(?:{right})$")).unwrap().is_match(left)
        }),
        other => panic!("{other} is no operator"),
    }
}

fn like(pattern: &[char], text: &[char]) -> bool {
    match (pattern, text) {
        ([], text) => text.is_empty(),
        (['*', rest @ ..], text) => (0..=text.len()).any(|skip| like(rest, &text[skip..])),
        (['?', rest @ ..], [_, text @ ..]) => like(rest, text),
        (['?', ..], []) => false,
        (['\\', wanted, rest @ ..] | [wanted, rest @ ..], text) => {
            text.first() == Some(wanted) && like(rest, &text[1..])
        }
    }
}

impl fmt::Display for Condition {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.text(0))
    }
}

/// Failing cases print conditions in their written form.
impl fmt::Debug for Condition {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{self}")
    }
}

impl fmt::Display for Call {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::IsOwned => out.write_str("resource.IsOwned()"),
            Self::IsAnonymous => out.write_str("user.isanonymous()"),
            Self::Empty(operand) => write!(out, "{operand}.Empty()"),
            Self::HasPrivilege(action) => write!(out, "resource.HasPrivilege(\"{action}\")"),
            Self::ReadsOwner => out.write_str("resource.owner.hasPrivilege( \"Read\" )"),
        }
    }
}

impl fmt::Display for Operand {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Texts(texts) if texts.len() == 1 => write!(out, "\"{}\"", texts[0]),
            Self::Texts(texts) => write!(out, "{{\"{}\"}}", texts.join("\", \"")),
            Self::User(name) => write!(out, "user.{name}"),
            Self::Resource(name) => write!(out, "resource.{name}"),
        }
    }
}

fn texts() -> impl Strategy<Value = Operand> {
    let known = select(vec![
        "anna", "BERT", "Carl", "sales", "Europe", "Designer", "auditor", "red", "Blue", "strasse",
        "Straße", "folder", "internet", "Archive", "User", "*", "",
    ]);
    prop::collection::vec(known, 1..=3).prop_map(Operand::Texts)
}

fn of_user() -> impl Strategy<Value = Operand> {
    select(vec!["name", "userId", "group", "roles", "@Team", "nothing"]).prop_map(Operand::User)
}

fn of_resource() -> impl Strategy<Value = Operand> {
    let names = vec![
        "name",
        "type",
        "@Team",
        "@Nothing",
        "resourcetype",
        "owner.userId",
        "owner.name",
        "owner.group",
        "owner.@Team",
    ];
    select(names).prop_map(Operand::Resource)
}

fn leaf() -> impl Strategy<Value = Condition> {
    let operator = || select(vec!["=", "=", "=", "==", "==", "!=", "!=="]);
    // Each comparison matches some of the connections, so that few conditions are always true or
    // always false.
    let parting = select(vec![
        ("type", "internet"),
        ("type", "FOLDER"),
        ("@Team", "red"),
        ("@Team", "Blue"),
        ("name", "anna"),
        ("owner.userId", "Bert"),
        ("owner.group", "sales"),
        ("owner.@Team", "blue"),
    ]);
    let constant = || prop_oneof![texts(), of_user()];
    let any = || prop_oneof![1 => texts(), 2 => of_user(), 4 => of_resource()];
    let pattern = prop_oneof![
        4 => select(
            vec!["*", "s*", "*e*", "?e?", "f?lder", "*.EXE", "sal\\*", "stra?e", "STRASS?"]
        ).prop_map(|text| Operand::Texts(vec![text])),
        1 => of_user(),
    ];
    let expression = prop_oneof![
        4 => select(
            vec!["a|b", ".*", "red|BLUE", "[a-m].*", "\\w+", "s.*s?", ".*\\.exe", "stra(ss|ß)e"]
        ).prop_map(|text| Operand::Texts(vec![text])),
        1 => Just(Operand::User("@Team")),
        1 => Just(Operand::User("userId")),
    ];
    let call = prop_oneof![
        1 => Just(Call::IsOwned),
        1 => Just(Call::IsAnonymous),
        2 => prop_oneof![of_user(), of_resource()].prop_map(Call::Empty),
        3 => select(vec!["read", "update"]).prop_map(Call::HasPrivilege),
        1 => Just(Call::ReadsOwner),
    ];
    prop_oneof![
        10 => (parting, operator()).prop_map(|((name, text), operator)| {
            Condition::Compare(Operand::Resource(name), operator, Operand::Texts(vec![text]))
        }),
        6 => (any(), operator(), constant()).prop_map(
            |(left, operator, right)| Condition::Compare(left, operator, right)
        ),
        3 => (constant(), operator(), any()).prop_map(
            |(left, operator, right)| Condition::Compare(left, operator, right)
        ),
        2 => (any(), pattern).prop_map(|(left, right)| Condition::Compare(left, "like", right)),
        2 => (any(), expression).prop_map(
            |(left, right)| Condition::Compare(left, "matches", right)
        ),
        1 => operator().prop_map(Condition::Owner),
        3 => call.prop_map(Condition::Call),
    ]
}

pub fn conditions() -> impl Strategy<Value = Condition> {
    leaf().prop_recursive(3, 8, 3, |inner| {
        let parts = || prop::collection::vec(inner.clone(), 2..=3);
        let (and, or) =
            (vec![" and ", " && ", "&&", "\n\tAND "], vec![" or ", " || ", "||", "\nOr "]);
        prop_oneof![
            (select(and), parts()).prop_map(|(sign, parts)| Condition::All(sign, parts)),
            (select(or), parts()).prop_map(|(sign, parts)| Condition::Any(sign, parts)),
            (select(vec!["!", "not ", "! "]), inner.clone())
                .prop_map(|(sign, part)| Condition::Not(sign, Box::new(part))),
        ]
    })
}
