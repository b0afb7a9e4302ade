//! The console's entry point: loads the configuration and the texts, then mounts the application.

use std::time::Duration;

use campanile_frontend::{
    api, app, i18n,
    language::{preferred_languages, switch_language},
};
use futures_util::future::join;
use leptos::{mount::mount_to_body, prelude::*};
use wasm_bindgen_futures::spawn_local;

/// The wait before texts that could not be loaded are requested again.
const RETRY_DELAY: Duration = Duration::from_secs(2);

fn main() {
    spawn_local(start());
}

async fn start() {
    let (config, loaded) = join(api::config(), load_language()).await;
    if !loaded {
        // Without texts there is no message to show.
        set_timeout(main, RETRY_DELAY);
        return;
    }
    let base = document().base_uri().ok().flatten().unwrap_or_default();
    let folder = base.split(['?', '#']).next().and_then(|url| url.rfind('/').map(|end| url[..=end].to_owned())).unwrap_or_default();
    let api = api::Api::new(&config, &folder);
    mount_to_body(move || app::App(app::AppProps { api, folder }));
}

/// Loads the reader's language, or the reference language. Returns whether one could be loaded.
async fn load_language() -> bool {
    switch_language(i18n::best_match(&preferred_languages(None))).await || switch_language(&i18n::LANGUAGES[0]).await
}
