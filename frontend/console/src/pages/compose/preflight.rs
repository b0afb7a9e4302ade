//! What the author should know before sending: who gets it, who does not, and when.

use campanile_shared::{Channel, Person, Priority, Severity, text};
use chrono::{DateTime, Utc};
use leptos::prelude::*;

use super::{
    audience_size::AudienceSize,
    form_state::FormState,
    languages::{lacks_title, language_name},
};
use crate::{
    components::icon::Icon,
    i18n::{format, name_list::name_list, t},
    reactive::memo,
    state::State,
};

/// What the author should know before sending.
#[component]
pub fn Preflight(
    /// The form's state.
    form: FormState,
    /// The audience.
    size: RwSignal<AudienceSize>,
) -> impl IntoView {
    let state = State::expect();
    let to_files = state.session.with_untracked(|session| session.me().is_some_and(|me| me.mail_to_files));
    let notes = memo(move || {
        let mut notes = Vec::new();
        let (letter, draft, now) = (form.data.get(), form.request.get(), format::now_utc());
        let channel = draft.channel;
        let mut note = |severity: Severity, text: String| notes.push((severity, text));
        let time = |at: &DateTime<Utc>| format::date_time(format::epoch_millis(at));
        if let Some(many) = size.with(|size| size.destination_count(channel)).filter(|many| *many > 0) {
            match channel {
                Channel::Portal => note(Severity::Success, t::compose_note_people(many)),
                Channel::Email => note(Severity::Success, t::compose_note_mails(many)),
                Channel::Http => {}
            }
        }
        if channel == Channel::Email {
            if let Some(summary) = size.get().known().filter(|summary| !summary.without_email.is_empty()) {
                let count = format::saturating_u32(summary.people - summary.with_email);
                note(Severity::Warning, t::compose_note_without(count, &name_list(names(&summary.without_email), count)));
            }
            if to_files {
                note(Severity::Warning, t::compose_note_files());
            }
            if draft.buttons.iter().any(|button| button.link.is_none() && !button.label.trim().is_empty()) {
                note(Severity::Warning, t::compose_note_answers());
            }
        }
        if channel != Channel::Http && draft.content.len() > 1 {
            for content in draft.content.iter().filter(|content| lacks_title(content)) {
                note(Severity::Warning, t::compose_note_lacking(&language_name(&content.language)));
            }
        }
        let left_out: Vec<_> = letter.people_without_language().into_iter().cloned().collect();
        if channel != Channel::Http && !left_out.is_empty() {
            let count = format::saturating_u32(left_out.len() as u64);
            note(Severity::Warning, t::compose_note_left_out(count, &name_list(names(&left_out), count)));
        }
        if channel == Channel::Portal && draft.priority == Priority::Urgent {
            note(Severity::Information, t::compose_note_urgent());
        }
        match &draft.not_before {
            Some(at) if *at > now => note(Severity::Information, t::compose_note_later(&time(at))),
            Some(_) => note(Severity::Warning, t::compose_note_past()),
            None => {}
        }
        if let Some(at) = draft.expires_at.as_ref().filter(|at| **at > now) {
            note(Severity::Information, t::compose_note_expires(&time(at)));
        }
        notes
    });
    let rows = move || {
        let line = |(severity, text): (Severity, String)| {
            view! {
                <li>
                    <span class=severity.name()>{Icon::Severity(severity).view()}</span>
                    <span>{text}</span>
                </li>
            }
        };
        notes.get().into_iter().map(line).collect_view()
    };
    view! {
        <div hidden=move || notes.with(Vec::is_empty)>
            <h2>{t::compose_preflight()}</h2>
            <ul class="card compose-notes" role="list">
                {rows}
            </ul>
        </div>
    }
}

fn names(people: &[Person]) -> impl Iterator<Item = String> {
    people.iter().map(|person| text::one_line(&person.name))
}
