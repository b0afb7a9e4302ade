//! Desktop notifications (Web Notifications API): whether an item raises one, what it says, and how the browser
//! shows it. `frontend/console/src/effects/desktop.rs` decides when.

pub mod browser;
pub mod coalesce;
pub mod content;
pub mod display;
pub mod permission;
pub mod policy;
pub mod visibility;
