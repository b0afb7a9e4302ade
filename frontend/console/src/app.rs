//! The console's root component. It creates the state, provides the contexts and chooses what the page shows.

mod page_outlet;
mod shell;

use leptos::prelude::*;
use leptos_router::components::Router;

use self::shell::Shell;
use crate::{
    api::{self, Api},
    components::icon::Icon,
    context::{ActiveLanguage, BaseUrl},
    effects, error_text,
    i18n::{self, t},
    pages::sign_in::{self, LazySignIn, confirm_link::LazyConfirmLink},
    reactive::{effect, memo},
    state::{Session, State, session},
};

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
    provide_context(effects::clock::start_clock());
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
    // A link signs in first, which the page says.
    effect(move || {
        if (by_link.get() || screen.get() != Screen::Loading)
            && let Some(frame) = document().get_element_by_id("first-frame")
        {
            frame.remove();
        }
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
                    Screen::SignIn => view! { <LazySignIn/> }.into_any(),
                    Screen::ConfirmLink => view! { <LazyConfirmLink/> }.into_any(),
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
            {Icon::Offline.view()}
            <strong>{error_text::explain(&error)}</strong>
            <button class="quiet" on:click=again>
                {t::try_again()}
            </button>
        </main>
    }
}
