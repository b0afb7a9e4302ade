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
const LONGEST_LINE: usize = 64 * 1024;
/// After how many records the answer says how far it is.
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

/// Takes a body of one record a line.
pub async fn take_lines(mut import: Import, mut body: Body, dry: bool, lines: Lines) {
    let mut rest = BytesMut::new();
    while let Some(frame) = body.frame().await {
        let Ok(frame) = frame else {
            // The sender went away in the middle: what is not named was perhaps still to come.
            return failed(&lines, "the body broke off").await;
        };
        let Ok(data) = frame.into_data() else { continue };
        rest.extend_from_slice(&data);
        while let Some(end) = rest.iter().position(|byte| *byte == b'\n') {
            let line = rest.split_to(end + 1);
            if !take(&mut import, &line, dry, &lines).await {
                return;
            }
        }
        if rest.len() > LONGEST_LINE {
            return failed(&lines, "a line is too long").await;
        }
    }
    let last = rest.split();
    if take(&mut import, &last, dry, &lines).await {
        finish(&mut import, dry, &lines).await;
    }
}

/// Takes records that are there already.
pub async fn take_all(mut import: Import, records: Vec<Record>, dry: bool, lines: Lines) {
    for record in records {
        let done = import.take(record).await;
        if !tell(&import, done, dry, &lines).await {
            return;
        }
    }
    finish(&mut import, dry, &lines).await;
}

async fn take(import: &mut Import, line: &[u8], dry: bool, lines: &Lines) -> bool {
    if line.trim_ascii().is_empty() {
        return true;
    }
    let done = match body::read(line) {
        Ok(record) => import.take(record).await,
        Err(_) => Ok(vec![import.unreadable()]),
    };
    tell(import, done, dry, lines).await
}

/// Says what was done; false when the import cannot go on. Nobody reading is no reason to stop.
async fn tell(import: &Import, done: Result<Vec<Difference>>, dry: bool, lines: &Lines) -> bool {
    match done {
        Ok(differences) => {
            for difference in differences {
                let line = match difference {
                    Difference::Put(record) if dry => ImportLine::Put(record),
                    Difference::Ended(relation) if dry => ImportLine::End(relation),
                    Difference::Refused(record, why) => ImportLine::Refused { record, reason: reason(why) },
                    Difference::Put(_) | Difference::Ended(_) => continue,
                };
                lines.put(&line).await;
            }
            if import.counts.read.is_multiple_of(PROGRESS) {
                lines.put(&ImportLine::Progress(import.counts)).await;
            }
            true
        }
        Err(error) => {
            crate::problem::log(&error);
            failed(lines, "the store cannot write now; repeat the import").await;
            false
        }
    }
}

async fn finish(import: &mut Import, dry: bool, lines: &Lines) {
    while let Some(done) = import.finish().await.transpose() {
        if !tell(import, done, dry, lines).await {
            return;
        }
    }
    lines.put(&ImportLine::Done { counts: import.counts, refused: import.refused() }).await;
}

async fn failed(lines: &Lines, detail: &str) {
    lines.put(&ImportLine::Failed { detail: detail.to_owned() }).await;
}

const fn reason(why: Refusal) -> &'static str {
    match why {
        Refusal::Malformed => "malformed",
        Refusal::Unknown => "unknown",
        Refusal::Taken => "taken",
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
        let Some((last, _)) = found.last() else { break };
        after = Some(*last);
        for (_, person) in found {
            if !lines.put(&Record::Person(person)).await {
                return Ok(());
            }
        }
    }
    let mut after: Option<String> = None;
    loop {
        let found = store.objects(tenant, "", after.as_deref(), STEP).await?;
        let Some(last) = found.last() else { break };
        after = Some(last.object.clone());
        for object in found {
            if !lines.put(&Record::Object(object)).await {
                return Ok(());
            }
        }
    }
    let mut after = None;
    loop {
        let found = store.relations(tenant, &Pattern::default(), after, STEP).await?;
        let Some((last, _)) = found.last() else { break };
        after = Some(*last);
        for (_, relation) in found {
            if !lines.put(&Record::Relation(relation)).await {
                return Ok(());
            }
        }
    }
    Ok(())
}
