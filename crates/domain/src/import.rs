//! Importing a directory, record by record, in small batches. Repeating an import changes nothing.
//!
//! Memory use does not grow with the directory, except that a whole import needs a bit for each relation it
//! names.

mod row_set;

use campanile_shared::directory::{ImportCounts, Record, Relation};

use self::row_set::RowSet;
use crate::{
    Campanile, Error, Result,
    model::{
        access::{Ability, Actor},
        audience_key::ADMINISTRATOR_ROLE,
        names,
        relation::{PERSON_PREFIX, PutResult, RelationPattern},
    },
    ports::temporary_names::TemporaryNames,
    record_rules, relations,
    security_log::{self, Entry, Origin, event::SecurityEvent},
};

/// The maximum length of an imported line, in bytes.
pub const MAX_LINE_BYTES: usize = 64 * 1024;
/// How many records are written at once, so that senders never wait long for an import.
const BATCH_SIZE: usize = 500;

/// What an import is to do.
#[derive(Clone, Debug, Default)]
pub struct ImportPlan {
    /// Only report what would be done.
    pub dry_run: bool,
    /// Makes it a whole import, which ends the relations it does not name: all of them, or those to objects
    /// that begin with this text. `None` ends none.
    pub whole: Option<String>,
    /// The number of relations that the caller expects to be ended. Required when that is more than half of
    /// the existing ones: see [`Import::unconfirmed`].
    pub confirm: Option<u64>,
}

/// A change that an import makes. An import that is not a dry run only reports the records it rejected.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Difference {
    /// A record was added or changed.
    Put(Record),
    /// A relation was ended.
    Ended(Relation),
    /// A record was rejected: its number, counted from 1, and why.
    Rejected(u64, RejectReason),
}

/// Why a record was rejected.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum RejectReason {
    /// A field is missing, too long or malformed.
    Malformed,
    /// It names a person who does not exist.
    Unknown,
    /// It uses a name that belongs to someone else.
    Taken,
    /// It would change the tenant itself, such as who administers it, and the caller is not an administrator.
    Forbidden,
}

/// An import in progress.
pub struct Import {
    campanile: Campanile,
    by: Actor,
    administers: bool,
    plan: ImportPlan,
    /// Where the request came from. The import runs in a task of its own.
    origin: Option<Origin>,
    /// Whether the summary is in the security log.
    logged: bool,
    pending: Vec<(u64, Record)>,
    /// Of a whole import: the rows of the relations it named.
    named: RowSet,
    /// Of a whole import: how many relations it added that are within the range it may end.
    added: u64,
    /// The row up to which a whole import has looked for relations it did not name.
    prune_after: Option<i64>,
    /// How many relations would be ended, if that needs to be confirmed; `None` before they are counted.
    unconfirmed: Option<Option<u64>>,
    /// Of a dry run: the names of the people whom earlier batches would have added.
    dry_run_people: Option<Box<dyn TemporaryNames>>,
    rejected: u64,
    /// What was done so far.
    pub counts: ImportCounts,
}

impl Campanile {
    /// Starts an import.
    pub fn import(&self, by: &Actor, plan: ImportPlan) -> Result<Import> {
        if let Err(error) = by.require(Ability::Directory) {
            Entry::new(SecurityEvent::Import).by(by).finished::<()>(&Err(error));
            return Err(Error::Forbidden);
        }
        let campanile = self.clone();
        let promised = if plan.dry_run { Some(self.store.temporary_names()?) } else { None };
        Ok(Import {
            campanile,
            by: by.clone(),
            administers: by.require(Ability::Administer).is_ok(),
            plan,
            origin: security_log::origin(),
            logged: false,
            pending: Vec::new(),
            named: RowSet::default(),
            added: 0,
            prune_after: None,
            unconfirmed: None,
            dry_run_people: promised,
            rejected: 0,
            counts: ImportCounts::default(),
        })
    }
}

impl Drop for Import {
    /// An import that was interrupted is logged too.
    fn drop(&mut self) {
        self.log_summary();
    }
}

impl Import {
    /// Takes a record. Returns changes whenever a batch is full and written, nothing otherwise.
    pub async fn push(&mut self, record: Record) -> Result<Vec<Difference>> {
        self.counts.read += 1;
        if !record_rules::check_record(&record).is_empty() {
            return Ok(vec![self.reject(self.counts.read, RejectReason::Malformed)]);
        }
        self.pending.push((self.counts.read, record));
        if self.pending.len() < BATCH_SIZE { Ok(Vec::new()) } else { self.write_pending().await }
    }

    /// Counts a record that could not be parsed.
    pub fn reject_unreadable(&mut self) -> Difference {
        self.counts.read += 1;
        self.reject(self.counts.read, RejectReason::Malformed)
    }

    /// Does one step of the end of an import. Writes the remaining records. Then, for a whole import of which
    /// every record was accepted, ends a batch of the relations it did not name, unless that is still to be
    /// confirmed. `None` when nothing is left to do.
    pub async fn finish_step(&mut self) -> Result<Option<Vec<Difference>>> {
        if !self.pending.is_empty() {
            return self.write_pending().await.map(Some);
        }
        let ended = match self.plan.whole.clone().filter(|_| self.rejected == 0) {
            Some(beginning) => {
                if self.unconfirmed.is_none() {
                    self.unconfirmed = Some(self.to_confirm(&beginning).await?);
                }
                if self.plan.dry_run || self.unconfirmed().is_none() { self.end_unnamed(beginning).await? } else { None }
            }
            None => None,
        };
        if ended.is_none() {
            self.log_summary();
        }
        Ok(ended)
    }

    /// Writes a summary to the security log, once.
    fn log_summary(&mut self) {
        if std::mem::replace(&mut self.logged, true) || self.plan.dry_run {
            return;
        }
        let ImportCounts { read, people_added, people_changed, relations_added, relations_ended, .. } = self.counts;
        let detail = format!(
            "read {read}, people added {people_added}, people changed {people_changed}, relations begun {relations_added}, \
             relations ended {relations_ended}, refused {}",
            self.rejected
        );
        self.entry(SecurityEvent::Import).detail(&detail).done();
    }

    fn entry(&self, event: SecurityEvent) -> Entry {
        Entry::new(event).origin(self.origin).by(&self.by)
    }

    /// How many records were rejected.
    pub const fn rejected_count(&self) -> u64 {
        self.rejected
    }

    /// How many relations a whole import would end, if these are more than half of those that existed and
    /// [`ImportPlan::confirm`] is not their number. In that case none is ended. Known once [`Import::finish_step`]
    /// has nothing left to do.
    pub fn unconfirmed(&self) -> Option<u64> {
        self.unconfirmed.flatten()
    }

    fn reject(&mut self, number: u64, why: RejectReason) -> Difference {
        self.rejected += 1;
        Difference::Rejected(number, why)
    }

    async fn write_pending(&mut self) -> Result<Vec<Difference>> {
        let waiting = std::mem::take(&mut self.pending);
        if waiting.is_empty() {
            return Ok(Vec::new());
        }
        let mut differences = Vec::new();
        let waiting = if self.administers { waiting } else { self.reject_tenant_records(waiting, &mut differences).await? };
        self.note_dry_run_people(&waiting).await?;
        let records = waiting.iter().map(|(_, record)| record.clone()).collect();
        let put = self.campanile.store.put_records(self.by.tenant(), records, self.plan.dry_run, self.campanile.now()).await?;
        for ((number, record), mut put) in waiting.into_iter().zip(put) {
            if self.plan.dry_run && put == PutResult::Unknown && self.is_known_in_dry_run(&record).await? {
                put = PutResult::Added(0);
            }
            let counts = &mut self.counts;
            match put {
                PutResult::Unknown => differences.push(self.reject(number, RejectReason::Unknown)),
                PutResult::Taken => differences.push(self.reject(number, RejectReason::Taken)),
                PutResult::Unchanged(row) => {
                    counts.unchanged += 1;
                    self.mark_named(row);
                }
                PutResult::Added(row) => {
                    match &record {
                        Record::Person(_) => counts.people_added += 1,
                        Record::Object(_) => counts.objects_changed += 1,
                        Record::Relation(relation) => {
                            counts.relations_added += 1;
                            let may_end = |beginning: &String| relation.object.starts_with(beginning.as_str());
                            if !self.plan.dry_run
                                && !record_rules::is_about_tenant(&record)
                                && self.plan.whole.as_ref().is_some_and(may_end)
                            {
                                self.added += 1;
                            }
                            self.mark_named(row);
                            // Relations to the tenant are logged one by one, the others only counted.
                            if record_rules::is_about_tenant(&record) && !self.plan.dry_run {
                                relations::role_log_entry(SecurityEvent::RoleGranted, relation).origin(self.origin).by(&self.by).done();
                            }
                        }
                    }
                    differences.extend(self.plan.dry_run.then_some(Difference::Put(record)));
                }
                PutResult::Changed => {
                    match &record {
                        Record::Person(_) => counts.people_changed += 1,
                        _ => counts.objects_changed += 1,
                    }
                    differences.extend(self.plan.dry_run.then_some(Difference::Put(record)));
                }
            }
        }
        Ok(differences)
    }

    /// Takes out the records about the tenant itself, for a caller who is not an administrator. Those that
    /// change nothing are accepted, so that an export can be imported again; the others are rejected.
    async fn reject_tenant_records(
        &mut self,
        waiting: Vec<(u64, Record)>,
        differences: &mut Vec<Difference>,
    ) -> Result<Vec<(u64, Record)>> {
        let (tenants, others): (Vec<_>, _) = waiting.into_iter().partition(|(_, record)| record_rules::is_about_tenant(record));
        if tenants.is_empty() {
            return Ok(others);
        }
        let records = tenants.iter().map(|(_, record)| record.clone()).collect();
        let put = self.campanile.store.put_records(self.by.tenant(), records, true, self.campanile.now()).await?;
        for ((number, record), put) in tenants.into_iter().zip(put) {
            match put {
                PutResult::Unchanged(row) => {
                    self.counts.unchanged += 1;
                    self.mark_named(row);
                }
                _ => {
                    if let Record::Relation(relation) = &record {
                        relations::role_log_entry(SecurityEvent::RoleGranted, relation)
                            .origin(self.origin)
                            .by(&self.by)
                            .refused("forbidden");
                    }
                    differences.push(self.reject(number, RejectReason::Forbidden));
                }
            }
        }
        Ok(others)
    }

    /// In a dry run, notes whom the batch would add.
    async fn note_dry_run_people(&self, records: &[(u64, Record)]) -> Result<()> {
        let Some(promised) = &self.dry_run_people else { return Ok(()) };
        let people = records.iter().filter_map(|(_, record)| if let Record::Person(person) = record { Some(person) } else { None });
        let names = people.flat_map(|person| person.external_ids.iter().chain([&person.login]).map(|name| names::comparison_form(name)));
        promised.insert(names.collect()).await
    }

    async fn is_added_in_dry_run(&self, name: &str) -> Result<bool> {
        match &self.dry_run_people {
            Some(promised) => promised.contains(&names::comparison_form(name)).await,
            None => Ok(false),
        }
    }

    /// Whether every person that a relation names exists, or would exist by now.
    async fn is_known_in_dry_run(&self, record: &Record) -> Result<bool> {
        let Record::Relation(relation) = record else { return Ok(false) };
        for place in [&relation.object, &relation.subject] {
            if let Some(name) = place.strip_prefix(PERSON_PREFIX)
                && !self.is_added_in_dry_run(name).await?
                && self.campanile.store.find_person(self.by.tenant(), name).await?.is_none()
            {
                return Ok(false);
            }
        }
        Ok(true)
    }

    fn mark_named(&mut self, row: i64) {
        if self.plan.whole.is_some() {
            self.named.insert(row);
        }
    }

    /// One batch of the relations that a whole import may end. Returns those it did not name, how many
    /// relations the batch held, and the row after which the next batch begins. Relations to the tenant are
    /// never ended this way.
    async fn unnamed_relations(&self, beginning: &str, after: Option<i64>) -> Result<(Vec<(i64, Relation)>, u64, Option<i64>)> {
        let pattern = RelationPattern { object: Some(beginning.to_owned()), ..RelationPattern::default() };
        let found = self.campanile.store.relations(self.by.tenant(), &pattern, after, BATCH_SIZE as u32).await?;
        let next = found.next;
        let may_end = found.into_iter().filter(|(_, relation)| relation.object != ADMINISTRATOR_ROLE.0);
        let (named, unnamed): (Vec<_>, Vec<_>) = may_end.partition(|(row, _)| self.named.contains(*row));
        let all = (named.len() + unnamed.len()) as u64;
        Ok((unnamed, all, next))
    }

    /// How many relations would be ended, if that must be confirmed and is not.
    async fn to_confirm(&self, beginning: &str) -> Result<Option<u64>> {
        let (mut ending, mut all, mut after) = (0, 0, None);
        loop {
            let (unnamed, looked_at, next) = self.unnamed_relations(beginning, after).await?;
            ending += unnamed.len() as u64;
            all += looked_at;
            after = next;
            if after.is_none() {
                break;
            }
        }
        let before = all.saturating_sub(self.added);
        Ok(Some(ending).filter(|ending| ending * 2 > before && self.plan.confirm != Some(*ending)))
    }

    async fn end_unnamed(&mut self, beginning: String) -> Result<Option<Vec<Difference>>> {
        if self.prune_after == Some(i64::MAX) {
            return Ok(None);
        }
        let (ending, _, next) = self.unnamed_relations(&beginning, self.prune_after).await?;
        // `i64::MAX` means that every row has been looked at.
        self.prune_after = Some(next.unwrap_or(i64::MAX));
        self.counts.relations_ended += ending.len() as u64;
        if self.plan.dry_run {
            return Ok(Some(ending.into_iter().map(|(_, relation)| Difference::Ended(relation)).collect()));
        }
        if !ending.is_empty() {
            self.campanile
                .store
                .end_relations(self.by.tenant(), ending.iter().map(|(row, _)| *row).collect(), self.campanile.now())
                .await?;
        }
        Ok(Some(Vec::new()))
    }
}
