//! Campanile's console, and the code that the embedded bell's panel shares with it.
//!
//! `api` speaks HTTP. `state` owns the data and is the only caller of `api`. `components` and `pages` show it.
//! `reactions` keep the document, the tab and the desktop in step. No code here makes markup from text.

pub mod api;
pub mod app;
pub mod clipboard;
pub mod components;
pub mod desktop;
pub mod failure;
pub mod fetched;
pub mod i18n;
pub mod json;
pub mod live;
pub mod pages;
pub mod query;
pub mod reactions;
pub mod reactive;
pub mod state;
pub mod token;
