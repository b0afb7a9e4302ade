//! Desktop notifications (Web Notifications API): whether an item raises one, what it says, and
//! how the browser is made to show it. When that happens is said in [`crate::reactions::desktop`].

pub mod burst;
pub mod decision;
pub mod notice;
pub mod permission;
pub mod screen;
pub mod show;
