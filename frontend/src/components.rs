//! Components, one per file, each with its style sheet beside it. None of them calls the API.

pub mod account;
pub mod announcer;
pub mod bell;
pub mod chip_select;
pub mod confirm_dialog;
pub mod desktop_card;
pub mod field_error_line;
pub mod focus;
pub mod icon;
pub mod link_card;
pub mod notification_list;
pub mod notification_row;
pub mod people_picker;
pub mod recreate;
pub mod search_box;
pub mod secret_card;
pub mod segmented;
pub mod sender_name;
pub mod shell;
pub mod shortcuts;
pub mod sidebar;
pub mod submission;
pub mod text_field;
pub mod theme_switch;
pub mod toaster;
pub mod top_bar;
