//! The clock for ages such as “12 min”.

use std::time::Duration;

use leptos::prelude::*;

use crate::{context::Clock, i18n::format};

/// How often the clock is updated.
const INTERVAL: Duration = Duration::from_secs(30);

/// The clock for ages, updated every 30 seconds.
pub fn start_clock() -> Clock {
    let (now, set_now) = signal(format::now());
    // The interval ends with the page, because the application is never unmounted.
    set_interval(move || set_now.set(format::now()), INTERVAL);
    Clock(now)
}
