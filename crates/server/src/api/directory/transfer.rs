//! Streams a directory import or export line by line, so that memory use does not grow with its size.

use std::{
    convert::Infallible,
    pin::Pin,
    task::{Context, Poll},
};

use axum::{
    body::{Body, Bytes, HttpBody},
    http::StatusCode,
};
use bytes::BytesMut;
use campanile_domain::{
    Campanile, Result, TenantId,
    import::{Difference, Import, MAX_LINE_BYTES, RejectReason},
    relations::RelationPattern,
};
use campanile_shared::directory::Record;
use http_body_util::BodyExt;
use serde::Serialize;
use tokio::sync::{mpsc, oneshot};

use super::ImportLine;
use crate::{api::body, problem};

/// A progress line is written each time this many records are read or relations ended.
const PROGRESS_INTERVAL: u64 = 10_000;
/// The number of records read from the store per query.
const PAGE_SIZE: u32 = 500;

/// The sending half of an NDJSON response.
pub struct NdjsonSender {
    sender: mpsc::Sender<Bytes>,
    /// Sends an error response instead of a body; `None` once a line was sent.
    refusal: Option<oneshot::Sender<problem::ApiError>>,
}

/// The receiving half: a response body made of the lines that were sent.
pub struct NdjsonBody {
    first: Option<Bytes>,
    lines: mpsc::Receiver<Bytes>,
    refusal: oneshot::Receiver<problem::ApiError>,
}

/// A connected pair of sender and body.
pub fn ndjson_channel() -> (NdjsonSender, NdjsonBody) {
    let ((sender, lines), (refuses, refusal)) = (mpsc::channel(16), oneshot::channel());
    (NdjsonSender { sender, refusal: Some(refuses) }, NdjsonBody { first: None, lines, refusal })
}

impl NdjsonBody {
    /// Waits for the first line and returns the body, or the error that came before any line.
    pub async fn into_body(mut self) -> Result<Body, problem::ApiError> {
        self.first = self.lines.recv().await;
        match self.refusal.try_recv() {
            Ok(refusal) if self.first.is_none() => Err(refusal),
            _ => Ok(Body::new(self)),
        }
    }
}

impl HttpBody for NdjsonBody {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Result<http_body::Frame<Bytes>, Infallible>>> {
        let line = match self.first.take() {
            Some(first) => Poll::Ready(Some(first)),
            None => self.lines.poll_recv(context),
        };
        line.map(|line| line.map(|line| Ok(http_body::Frame::data(line))))
    }
}

impl NdjsonSender {
    /// Sends a line. Returns whether the client still reads.
    async fn send(&mut self, line: &impl Serialize) -> bool {
        self.refusal = None;
        let Ok(mut text) = serde_json::to_vec(line) else { return true };
        text.push(b'\n');
        self.sender.send(text.into()).await.is_ok()
    }

    /// Ends the response: with an error status when no line was sent yet, else with a `failed` line.
    async fn fail(&mut self, refusal: problem::ApiError) {
        match self.refusal.take() {
            // Sending fails only when the client has disconnected.
            Some(sender) => drop(sender.send(refusal)),
            None => drop(self.send(&ImportLine::Failed { detail: refusal.detail().to_owned() }).await),
        }
    }
}

/// A running import and its response.
pub struct ImportJob {
    import: Import,
    dry: bool,
    lines: NdjsonSender,
    /// The number of progress lines written, one per [`PROGRESS_INTERVAL`].
    progress_reported: u64,
}

impl ImportJob {
    /// An import that has not read any record. In a dry run the response lists what would change.
    pub const fn new(import: Import, dry: bool, lines: NdjsonSender) -> Self {
        Self { import, dry, lines, progress_reported: 0 }
    }

    /// Imports a body of one record per line.
    pub async fn import_lines(mut self, mut body: Body) {
        let mut rest = BytesMut::new();
        while let Some(frame) = body.frame().await {
            let Ok(frame) = frame else {
                // The client disconnected early: records may be missing, so no relation is ended.
                return self.send_failure("the body ended early").await;
            };
            let Ok(data) = frame.into_data() else { continue };
            rest.extend_from_slice(&data);
            while let Some(end) = rest.iter().position(|byte| *byte == b'\n') {
                let line = rest.split_to(end + 1);
                if !self.import_line(&line).await {
                    return;
                }
            }
            if rest.len() > MAX_LINE_BYTES {
                return self.send_failure("a line is too long").await;
            }
        }
        if self.import_line(&rest).await {
            self.finish().await;
        }
    }

    /// Imports records that are already parsed.
    pub async fn import_records(mut self, records: impl Iterator<Item = Record> + Send) {
        for record in records {
            let done = self.import.push(record).await;
            if !self.report(done).await {
                return;
            }
        }
        self.finish().await;
    }

    async fn import_line(&mut self, line: &[u8]) -> bool {
        if line.trim_ascii().is_empty() {
            return true;
        }
        let done = match body::read(line) {
            Ok(record) => self.import.push(record).await,
            Err(_) => Ok(vec![self.import.reject_unreadable()]),
        };
        self.report(done).await
    }

    async fn finish(&mut self) {
        if self.import.counts.read == 0 {
            return self.lines.fail(problem::ApiError::malformed("The body contains no record.")).await;
        }
        while let Some(done) = self.import.finish_step().await.transpose() {
            if !self.report(done).await {
                return;
            }
        }
        let confirm = self.import.unconfirmed();
        match confirm.filter(|_| !self.dry) {
            Some(ending) => self.lines.fail(unconfirmed_error(ending)).await,
            None => {
                let done = ImportLine::Done { counts: self.import.counts, refused: self.import.rejected_count(), confirm };
                self.lines.send(&done).await;
            }
        }
    }

    /// Writes the changes to the response. Returns false when the import must stop. A client that does not
    /// read any more does not stop it.
    async fn report(&mut self, done: Result<Vec<Difference>>) -> bool {
        let differences = match done {
            Ok(differences) => differences,
            Err(error) => {
                problem::log(&error);
                self.send_failure("the store cannot write now; repeat the import").await;
                return false;
            }
        };
        for difference in differences {
            let line = match difference {
                Difference::Put(record) if self.dry => ImportLine::Put(record),
                Difference::Ended(relation) if self.dry => ImportLine::End(relation),
                Difference::Rejected(record, why) => ImportLine::Refused { record, reason: reason_name(why) },
                Difference::Put(_) | Difference::Ended(_) => continue,
            };
            self.lines.send(&line).await;
        }
        let steps = (self.import.counts.read + self.import.counts.relations_ended) / PROGRESS_INTERVAL;
        if steps > self.progress_reported {
            self.progress_reported = steps;
            self.lines.send(&ImportLine::Progress(self.import.counts)).await;
        }
        true
    }

    async fn send_failure(&mut self, detail: &str) {
        self.lines.send(&ImportLine::Failed { detail: detail.to_owned() }).await;
    }
}

/// The error of an import that would end this many relations without confirmation.
fn unconfirmed_error(ending: u64) -> problem::ApiError {
    let detail = format!(
        "{ending} relations would be ended, more than half of all. The records were imported, and no relation was ended. \
         Check the dry run, then repeat the import with confirm={ending}."
    );
    problem::ApiError::new(StatusCode::CONFLICT, "unconfirmed", "More than half of the relations would be ended", detail)
}

const fn reason_name(why: RejectReason) -> &'static str {
    match why {
        RejectReason::Malformed => "malformed",
        RejectReason::Unknown => "unknown",
        RejectReason::Taken => "taken",
        RejectReason::Forbidden => "forbidden",
    }
}

/// Sends the whole directory: people, then objects, then relations.
pub async fn export_all(campanile: Campanile, tenant: TenantId, mut lines: NdjsonSender) {
    if let Err(error) = export(&campanile, tenant, &mut lines).await {
        problem::log(&error);
    }
}

async fn export(campanile: &Campanile, tenant: TenantId, lines: &mut NdjsonSender) -> Result<()> {
    let store = campanile.store();
    let mut after = None;
    loop {
        let found = store.person_records(tenant, after, PAGE_SIZE).await?;
        after = found.next;
        for person in found.items {
            if !lines.send(&Record::Person(person)).await {
                return Ok(());
            }
        }
        if after.is_none() {
            break;
        }
    }
    let mut after: Option<String> = None;
    loop {
        let found = store.objects(tenant, "", after.as_deref(), PAGE_SIZE).await?;
        after = found.next;
        for object in found.items {
            if !lines.send(&Record::Object(object)).await {
                return Ok(());
            }
        }
        if after.is_none() {
            break;
        }
    }
    let mut after = None;
    loop {
        let found = store.relations(tenant, &RelationPattern::default(), after, PAGE_SIZE).await?;
        after = found.next;
        for (_, relation) in found.items {
            if !lines.send(&Record::Relation(relation)).await {
                return Ok(());
            }
        }
        if after.is_none() {
            break;
        }
    }
    Ok(())
}
