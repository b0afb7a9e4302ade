//! Components, one per file, each with its style sheet beside it. None of them calls the API.

pub mod account;
pub mod anew;
pub mod announcer;
pub mod ask;
pub mod bell;
pub mod chip_select;
pub mod desktop_card;
pub mod fault_line;
pub mod focus;
pub mod form;
pub mod icon;
pub mod link_card;
pub mod newest;
pub mod people_picker;
pub mod row;
pub mod search;
pub mod secret_card;
pub mod segmented;
pub mod sender;
pub mod shell;
pub mod shortcuts;
pub mod sidebar;
pub mod text_field;
pub mod theme_switch;
pub mod toaster;
pub mod top_bar;
