//! The meaning of comparisons in which one side is not a text, or has no value.

use super::names::{connection, is_granted, user};
use super::{ME, rule};
use crate::model::{Action, DATA_CONNECTION, USER};
use crate::policy::RuleSet;
use serde_json::json;

#[test]
fn objects_are_compared_by_id() {
    let (mut mine, mut me) = (connection(), user());
    mine["owner"]["id"] = json!(ME);
    me["id"] = json!(ME);
    for (condition, mine_holds, other_holds) in [
        ("resource.owner = user", true, false),
        ("user = resource.owner", true, false),
        ("resource.owner != user", false, true),
        ("user = user", true, true),
        ("user != user", false, false),
        ("resource = resource", true, true),
        // The user is neither a text nor a data connection.
        ("user = resource.name", false, false),
        ("user != resource.name", true, true),
        ("user = \"anna\"", false, false),
        ("user = resource", false, false),
        // The target of a reference has an id.
        ("resource.owner = \"00000000-0000-4000-8000-000000000001\"", true, false),
        ("resource.owner = \"anna\"", false, false),
        ("resource = \"00000000-0000-4000-8000-000000000001\"", true, true),
        ("resource.id = \"00000000-0000-4000-8000-000000000001\"", true, true),
        ("resource.id = \"00000000-0000-4000-8000-000000000002\"", false, false),
        ("resource.id != \"00000000-0000-4000-8000-000000000002\"", true, true),
        ("resource.id == \"00000000-0000-4000-8000-000000000001\"", true, true),
        ("resource.id !== \"00000000-0000-4000-8000-000000000001\"", false, false),
        ("resource.id = \"none\"", false, false),
    ] {
        for (row, holds) in [(&mine, mine_holds), (&connection(), other_holds)] {
            assert_eq!(
                is_granted(&DATA_CONNECTION, condition, row),
                holds,
                "{condition} of {}",
                row["owner"]["id"]
            );
        }
    }
    for (condition, holds) in
        [("resource = user", true), ("user = resource", true), ("user != resource", false)]
    {
        assert_eq!(is_granted(&USER, condition, &me), holds, "{condition}");
        assert_eq!(is_granted(&USER, condition, &user()), !holds, "{condition}");
    }
}

#[test]
fn an_empty_text_is_a_value_and_no_value_differs_from_all() {
    let [mut named, mut unnamed] = [connection(), connection()];
    named["type"] = json!("x");
    unnamed["type"] = json!("");
    for (condition, named_holds, unnamed_holds) in [
        ("resource.type != \"\"", true, false),
        ("resource.type != \"x\"", false, true),
        ("resource.type != {\"\", \"x\"}", true, true),
        ("resource.type.Empty()", false, true),
        ("resource.@Team != \"b\"", false, false),
        ("resource.@Team != \"c\"", true, true),
        ("resource.@None != \"b\"", true, true),
        ("resource.@None != \"\"", true, true),
        ("resource.@None.Empty()", true, true),
        ("resource.@Team.Empty()", false, false),
        ("resource.owner.group.Empty()", false, false),
        ("resource.owner.email.Empty()", true, true),
        ("resource.owner.Empty()", false, false),
        ("resource.id.Empty()", false, false),
        ("user.email.Empty()", true, true),
        ("user.group.Empty()", false, false),
    ] {
        for (row, holds) in [(&named, named_holds), (&unnamed, unnamed_holds)] {
            assert_eq!(
                is_granted(&DATA_CONNECTION, condition, row),
                holds,
                "{condition} of {}",
                row["type"]
            );
        }
    }
}

#[test]
fn only_texts_and_ids_can_be_matched_and_only_with_constant_patterns() {
    for (condition, wrong) in [
        ("resource.owner like \"*\"", "only texts"),
        ("user like \"*\"", "only texts"),
        ("resource.name like resource.type", "the pattern must be"),
        ("resource.name matches \"(\"", "the regular expression can't be used"),
    ] {
        let found = RuleSet::new(1, &[])
            .check(&rule(1, Action::Read.bit(), condition))
            .unwrap_err()
            .to_string();
        assert!(found.contains(wrong), "{condition}: {found}");
    }
    let row = connection();
    for (condition, holds) in [
        ("resource.id like \"*\"", true),
        ("resource.id like \"????????-*\"", true),
        ("resource.owner.id like \"?\"", false),
        ("resource.@Team like \"B*\"", true),
        ("resource.@Team matches \"[ab]\"", true),
        ("resource.owner.group like \"x*\"", false),
        ("user.group like \"i?\"", true),
    ] {
        assert_eq!(is_granted(&DATA_CONNECTION, condition, &row), holds, "{condition}");
    }
}
