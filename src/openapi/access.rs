//! The operations that only system rules have: the import, and reports about access.

use super::derived::{at_most, body, list_of, one_of_numbers, reply, with};
use super::draft::{Draft, item};
use super::parts::json_response;
use super::paths::title;
use crate::access_report::{
    AccessibleBody, Audit, AuditMatrix, AuditRequest, DraftBody, DraftChanges, MOST_RULES,
    MatrixRequest, ResourceAccess, UserAccess, Why,
};
use crate::model::{Action, SYSTEM_RULE};
use crate::service::rule_import::{self, Imported, Proposal};
use utoipa::openapi::path::HttpMethod;
use utoipa::openapi::{
    ArrayBuilder, ContentBuilder, ObjectBuilder, OneOfBuilder, PathsBuilder, RefOr, Response,
    Schema, Type,
};

/// Adds the operations.
pub fn paths(paths: PathsBuilder) -> PathsBuilder {
    let get =
        |paths: PathsBuilder, path: &str, draft: Draft| add(paths, HttpMethod::Get, path, draft);
    let post =
        |paths: PathsBuilder, path: &str, draft: Draft| add(paths, HttpMethod::Post, path, draft);
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
        _ => &[
            "BadRequest",
            "Unauthorized",
            "Forbidden",
            "NotFound",
            "TooSlow",
            "TooLarge",
            "Unavailable",
        ],
    });
    paths.path(format!("/{}/{path}", SYSTEM_RULE.path), item(vec![(method, draft)]))
}

fn draft(id: &str, summary: &str, parameters: &[&str]) -> Draft {
    Draft::new(id, &title(&SYSTEM_RULE), summary)
        .parameters(&["XrfKeyParam", "UserParam"])
        .parameters(parameters)
}

fn import_rules() -> Draft {
    let rules = ArrayBuilder::new().items(anything()).max_items(Some(rule_import::MOST));
    let either = OneOfBuilder::new().item(list_of::<Imported>()).item(reply::<Proposal>());
    let summary = "Imports the rules of a site, from its full list. Each rule has its own result: \
                   a rule whose id exists is updated if it differs; a rule that can't be evaluated \
                   is stored, disabled, with its error. With dryRun=true, the request changes \
                   nothing and returns what the import would do, and which access users would \
                   gain and lose.";
    draft("importSystemRules", summary, &["DryRunParam"])
        .body(rules.into())
        .success("201", answer(Schema::OneOf(either.build()).into()))
}

fn why() -> Draft {
    let summary = "Returns whether a user may perform an action on a resource, with the verdict of \
                   each rule.";
    draft(
        "explain",
        summary,
        &["ExplainUserParam", "ExplainActionParam", "ExplainResourceParam", "EnvironmentParam"],
    )
    .success("200", answer(reply::<Why>()))
}

fn who() -> Draft {
    let summary = "Returns the users who may perform an action on a resource; filter restricts the \
                   users.";
    draft(
        "explainUsers",
        summary,
        &["ExplainResourceParam", "ExplainOneActionParam", "FilterParam", "EnvironmentParam"],
    )
    .success("200", answer(list_of::<UserAccess>()))
}

fn what() -> Draft {
    let summary = "Returns what a user may do to the resources of a type; filter restricts the \
                   resources.";
    let parameters = [
        "ExplainUserParam",
        "ExplainTypeParam",
        "ExplainOneActionParam",
        "FilterParam",
        "EnvironmentParam",
    ];
    draft("explainResources", summary, &parameters)
        .success("200", answer(list_of::<ResourceAccess>()))
}

fn changes() -> Draft {
    let rules = with(body::<DraftBody>(), "rules", at_most(MOST_RULES));
    let summary = "Returns which access users would gain and lose if rules were added, changed (by \
                   id) or removed.";
    draft("explainChanges", summary, &[])
        .body(with(rules, "removed", at_most(MOST_RULES)))
        .success("201", answer(reply::<DraftChanges>()))
}

fn audit() -> Draft {
    let summary = "Returns which rules apply to which users and resources, as QRS does.";
    draft("audit", summary, &[])
        .body(body::<AuditRequest>())
        .success("201", answer(reply::<Audit>()))
}

fn matrix() -> Draft {
    let summary = "Returns what each user may do to each resource, as sums of the actions' bits, \
                   as QRS does.";
    draft("auditMatrix", summary, &[])
        .body(body::<MatrixRequest>())
        .success("201", answer(reply::<AuditMatrix>()))
}

fn accessible_objects() -> Draft {
    let request =
        with(body::<AccessibleBody>(), "action", one_of_numbers(&Action::ALL.map(Action::bit)));
    let summary = "Lists the resources of a type on which a user may perform an action, in \
                   condensed form.";
    draft("accessibleObjects", summary, &["PrivilegesParam"])
        .body(request)
        .success("201", answer(ArrayBuilder::new().items(anything()).into()))
}

fn roles() -> Draft {
    draft("getRoles", "Lists the roles that rules mention or users have.", &[])
        .success("200", answer(list_of::<String>()))
}

fn parse_tree() -> Draft {
    draft("getParseTree", "Returns a condition as a tree.", &["RuleParam"])
        .success("200", answer(anything()))
}

fn anything() -> RefOr<Schema> {
    ObjectBuilder::new().schema_type(Type::Object).into()
}

fn answer(schema: RefOr<Schema>) -> Response {
    json_response("The result", ContentBuilder::new().schema(Some(schema)))
}
