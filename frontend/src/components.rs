//! Parts of pages. Each is one file with its style sheet beside it; none calls the server.

pub mod icon;
pub mod shell;
