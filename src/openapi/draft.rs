//! Builds one operation of the document, and the operations of one path.

use utoipa::openapi::path::{HttpMethod, Operation, OperationBuilder, PathItem, PathItemBuilder};
use utoipa::openapi::request_body::RequestBodyBuilder;
use utoipa::openapi::security::SecurityRequirement;
use utoipa::openapi::{ContentBuilder, Ref, RefOr, Required, Response, Schema};

/// An operation under construction.
pub struct Draft(OperationBuilder);

impl Draft {
    /// An operation with only its name, tag and summary.
    pub fn new(id: &str, tag: &str, summary: &str) -> Self {
        Self(OperationBuilder::new().operation_id(Some(id)).tag(tag).summary(Some(summary)))
    }

    /// Adds shared parameters, by the names of their components.
    pub fn parameters(self, names: &[&str]) -> Self {
        Self(names.iter().fold(self.0, |operation, name| {
            operation.parameter_ref(Ref::new(format!("#/components/parameters/{name}")))
        }))
    }

    /// Sets the alternative ways of authentication: each lists the security schemes that it
    /// requires.
    pub fn security(self, ways: &[&[&str]]) -> Self {
        let requirement = |way: &[&str]| {
            let schemes = way.iter().map(|scheme| (*scheme, Vec::<String>::new()));
            schemes.fold(SecurityRequirement::default(), |all, (scheme, scopes)| {
                all.add(scheme, scopes)
            })
        };
        Self(ways.iter().fold(self.0, |operation, way| operation.security(requirement(way))))
    }

    /// Sets the schema of the body.
    pub fn body(self, schema: RefOr<Schema>) -> Self {
        self.body_of("application/json", schema)
    }

    /// Sets the fields of the form in the body.
    pub fn form(self, schema: RefOr<Schema>) -> Self {
        self.body_of("application/x-www-form-urlencoded", schema)
    }

    fn body_of(self, content_type: &str, schema: RefOr<Schema>) -> Self {
        let content = ContentBuilder::new().schema(Some(schema)).build();
        let body = RequestBodyBuilder::new()
            .content(content_type, content)
            .required(Some(Required::True))
            .build();
        Self(self.0.request_body(Some(body)))
    }

    /// Adds the reply for success.
    pub fn success(self, status: &str, response: Response) -> Self {
        Self(self.0.response(status, response))
    }

    /// Adds the error replies, by the names of their components.
    pub fn failures(self, names: &[&str]) -> Self {
        Self(names.iter().fold(self.0, |operation, name| {
            operation.response(status(name), Ref::from_response_name(*name))
        }))
    }
}

fn status(failure: &str) -> &'static str {
    match failure {
        "BadRequest" => "400",
        "Unauthorized" => "401",
        "Forbidden" => "403",
        "NotFound" => "404",
        "TooSlow" => "408",
        "Conflict" => "409",
        "PreconditionFailed" => "412",
        "TooLarge" => "413",
        "TooMany" => "429",
        _ => "503",
    }
}

/// The operations of one path.
pub fn item(operations: Vec<(HttpMethod, Draft)>) -> PathItem {
    operations
        .into_iter()
        .fold(PathItemBuilder::new(), |item, (method, draft)| {
            item.operation(method, Operation::from(draft.0))
        })
        .build()
}
