//! The console's root component. It creates the state, provides the contexts and chooses what the page shows.

use campanile_shared::Language as Tag;
use leptos::prelude::*;
use leptos_router::components::Router;

use crate::{
    api::{self, Api},
    components::shell::Shell,
    failure,
    i18n::{self, Language, format, t},
    pages::{
        Page,
        later::{LinkQuestion, SignIn},
        sign_in,
    },
    reactions,
    reactive::memo,
    state::{Session, State, session},
};

/// The language in use. Every view is created again when it changes.
#[derive(Clone, Copy)]
pub struct Spoken(pub RwSignal<&'static Language>);

/// The current time, updated twice a minute. Ages such as “12 min” are computed from it.
#[derive(Clone, Copy)]
pub struct Clock(pub ReadSignal<format::Instant>);

/// The page that the URL names.
#[derive(Clone, Copy)]
pub struct Here(pub Memo<Option<Page>>);

/// The folder that contains `index.html`, as an absolute URL with a trailing slash.
#[derive(Clone)]
pub struct Folder(pub String);

/// What the page shows as a whole.
#[derive(Clone, Debug, PartialEq)]
enum Stage {
    Waiting,
    SignIn,
    Asked,
    /// A person is signed in. For another person every view is created again.
    Inside(String),
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
    let spoken = Spoken(RwSignal::new(i18n::current()));
    provide_context(state);
    provide_context(spoken);
    provide_context(reactions::tick());
    // The router takes the path alone, without the trailing slash.
    let base = web_sys::Url::new(&folder).map(|url| url.pathname()).unwrap_or_default();
    let base = base.trim_end_matches('/').to_owned();
    provide_context(Folder(folder));
    reactions::start(state, spoken);
    let link = sign_in::take_link();
    let by_link = RwSignal::new(link.is_some());
    leptos::task::spawn_local(async move {
        match link {
            Some(link) => {
                sign_in::by_link(state, link).await;
                by_link.set(false);
            }
            None => state.start().await,
        }
    });
    let stage = memo(move || {
        state.session.with(|session| match session {
            Session::Starting => Stage::Waiting,
            Session::SignedOut { .. } => Stage::SignIn,
            Session::Asked(_) => Stage::Asked,
            Session::SignedIn(me) => Stage::Inside(session::name(me)),
            Session::Unknown(error) => Stage::Failed(error.clone()),
        })
    });
    view! {
        <Router base>
            {move || {
                spoken.0.track();
                match stage.get() {
                    Stage::Waiting => {
                        let what = if by_link.get() { t::sign_in_by_link() } else { t::loading() };
                        view! { <main class="blank skeleton"><p role="status">{what}</p></main> }.into_any()
                    }
                    Stage::SignIn => view! { <SignIn/> }.into_any(),
                    Stage::Asked => view! { <LinkQuestion/> }.into_any(),
                    Stage::Inside(_) => view! { <Shell/> }.into_any(),
                    Stage::Failed(error) => view! { <Unreachable error/> }.into_any(),
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
            <strong>{failure::explain(&error)}</strong>
            <button class="quiet" on:click=again>
                {t::try_again()}
            </button>
        </main>
    }
}

/// The person's languages: the one they chose, then the browser's.
pub fn wanted_languages(chosen: Option<Tag>) -> Vec<Tag> {
    chosen.into_iter().chain(i18n::browser()).collect()
}

/// Loads the texts of a language and makes it the current language. Returns whether the texts could be loaded.
pub async fn speak(language: &'static Language) -> bool {
    if i18n::is_compiled_in(language) {
        i18n::activate(language, None);
        return true;
    }
    let Ok(texts) = api::texts(language.tag).await else { return false };
    // The views that need the remaining texts may be on the page already.
    let later = if i18n::is_whole() && cfg!(feature = "split") { Some(api::later_texts(language.tag).await) } else { None };
    if let Some(Err(_)) = later {
        return false;
    }
    i18n::activate(language, Some(texts));
    if let Some(Ok(later)) = later {
        i18n::add(language, &later);
    }
    true
}
