//! The console's root component. It creates the state, provides the contexts and chooses what the page shows.

use campanile_shared::Language as Tag;
use leptos::prelude::*;
use leptos_router::components::Router;

use crate::{
    api::{self, Api},
    components::shell::Shell,
    effects, error_text,
    i18n::{self, Language, format, t},
    pages::{
        Page,
        lazy_components::{LinkQuestion, SignIn},
        sign_in,
    },
    reactive::memo,
    state::{Session, State, session},
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

/// What the page shows as a whole.
#[derive(Clone, Debug, PartialEq)]
enum Screen {
    Loading,
    SignIn,
    ConfirmLink,
    /// A person is signed in. For another person every view is created again.
    SignedIn(String),
    Failed(api::Error),
}

/// The whole console.
#[component]
pub fn App(
    /// The API client.
    api: Api,
    /// The folder that contains `index.html`, as an absolute URL with a trailing slash.
    folder: String,
) -> impl IntoView {
    let state = State::new(api);
    let language = ActiveLanguage(RwSignal::new(i18n::current()));
    provide_context(state);
    provide_context(language);
    provide_context(effects::start_clock());
    // The router takes the path alone, without the trailing slash.
    let base = web_sys::Url::new(&folder).map(|url| url.pathname()).unwrap_or_default();
    let base = base.trim_end_matches('/').to_owned();
    provide_context(BaseUrl(folder));
    effects::start(state, language);
    let link = sign_in::take_link();
    let by_link = RwSignal::new(link.is_some());
    leptos::task::spawn_local(async move {
        match link {
            Some(link) => {
                sign_in::sign_in_by_link(state, link).await;
                by_link.set(false);
            }
            None => state.start().await,
        }
    });
    let screen = memo(move || {
        state.session.with(|session| match session {
            Session::Starting => Screen::Loading,
            Session::SignedOut { .. } => Screen::SignIn,
            Session::ConfirmingLink(_) => Screen::ConfirmLink,
            Session::SignedIn(me) => Screen::SignedIn(session::person_key(me)),
            Session::Unavailable(error) => Screen::Failed(error.clone()),
        })
    });
    view! {
        <Router base>
            {move || {
                language.0.track();
                match screen.get() {
                    Screen::Loading => {
                        let what = if by_link.get() { t::sign_in_by_link() } else { t::loading() };
                        view! { <main class="blank skeleton"><p role="status">{what}</p></main> }.into_any()
                    }
                    Screen::SignIn => view! { <SignIn/> }.into_any(),
                    Screen::ConfirmLink => view! { <LinkQuestion/> }.into_any(),
                    Screen::SignedIn(_) => view! { <Shell/> }.into_any(),
                    Screen::Failed(error) => view! { <Unreachable error/> }.into_any(),
                }
            }}
        </Router>
    }
}

/// The page for a server that could not say who is signed in.
#[component]
fn Unreachable(
    /// The reason.
    error: api::Error,
) -> impl IntoView {
    let state = State::expect();
    let again = move |_| {
        leptos::task::spawn_local(async move { state.start().await });
    };
    view! {
        <main class="blank" role="alert">
            {crate::components::icon::Icon::Offline.view()}
            <strong>{error_text::explain(&error)}</strong>
            <button class="quiet" on:click=again>
                {t::try_again()}
            </button>
        </main>
    }
}

/// The person's languages: the one they chose, then the browser's.
pub fn preferred_languages(chosen: Option<Tag>) -> Vec<Tag> {
    chosen.into_iter().chain(i18n::browser_languages()).collect()
}

/// Loads the texts of a language and makes it the current language. Returns whether the texts could be loaded.
pub async fn switch_language(language: &'static Language) -> bool {
    if i18n::is_compiled_in(language) {
        i18n::activate(language, None);
        return true;
    }
    let Ok(texts) = api::texts(language.tag).await else { return false };
    // The views that need the remaining texts may be on the page already.
    let later = if i18n::is_complete() && cfg!(feature = "split") { Some(api::deferred_texts(language.tag).await) } else { None };
    if let Some(Err(_)) = later {
        return false;
    }
    i18n::activate(language, Some(texts));
    if let Some(Ok(later)) = later {
        i18n::add_texts(language, &later);
    }
    true
}
