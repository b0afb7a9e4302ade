//! Directories on their way in and out, line by line, so that their size costs no memory.

use std::{
    convert::Infallible,
    pin::Pin,
    task::{Context, Poll},
};

use axum::body::{Body, Bytes, HttpBody};
use bytes::BytesMut;
use campanile_domain::{
    Campanile, Result, TenantId,
    import::{Difference, Import, Refusal},
    relations::Pattern,
};
use campanile_shared::directory::Record;
use http_body_util::BodyExt;
use serde::Serialize;
use tokio::sync::mpsc;

use super::ImportLine;
use crate::api::body;

/// The longest line, in bytes.
pub const LONGEST_LINE: usize = 64 * 1024;
/// After how many records read or relations ended the answer says how far it is.
const PROGRESS: u64 = 10_000;
/// How many records are read from the store at once.
const STEP: u32 = 500;

/// The lines of an answer.
pub struct Lines(mpsc::Sender<Bytes>);

/// The answer's body: what was put into its lines.
struct Answer(mpsc::Receiver<Bytes>);

impl HttpBody for Answer {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Result<http_body::Frame<Bytes>, Infallible>>> {
        self.0.poll_recv(context).map(|line| line.map(|line| Ok(http_body::Frame::data(line))))
    }
}

impl Lines {
    /// Lines and the body they end up in.
    pub fn new() -> (Self, Body) {
        let (sender, receiver) = mpsc::channel(16);
        (Self(sender), Body::new(Answer(receiver)))
    }

    /// Whether somebody still reads.
    async fn put(&self, line: &impl Serialize) -> bool {
        let Ok(mut text) = serde_json::to_vec(line) else { return true };
        text.push(b'\n');
        self.0.send(text.into()).await.is_ok()
    }
}

/// An import under way, and its answer.
pub struct Transfer {
    import: Import,
    dry: bool,
    lines: Lines,
    /// How many steps of [`PROGRESS`] were told.
    told: u64,
}

impl Transfer {
    /// Nothing is taken yet; of a dry run it is told what would be done.
    pub const fn new(import: Import, dry: bool, lines: Lines) -> Self {
        Self { import, dry, lines, told: 0 }
    }

    /// Takes a body of one record a line.
    pub async fn take_lines(mut self, mut body: Body) {
        let mut rest = BytesMut::new();
        while let Some(frame) = body.frame().await {
            let Ok(frame) = frame else {
                // The sender went away in the middle: what is not named was perhaps still to come.
                return self.failed("the body broke off").await;
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

    /// Takes records that are there already.
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
        while let Some(done) = self.import.finish().await.transpose() {
            if !self.tell(done).await {
                return;
            }
        }
        let done = ImportLine::Done { counts: self.import.counts, refused: self.import.refused() };
        self.lines.put(&done).await;
    }

    /// Says what was done; false when the import cannot go on. Nobody reading is no reason to stop.
    async fn tell(&mut self, done: Result<Vec<Difference>>) -> bool {
        let differences = match done {
            Ok(differences) => differences,
            Err(error) => {
                crate::problem::log(&error);
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

    async fn failed(&self, detail: &str) {
        self.lines.put(&ImportLine::Failed { detail: detail.to_owned() }).await;
    }
}

const fn reason(why: Refusal) -> &'static str {
    match why {
        Refusal::Malformed => "malformed",
        Refusal::Unknown => "unknown",
        Refusal::Taken => "taken",
        Refusal::Forbidden => "forbidden",
    }
}

/// Gives everything there is: people, then objects, then relations.
pub async fn give_all(campanile: Campanile, tenant: TenantId, lines: Lines) {
    if let Err(error) = give(&campanile, tenant, &lines).await {
        crate::problem::log(&error);
    }
}

async fn give(campanile: &Campanile, tenant: TenantId, lines: &Lines) -> Result<()> {
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
