//! The application: what is made once and put together, read from top to bottom.

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

/// The language that is spoken; views are made again when it changes.
#[derive(Clone, Copy)]
pub struct Spoken(pub RwSignal<&'static Language>);

/// The moment that ages are told from; it moves on twice a minute.
#[derive(Clone, Copy)]
pub struct Clock(pub ReadSignal<format::Instant>);

/// The page that is shown.
#[derive(Clone, Copy)]
pub struct Here(pub Memo<Option<Page>>);

/// The folder that `index.html` is in, as an absolute URL that ends with a slash.
#[derive(Clone)]
pub struct Folder(pub String);

/// What stands on the page as a whole.
#[derive(Clone, Debug, PartialEq)]
enum Stage {
    Waiting,
    SignIn,
    Asked,
    /// A person is signed in; for another everything is made anew.
    Inside(String),
    Failed(api::Error),
}

/// The whole console.
#[component]
pub fn App(
    /// The server.
    api: Api,
    /// The folder that `index.html` is in, as an absolute URL that ends with a slash.
    folder: String,
) -> impl IntoView {
    let state = State::new(api);
    let spoken = Spoken(RwSignal::new(i18n::current()));
    provide_context(state);
    provide_context(spoken);
    provide_context(reactions::tick());
    // The router wants the path alone, without the slash.
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

/// What is shown when the server could not even say who is signed in.
#[component]
fn Unreachable(
    /// Why.
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

/// The languages a person wants, the preferred first.
pub fn wanted_languages(chosen: Option<Tag>) -> Vec<Tag> {
    chosen.into_iter().chain(i18n::browser()).collect()
}

/// Fetches the texts of a language and makes it the one that is spoken; says whether they could be
/// fetched.
pub async fn speak(language: &'static Language) -> bool {
    if i18n::is_compiled_in(language) {
        i18n::activate(language, None);
        return true;
    }
    let Ok(texts) = api::texts(language.tag).await else { return false };
    // What shows the others is there already.
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
