//! The combined grants of several rules, and which rules are accepted.

use super::{ME, OTHER, actor, is_true, owned, rule};
use crate::model::{Action, Actor, Context, DATA_CONNECTION, RuleSource, TAG, USER};
use crate::policy::binder::Lookup;
use crate::policy::guard_builder::{GuardBuilder, HEAVIEST};
use crate::policy::{KeptPrivileges, RuleSet};
use crate::query::{Expressions, Predicate};
use proptest::prelude::*;
use proptest::sample::select;
use std::sync::Arc;

const READ: i64 = Action::Read.bit();

fn set(sources: &[RuleSource]) -> RuleSet {
    RuleSet::new(1, sources)
}

fn guard(set: &RuleSet, actor: &Actor, action: Action) -> Predicate {
    set.guards(actor, &DATA_CONNECTION)[action as usize].clone()
}

#[test]
fn the_guard_is_the_union_of_the_rules() {
    let set = set(&[
        rule(1, READ, "resource.owner = user"),
        rule(2, READ | Action::Update.bit(), "resource.name = \"site\""),
        rule(3, READ, "user.userId = \"bert\""),
    ]);
    let (anna, bert) = (actor("anna"), actor("bert"));
    for (name, owner, read, updated) in
        [("own", ME, true, false), ("site", OTHER, true, true), ("x", OTHER, false, false)]
    {
        let row = owned(name, owner);
        assert_eq!(
            is_true(&guard(&set, &anna, Action::Read), &DATA_CONNECTION, &row),
            read,
            "{name}"
        );
        assert_eq!(
            is_true(&guard(&set, &anna, Action::Update), &DATA_CONNECTION, &row),
            updated,
            "{name}"
        );
    }
    assert_eq!(guard(&set, &bert, Action::Read), Predicate::True);
    assert_eq!(guard(&set, &bert, Action::Delete), Predicate::False);
    assert!(set.guards(&bert, &TAG).iter().all(|guard| *guard == Predicate::False));
}

#[test]
fn disabled_rules_and_other_categories_grant_nothing_and_invalid_rules_are_reported() {
    let off = RuleSource { disabled: true, ..rule(1, READ, "") };
    let license = RuleSource { category: "License".to_owned(), ..rule(2, READ, "") };
    let lower = RuleSource { category: "security".to_owned(), ..rule(3, Action::Update.bit(), "") };
    let set = set(&[off, license, lower, rule(4, READ, "user.name =")]);
    let anna = actor("anna");
    assert_eq!(
        (guard(&set, &anna, Action::Read), guard(&set, &anna, Action::Update)),
        (Predicate::False, Predicate::True)
    );
    assert_eq!(set.faulty.iter().map(|(name, _)| name.as_str()).collect::<Vec<_>>(), ["rule 4"]);
}

#[test]
fn a_rule_applies_only_in_its_context() {
    let set = set(&[RuleSource { rule_context: 1, ..rule(1, READ, "") }]);
    let hub = Actor { context: Context::App, ..actor("anna") };
    assert_eq!(
        (guard(&set, &hub, Action::Read), guard(&set, &actor("anna"), Action::Read)),
        (Predicate::True, Predicate::False)
    );
}

#[test]
fn privileges_are_cached_per_user_within_a_limit() {
    const ROOM: u64 = 1 << 20;
    let kept = Arc::new(KeptPrivileges::new(ROOM));
    let sources = [rule(1, READ, "user.userId = \"anna\"")];
    let set = RuleSet::sharing(1, &sources, &Arc::new(Expressions::new(0)), &kept);
    let first = set.kept(&actor("anna"), &DATA_CONNECTION);
    assert!(Arc::ptr_eq(&first, &set.kept(&actor("anna"), &DATA_CONNECTION)));
    assert_eq!(first.guards[Action::Read as usize], Predicate::True);
    assert_eq!(
        set.kept(&actor("bert"), &DATA_CONNECTION).guards[Action::Read as usize],
        Predicate::False
    );
    assert_eq!(set.kept(&actor("anna"), &TAG).guards[Action::Read as usize], Predicate::False);
    assert!(Arc::ptr_eq(&first, &set.kept(&actor("anna"), &DATA_CONNECTION)), "two users are few");
    for number in 0..2_000 {
        let _ = set.kept(&actor(&format!("user {number}")), &DATA_CONNECTION);
        assert!(kept.bytes() <= ROOM, "{}", kept.bytes());
    }
    let is_kept = |number: &i32| set.known_privileges(&actor(&format!("user {number}"))).is_some();
    assert!((100..1_900).contains(&(0..2_000).filter(is_kept).count()), "two thousand are many");
    assert!(kept.bytes() > ROOM / 2, "{}", kept.bytes());
    kept.keep_only(2);
    assert_eq!(kept.bytes(), 0, "other rules hold");
}

#[test]
fn privileges_do_not_repeat_the_read_guard() {
    let own = "resource.owner = user";
    let set = set(&[
        rule(1, READ | Action::Update.bit(), own),
        rule(2, Action::Delete.bit(), "resource.name = \"site\""),
    ]);
    let grants = set.kept(&actor("anna"), &DATA_CONNECTION);
    let columns = grants.privilege_columns();
    // Only the owner may read and change it, so for rows that the user may read only the name is
    // checked.
    assert_eq!(columns.count(), 1);
    assert!(Arc::ptr_eq(&columns, &grants.privilege_columns()));
}

#[test]
fn a_rule_can_depend_on_another_and_circular_rules_grant_nothing() {
    let reads = rule(1, READ, "resource.name = \"site\"");
    let follows = rule(2, Action::Update.bit(), "resource.HasPrivilege(\"read\")");
    let anna = actor("anna");
    let both = set(&[reads.clone(), follows.clone()]);
    assert_eq!(guard(&both, &anna, Action::Update), guard(&both, &anna, Action::Read));
    assert_ne!(guard(&both, &anna, Action::Update), Predicate::False);
    let back = rule(3, READ, "resource.HasPrivilege(\"update\")");
    let rules = set(&[reads, follows, back]);
    assert_eq!(guard(&rules, &anna, Action::Update), Predicate::False);
    assert!(
        is_true(&guard(&rules, &anna, Action::Read), &DATA_CONNECTION, &owned("site", OTHER)),
        "the other rule counts"
    );
    let left_out = rules.left_out(&anna, &DATA_CONNECTION, Action::Read);
    let reasons: Vec<&str> = left_out.values().map(String::as_str).collect();
    // At the call in this rule's own text, wherever the circle is detected.
    let circle = "at position 10: HasPrivilege refers to itself: the right to read a data \
                  connection would depend on itself";
    assert_eq!(reasons, [circle]);
    assert_eq!(rules.left_out(&anna, &TAG, Action::Read).len(), 0);
}

#[test]
fn a_rule_can_depend_on_the_rules_of_a_referenced_type() {
    let mut reads_user = rule(1, READ, "resource.userId = \"boss\"");
    reads_user.resource_filter = "User_*".to_owned();
    let set = set(&[reads_user, rule(2, READ, "resource.owner.HasPrivilege(\"read\")")]);
    let mut row = owned("c", OTHER);
    let read = guard(&set, &actor("anna"), Action::Read);
    assert!(!is_true(&read, &DATA_CONNECTION, &row));
    row["owner"]["userId"] = "boss".into();
    assert!(is_true(&read, &DATA_CONNECTION, &row));
    assert_ne!(set.guards(&actor("anna"), &USER)[Action::Read as usize], Predicate::False);
}

proptest! {
    /// Results of one guard are reused for others.
    #[test]
    fn the_order_of_computing_guards_makes_no_difference(
        asking in prop::collection::vec(
            (0..16_i64, select(vec!["create", "read", "update", "delete"])),
            1..6
        )
    ) {
        let rule = |(number, (actions, asked)): (u128, (i64, &str))| {
            rule(
                number,
                actions,
                &format!("resource.HasPrivilege(\"{asked}\") or resource.name = \"{number}\"")
            )
        };
        let set = set(&(1..).zip(asking).map(rule).collect::<Vec<_>>());
        let anna = actor("anna");
        let together = set.guards(&anna, &DATA_CONNECTION);
        for action in Action::ALL {
            let alone = GuardBuilder::new(&set.rules, &anna).guard(&DATA_CONNECTION, action);
            prop_assert_eq!(&together[action as usize], &alone.unwrap_or(Predicate::False));
        }
    }
}

/// A rule that compares with this many patterns: a list of values would be one comparison.
fn heavy(number: u128, comparisons: usize) -> RuleSource {
    let names: Vec<String> = (0..comparisons).map(|name| format!("\"{number} {name}*\"")).collect();
    rule(number, READ, &format!("resource.name like {{{}}}", names.join(",")))
}

#[test]
fn rules_that_are_too_heavy_are_skipped_and_the_others_still_count() {
    let heaviest = set(&[heavy(1, HEAVIEST)]);
    let anna = actor("anna");
    assert!(heaviest.left_out(&anna, &DATA_CONNECTION, Action::Read).is_empty());
    let full = set(&[heavy(1, HEAVIEST), heavy(2, 1)]);
    assert_eq!(full.left_out(&anna, &DATA_CONNECTION, Action::Read).len(), 1);
    let set = set(&[heavy(1, HEAVIEST - 1), heavy(2, 2), heavy(1, HEAVIEST - 1), heavy(3, 1)]);
    let left_out = set.left_out(&anna, &DATA_CONNECTION, Action::Read);
    assert_eq!(left_out.keys().map(uuid::Uuid::as_u128).collect::<Vec<_>>(), [2]);
    assert!(left_out.values().all(|reason| reason.contains("1000 comparisons")), "{left_out:?}");
    let read = guard(&set, &anna, Action::Read);
    for (name, is_granted) in [("1 0", true), ("2 0", false), ("3 0", true)] {
        assert_eq!(is_true(&read, &DATA_CONNECTION, &owned(name, OTHER)), is_granted, "{name}");
    }
}

#[test]
fn a_rule_is_accepted_only_if_it_is_valid_for_all_types_that_it_covers() {
    let mut set = set(&[rule(1, Action::Update.bit(), "resource.HasPrivilege(\"read\")")]);
    for (condition, wrong) in [
        ("resource.nmae = \"x\"", "did you mean 'name'"),
        ("user.name =", "rule:"),
        ("resource.HasPrivilege(\"update\")", "refers to itself"),
        ("resource.HasPrivilege(\"reed\")", "did you mean 'read'"),
        ("resource.name = resource.type", "can't be compared"),
        ("user.IsOwned()", "no function IsOwned here"),
        ("resource.owner.IsOwned()", "no function IsOwned here"),
        ("resource.IsAnonymous()", "no function IsAnonymous here"),
        ("user.owner.IsAnonymous()", "no function IsAnonymous here"),
        ("user.HasPrivilege(\"read\")", "no function HasPrivilege here"),
    ] {
        let source = rule(2, READ, condition);
        let refused = set.add(&source).unwrap_err().to_string();
        assert!(refused.contains(wrong), "{condition}: {refused}");
        assert_eq!(guard(&set, &actor("anna"), Action::Read), Predicate::False, "{condition}");
        assert_eq!(set.rules.len(), 1, "{condition}");
    }
    set.add(&rule(2, READ, "resource.name = \"x\"")).unwrap();
    assert_eq!(
        guard(&set, &actor("anna"), Action::Read),
        guard(&set, &actor("anna"), Action::Update)
    );
}

#[test]
fn each_rule_is_checked_in_the_contexts_in_which_it_applies() {
    let [update, read] = [(Action::Update.bit(), "read"), (READ, "update")];
    let asking = |rule_context, (actions, asked): (i64, &str)| RuleSource {
        rule_context,
        ..rule(1, actions, &format!("resource.HasPrivilege(\"{asked}\")"))
    };
    // In the hub, the right to read depends on the right to change.
    for (rule_context, is_taken) in [(0, false), (1, false), (2, true)] {
        let mut rules = set(&[asking(1, read)]);
        assert_eq!(rules.add(&asking(rule_context, update)).is_ok(), is_taken, "{rule_context}");
    }
    let checked = set(&[]).check_each(&[
        rule(1, READ, ""),
        rule(2, READ, "resource.name"),
        rule(3, READ, ""),
    ]);
    assert_eq!(checked.iter().map(Option::is_some).collect::<Vec<_>>(), [false, true, false]);
}
