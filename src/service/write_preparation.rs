//! Preparations before a write, so that they block neither the writer nor the event loop.

use super::caller::Caller;
use super::reads::LongRead;
use super::user_request::UserRequest;
use super::warnings::Warnings;
use crate::error::RequestError;
use crate::model::{Document, RuleSource, SYSTEM_RULE};
use crate::policy::RuleSet;
use crate::query::Predicate;
use crate::store::Snapshot;
use std::collections::HashMap;
use std::sync::Arc;
use uuid::Uuid;

/// Compiles the regular expressions of rules that are about to be written, so that the writer need
/// not. The writer finds errors in them again.
///
/// # Errors
/// [`RequestError::Internal`] if compiling panics.
pub async fn compile(
    request: &UserRequest,
    documents: impl Iterator<Item = &Document>,
) -> Result<(), RequestError> {
    if !request.entity.is_of_rules() || !request.may_create_or_update().await {
        return Ok(());
    }
    let new = new_rule();
    compile_sources(request, documents.map(|document| new.overlaid(document)).collect()).await
}

/// Prepares entities that are about to be created: compiles rules, as [`compile`] does, and
/// computes the warnings about each entity.
///
/// # Errors
/// As [`compile`].
pub async fn prepare_new(
    request: &UserRequest,
    documents: &[Document],
) -> Result<Warnings, RequestError> {
    if request.entity.is_of_rules() {
        return prepare_new_rules(request, documents).await;
    }
    Ok(Warnings::of_names(request, documents).await)
}

async fn prepare_new_rules(
    request: &UserRequest,
    documents: &[Document],
) -> Result<Warnings, RequestError> {
    if !request.may_create_or_update().await {
        return Ok(Warnings::default());
    }
    let new = new_rule();
    prepare_sources(request, documents.iter().map(|document| new.overlaid(document)).collect())
        .await
}

async fn prepare_sources(
    request: &UserRequest,
    sources: Vec<RuleSource>,
) -> Result<Warnings, RequestError> {
    let warnings = Warnings::of_rules(request, sources.clone()).await;
    compile_sources(request, sources).await?;
    Ok(warnings)
}

/// An empty rule to create: its expressions count unless the body disables it.
fn new_rule() -> RuleSource {
    let (category, resource_filter) = ("Security".to_owned(), "*".to_owned());
    RuleSource { category, resource_filter, ..RuleSource::blank(Uuid::nil()) }
}

/// Prepares a list of rules, as [`prepare_new`] does. Each is created, or changes the stored rule
/// with its id.
///
/// # Errors
/// As [`compile`]; the database failed.
pub async fn prepare_list(
    request: &UserRequest,
    documents: impl Iterator<Item = &Document> + Clone,
) -> Result<Warnings, RequestError> {
    if !request.may_create_or_update().await {
        return Ok(Warnings::default());
    }
    let ids: Vec<Uuid> = documents.clone().filter_map(|document| document.id).collect();
    let stored = request.read_long(LongRead::Many, move |snapshot, caller| {
        let condition = caller.visible(&SYSTEM_RULE, Predicate::has_id_among(&SYSTEM_RULE, ids));
        Ok(snapshot.rules(&condition)?)
    });
    let stored: HashMap<Uuid, RuleSource> =
        stored.await?.into_iter().map(|rule| (rule.id, rule)).collect();
    let new = new_rule();
    let source = |document: &Document| {
        document.id.and_then(|id| stored.get(&id)).unwrap_or(&new).overlaid(document)
    };
    prepare_sources(request, documents.map(source).collect()).await
}

/// Compiles stored rules that are about to be changed: those that the user may read and that fulfil
/// `condition`. Properties that the document omits keep their values, and a change of only the
/// resource filter or `disabled` can make an expression count for the first time.
///
/// # Errors
/// As [`compile`]; the error of `condition`; the database failed.
pub async fn compile_changed<C>(
    request: &UserRequest,
    condition: C,
    document: &Document,
) -> Result<(), RequestError>
where
    C: FnOnce(&Snapshot<'_>, &Caller) -> Result<Predicate, RequestError> + Send + 'static,
{
    compile_sources(request, changed(request, condition, document).await?).await
}

/// Prepares an entity that is about to be changed, as [`prepare_new`] does for new ones.
///
/// # Errors
/// As [`compile`]; the database failed.
pub async fn prepare_change(
    request: &UserRequest,
    id: Uuid,
    document: &Document,
) -> Result<Warnings, RequestError> {
    if !request.entity.is_of_rules() {
        return Ok(Warnings::of_names(request, std::slice::from_ref(document)).await);
    }
    let sources =
        changed(request, move |_, _| Ok(Predicate::has_id(&SYSTEM_RULE, id)), document).await?;
    if sources.is_empty() {
        Ok(Warnings::default())
    } else {
        prepare_sources(request, sources).await
    }
}

/// The stored rules that the user may read and that fulfil `condition`, with the changes; empty if
/// the user may not write rules.
async fn changed<C>(
    request: &UserRequest,
    condition: C,
    document: &Document,
) -> Result<Vec<RuleSource>, RequestError>
where
    C: FnOnce(&Snapshot<'_>, &Caller) -> Result<Predicate, RequestError> + Send + 'static,
{
    if !request.entity.is_of_rules() || !request.may_create_or_update().await {
        return Ok(Vec::new());
    }
    let stored = request.read_long(LongRead::Many, move |snapshot, caller| {
        let condition = caller.visible(&SYSTEM_RULE, condition(snapshot, caller)?);
        Ok(snapshot.rules(&condition)?)
    });
    Ok(stored.await?.iter().map(|rule| rule.overlaid(document)).collect())
}

async fn compile_sources(
    request: &UserRequest,
    sources: Vec<RuleSource>,
) -> Result<(), RequestError> {
    if sources.is_empty() {
        return Ok(());
    }
    let expressions = Arc::clone(request.backend.store.expressions());
    request.backend.rules.in_turn(move || RuleSet::compile(&sources, &expressions)).await
}
