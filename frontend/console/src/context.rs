//! The Leptos contexts that the whole console shares. It knows no component and no page.

use leptos::prelude::*;

use crate::{
    i18n::{Language, format},
    page::Page,
};

/// The language in use. Every view is created again when it changes.
#[derive(Clone, Copy)]
pub struct ActiveLanguage(pub RwSignal<&'static Language>);

/// The current time, updated twice a minute. Ages such as “12 min” are computed from it.
#[derive(Clone, Copy)]
pub struct Clock(pub ReadSignal<format::EpochMillis>);

/// The page that the URL names.
#[derive(Clone, Copy)]
pub struct CurrentPage(pub Memo<Option<Page>>);

/// The folder that contains `index.html`, as an absolute URL with a trailing slash.
#[derive(Clone)]
pub struct BaseUrl(pub String);

/// Loads a page's code before the person opens it.
#[derive(Clone, Copy)]
pub struct PrefetchPage(pub fn(Page));
