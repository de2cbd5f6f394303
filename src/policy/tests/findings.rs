//! Explanations of rules: why one grants something or not, which roles it mentions, which types a
//! change affects.

use super::{OTHER, actor, is_true, owned, rule};
use crate::model::{
    Action, Actor, Context, DATA_CONNECTION, Entity, REGISTRY, RuleSource, TAG, USER,
};
use crate::policy::guard_builder::HEAVIEST;
use crate::policy::{Finding, RuleSet, Term, explain, parse_tree, roles_in, touched};
use crate::query::Predicate;
use serde_json::{Value as Json, json};

const READ: i64 = Action::Read.bit();

fn finding(source: &RuleSource, action: Option<Action>) -> Finding {
    explain(&RuleSet::new(1, &[]), source, &actor("anna"), &DATA_CONNECTION, action)
}

fn terms(condition: &str) -> Vec<Term> {
    match finding(&rule(1, READ, condition), Some(Action::Read)) {
        Finding::Asked { terms, .. } => terms,
        other => panic!("{condition}: {other:?}"),
    }
}

#[test]
fn a_rule_that_does_not_apply_has_a_reason() {
    let source = rule(1, READ, "resource.name = \"x\"");
    let change = |change: fn(&mut RuleSource)| {
        let mut changed = source.clone();
        change(&mut changed);
        changed
    };
    let read = Some(Action::Read);
    assert_eq!(finding(&change(|rule| rule.disabled = true), read), Finding::Disabled);
    assert_eq!(
        finding(&change(|rule| rule.category = "License".to_owned()), read),
        Finding::OtherCategory
    );
    assert_eq!(finding(&source, Some(Action::Update)), Finding::OtherAction);
    assert_eq!(finding(&change(|rule| rule.rule_context = 1), read), Finding::OtherContext);
    let hub = Actor { context: Context::App, ..actor("anna") };
    let in_hub = explain(
        &RuleSet::new(1, &[]),
        &change(|rule| rule.rule_context = 1),
        &hub,
        &DATA_CONNECTION,
        read,
    );
    assert!(matches!(in_hub, Finding::Asked { .. }), "{in_hub:?}");
    for (condition, wrong) in
        [("resource.name =", "expected"), ("resource.name = resource.type", "can't be compared")]
    {
        let Finding::Faulty(fault) = finding(&rule(1, READ, condition), read) else {
            panic!("{condition}")
        };
        assert!(fault.field == "rule" && fault.problem.message.contains(wrong), "{fault}");
    }
    let faulty_filter = finding(&change(|rule| rule.resource_filter = "?".to_owned()), read);
    assert!(matches!(faulty_filter, Finding::Faulty(fault) if fault.field == "resourceFilter"));
}

#[test]
fn a_rule_that_applies_shows_its_reach_and_its_terms() {
    let one =
        RuleSource { resource_filter: format!("DataConnection_{OTHER}"), ..rule(1, READ, "") };
    let Finding::Asked { reach, condition, terms: none } = finding(&one, None) else { panic!() };
    assert!(is_true(&reach, &DATA_CONNECTION, &owned("c", OTHER)) && reach != Predicate::True);
    assert_eq!((condition, none), (Predicate::True, Vec::new()));
    // A resource still to be created has no id.
    let create = RuleSource { actions: Action::Create.bit(), ..one };
    assert!(matches!(finding(&create, None), Finding::Asked { reach: Predicate::False, .. }));
    let other = explain(
        &RuleSet::new(1, &[]),
        &rule(1, READ, ""),
        &actor("anna"),
        &TAG,
        Some(Action::Read),
    );
    assert!(matches!(other, Finding::Asked { reach: Predicate::False, .. }));
    let terms = terms(
        "user.userId = \"anna\" and (resource.name = \"x\" or !(resource.owner.userId like \
         \"o*\"))",
    );
    let evaluated: Vec<(&str, Option<&str>)> = terms
        .iter()
        .map(|term| (term.text.as_str(), term.relation.map(|relation| relation.name)))
        .collect();
    assert_eq!(
        evaluated,
        [
            ("user.userId = \"anna\"", None),
            ("resource.name = \"x\"", None),
            ("resource.owner.userId like \"o*\"", Some("owner")),
        ]
    );
    let row = owned("y", OTHER);
    let held: Vec<bool> =
        terms.iter().map(|term| is_true(&term.holds, &DATA_CONNECTION, &row)).collect();
    assert_eq!(held, [true, false, true]);
}

#[test]
fn a_term_names_the_reference_that_it_follows() {
    for (condition, relation) in [
        ("resource.owner = user", None),
        ("resource.owner.name = \"x\"", Some("owner")),
        ("\"x\" = resource.owner.name", Some("owner")),
        ("resource.@Team = \"x\"", None),
        ("user.owner = \"x\"", None),
        ("resource.IsOwned()", None),
        ("resource.owner.HasPrivilege(\"read\")", Some("owner")),
        ("resource.name.Empty()", None),
    ] {
        let terms = terms(condition);
        assert_eq!(terms[0].relation.map(|relation| relation.name), relation, "{condition}");
    }
}

#[test]
fn a_rule_that_depends_on_itself_or_costs_too_much_is_an_error() {
    let circle = finding(&rule(1, READ, "resource.HasPrivilege(\"read\")"), Some(Action::Read));
    let Finding::Faulty(fault) = &circle else { panic!("{circle:?}") };
    assert!(fault.problem.message.contains("refers to itself"), "{fault}");
    let compared = |count: usize| {
        let names: Vec<String> = (0..count).map(|name| format!("\"{name}*\"")).collect();
        finding(
            &rule(1, READ, &format!("resource.name like {{{}}}", names.join(","))),
            Some(Action::Read),
        )
    };
    assert!(matches!(compared(HEAVIEST), Finding::Asked { .. }));
    assert!(matches!(
        compared(HEAVIEST + 1),
        Finding::Faulty(fault) if fault.problem.message.contains("comparisons")
    ));
}

#[test]
fn the_roles_of_a_rule_are_those_it_compares_with() {
    for (condition, roles) in [
        ("user.roles = \"RootAdmin\"", vec!["RootAdmin"]),
        ("\"A\" = user.Roles", vec!["A"]),
        ("user.roles = {\"A\", \"B\"} and !(user.roles = \"C\")", vec!["A", "B", "C"]),
        ("user.@roles = \"A\"", vec![]),
        ("resource.roles = \"A\"", vec![]),
        ("user.group = \"A\"", vec![]),
        ("user.environment.roles = \"A\"", vec![]),
        ("user.roles = resource.@Role", vec![]),
        ("user.roles.Empty()", vec![]),
        ("user.roles =", vec![]),
    ] {
        assert_eq!(roles_in(&rule(1, READ, condition)), roles, "{condition}");
    }
}

#[test]
fn a_change_affects_the_types_of_its_filters_or_all_if_rules_refer_to_others() {
    let names = |entities: Vec<&'static Entity>| {
        entities.into_iter().map(|entity| entity.resource_type).collect::<Vec<_>>()
    };
    let (own, asking) = (
        rule(1, READ, "resource.owner = user"),
        rule(2, READ, "resource.owner.HasPrivilege(\"read\")"),
    );
    let plain = RuleSet::new(1, std::slice::from_ref(&own));
    assert_eq!(names(touched([&plain, &plain], [&own].into_iter())), ["DataConnection"]);
    let of_two = RuleSource { resource_filter: "Tag_*, User*".to_owned(), ..own.clone() };
    let faulty = RuleSource { resource_filter: "?".to_owned(), ..own.clone() };
    let mut both = names(touched([&plain, &plain], [&of_two, &faulty].into_iter()));
    both.sort_unstable();
    assert_eq!(both, [TAG.resource_type, USER.resource_type]);
    let before = RuleSet::new(1, &[asking]);
    assert_eq!(touched([&before, &plain], [&own].into_iter()).len(), REGISTRY.len());
    let of_owner = RuleSet::new(1, &[rule(2, READ, "!resource.owner.Empty()")]);
    assert_eq!(names(touched([&of_owner, &plain], [&own].into_iter())), ["DataConnection"]);
    let itself = RuleSet::new(1, &[rule(3, READ, "resource.HasPrivilege(\"update\")")]);
    assert_eq!(names(touched([&plain, &itself], [&own].into_iter())), ["DataConnection"]);
}

#[test]
fn actions_are_described_in_words() {
    let (all, reveal) = (Action::EVERYTHING, Action::Reveal.bit());
    for (actions, words) in [
        (0, ""),
        (READ | Action::Update.bit(), "read, update"),
        (reveal, "reveal"),
        (all, "everything"),
        (all | reveal, "everything, reveal"),
        (
            all - READ,
            "create, update, delete, export, publish, changeowner, changerole, exportdata, \
             offlineaccess, distribute, duplicate, approve",
        ),
    ] {
        assert_eq!(Action::describe(actions), words);
    }
    assert_eq!(
        Action::held(&[false, true, false, true]).collect::<Vec<_>>(),
        [Action::Read, Action::Delete]
    );
}

#[test]
fn a_condition_is_shown_as_a_tree() {
    assert_eq!(parse_tree(" \n"), Ok(Json::Null));
    assert!(parse_tree("user.name =").is_err());
    let tree = parse_tree(
        "!(user.name = {\"a\",\"b\"}) and (resource.@Team !== \"x\" or \
         resource.owner.HasPrivilege(\"read\") or user.IsAnonymous())",
    );
    let expected = json!({
        "operator": "and",
        "operands": [
            {"operator": "not", "operands": [
                {
                    "operator": "=", "left": {"reference": "user.name"},
                    "right": {"values": ["a", "b"]}
                },
            ]},
            {"operator": "or", "operands": [
                {
                    "operator": "!==", "left": {"reference": "resource.@Team"},
                    "right": {"values": ["x"]}
                },
                {"function": "HasPrivilege", "subject": "resource.owner", "argument": "read"},
                {"function": "IsAnonymous", "subject": "user", "argument": null},
            ]},
        ],
    });
    assert_eq!(tree, Ok(expected));
}
