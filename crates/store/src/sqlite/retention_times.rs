//! How long rows are kept that housekeeping deletes. The retention of notifications is a setting of the tenant.

use chrono::TimeDelta;

/// How long a response is kept under its idempotency key (24 hours).
pub const IDEMPOTENCY_RETENTION: TimeDelta = TimeDelta::hours(24);

/// How long a URL stays disabled (90 days).
pub const DISABLED_URL_RETENTION: TimeDelta = TimeDelta::days(90);

/// How long a change can be undone (10 minutes).
pub const UNDO_WINDOW: TimeDelta = TimeDelta::minutes(10);
