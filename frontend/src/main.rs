//! The console's entry point: loads the configuration and the texts, then mounts the application.

use std::time::Duration;

use campanile_frontend::{api, app, i18n};
use futures_util::future::join;
use leptos::{mount::mount_to_body, prelude::*};
use wasm_bindgen_futures::spawn_local;

/// The wait before texts that could not be loaded are requested again.
const AGAIN: Duration = Duration::from_secs(2);

fn main() {
    spawn_local(start());
}

async fn start() {
    let (config, spoken) = join(api::config(), speak()).await;
    if !spoken {
        // Without texts there is no message to show.
        set_timeout(main, AGAIN);
        return;
    }
    let base = document().base_uri().ok().flatten().unwrap_or_default();
    let folder = base.split(['?', '#']).next().and_then(|url| url.rfind('/').map(|end| url[..=end].to_owned())).unwrap_or_default();
    let api = api::Api::new(&config, &folder);
    mount_to_body(move || app::App(app::AppProps { api, folder }));
}

/// Loads the reader's language, or the reference language. Returns whether one could be loaded.
async fn speak() -> bool {
    app::speak(i18n::best(&app::wanted_languages(None))).await || app::speak(&i18n::LANGUAGES[0]).await
}
