//! Sends a test of the notification to its author only.

use campanile_shared::{Channel, Draft, FieldError, Me, Recipients};
use chrono::{DateTime, Utc};
use leptos::{prelude::*, task::spawn_local};

use super::{
    attempt::fresh_key,
    outcome::failure_of,
    sheet::{Sheet, now},
};
use crate::{
    api::Error,
    i18n::t,
    state::{State, Toast},
};

/// The send request, addressed to its author and not scheduled; or its errors. Its own recipients are not
/// validated.
fn trial(draft: &Draft, me: &Me, now: DateTime<Utc>) -> Result<Draft, Vec<FieldError>> {
    let to = vec![Recipients::Person { person: me.person.login.clone() }];
    let trial = Draft { to, not_before: None, ..draft.clone() };
    trial.validate(now).map(|_| trial)
}

/// Sends the test, or shows the errors.
pub fn send(state: State, sheet: Sheet, me: &Me) {
    let draft = sheet.draft.get_untracked();
    if draft.channel == Channel::Email && me.person.email.is_none() {
        state.toast.set(Some(Toast { text: t::settings_mail_none(), undo: None, failed: true }));
        return;
    }
    let trial = match trial(&draft, me, now()) {
        Ok(trial) => trial,
        Err(faults) => return sheet.refuse_all(draft, faults),
    };
    let address = me.person.email.clone().unwrap_or_default();
    spawn_local(async move {
        match state.send(&trial, fresh_key()).await {
            Ok(_) if trial.channel == Channel::Email => state.say(t::compose_test_mail(&address)),
            Ok(_) => state.say(t::compose_test_bell()),
            Err(Error::Refused(problem)) if !problem.errors.is_empty() => sheet.refuse(draft, problem.errors),
            Err(error) => state.toast.set(Some(Toast { text: failure_of(&error), undo: None, failed: true })),
        }
    });
}

#[cfg(test)]
mod tests {
    use super::*;
    use campanile_shared::{Person, Preferences, Snapshot, draft::DraftContent};

    #[test]
    fn a_trial_is_for_its_writer_alone_and_at_once() {
        let me = Me {
            tenant: "acme".to_owned(),
            person: Person { login: "ada".to_owned(), name: "Ada".to_owned(), email: None, languages: Vec::new() },
            may_send: true,
            may_administer: true,
            mail_to_files: false,
            preferences: Preferences::default(),
            snapshot: Snapshot::default(),
        };
        let content = vec![DraftContent { language: "en".to_owned(), title: "x".to_owned(), ..DraftContent::default() }];
        let draft = Draft { content, not_before: Some(DateTime::UNIX_EPOCH), ..Draft::default() };
        let sent = trial(&draft, &me, DateTime::UNIX_EPOCH).unwrap();
        assert_eq!((sent.to, sent.not_before), (vec![Recipients::Person { person: "ada".to_owned() }], None));
        assert!(trial(&Draft::default(), &me, DateTime::UNIX_EPOCH).is_err());
    }
}
