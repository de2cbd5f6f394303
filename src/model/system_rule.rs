//! System rules: who may do what, as data that can be imported from a site (QRS reference, 3.7 and
//! 6).

use super::allowed_values::{Choice, Syntax};
use super::common_properties::{CREATED_DATE, ID, MODIFIED_BY_USER_NAME, MODIFIED_DATE};
use super::defines::{Defines, ReadOnly};
use super::presence::Default;
use super::role::Role;
use super::schema::{Entity, Property};
use super::staging::Staging;
use super::tag::tags;
use super::{Document, Input, Value};
use uuid::Uuid;

/// A rule as stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RuleSource {
    /// Its id.
    pub id: Uuid,
    /// Its name.
    pub name: String,
    /// Its category; only `Security` grants anything.
    pub category: String,
    /// The condition; may be blank.
    pub rule: String,
    /// The resource filter.
    pub resource_filter: String,
    /// The bits of the actions.
    pub actions: i64,
    /// Whether it is disabled.
    pub disabled: bool,
    /// 0 for everywhere, 1 for the hub, 2 for the QMC.
    pub rule_context: i64,
}

impl RuleSource {
    /// An empty rule.
    #[must_use]
    pub const fn blank(id: Uuid) -> Self {
        Self {
            id,
            name: String::new(),
            category: String::new(),
            rule: String::new(),
            resource_filter: String::new(),
            actions: 0,
            disabled: false,
            rule_context: 0,
        }
    }

    /// The rule with the changes of `document`.
    #[must_use]
    pub fn overlaid(&self, document: &Document) -> Self {
        let mut rule = self.clone();
        for (property, input) in document.inputs() {
            match (property.name, input) {
                ("name", Input::Value(Value::Text(text))) => rule.name.clone_from(text),
                ("category", Input::Value(Value::Text(text))) => rule.category.clone_from(text),
                ("rule", Input::Value(Value::Text(text))) => rule.rule.clone_from(text),
                ("resourceFilter", Input::Value(Value::Text(text))) => {
                    rule.resource_filter.clone_from(text);
                }
                ("actions", Input::Value(Value::Integer(actions))) => rule.actions = *actions,
                ("disabled", Input::Value(Value::Boolean(disabled))) => rule.disabled = *disabled,
                ("ruleContext", Input::Value(Value::Integer(context))) => {
                    rule.rule_context = *context;
                }
                _ => {}
            }
        }
        rule
    }

    /// Whether it has the one category that grants anything.
    #[must_use]
    pub fn is_security(&self) -> bool {
        self.category.eq_ignore_ascii_case("security")
    }
}

/// The system rule. Clients create custom rules; default and read-only rules come with a version.
pub static SYSTEM_RULE: Entity = Entity {
    resource_type: "SystemRule",
    path: "systemrule",
    noun: "system rule",
    table: "system_rules",
    properties: &[
        ID,
        CREATED_DATE,
        MODIFIED_DATE,
        MODIFIED_BY_USER_NAME,
        Property::text("category", "category", 255)
            .or(Default::Text("Security"))
            .syntax(Syntax::OneOf(&["Security", "License", "Sync"]))
            .condensed()
            .in_rules()
            .describe("Category; only Security rules grant anything"),
        Property::text("subcategory", "subcategory", 255)
            .condensed()
            .in_rules()
            .describe("Subcategory"),
        Property::text("type", "type", 255)
            .server_set(Default::Text("Custom"))
            .condensed()
            .in_rules()
            .describe(
                "Default, ReadOnly or Custom; a default rule becomes custom when it is changed",
            ),
        Property::text("name", "name", 255)
            .required()
            .condensed()
            .in_rules()
            .describe("Name; need not be unique"),
        Property::text("rule", "rule", 2048)
            .condensed()
            .role(Role::Condition)
            .describe("Condition on user and resource; an empty one is always true"),
        Property::text("resourceFilter", "resource_filter", 1024)
            .required()
            .condensed()
            .in_rules()
            .describe("The resources that the rule covers, such as DataConnection_*"),
        Property::integer("actions", "actions", 0, 16_383)
            .required()
            .condensed()
            .role(Role::Actions)
            .describe(
                "The actions that the rule grants, as the sum of their bits: create 1, read 2, \
                 update 4, delete 8 and so on",
            ),
        Property::text("comment", "comment", 255).condensed().describe("Purpose of the rule"),
        Property::boolean("disabled", "disabled")
            .condensed()
            .role(Role::Disabled)
            .describe("Whether the rule is disabled"),
        Property::enumeration("ruleContext", "rule_context", RULE_CONTEXT)
            .describe("Where the rule applies: in the hub, in the QMC, or in both"),
        Property::text("seedId", "seed_id", 36)
            .syntax(Syntax::Guid)
            .server_set(Default::Text("00000000-0000-0000-0000-000000000000"))
            .describe("The default rule that this rule is, or was until a user changed it"),
        Property::integer("version", "version", 0, 1_000_000)
            .server_set(Default::Number(0))
            .describe("Version of the default rule"),
        Property::text("error", "error", 4096)
            .server_set(Default::Text(""))
            .role(Role::Fault)
            .describe(
                "The reason the rule can't be evaluated; empty if it can. Such a rule can be \
                 stored only while it is disabled",
            ),
        tags("system_rule_tags"),
    ],
    // Together they say who may do what.
    together: &[&["rule", "resourceFilter", "actions", "ruleContext", "disabled"]],
    console_columns: &["name", "resourceFilter", "rule", "actions", "disabled", "type", "error"],
    defines: Defines::Rights,
    read_only: Some(ReadOnly {
        property: "type",
        text: "ReadOnly",
        message: "the rule is read-only: it can't be changed or deleted",
    }),
    // A rule that a client changes becomes the client's own.
    set_by_change: &[("type", "Custom")],
    staging: Some(Staging {
        // A site's version of a default rule has the seedId of that rule.
        keys: &[&["seedId"], &["name", "resourceFilter"]],
        own: &[("type", "Default"), ("type", "ReadOnly")],
        filter: Some("type eq 'Custom'"),
    }),
    ..Entity::PLAIN
};

const RULE_CONTEXT: &[Choice] = &[
    Choice { number: 0, names: &["BothQlikSenseAndQMC"] },
    Choice { number: 1, names: &["QlikSenseOnly"] },
    Choice { number: 2, names: &["QMCOnly"] },
];
