//! What is special about writing system rules: read-only ones stay as they are, default ones become custom when they are
//! changed, and each must mean something.

use super::caller::Caller;
use super::user_request::UserRequest;
use crate::error::Failure;
use crate::model::{Document, Entity, Input, Invalid, RuleSource, SYSTEM_RULE, Value};
use crate::policy::{Action, RuleSet, read_only};
use crate::query::Predicate;
use crate::service::warnings::Warnings;
use crate::store::{Snapshot, Write};
use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use uuid::Uuid;

/// Why a read-only rule stays as it is.
pub const READ_ONLY: &str = "the rule is read-only: it can't be changed or deleted";

/// Refuses to change a rule that is read-only.
///
/// # Errors
/// It is.
pub fn check_changeable(write: &Write<'_>, caller: &Caller, entity: &'static Entity, id: Uuid) -> Result<(), Failure> {
    if *entity == SYSTEM_RULE && write.snapshot().holds(entity, id, &caller.visible(entity, read_only()))? {
        return Err(Failure::Forbidden(READ_ONLY.to_owned()));
    }
    Ok(())
}

/// Without one of these, nothing that a request brings is compiled.
const WRITING: [Action; 2] = [Action::Create, Action::Update];

/// A rule that a client changes is the client's own from then on.
pub fn make_custom(document: &mut Document) {
    if *document.entity == SYSTEM_RULE
        && let Some(kind) = SYSTEM_RULE.property("type")
    {
        document.set(kind, Input::Value(Value::Text("Custom".to_owned())));
    }
}

/// Compiles the regular expressions of rules that are about to be written, so that the writer, for which others wait, need not. What is wrong with
/// them, it finds again.
///
/// # Errors
/// 500 if compiling panics.
pub async fn compile(request: &UserRequest, documents: impl Iterator<Item = &Document>) -> Result<(), Failure> {
    if *request.entity != SYSTEM_RULE || !request.may_any(&WRITING).await {
        return Ok(());
    }
    let new = new_rule();
    compile_sources(request, documents.map(|document| new.overlaid(document)).collect()).await
}

/// Compiles rules that are about to be created, as [`compile`] does, and looks up what is to be pointed out about each.
///
/// # Errors
/// As [`compile`].
pub async fn prepare(request: &UserRequest, documents: &[Document]) -> Result<Warnings, Failure> {
    if *request.entity != SYSTEM_RULE || !request.may_any(&WRITING).await {
        return Ok(Warnings::default());
    }
    let new = new_rule();
    prepare_sources(request, documents.iter().map(|document| new.overlaid(document)).collect()).await
}

async fn prepare_sources(request: &UserRequest, sources: Vec<RuleSource>) -> Result<Warnings, Failure> {
    let warnings = Warnings::of(request, sources.clone()).await;
    compile_sources(request, sources).await?;
    Ok(warnings)
}

/// A rule that is about to be created, before anything is given: its expressions count unless it says otherwise.
fn new_rule() -> RuleSource {
    let (category, resource_filter) = ("Security".to_owned(), "*".to_owned());
    RuleSource { category, resource_filter, ..RuleSource::blank(Uuid::nil()) }
}

/// The same for a list of rules, each of which is created or changes the stored rule with its id.
///
/// # Errors
/// As [`compile`]; the database failed.
pub async fn prepare_list(
    request: &UserRequest,
    documents: impl Iterator<Item = &Document> + Clone,
) -> Result<Warnings, Failure> {
    if !request.may_any(&WRITING).await {
        return Ok(Warnings::default());
    }
    let ids: Vec<Uuid> = documents.clone().filter_map(|document| document.id).collect();
    let stored = request.scan(move |snapshot, caller| {
        let condition = caller.visible(&SYSTEM_RULE, Predicate::has_id_among(&SYSTEM_RULE, ids));
        Ok(snapshot.rules(&condition)?)
    });
    let stored: HashMap<Uuid, RuleSource> = stored.await?.into_iter().map(|rule| (rule.id, rule)).collect();
    let new = new_rule();
    let source = |document: &Document| document.id.and_then(|id| stored.get(&id)).unwrap_or(&new).overlaid(document);
    prepare_sources(request, documents.map(source).collect()).await
}

/// Compiles stored rules that are about to be changed: those that the user may read and that fulfil `condition`. What the document does not
/// give stays as it is, and a change of the resource filter or of `disabled` alone can make an expression count for the first time.
///
/// # Errors
/// As [`compile`]; whatever `condition` fails with; the database failed.
pub async fn compile_changed(
    request: &UserRequest,
    condition: impl FnOnce(&Snapshot<'_>, &Caller) -> Result<Predicate, Failure> + Send + 'static,
    document: &Document,
) -> Result<(), Failure> {
    compile_sources(request, changed(request, condition, document).await?).await
}

/// The same for one rule, and looks up what is to be pointed out about it as it would be.
///
/// # Errors
/// As [`compile`]; the database failed.
pub async fn prepare_change(request: &UserRequest, id: Uuid, document: &Document) -> Result<Warnings, Failure> {
    let sources = changed(request, move |_, _| Ok(Predicate::has_id(&SYSTEM_RULE, id)), document).await?;
    if sources.is_empty() { Ok(Warnings::default()) } else { prepare_sources(request, sources).await }
}

/// The stored rules that the user may read and that fulfil `condition`, as they would be; none if the user may write none.
async fn changed(
    request: &UserRequest,
    condition: impl FnOnce(&Snapshot<'_>, &Caller) -> Result<Predicate, Failure> + Send + 'static,
    document: &Document,
) -> Result<Vec<RuleSource>, Failure> {
    if *request.entity != SYSTEM_RULE || !request.may_any(&WRITING).await {
        return Ok(Vec::new());
    }
    let stored = request.scan(move |snapshot, caller| {
        let condition = caller.visible(&SYSTEM_RULE, condition(snapshot, caller)?);
        Ok(snapshot.rules(&condition)?)
    });
    Ok(stored.await?.iter().map(|rule| rule.overlaid(document)).collect())
}

async fn compile_sources(request: &UserRequest, sources: Vec<RuleSource>) -> Result<(), Failure> {
    if sources.is_empty() {
        return Ok(());
    }
    let expressions = Arc::clone(request.backend.store.expressions());
    request.backend.rules.in_turn(move || RuleSet::compile(&sources, &expressions)).await
}

/// A rule that was just written.
pub struct Examined {
    /// Its id.
    pub id: Uuid,
    /// Whether it is disabled, so that it does no harm.
    pub is_disabled: bool,
    /// What is wrong with it, if it means nothing.
    pub fault: Option<Invalid>,
}

/// Looks at rules that were just written, together with all others, in the order of `ids`.
///
/// # Errors
/// The database failed.
pub fn examine(write: &Write<'_>, caller: &Caller, ids: &[Uuid]) -> Result<Vec<Examined>, Failure> {
    let mut sources = write.snapshot().rules(&Predicate::True)?;
    // Where all rules together cost too much, those that were just written are refused, and no others are out of force.
    let written: HashSet<Uuid> = ids.iter().copied().collect();
    sources.sort_by_key(|source| written.contains(&source.id));
    let rules = caller.rules().with_others(&sources);
    let by_id: HashMap<Uuid, &RuleSource> = sources.iter().map(|source| (source.id, source)).collect();
    let written: Vec<&RuleSource> = ids.iter().filter_map(|id| by_id.get(id).copied()).collect();
    let faults = rules.check_each(written.iter().copied());
    let examined = written.iter().zip(faults);
    Ok(examined.map(|(source, fault)| Examined { id: source.id, is_disabled: source.disabled, fault }).collect())
}

/// Which of the rules with these ids mean something after all, once the others that do not are out of force: each together with
/// those before it.
///
/// # Errors
/// The database failed.
pub fn find_sound(write: &Write<'_>, caller: &Caller, ids: &[Uuid]) -> Result<Vec<Uuid>, Failure> {
    let sources = write.snapshot().rules(&Predicate::True)?;
    let mut rules = caller.rules().with_others(&sources);
    let mut sound = Vec::new();
    for source in sources.iter().filter(|source| ids.contains(&source.id)) {
        if rules.add(source).is_ok() {
            sound.push(source.id);
        }
    }
    Ok(sound)
}

/// Checks what was just written, while it can still be undone. A rule that is disabled may mean nothing: it is kept, and shows
/// its error.
///
/// # Errors
/// Which of `ids` means nothing, with the field and the position.
pub fn check_written(
    write: &Write<'_>,
    caller: &Caller,
    entity: &'static Entity,
    ids: &[Uuid],
) -> Result<(), (usize, Failure)> {
    if *entity != SYSTEM_RULE {
        return Ok(());
    }
    let examined = examine(write, caller, ids).map_err(|failure| (0, failure))?;
    for (index, Examined { id, is_disabled, fault }) in examined.into_iter().enumerate() {
        let noted = match fault {
            None => write.clear_rule_error(id),
            Some(fault) if is_disabled => write.note_rule_error(id, &fault.to_string()),
            Some(fault) => return Err((index, fault.into())),
        };
        noted.map_err(|error| (index, error.into()))?;
    }
    Ok(())
}
