//! The operations of system rules alone: taking them from a site, and saying who may do what, and why.

use super::parts::json_response;
use super::paths::{Draft, item, title};
use crate::model::SYSTEM_RULE;
use utoipa::openapi::path::HttpMethod;
use utoipa::openapi::{ArrayBuilder, ContentBuilder, ObjectBuilder, PathsBuilder, RefOr, Response, Schema, Type};

/// What a body or a reply holds.
enum Shape {
    Text,
    Number,
    Truth,
    Anything,
    List(Box<Shape>),
    Fields(Vec<(&'static str, Shape)>),
}

use Shape::{Anything, Fields, Number, Text, Truth};

/// Adds the operations.
pub fn paths(paths: PathsBuilder) -> PathsBuilder {
    let get = |paths: PathsBuilder, path: &str, draft: Draft| add(paths, HttpMethod::Get, path, draft);
    let post = |paths: PathsBuilder, path: &str, draft: Draft| add(paths, HttpMethod::Post, path, draft);
    let paths = post(paths, "import", import());
    let paths = get(paths, "explain", why());
    let paths = get(paths, "explain/users", who());
    let paths = get(paths, "explain/resources", what());
    let paths = post(paths, "explain/changes", changes());
    let paths = post(paths, "security/audit", audit());
    let paths = post(paths, "security/audit/matrix", matrix());
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

fn import() -> Draft {
    let imported = Fields(vec![("id", Text), ("name", Text), ("outcome", Text), ("message", Text)]);
    let summary = "Takes the rules of a site, as its list in full gives them, each by itself: one that can't be evaluated \
        is kept, disabled, and shows its error.";
    draft("importSystemRules", summary, &[]).body(schema(list(Anything))).success("201", reply(list(imported)))
}

fn why() -> Draft {
    let term = Fields(vec![("term", Text), ("holds", Truth)]);
    let verdict = Fields(vec![("id", Text), ("name", Text), ("grants", Truth), ("why", Text), ("terms", list(term))]);
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
    let body = Fields(vec![
        ("rules", list(Anything)),
        ("removed", list(Text)),
        ("userFilter", Text),
        ("resourceType", Text),
        ("resourceFilter", Text),
    ]);
    let triples = || list(Fields(vec![("user", Text), ("resource", Text), ("name", Text), ("action", Text)]));
    let answer = Fields(vec![
        ("gained", triples()),
        ("lost", triples()),
        ("gainedCount", Number),
        ("lostCount", Number),
        ("complete", Truth),
    ]);
    let summary = "Tells who would gain and lose what if rules were added, changed (by their id) or removed.";
    draft("explainChanges", summary, &[]).body(schema(body)).success("201", reply(answer))
}

fn audit() -> Draft {
    let body = Fields(vec![
        ("resourceType", Text),
        ("resourceFilter", Text),
        ("userFilter", Text),
        ("environmentAttributes", Text),
        ("userSkip", Number),
        ("userTake", Number),
        ("resourceSkip", Number),
        ("resourceTake", Number),
        ("includeNonGrantingRules", Truth),
    ]);
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
    let body = Fields(vec![
        ("resourceType", Text),
        ("resourceRef", Fields(vec![("resourceFilter", Text)])),
        ("subjectRef", Fields(vec![("resourceFilter", Text)])),
        ("actions", Number),
        ("environmentAttributes", Text),
        ("subjectProperties", list(Text)),
        ("resourceProperties", list(Text)),
        ("auditLimit", Number),
        ("outputObjectsPrivileges", Number),
    ]);
    let cell = Fields(vec![("subjectId", Text), ("resourceId", Text), ("audit", Fields(vec![("access", Number)]))]);
    let answer = Fields(vec![("matrix", list(cell)), ("resources", Anything), ("subjects", Anything)]);
    let summary = "Tells what each user may do to each resource, as sums of the actions' bits, as QRS does.";
    draft("auditMatrix", summary, &[]).body(schema(body)).success("201", reply(answer))
}

fn roles() -> Draft {
    draft("getRoles", "Lists the roles that rules mention or users have.", &[]).success("200", reply(list(Text)))
}

fn parse_tree() -> Draft {
    draft("getParseTree", "Shows a condition as a tree.", &["RuleParam"]).success("200", reply(Anything))
}

fn list(item: Shape) -> Shape {
    Shape::List(Box::new(item))
}

fn reply(shape: Shape) -> Response {
    json_response("The answer", ContentBuilder::new().schema(Some(schema(shape))))
}

fn schema(shape: Shape) -> RefOr<Schema> {
    let of = |kind: Type| ObjectBuilder::new().schema_type(kind);
    match shape {
        Text => of(Type::String).into(),
        Number => of(Type::Integer).into(),
        Truth => of(Type::Boolean).into(),
        Anything => of(Type::Object).into(),
        Shape::List(item) => ArrayBuilder::new().items(schema(*item)).into(),
        Fields(fields) => fields
            .into_iter()
            .fold(of(Type::Object), |object, (name, shape)| object.property(name, schema(shape)))
            .into(),
    }
}
