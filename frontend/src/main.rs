//! The console's entry: reads the configuration, learns the language, shows the application.

use campanile_frontend::{api, app, i18n};
use leptos::{mount::mount_to_body, prelude::*};
use wasm_bindgen_futures::spawn_local;

fn main() {
    spawn_local(async {
        let config = api::config().await;
        app::speak(i18n::best(&app::wanted_languages(None))).await;
        let base = document().base_uri().ok().flatten().unwrap_or_default();
        let folder = base.split(['?', '#']).next().and_then(|url| url.rfind('/').map(|end| url[..=end].to_owned())).unwrap_or_default();
        let api = api::Api::new(&config, &folder);
        mount_to_body(move || app::App(app::AppProps { api, folder }));
    });
}
