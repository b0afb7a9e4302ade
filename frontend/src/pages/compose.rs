//! The page “Compose”: a form for a notification, its preview, and sending it exactly once.

mod attempt;
mod buttons;
mod confirm;
mod copy_as;
pub mod details;
mod fault;
mod keep;
pub mod languages;
mod letter;
mod mail;
mod outcome;
mod post;
mod preview;
mod recipients;
mod request;
mod rows;
mod sheet;
mod shelf;
mod snippet;
mod trial;

use campanile_shared::{Channel, Draft, Me, Severity};
use leptos::{
    ev::{KeyboardEvent, SubmitEvent},
    html,
    prelude::*,
    task::spawn_local,
};

use self::{
    attempt::{Attempt, fresh_key},
    buttons::Buttons,
    confirm::{Confirm, MANY, Question},
    copy_as::CopyAs,
    details::{Details, Times, Way, Weight},
    fault::Fault,
    keep::{Keeper, Kept},
    languages::Languages,
    letter::{Letter, first_language},
    outcome::{Outcome, done, done_elsewhere, failure_of},
    post::Post,
    preview::{Preview, Writer},
    recipients::{Recipients, Size, goals, live_size},
    sheet::{Sheet, now},
    shelf::{Others, Shelf},
};
use super::Page;
use crate::{
    api::Error,
    components::{focus, icon::Icon},
    i18n::{self, t},
    reactive::{effect, memo},
    state::State,
};

/// The page.
#[component]
pub fn Compose() -> impl IntoView {
    let me = untrack(|| State::expect().me());
    view! {
        <main id="content" class="page compose" tabindex="-1">
            {match me {
                Some(me) if me.may_send => view! { <Form me/> }.into_any(),
                _ => view! { <NotAllowed/> }.into_any(),
            }}
        </main>
    }
}

/// Shown to a person who may not send.
#[component]
pub fn NotAllowed() -> impl IntoView {
    view! {
        <div class="blank">
            {Icon::Plane.view()} <h1>{t::compose_not_allowed()}</h1> <p>{t::compose_not_allowed_hint()}</p>
            <a class="quiet" href=Page::Inbox.href()>
                {t::go_to_inbox()}
            </a>
        </div>
    }
}

/// An empty form in the person's language.
fn empty(me: &Me) -> Letter {
    let spoken = i18n::current().tag.parse().unwrap_or_else(|_| campanile_shared::Language::english());
    Letter::new(&first_language(&spoken, &me.person.languages))
}

/// The form; after sending, the result.
#[component]
fn Form(me: Me) -> impl IntoView {
    let state = State::expect();
    let keeper = StoredValue::new(Keeper::new(&me.tenant, &me.person.login));
    let tenant = me.tenant.clone();
    let writer = Writer { tenant: me.tenant.clone(), name: me.person.name.clone() };
    let me = StoredValue::new(me);
    let kept = keeper.with_value(Keeper::load).unwrap_or_else(|| Kept { letter: me.with_value(empty), ..Kept::default() });
    let Kept { letter, attempt, draft, saved } = kept;
    let shelf = Shelf::new(state, draft, saved);
    let sheet = Sheet::new(letter);
    let size = live_size(sheet);
    let attempt = RwSignal::new(attempt);
    let busy = RwSignal::new(false);
    let failed = RwSignal::new(None::<String>);
    let question = RwSignal::new(None::<Question>);
    let outcome = RwSignal::new(None::<Outcome>);
    let kept = RwSignal::new(false);
    let discarded = RwSignal::new(None::<Letter>);
    let form = NodeRef::<html::Form>::new();

    // Every change is saved in the browser at once, so nothing is lost if the tab is closed.
    effect(move || {
        let now = Kept { letter: sheet.letter.get(), attempt: attempt.get(), draft: shelf.current.get(), saved: shelf.saved.get() };
        kept.set(keeper.with_value(|keeper| keeper.save(&now)));
    });
    // The copy on the server follows after a pause in typing.
    Effect::new(move |before: Option<Letter>| {
        let letter = sheet.letter.get();
        if before.as_ref().map_or(!shelf.saved.get_untracked(), |before| *before != letter) {
            let attempt = attempt.get_untracked();
            shelf.changed(Kept { letter: letter.clone(), attempt, draft: None, saved: true });
        }
        letter
    });
    let blank = memo(move || sheet.letter.with(Letter::is_blank));
    effect(move || {
        if !blank.get() {
            discarded.set(None);
        }
    });

    let refused = move |draft: Draft, error: &Error| match error {
        Error::Refused(problem) if !problem.errors.is_empty() => sheet.refuse(draft, problem.errors.clone()),
        _ => failed.set(Some(failure_of(error))),
    };
    let send = move || {
        let draft = sheet.draft.get_untracked();
        let many = size.with_untracked(|size| size.goals(draft.channel)).unwrap_or_default();
        let now = Attempt::begin(attempt.get_untracked().as_ref(), &draft, fresh_key);
        let keeper = keeper.get_value();
        attempt.set(Some(now.clone()));
        busy.set(true);
        failed.set(None);
        // The answer is handled even if the page is left meanwhile.
        spawn_local(async move {
            let answer = state.send(&draft, now.key).await;
            if busy.try_set(false).is_some() {
                done_elsewhere(state, &keeper, &now, (&draft, many), answer);
                return;
            }
            match answer {
                Ok(stored) => {
                    attempt.set(None);
                    shelf.forget();
                    sheet.reset(me.with_value(empty));
                    outcome.set(Some(Outcome::new(&draft, many, &stored)));
                    focus::to("compose-sent".to_owned());
                }
                Err(error) => refused(draft, &error),
            }
        });
    };
    let submit = move |event: SubmitEvent| {
        event.prevent_default();
        if busy.get_untracked() {
            return;
        }
        failed.set(None);
        let Some(draft) = sheet.check() else { return };
        if draft.channel == Channel::Http {
            return send();
        }
        busy.set(true);
        leptos::reactive::spawn_local_scoped_with_cancellation(async move {
            // The audience is fetched again, because it may have changed since the number was shown.
            let audience = state.audience(&draft.to).await;
            busy.set(false);
            let summary = match audience {
                Ok(summary) => summary,
                Err(error) => return refused(draft, &error),
            };
            let (people, many) = (summary.people, goals(&summary, draft.channel));
            size.set(Size::Known(summary));
            if many == 0 {
                failed.set(Some(if people == 0 { t::compose_nobody() } else { t::compose_no_address() }));
            } else if many > MANY {
                let title = draft.content.first().map(|content| content.title.clone()).unwrap_or_default();
                question.set(Some(Question { channel: draft.channel, many, later: is_later(&draft), title }));
            } else {
                send();
            }
        });
    };
    let keys = move |event: KeyboardEvent| {
        if event.key() == "Enter" && (event.ctrl_key() || event.meta_key()) {
            event.prevent_default();
            if let Some(form) = form.get_untracked() {
                // `request_submit` does not fail for a form that is on the page.
                let _ = form.request_submit();
            }
        }
    };
    let discard = move |_| {
        discarded.set(Some(sheet.letter.get_untracked()));
        attempt.set(None);
        failed.set(None);
        shelf.forget();
        sheet.reset(me.with_value(empty));
    };
    let open = move |draft: Option<Kept>| {
        let opened = draft.unwrap_or_else(|| Kept { letter: me.with_value(empty), ..Kept::default() });
        attempt.set(opened.attempt);
        failed.set(None);
        discarded.set(None);
        sheet.reset(opened.letter);
        focus::to("channel".to_owned());
    };
    let restore = move |_| {
        if let Some(letter) = discarded.get_untracked() {
            sheet.reset(letter);
        }
    };
    let summary = move || {
        let faults = sheet.faults.get();
        let count = u32::try_from(faults.len()).unwrap_or(u32::MAX);
        let unplaced = faults.into_iter().filter(|fault| fault.field.is_none()).map(|Fault { text, .. }| text);
        let failed = failed.get();
        let lines: Vec<String> = (count > 0).then(|| t::compose_faults(count)).into_iter().chain(unplaced).chain(failed).collect();
        (!lines.is_empty()).then(|| {
            let lines = lines.into_iter().map(|line| view! { <span>{line}</span> }).collect_view();
            view! { {Icon::Severity(Severity::Error).view()} <span class="compose-failure-lines">{lines}</span> }
        })
    };
    let label = move || {
        let (channel, later) = sheet.draft.with(|draft| (draft.channel, is_later(draft)));
        match size.with(|size| size.goals(channel)) {
            _ if later => t::compose_schedule(),
            _ if channel == Channel::Http => t::compose_send_post(),
            Some(mails) if channel == Channel::Email && mails > 0 => t::compose_send_mails(mails),
            Some(people) if people > 0 => t::compose_send_to(people),
            _ => t::compose_send(),
        }
    };
    let by_http = sheet.get(|letter| letter.channel == Channel::Http);
    let fields = move || {
        if by_http.get() {
            return view! { <Post sheet/> }.into_any();
        }
        view! {
            <Recipients sheet size/>
            <Weight sheet/>
            <Languages sheet/>
            <Details sheet/>
            <Buttons sheet/>
        }
        .into_any()
    };
    let note = move || match (blank.get(), discarded.with(Option::is_some), kept.get()) {
        (true, true, _) => view! {
            <span>{t::compose_discarded()}</span>
            <button type="button" class="quiet" on:click=restore>
                {t::undo()}
            </button>
        }
        .into_any(),
        (false, _, kept) if kept || shelf.saved.get() => view! {
            <span>{if shelf.saved.get() { t::compose_saved() } else { t::compose_kept() }}</span>
            <button type="button" class="quiet" on:click=discard>
                {t::compose_discard()}
            </button>
        }
        .into_any(),
        (false, ..) => view! { <span>{t::compose_not_kept()}</span> }.into_any(),
        _ => ().into_any(),
    };
    view! {
        {move || outcome.get().map(|sent| done(&sent, outcome))}
        <form
            node_ref=form
            class="compose-form"
            novalidate
            hidden=move || outcome.with(Option::is_some)
            aria-labelledby="compose-heading"
            on:submit=submit
            on:keydown=keys
        >
            <h1 id="compose-heading">{t::compose_heading()}</h1>
            <Others shelf blank on_open=Callback::new(open)/>
            <div class="compose-fields">
                <Way sheet/>
                {fields}
                <Times sheet/>
                <CopyAs sheet tenant/>
            </div>
            <Preview sheet size writer/>
            <div class="compose-foot">
                <p class="field-error compose-failure" role="alert">
                    {summary}
                </p>
                <div class="compose-send">
                    <button class="primary" aria-disabled=move || busy.get().to_string()>
                        {Icon::Plane.view()}
                        <span>{label}</span>
                    </button>
                    <button
                        type="button"
                        class="quiet"
                        hidden=by_http
                        on:click=move |_| me.with_value(|me| trial::send(state, sheet, me))
                    >
                        {t::compose_test()}
                    </button>
                    <div class="compose-note" role="status">
                        {note}
                    </div>
                </div>
            </div>
        </form>
        <Confirm question on_confirm=Callback::new(move |()| send())/>
    }
}

/// Whether the send request is scheduled for a later time.
fn is_later(draft: &Draft) -> bool {
    draft.not_before.is_some_and(|at| at > now())
}
