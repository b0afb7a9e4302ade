//! Metrics of the process: when it started and how much memory it uses.

use std::fs;

use campanile_domain::{Clock, SystemClock};
use prometheus_client::{
    collector::Collector,
    encoding::{DescriptorEncoder, EncodeMetric},
    metrics::gauge::ConstGauge,
    registry::Unit,
};
use rustix::param::page_size;

/// The metrics of this process, under the standard names of Prometheus client libraries.
#[derive(Debug)]
pub struct ProcessMetrics {
    started_at: i64,
}

impl ProcessMetrics {
    /// The metrics of a process that starts now.
    pub fn started_now() -> Self {
        Self { started_at: SystemClock.now().timestamp() }
    }
}

impl Collector for ProcessMetrics {
    fn encode(&self, mut encoder: DescriptorEncoder) -> Result<(), std::fmt::Error> {
        let mut gauge = |name, help, unit, value: i64| {
            let gauge = ConstGauge::new(value);
            gauge.encode(encoder.encode_descriptor(name, help, Some(&unit), gauge.metric_type())?)
        };
        gauge("process_start_time", "When the process started, since the Unix epoch", Unit::Seconds, self.started_at)?;
        if let Some(bytes) = resident_bytes() {
            gauge("process_resident_memory", "Resident memory of the process", Unit::Bytes, bytes)?;
        }
        Ok(())
    }
}

/// The resident memory in bytes. Linux reports it in pages (proc_pid_statm(5)); `None` elsewhere.
fn resident_bytes() -> Option<i64> {
    let pages: i64 = fs::read_to_string("/proc/self/statm").ok()?.split(' ').nth(1)?.parse().ok()?;
    Some(pages * i64::try_from(page_size()).ok()?)
}
