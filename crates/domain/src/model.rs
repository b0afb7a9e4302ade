//! The values of the domain. Nothing here knows a use case or a port.

pub mod access;
pub mod api_key;
pub mod attempt_result;
pub mod audience_key;
pub mod deletion_time;
pub mod delivery;
pub mod error;
pub mod grant;
pub mod http_request;
pub mod idempotency;
pub mod ids;
pub mod inbox_item;
pub mod listing;
pub mod member_cursor;
pub mod names;
pub mod notification;
pub mod person;
pub mod queue_capacity;
pub mod relation;
pub mod routing;
pub mod scheduled;
pub mod secret;
pub mod tenant;
pub mod token;
pub mod volume_filter;
pub mod webhook;
