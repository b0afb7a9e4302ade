//! The state of each task, for `/readyz` and `/metrics`.

use chrono::{DateTime, Utc};
use serde::Serialize;

use super::Supervisor;

/// The state of a task, as `/readyz` shows it.
#[derive(Clone, Debug, Serialize)]
pub struct TaskReport {
    /// The name of the task.
    pub name: &'static str,
    /// Whether it runs. If not, it waits for its restart.
    pub running: bool,
    /// When `running` last changed.
    pub since: DateTime<Utc>,
    /// How often it was restarted.
    pub restarts: u64,
    /// When it last failed. The cause is only in the log, because the log is only for the operator.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub failed_at: Option<DateTime<Utc>>,
}

impl Supervisor {
    /// The state of each task, in the order of their first start.
    pub fn report(&self) -> Vec<TaskReport> {
        let report = |name, state: super::TaskState| TaskReport {
            name,
            running: state.running,
            since: state.since,
            restarts: state.restarts,
            failed_at: state.last_failure.map(|(at, _)| at),
        };
        self.lock().iter().map(|task| report(task.name, task.lock().clone())).collect()
    }
}

impl std::fmt::Debug for Supervisor {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_list().entries(self.report()).finish()
    }
}
