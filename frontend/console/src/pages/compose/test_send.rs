//! Sends a test of the notification to its author only.

use campanile_shared::{Channel, FieldError, Me, Recipients, SendRequest};
use chrono::{DateTime, Utc};
use leptos::{prelude::*, task::spawn_local};

use super::{form_state::FormState, send_result::send_error_text};
use crate::{
    api::Error,
    i18n::{format, t},
    random_uuid::random_uuid,
    state::{State, Toast},
};

/// The send request, addressed to its author and not scheduled; or its errors. Its own recipients are not
/// validated.
fn test_request(draft: &SendRequest, me: &Me, now: DateTime<Utc>) -> Result<SendRequest, Vec<FieldError>> {
    let to = vec![Recipients::Person { person: me.person.login.clone() }];
    let trial = SendRequest { to, not_before: None, ..draft.clone() };
    trial.validate(now).map(|_| trial)
}

/// Sends the test, or shows the errors.
pub fn send_test(state: State, form: FormState, me: &Me) {
    let draft = form.request.get_untracked();
    if draft.channel == Channel::Email && me.person.email.is_none() {
        state.toast.set(Some(Toast { text: t::settings_mail_none(), undo: None, failed: true }));
        return;
    }
    let trial = match test_request(&draft, me, format::now_utc()) {
        Ok(trial) => trial,
        Err(errors) => return form.show_all_errors(draft, errors),
    };
    let address = me.person.email.clone().unwrap_or_default();
    spawn_local(async move {
        match state.send_notification(&trial, random_uuid()).await {
            Ok(_) if trial.channel == Channel::Email => state.show_message(t::compose_test_mail(&address)),
            Ok(_) => state.show_message(t::compose_test_bell()),
            Err(Error::Refused(problem)) if !problem.errors.is_empty() => form.show_server_errors(draft, problem.errors),
            Err(error) => state.toast.set(Some(Toast { text: send_error_text(&error), undo: None, failed: true })),
        }
    });
}

#[cfg(test)]
mod tests {
    use super::*;
    use campanile_shared::{Person, Preferences, Snapshot, send_request::ContentInput};

    #[test]
    fn a_test_goes_only_to_its_author_at_once() {
        let me = Me {
            tenant: "acme".to_owned(),
            person: Person { login: "ada".to_owned(), name: "Ada".to_owned(), email: None, languages: Vec::new() },
            may_send: true,
            may_administer: true,
            mail_to_files: false,
            drafts: 0,
            preferences: Preferences::default(),
            snapshot: Snapshot::default(),
        };
        let content = vec![ContentInput { language: "en".to_owned(), title: "x".to_owned(), ..ContentInput::default() }];
        let draft = SendRequest { content, not_before: Some(DateTime::UNIX_EPOCH), ..SendRequest::default() };
        let sent = test_request(&draft, &me, DateTime::UNIX_EPOCH).unwrap();
        assert_eq!((sent.to, sent.not_before), (vec![Recipients::Person { person: "ada".to_owned() }], None));
        assert!(test_request(&SendRequest::default(), &me, DateTime::UNIX_EPOCH).is_err());
    }
}
