//! The process itself: since when it runs and how much memory it holds.

use std::fs;

use campanile_domain::{Clock, SystemClock};
use prometheus_client::{
    collector::Collector,
    encoding::{DescriptorEncoder, EncodeMetric},
    metrics::gauge::ConstGauge,
    registry::Unit,
};
use rustix::param::page_size;

/// This process, under the names that every Prometheus client library gives to these facts.
#[derive(Debug)]
pub struct Process {
    started_at: i64,
}

impl Process {
    /// This process, which starts now.
    pub fn starting() -> Self {
        Self { started_at: SystemClock.now().timestamp() }
    }
}

impl Collector for Process {
    fn encode(&self, mut encoder: DescriptorEncoder) -> Result<(), std::fmt::Error> {
        let mut gauge = |name, help, unit, value: i64| {
            let gauge = ConstGauge::new(value);
            gauge.encode(encoder.encode_descriptor(name, help, Some(&unit), gauge.metric_type())?)
        };
        gauge("process_start_time", "When the process started, since the beginning of 1970", Unit::Seconds, self.started_at)?;
        if let Some(bytes) = resident() {
            gauge("process_resident_memory", "Memory of the process that is in RAM", Unit::Bytes, bytes)?;
        }
        Ok(())
    }
}

/// Resident memory in bytes, where the system tells it (Linux: proc_pid_statm(5), in pages).
fn resident() -> Option<i64> {
    let pages: i64 = fs::read_to_string("/proc/self/statm").ok()?.split(' ').nth(1)?.parse().ok()?;
    Some(pages * i64::try_from(page_size()).ok()?)
}
