//! Parts of pages. Each is one file with its style sheet beside it; none calls the server.

pub mod account;
pub mod bell;
pub mod icon;
pub mod newest;
pub mod row;
pub mod search;
pub mod shell;
pub mod shortcuts;
pub mod sidebar;
pub mod theme_switch;
pub mod toaster;
pub mod top_bar;
