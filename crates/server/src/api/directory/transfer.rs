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
    import::{Difference, Import, Refusal},
    relations::Pattern,
};
use campanile_shared::directory::Record;
use http_body_util::BodyExt;
use serde::Serialize;
use tokio::sync::{mpsc, oneshot};

use super::ImportLine;
use crate::{api::body, problem};

/// The maximum length of an imported line, in bytes.
pub const LONGEST_LINE: usize = 64 * 1024;
/// A progress line is written each time this many records are read or relations ended.
const PROGRESS: u64 = 10_000;
/// The number of records read from the store per query.
const STEP: u32 = 500;

/// The sending half of an NDJSON response.
pub struct Lines {
    sender: mpsc::Sender<Bytes>,
    /// Sends an error response instead of a body; `None` once a line was sent.
    refusal: Option<oneshot::Sender<problem::Refusal>>,
}

/// The receiving half: a response body made of the lines that were sent.
pub struct Answer {
    first: Option<Bytes>,
    lines: mpsc::Receiver<Bytes>,
    refusal: oneshot::Receiver<problem::Refusal>,
}

/// A connected pair of sender and body.
pub fn lines() -> (Lines, Answer) {
    let ((sender, lines), (refuses, refusal)) = (mpsc::channel(16), oneshot::channel());
    (Lines { sender, refusal: Some(refuses) }, Answer { first: None, lines, refusal })
}

impl Answer {
    /// Waits for the first line and returns the body, or the error that came before any line.
    pub async fn begun(mut self) -> Result<Body, problem::Refusal> {
        self.first = self.lines.recv().await;
        match self.refusal.try_recv() {
            Ok(refusal) if self.first.is_none() => Err(refusal),
            _ => Ok(Body::new(self)),
        }
    }
}

impl HttpBody for Answer {
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

impl Lines {
    /// Sends a line. Returns whether the client still reads.
    async fn put(&mut self, line: &impl Serialize) -> bool {
        self.refusal = None;
        let Ok(mut text) = serde_json::to_vec(line) else { return true };
        text.push(b'\n');
        self.sender.send(text.into()).await.is_ok()
    }

    /// Ends the response: with an error status when no line was sent yet, else with a `failed` line.
    async fn refuse(&mut self, refusal: problem::Refusal) {
        match self.refusal.take() {
            // Sending fails only when the client has disconnected.
            Some(sender) => drop(sender.send(refusal)),
            None => drop(self.put(&ImportLine::Failed { detail: refusal.detail().to_owned() }).await),
        }
    }
}

/// A running import and its response.
pub struct Transfer {
    import: Import,
    dry: bool,
    lines: Lines,
    /// The number of progress lines written, one per [`PROGRESS`].
    told: u64,
}

impl Transfer {
    /// An import that has not read any record. In a dry run the response lists what would change.
    pub const fn new(import: Import, dry: bool, lines: Lines) -> Self {
        Self { import, dry, lines, told: 0 }
    }

    /// Imports a body of one record per line.
    pub async fn take_lines(mut self, mut body: Body) {
        let mut rest = BytesMut::new();
        while let Some(frame) = body.frame().await {
            let Ok(frame) = frame else {
                // The client disconnected early: records may be missing, so no relation is ended.
                return self.failed("the body ended early").await;
            };
            let Ok(data) = frame.into_data() else { continue };
            rest.extend_from_slice(&data);
            while let Some(end) = rest.iter().position(|byte| *byte == b'\n') {
                let line = rest.split_to(end + 1);
                if !self.take_line(&line).await {
                    return;
                }
            }
            if rest.len() > LONGEST_LINE {
                return self.failed("a line is too long").await;
            }
        }
        if self.take_line(&rest).await {
            self.finish().await;
        }
    }

    /// Imports records that are already parsed.
    pub async fn take_all(mut self, records: impl Iterator<Item = Record> + Send) {
        for record in records {
            let done = self.import.take(record).await;
            if !self.tell(done).await {
                return;
            }
        }
        self.finish().await;
    }

    async fn take_line(&mut self, line: &[u8]) -> bool {
        if line.trim_ascii().is_empty() {
            return true;
        }
        let done = match body::read(line) {
            Ok(record) => self.import.take(record).await,
            Err(_) => Ok(vec![self.import.unreadable()]),
        };
        self.tell(done).await
    }

    async fn finish(&mut self) {
        if self.import.counts.read == 0 {
            return self.lines.refuse(problem::Refusal::malformed("The body contains no record.")).await;
        }
        while let Some(done) = self.import.finish().await.transpose() {
            if !self.tell(done).await {
                return;
            }
        }
        let confirm = self.import.unconfirmed();
        match confirm.filter(|_| !self.dry) {
            Some(ending) => self.lines.refuse(unconfirmed(ending)).await,
            None => {
                let done = ImportLine::Done { counts: self.import.counts, refused: self.import.refused(), confirm };
                self.lines.put(&done).await;
            }
        }
    }

    /// Writes the changes to the response. Returns false when the import must stop. A client that does not
    /// read any more does not stop it.
    async fn tell(&mut self, done: Result<Vec<Difference>>) -> bool {
        let differences = match done {
            Ok(differences) => differences,
            Err(error) => {
                problem::log(&error);
                self.failed("the store cannot write now; repeat the import").await;
                return false;
            }
        };
        for difference in differences {
            let line = match difference {
                Difference::Put(record) if self.dry => ImportLine::Put(record),
                Difference::Ended(relation) if self.dry => ImportLine::End(relation),
                Difference::Refused(record, why) => ImportLine::Refused { record, reason: reason(why) },
                Difference::Put(_) | Difference::Ended(_) => continue,
            };
            self.lines.put(&line).await;
        }
        let steps = (self.import.counts.read + self.import.counts.relations_ended) / PROGRESS;
        if steps > self.told {
            self.told = steps;
            self.lines.put(&ImportLine::Progress(self.import.counts)).await;
        }
        true
    }

    async fn failed(&mut self, detail: &str) {
        self.lines.put(&ImportLine::Failed { detail: detail.to_owned() }).await;
    }
}

/// The error of an import that would end this many relations without confirmation.
fn unconfirmed(ending: u64) -> problem::Refusal {
    let detail = format!(
        "{ending} relations would be ended, more than half of all. The records were imported, and no relation was ended. \
         Check the dry run, then repeat the import with confirm={ending}."
    );
    problem::Refusal::new(StatusCode::CONFLICT, "unconfirmed", "More than half of the relations would be ended", detail)
}

const fn reason(why: Refusal) -> &'static str {
    match why {
        Refusal::Malformed => "malformed",
        Refusal::Unknown => "unknown",
        Refusal::Taken => "taken",
        Refusal::Forbidden => "forbidden",
    }
}

/// Sends the whole directory: people, then objects, then relations.
pub async fn give_all(campanile: Campanile, tenant: TenantId, mut lines: Lines) {
    if let Err(error) = give(&campanile, tenant, &mut lines).await {
        problem::log(&error);
    }
}

async fn give(campanile: &Campanile, tenant: TenantId, lines: &mut Lines) -> Result<()> {
    let store = campanile.store();
    let mut after = None;
    loop {
        let found = store.person_records(tenant, after, STEP).await?;
        after = found.next;
        for person in found.items {
            if !lines.put(&Record::Person(person)).await {
                return Ok(());
            }
        }
        if after.is_none() {
            break;
        }
    }
    let mut after: Option<String> = None;
    loop {
        let found = store.objects(tenant, "", after.as_deref(), STEP).await?;
        after = found.next;
        for object in found.items {
            if !lines.put(&Record::Object(object)).await {
                return Ok(());
            }
        }
        if after.is_none() {
            break;
        }
    }
    let mut after = None;
    loop {
        let found = store.relations(tenant, &Pattern::default(), after, STEP).await?;
        after = found.next;
        for (_, relation) in found.items {
            if !lines.put(&Record::Relation(relation)).await {
                return Ok(());
            }
        }
        if after.is_none() {
            break;
        }
    }
    Ok(())
}
