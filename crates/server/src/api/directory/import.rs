//! Imports a directory record by record, so that memory use does not grow with its size.

use axum::{
    body::Body,
    extract::{FromRequest, Request, State},
    http::{StatusCode, header},
    response::Response,
};
use bytes::BytesMut;
use campanile_domain::import::{Difference, Import, ImportPlan, MAX_LINE_BYTES, RejectReason};
use campanile_shared::directory::{Directory, ImportCounts, Record, Relation};
use http_body_util::BodyExt;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::ndjson::{NdjsonSender, ndjson_channel, ndjson_response};
use crate::{
    api::{
        body::{self, Json},
        extract::Query,
    },
    auth::Actor,
    problem::{self, ApiError},
    state::AppState,
};

/// A progress line is written each time this many records are read or relations ended.
const PROGRESS_INTERVAL: u64 = 10_000;

/// Options of an import.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct ImportQuery {
    /// Report what would change, and change nothing.
    #[serde(default)]
    dry_run: bool,
    /// End every relation that the import does not contain.
    #[serde(default)]
    whole: bool,
    /// Like `whole`, but only for objects with this prefix, such as `application:`.
    part: Option<String>,
    /// The number of relations to end, as the dry run reports it in `confirm`. Required when it is more than
    /// half of all relations.
    confirm: Option<u64>,
}

/// One line of an import's response.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ImportLine {
    /// The counts so far.
    Progress(ImportCounts),
    /// Dry run only: a record that would be added or changed.
    Put(Record),
    /// Dry run only: a relation that would be ended.
    End(Relation),
    /// A record that was rejected.
    Refused {
        /// The record's number, counted from 1.
        record: u64,
        /// `malformed`, `unknown` (the person does not exist), `taken` (the name belongs to another person) or
        /// `forbidden` (the record is about the tenant itself, which requires administrator rights).
        reason: &'static str,
    },
    /// The last line of a finished import. When any record was rejected, no relation was ended.
    Done {
        /// The final counts.
        counts: ImportCounts,
        /// The number of rejected records.
        refused: u64,
        /// Dry run only: the number of relations that would be ended, when that is more than half of them. The
        /// import must then pass it as `confirm`.
        #[serde(skip_serializing_if = "Option::is_none")]
        confirm: Option<u64>,
    },
    /// The last line of a failed import. What was imported before stays; the import can be repeated.
    Failed {
        /// The error.
        detail: String,
    },
}

/// Import people, names of objects and relations.
///
/// The body is NDJSON of any length, one record per line, or one JSON document with `people`,
/// `objects` and `relations`. Repeating an import changes nothing. The response is NDJSON and starts
/// while the import runs: an error before the first line has its own status, a later one is the line
/// `failed`.
#[utoipa::path(post, operation_id = "import_directory", path = "/directory/import", tag = "directory", params(ImportQuery),
    request_body(content((Vec<Record> = "application/x-ndjson"), (Directory = "application/json"))), responses(
    (status = 200, description = "One line per step; the last is `done` or `failed`", body = Vec<ImportLine>, content_type = "application/x-ndjson"),
    (status = 400, description = "The body is empty or cannot be read"),
    (status = 403, description = "The caller may not change the directory"),
    (status = 409, description = "More than half of the relations would be ended, and `confirm` does not match their number"),
))]
pub async fn import(
    State(app): State<AppState>,
    Actor(by): Actor,
    Query(query): Query<ImportQuery>,
    request: Request,
) -> Result<Response, ApiError> {
    let ended_prefix = query.part.or_else(|| query.whole.then(String::new));
    let import = app.campanile.import(&by, ImportPlan { dry_run: query.dry_run, whole: ended_prefix, confirm: query.confirm })?;
    let kind = request.headers().get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    let is_document = kind.split(';').next().unwrap_or_default().trim().eq_ignore_ascii_case("application/json");
    let (lines, answer) = ndjson_channel();
    if is_document {
        let Json(directory) = Json::<Directory>::from_request(request, &app).await?;
        tokio::spawn(ImportJob::new(import, query.dry_run, lines).import_records(directory.into_records()));
    } else {
        tokio::spawn(ImportJob::new(import, query.dry_run, lines).import_lines(request.into_body()));
    }
    Ok(ndjson_response(answer.into_body().await?))
}

/// A running import and its response.
struct ImportJob {
    import: Import,
    dry: bool,
    lines: NdjsonSender,
    /// The number of progress lines written, one per [`PROGRESS_INTERVAL`].
    progress_reported: u64,
}

impl ImportJob {
    /// An import that has not read any record. In a dry run the response lists what would change.
    const fn new(import: Import, dry: bool, lines: NdjsonSender) -> Self {
        Self { import, dry, lines, progress_reported: 0 }
    }

    /// Imports a body of one record per line.
    async fn import_lines(mut self, mut request_body: Body) {
        let mut rest = BytesMut::new();
        while let Some(frame) = request_body.frame().await {
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
    async fn import_records(mut self, records: impl Iterator<Item = Record> + Send) {
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
            return self.fail(ApiError::malformed("The body contains no record.")).await;
        }
        while let Some(done) = self.import.finish_step().await.transpose() {
            if !self.report(done).await {
                return;
            }
        }
        let confirm = self.import.unconfirmed();
        match confirm.filter(|_| !self.dry) {
            Some(ending) => self.fail(unconfirmed_error(ending)).await,
            None => {
                let done = ImportLine::Done { counts: self.import.counts, refused: self.import.rejected_count(), confirm };
                self.lines.send(&done).await;
            }
        }
    }

    /// Writes the changes to the response. Returns false when the import must stop. A client that does not
    /// read any more does not stop it.
    async fn report(&mut self, done: campanile_domain::Result<Vec<Difference>>) -> bool {
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

    /// Ends the response: with an error status when no line was sent yet, else with a `failed` line.
    async fn fail(&mut self, refusal: ApiError) {
        if let Some(refusal) = self.lines.refuse(refusal) {
            self.send_failure(refusal.detail()).await;
        }
    }

    async fn send_failure(&mut self, detail: &str) {
        self.lines.send(&ImportLine::Failed { detail: detail.to_owned() }).await;
    }
}

/// The error of an import that would end this many relations without confirmation.
fn unconfirmed_error(ending: u64) -> ApiError {
    let detail = format!(
        "{ending} relations would be ended, more than half of all. The records were imported, and no relation was ended. \
         Check the dry run, then repeat the import with confirm={ending}."
    );
    ApiError::new(StatusCode::CONFLICT, "unconfirmed", "More than half of the relations would be ended", detail)
}

const fn reason_name(why: RejectReason) -> &'static str {
    match why {
        RejectReason::Malformed => "malformed",
        RejectReason::Unknown => "unknown",
        RejectReason::Taken => "taken",
        RejectReason::Forbidden => "forbidden",
    }
}
