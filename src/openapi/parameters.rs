//! The parameters that several operations share.

use Place::{Header, Path, Query, RequiredQuery};
use Values::{Etags, FilledText, Flag, Guid, Number, NumberOrAll, OneOf, Text, Xrfkey};
use utoipa::openapi::path::{Parameter, ParameterBuilder, ParameterIn};
use utoipa::openapi::schema::SchemaFormat;
use utoipa::openapi::{ObjectBuilder, Required, Type};

/// The location of a parameter.
#[derive(Clone, Copy)]
enum Place {
    Path,
    Query,
    RequiredQuery,
    Header,
}

/// The values of a parameter.
#[derive(Clone, Copy)]
enum Values {
    Xrfkey,
    Guid,
    Text,
    FilledText,
    OneOf(&'static str),
    /// `true` or `false`, with the default.
    Flag(bool),
    Number,
    /// A number, or -1 for all.
    NumberOrAll,
    /// Entity tags, which must be quoted.
    Etags,
}

/// The component, the location, the name, the values and the description of each parameter.
const PARAMETERS: [(&str, Place, &str, Values, &str); 28] = [
    (
        "XrfKeyParam",
        RequiredQuery,
        "Xrfkey",
        Xrfkey,
        "The same 16 characters as in the header X-Qlik-Xrfkey",
    ),
    ("IdParam", Path, "id", Guid, "The id of the entity, a GUID"),
    (
        "FilterParam",
        Query,
        "filter",
        Text,
        "A filter for the entities, such as name sw 'prod' and tags.name eq 'finance'",
    ),
    (
        "OrderByParam",
        Query,
        "orderby",
        Text,
        "The properties to sort by, such as owner.name desc, name",
    ),
    (
        "SkipParam",
        Query,
        "skip",
        Number,
        "The number of entities to skip at the start. X-Total-Count returns the total number, \
         unless counting takes long",
    ),
    ("TakeParam", Query, "take", Number, "The maximum number of entities; all by default"),
    ("SortColumnParam", Query, "sortcolumn", Text, "The name of the column to sort by"),
    (
        "OrderAscendingParam",
        Query,
        "orderascending",
        Flag(true),
        "Whether to sort in ascending order",
    ),
    (
        "ExistingParam",
        Query,
        "existing",
        OneOf("keep"),
        "keep leaves entities unchanged that already exist, by id or by a unique property; without \
         it, the server refuses the list. An addition to QRS",
    ),
    (
        "DryRunParam",
        Query,
        "dryRun",
        Flag(false),
        "Whether to only report what the import would do, without changing anything",
    ),
    (
        "PrivilegesParam",
        Query,
        "privileges",
        Flag(false),
        "Whether to return what the caller may do to each entity",
    ),
    (
        "UserParam",
        Header,
        "X-Qlik-User",
        Text,
        "The user on whose behalf the request is sent, such as UserDirectory=LAB; UserId=anna; \
         INTERNAL\\sa_repository by default",
    ),
    (
        "PrivilegesFilterParam",
        Query,
        "privilegesfilter",
        Number,
        "The actions to check, as a sum of their bits; all by default",
    ),
    ("ExplainUserParam", RequiredQuery, "user", FilledText, "The user, as DIRECTORY\\userid"),
    ("ExplainActionParam", RequiredQuery, "action", FilledText, "The action, such as read"),
    (
        "ExplainResourceParam",
        RequiredQuery,
        "resource",
        FilledText,
        "The resource, such as DataConnection_<id>",
    ),
    (
        "ExplainOneActionParam",
        Query,
        "action",
        Text,
        "The action, such as read; all actions by default",
    ),
    (
        "EnvironmentParam",
        Query,
        "environmentattributes",
        Text,
        "The attributes of the users' environment, as in X-Qlik-Security",
    ),
    (
        "ExplainTypeParam",
        RequiredQuery,
        "type",
        FilledText,
        "The resource type, such as DataConnection",
    ),
    ("SelectionParam", Path, "selection", Guid, "The id of the selection"),
    (
        "UserSelectionParam",
        RequiredQuery,
        "userselection",
        FilledText,
        "The id of a selection of users",
    ),
    ("LimitParam", Query, "limit", NumberOrAll, "The maximum number of results; -1 for all"),
    (
        "MethodParam",
        Query,
        "method",
        Text,
        "The HTTP method of the operations to list, such as GET",
    ),
    (
        "FormatParam",
        Query,
        "format",
        Text,
        "With JSON, each operation is returned as JSON in a string",
    ),
    (
        "LinkParam",
        RequiredQuery,
        "link",
        FilledText,
        "The secret in the link that the first start printed",
    ),
    ("TypeParam", Path, "type", Text, "The entity type, such as dataconnection"),
    (
        "RuleParam",
        RequiredQuery,
        "rule",
        FilledText,
        "The condition, such as user.roles = \"RootAdmin\"",
    ),
    (
        "IfMatchParam",
        Header,
        "If-Match",
        Etags,
        "Change the entity only if its stored version has this ETag",
    ),
];

/// The shared parameters, by the names of their components.
pub fn parameters() -> impl Iterator<Item = (&'static str, Parameter)> {
    PARAMETERS.into_iter().map(|(component, place, name, values, description)| {
        let (place, required) = match place {
            Path => (ParameterIn::Path, Required::True),
            RequiredQuery => (ParameterIn::Query, Required::True),
            Query => (ParameterIn::Query, Required::False),
            Header => (ParameterIn::Header, Required::False),
        };
        let parameter = ParameterBuilder::new()
            .name(name)
            .parameter_in(place)
            .required(required)
            .description(Some(description))
            .schema(Some(schema(values)));
        (component, parameter.build())
    })
}

fn schema(values: Values) -> ObjectBuilder {
    let of_type = |schema_type| ObjectBuilder::new().schema_type(schema_type);
    let text = || of_type(Type::String);
    let at_least = |min: i64| of_type(Type::Integer).minimum(Some(min)).maximum(Some(u32::MAX));
    match values {
        Xrfkey => text().min_length(Some(16)).max_length(Some(16)),
        Guid => text().format(Some(SchemaFormat::Custom("uuid".to_owned()))),
        Text => text(),
        FilledText => text().min_length(Some(1)),
        OneOf(only) => text().enum_values(Some([only])),
        Flag(unless_given) => of_type(Type::Boolean).default(Some(unless_given.into())),
        Number => at_least(0),
        NumberOrAll => at_least(-1),
        Etags => text().pattern(Some(r#"^(\*|"[^",]*"(, "[^",]*")*)$"#)),
    }
}
