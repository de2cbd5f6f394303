//! The names of resource types: those stored here, and those that only a whole QRS site has. Rules
//! of a site name both.

use super::warning::shown;
use crate::model::{Entity, governed, nearest};

/// Types that only a whole site has, as its resource filters name them.
const ELSEWHERE: [&str; 124] = [
    "AnalyticConnection",
    "App",
    "App.Content",
    "App.DataSegment",
    "App.Internal",
    "App.Object",
    "AppAvailability",
    "AppContentQuota",
    "AppPrivileges",
    "AppSeedInfo",
    "BinaryDelete",
    "BinaryDownload",
    "BinarySyncRuleEvaluation",
    "CompositeEvent",
    "CompositeEventOperational",
    "CompositeEventRuleOperational",
    "CompositeEventTimeConstraint",
    "ContentLibrary",
    "ContentLibraryContentQuota",
    "CustomBannerMessage",
    "CustomPropertyValue",
    "DownloadPrep",
    "EngineHealth",
    "EngineService",
    "EngineServiceSettings",
    "Event",
    "EventStatistic",
    "ExecutionResult",
    "ExecutionResultDetail",
    "ExecutionSession",
    "Extension",
    "ExtensionContentQuota",
    "ExternalProgramTask",
    "ExternalProgramTaskOperational",
    "FileExtension",
    "FileExtensionWhiteList",
    "FileReference",
    "Folder",
    "HubSection",
    "HybridDeployment",
    "License",
    "License.AccessTypeInfo",
    "License.AccessUsageGroup",
    "License.AnalyzerAccessGroup",
    "License.AnalyzerAccessType",
    "License.AnalyzerAccessUsage",
    "License.AnalyzerTimeAccessType",
    "License.AnalyzerTimeAccessUsage",
    "License.ApplicationAccessType",
    "License.ApplicationAccessUsage",
    "License.LoginAccessType",
    "License.LoginAccessUsage",
    "License.ProfessionalAccessGroup",
    "License.ProfessionalAccessType",
    "License.ProfessionalAccessUsage",
    "License.UserAccessGroup",
    "License.UserAccessType",
    "License.UserAccessUsage",
    "LoadBalancing",
    "LoadBalancingSelectList",
    "LocalConfiguration",
    "MimeType",
    "NfsAppMigration",
    "OdagEngineGroup",
    "OdagLink",
    "OdagLinkUsage",
    "OdagModelGroup",
    "OdagRequest",
    "OdagService",
    "OdagServiceSettings",
    "PrintingService",
    "PrintingServiceSettings",
    "ProxyService",
    "ProxyServiceCertificate",
    "ProxyServiceSettings",
    "ProxyServiceSettingsLogVerbosity",
    "QmcSection",
    "ReloadTask",
    "ReloadTaskBundle",
    "ReloadTaskOperational",
    "RepositoryService",
    "RepositoryServiceSettings",
    "SchedulerService",
    "SchedulerServiceSettings",
    "SchemaEvent",
    "SchemaEventOperational",
    "SearchResult",
    "Selection",
    "ServerNodeConfiguration",
    "ServerNodeHeartbeat",
    "ServerNodeRole",
    "ServiceCluster",
    "ServiceClusterSettings",
    "ServiceStatus",
    "SharedContent",
    "StaticContentReference",
    "StaticContentReferenceBase",
    "StaticContentSecurity",
    "Stream",
    "SyncRule",
    "SyncSession",
    "SystemInfo",
    "SystemNotification",
    "SystemNotificationPolicy",
    "SystemRuleLicense",
    "Task",
    "TaskOperational",
    "TempContent",
    "TermsAcceptance",
    "Theme",
    "TransientObject",
    "UserAttribute",
    "UserDirectory",
    "UserDirectoryConnector",
    "UserDirectorySettings",
    "UserSyncTask",
    "UserSyncTaskOperational",
    "VirtualProxyConfig",
    "VirtualProxyConfigHeaderAttributeMapItem",
    "VirtualProxyConfigJwtAttributeMapItem",
    "VirtualProxyConfigOidcAttributeMapItem",
    "VirtualProxyConfigSamlAttributeMapItem",
    "Widget",
    "WidgetLibrary",
];

fn all() -> impl Iterator<Item = &'static str> {
    governed().map(|entity| entity.resource_type).chain(ELSEWHERE)
}

/// The stored type with this name, ignoring case.
#[must_use]
pub fn stored(name: &str) -> Option<&'static Entity> {
    governed().find(|entity| entity.resource_type.eq_ignore_ascii_case(name))
}

/// Whether Patchbay or QRS has a type with this name, ignoring case.
#[must_use]
pub fn is_known(name: &str) -> bool {
    all().any(|known| known.eq_ignore_ascii_case(name))
}

/// Whether the name of some type starts with `start`.
#[must_use]
pub fn begin_so(start: &str) -> bool {
    all().any(|known| begins(known, start))
}

/// Whether the name of a type that is not stored here starts with `start`.
#[must_use]
pub fn begin_so_elsewhere(start: &str) -> bool {
    ELSEWHERE.into_iter().any(|known| begins(known, start))
}

/// The type that is probably meant by an unknown name: the nearest one, or else one whose name
/// starts with it.
#[must_use]
pub fn meant(name: &str) -> Option<&'static str> {
    nearest(name, all()).or_else(|| all().find(|known| name.len() > 3 && begins(known, name)))
}

/// The message that no type has this name, with the one that is probably meant; `None` if the type
/// exists.
#[must_use]
pub fn unknown_type(name: &str) -> Option<String> {
    let hint = || meant(name).map(|meant| format!("; did you mean {meant}?")).unwrap_or_default();
    (!is_known(name)).then(|| format!("there is no resource type {}{}", shown(name), hint()))
}

fn begins(name: &str, start: &str) -> bool {
    name.as_bytes()
        .get(..start.len())
        .is_some_and(|begin| begin.eq_ignore_ascii_case(start.as_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_typing_error_is_distinguished_from_a_type_of_another_site() {
        for name in [
            "DataConnection",
            "dataconnection",
            "SystemRule",
            "App.Object",
            "stream",
            "TransientObject",
        ] {
            assert!(is_known(name), "{name}");
        }
        for (name, expected) in [
            ("DataConection", Some("DataConnection")),
            ("Strem", Some("Stream")),
            ("Usr", Some("User")),
            ("CustomProperty", Some("CustomPropertyDefinition")),
            ("Airplane", None),
        ] {
            assert!(!is_known(name), "{name}");
            assert_eq!(meant(name), expected, "{name}");
        }
        assert!(
            begin_so("Data")
                && begin_so("app")
                && begin_so("CustomProperty")
                && !begin_so("DataConections")
        );
        assert!(begin_so_elsewhere("App") && !begin_so_elsewhere("DataConn"));
    }
}
