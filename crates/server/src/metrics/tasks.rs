//! Metrics of the background tasks.

use std::sync::Arc;

use prometheus_client::{
    collector::Collector,
    encoding::{DescriptorEncoder, EncodeLabelSet, EncodeMetric},
    metrics::{counter::ConstCounter, gauge::ConstGauge},
};

use crate::supervisor::Supervisor;

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
