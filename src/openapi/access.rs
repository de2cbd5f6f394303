//! The operations of system rules alone: taking them from a site, and saying who may do what, and why.

use super::parts::json_response;
use super::paths::{Draft, item, title};
use crate::access_report;
use crate::model::SYSTEM_RULE;
use crate::policy::Action;
use crate::service::rule_import;
use utoipa::openapi::path::HttpMethod;
use utoipa::openapi::schema::{AdditionalProperties, SchemaFormat, SchemaType};
use utoipa::openapi::{
    ArrayBuilder, ContentBuilder, ObjectBuilder, OneOfBuilder, PathsBuilder, RefOr, Response, Schema, Type,
};

/// What a body or a reply holds.
enum Shape {
    Text,
    /// A text that says something.
    Word,
    Id,
    Number,
    /// How many, or how many not.
    Count,
    Truth,
    Anything,
    /// That, or null.
    Optional(Type),
    /// A sum of the bits of actions.
    Bits,
    /// The bit of one action.
    Bit,
    List(Box<Shape>),
    /// So many at most.
    Few(usize, Box<Shape>),
    Fields(Vec<(&'static str, Shape)>),
    /// These fields and no others.
    Only(Vec<(&'static str, Shape)>),
    /// Fields, the first so many of which are required.
    Needs(usize, Vec<(&'static str, Shape)>),
    /// The one or the other.
    Either(Box<[Shape; 2]>),
}

use Shape::{Anything, Bit, Bits, Count, Either, Few, Fields, Id, Needs, Number, Only, Optional, Text, Truth, Word};

/// Adds the operations.
pub fn paths(paths: PathsBuilder) -> PathsBuilder {
    let get = |paths: PathsBuilder, path: &str, draft: Draft| add(paths, HttpMethod::Get, path, draft);
    let post = |paths: PathsBuilder, path: &str, draft: Draft| add(paths, HttpMethod::Post, path, draft);
    let paths = post(paths, "import", import_rules());
    let paths = get(paths, "explain", why());
    let paths = get(paths, "explain/users", who());
    let paths = get(paths, "explain/resources", what());
    let paths = post(paths, "explain/changes", changes());
    let paths = post(paths, "security/audit", audit());
    let paths = post(paths, "security/audit/matrix", matrix());
    let paths = post(paths, "security/audit/accessibleobjects", accessible_objects());
    let paths = get(paths, "security/referenceduserroles", roles());
    get(paths, "security/parsetree", parse_tree())
}

fn add(paths: PathsBuilder, method: HttpMethod, path: &str, draft: Draft) -> PathsBuilder {
    let draft = draft.failures(match method {
        HttpMethod::Get => &["BadRequest", "Unauthorized", "Forbidden", "NotFound", "Unavailable"],
        _ => &["BadRequest", "Unauthorized", "Forbidden", "NotFound", "TooSlow", "TooLarge", "Unavailable"],
    });
    paths.path(format!("/{}/{path}", SYSTEM_RULE.path), item(vec![(method, draft)]))
}

fn draft(id: &str, summary: &str, parameters: &[&str]) -> Draft {
    Draft::new(id, &title(&SYSTEM_RULE), summary).parameters(&["XrfKeyParam", "UserParam"]).parameters(parameters)
}

fn import_rules() -> Draft {
    let imported = || {
        let id = ("id", Optional(Type::String));
        Fields(vec![
            id,
            ("name", Text),
            ("outcome", Text),
            ("message", Text),
            ("warnings", list(Fields(warning_fields()))),
        ])
    };
    let proposal = [vec![("rules", list(imported()))], change_fields()].into_iter().flatten().collect();
    let summary = "Takes the rules of a site, as its list in full gives them, each by itself: one that exists here, by its id, is \
        updated if it differs; one that can't be evaluated is kept, disabled, and shows its error. With dryRun=true nothing is changed, and the answer \
        tells what the import would do, and who would gain and lose what.";
    draft("importSystemRules", summary, &["DryRunParam"])
        .body(schema(few(rule_import::MOST, Anything)))
        .success("201", reply(Either(Box::new([list(imported()), Fields(proposal)]))))
}

fn why() -> Draft {
    let term = Fields(vec![("term", Text), ("holds", Truth)]);
    let verdict = Fields(vec![
        ("id", Text),
        ("name", Text),
        ("grants", Truth),
        ("why", Text),
        ("terms", list(term)),
        ("warnings", list(Fields(warning_fields()))),
    ]);
    let answer = Fields(vec![
        ("user", Text),
        ("action", Text),
        ("resource", Text),
        ("allowed", Truth),
        ("barred", Truth),
        ("rules", list(verdict)),
        ("hiddenRules", Number),
    ]);
    let summary = "Tells whether a user may do something, and what each rule says to it.";
    draft("explain", summary, &["ExplainUserParam", "ExplainActionParam", "ExplainResourceParam", "EnvironmentParam"])
        .success("200", reply(answer))
}

fn who() -> Draft {
    let answer = list(Fields(vec![("id", Text), ("user", Text), ("name", Text), ("privileges", list(Text))]));
    let summary = "Tells who may do something to a resource; filter selects among the users.";
    draft(
        "explainUsers",
        summary,
        &["ExplainResourceParam", "ExplainOneActionParam", "FilterParam", "EnvironmentParam"],
    )
    .success("200", reply(answer))
}

fn what() -> Draft {
    let answer = list(Fields(vec![("resource", Text), ("name", Text), ("privileges", list(Text))]));
    let summary = "Tells what a user may do to the resources of a type; filter selects among them.";
    let parameters =
        ["ExplainUserParam", "ExplainTypeParam", "ExplainOneActionParam", "FilterParam", "EnvironmentParam"];
    draft("explainResources", summary, &parameters).success("200", reply(answer))
}

fn changes() -> Draft {
    let body = Only(vec![
        ("rules", few(access_report::MOST_RULES, Anything)),
        ("removed", few(access_report::MOST_RULES, Id)),
        ("userFilter", Text),
        ("resourceType", Text),
        ("resourceFilter", Text),
    ]);
    let summary = "Tells who would gain and lose what if rules were added, changed (by their id) or removed.";
    let warning = [vec![("index", Number)], warning_fields()].into_iter().flatten().collect();
    let answer = [change_fields(), vec![("warnings", list(Fields(warning)))]].into_iter().flatten().collect();
    draft("explainChanges", summary, &[]).body(schema(body)).success("201", reply(Fields(answer)))
}

/// What is pointed out about a rule.
fn warning_fields() -> Vec<(&'static str, Shape)> {
    vec![("field", Text), ("position", Number), ("message", Text)]
}

fn change_fields() -> Vec<(&'static str, Shape)> {
    let triples = || list(Fields(vec![("user", Text), ("resource", Text), ("name", Text), ("action", Text)]));
    vec![
        ("gained", triples()),
        ("lost", triples()),
        ("gainedCount", Number),
        ("lostCount", Number),
        ("complete", Truth),
    ]
}

fn audit() -> Draft {
    let text = || Optional(Type::String);
    let body = Needs(
        1,
        vec![
            ("resourceType", Word),
            ("resourceFilter", text()),
            ("userFilter", text()),
            ("environmentAttributes", text()),
            ("userSkip", Count),
            ("userTake", Count),
            ("resourceSkip", Count),
            ("resourceTake", Count),
            ("includeNonGrantingRules", Optional(Type::Boolean)),
        ],
    );
    let named = || vec![("id", Text), ("name", Text)];
    let application = Fields(vec![
        ("userID", Text),
        ("resourceID", Text),
        ("ruleID", Text),
        ("allowed", Truth),
        ("errorAt", Number),
        ("errorMessage", Text),
        ("evaluationState", Number),
    ]);
    let answer = Fields(vec![
        ("schemaPath", Text),
        (
            "users",
            list(Fields([named(), vec![("userId", Text), ("userDirectory", Text)]].into_iter().flatten().collect())),
        ),
        ("resources", list(Fields(named()))),
        (
            "rules",
            list(Fields([named(), vec![("actions", Number), ("disabled", Truth)]].into_iter().flatten().collect())),
        ),
        ("ruleApplication", list(application)),
    ]);
    let summary = "Tells which rules apply to which users and resources, as QRS does.";
    draft("audit", summary, &[]).body(schema(body)).success("201", reply(answer))
}

fn matrix() -> Draft {
    let filter = || Fields(vec![("resourceFilter", Optional(Type::String))]);
    let body = Needs(
        1,
        vec![
            ("resourceType", Word),
            ("resourceRef", filter()),
            ("subjectRef", filter()),
            ("actions", Bits),
            ("environmentAttributes", Optional(Type::String)),
            ("subjectProperties", list(Text)),
            ("resourceProperties", list(Text)),
            ("auditLimit", Count),
            ("outputObjectsPrivileges", Bits),
        ],
    );
    let cell = Fields(vec![("subjectId", Text), ("resourceId", Text), ("audit", Fields(vec![("access", Number)]))]);
    let answer =
        Fields(vec![("schemaPath", Text), ("matrix", list(cell)), ("resources", Anything), ("subjects", Anything)]);
    let summary = "Tells what each user may do to each resource, as sums of the actions' bits, as QRS does.";
    draft("auditMatrix", summary, &[]).body(schema(body)).success("201", reply(answer))
}

fn accessible_objects() -> Draft {
    let body = Needs(
        3,
        vec![
            ("resourceType", Word),
            ("userID", Id),
            ("action", Bit),
            ("resourceFilter", Optional(Type::String)),
            ("environmentAttributes", Optional(Type::String)),
        ],
    );
    let summary = "Lists the resources of a type on which a user has an action, in condensed form.";
    draft("accessibleObjects", summary, &["PrivilegesParam"]).body(schema(body)).success("201", reply(list(Anything)))
}

fn roles() -> Draft {
    draft("getRoles", "Lists the roles that rules mention or users have.", &[]).success("200", reply(list(Text)))
}

fn parse_tree() -> Draft {
    draft("getParseTree", "Shows a condition as a tree.", &["RuleParam"]).success("200", reply(Anything))
}

fn few(most: usize, item: Shape) -> Shape {
    Few(most, Box::new(item))
}

fn list(item: Shape) -> Shape {
    Shape::List(Box::new(item))
}

fn reply(shape: Shape) -> Response {
    json_response("The answer", ContentBuilder::new().schema(Some(schema(shape))))
}

fn schema(shape: Shape) -> RefOr<Schema> {
    let of = |kind: Type| ObjectBuilder::new().schema_type(kind);
    let whole = |min: i64, max: i64| of(Type::Integer).minimum(Some(min)).maximum(Some(max)).into();
    match shape {
        Text => of(Type::String).into(),
        Word => of(Type::String).min_length(Some(1)).into(),
        Id => of(Type::String).format(Some(SchemaFormat::Custom("uuid".to_owned()))).into(),
        Number => of(Type::Integer).into(),
        Count => whole(0, u32::MAX.into()),
        Bits => whole(i64::MIN, i64::MAX),
        Bit => of(Type::Integer).enum_values(Some(Action::ALL.map(Action::bit))).into(),
        Optional(kind) => ObjectBuilder::new().schema_type(SchemaType::from_iter([kind, Type::Null])).into(),
        Truth => of(Type::Boolean).into(),
        Anything => of(Type::Object).into(),
        Shape::List(item) => ArrayBuilder::new().items(schema(*item)).into(),
        Few(most, item) => ArrayBuilder::new().items(schema(*item)).max_items(Some(most)).into(),
        Fields(fields) => object(fields).into(),
        Either(shapes) => {
            let either = shapes.into_iter().fold(OneOfBuilder::new(), |either, shape| either.item(schema(shape)));
            Schema::OneOf(either.build()).into()
        }
        Only(fields) => object(fields).additional_properties(Some(AdditionalProperties::FreeForm(false))).into(),
        Needs(number, fields) => {
            let required: Vec<&str> = fields.iter().take(number).map(|(name, _)| *name).collect();
            required.into_iter().fold(object(fields), ObjectBuilder::required).into()
        }
    }
}

fn object(fields: Vec<(&'static str, Shape)>) -> ObjectBuilder {
    let object = ObjectBuilder::new().schema_type(Type::Object);
    fields.into_iter().fold(object, |object, (name, shape)| object.property(name, schema(shape)))
}
