//! Desktop notifications (Web Notifications API): whether an item raises one, what it says, and how the browser
//! shows it. [`crate::reactions::desktop`] decides when.

pub mod burst;
pub mod decision;
pub mod notice;
pub mod permission;
pub mod screen;
pub mod show;
