//! The state of each task, for `/readyz` and `/metrics`.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use prometheus_client::{
    collector::Collector,
    encoding::{DescriptorEncoder, EncodeLabelSet, EncodeMetric},
    metrics::{counter::ConstCounter, gauge::ConstGauge},
};
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

/// The tasks as metrics: `campanile_task_up` and `campanile_task_restarts_total`, by name.
#[derive(Debug)]
pub struct TaskMetrics(pub Arc<Supervisor>);

#[derive(Clone, Debug, EncodeLabelSet, Eq, Hash, PartialEq)]
struct TaskLabels {
    task: &'static str,
}

impl Collector for TaskMetrics {
    fn encode(&self, mut encoder: DescriptorEncoder) -> Result<(), std::fmt::Error> {
        let tasks = self.0.report();
        let up = ConstGauge::new(0_i64);
        let mut family = encoder.encode_descriptor("campanile_task_up", "Whether a task of the server runs", None, up.metric_type())?;
        for task in &tasks {
            ConstGauge::new(i64::from(task.running)).encode(family.encode_family(&TaskLabels { task: task.name })?)?;
        }
        let restarts = ConstCounter::new(0_u64);
        let help = "How often a task of the server was restarted";
        let mut family = encoder.encode_descriptor("campanile_task_restarts", help, None, restarts.metric_type())?;
        for task in &tasks {
            ConstCounter::new(task.restarts).encode(family.encode_family(&TaskLabels { task: task.name })?)?;
        }
        Ok(())
    }
}

impl std::fmt::Debug for Supervisor {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_list().entries(self.report()).finish()
    }
}
