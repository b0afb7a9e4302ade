//! Campanile's console, and the code that the embedded bell's panel shares with it.
//!
//! `api` speaks HTTP. `state` owns the data and is the only caller of `api`. `components` and `pages` show it;
//! a component knows no page. `app` puts them together, and `context` has what all of them share. `effects` keep
//! the document, the tab and the desktop in step. No code here makes markup from text.

pub mod api;
pub mod app;
pub mod browser_storage;
pub mod clipboard;
pub mod components;
pub mod context;
pub mod desktop;
pub mod effects;
pub mod error_text;
pub mod i18n;
pub mod inbox_url;
pub mod json;
pub mod language;
pub mod lazy;
pub mod live;
pub mod page;
pub mod pages;
pub mod query_string;
pub mod random_uuid;
pub mod reactive;
pub mod search_query;
pub mod state;
pub mod token_storage;
