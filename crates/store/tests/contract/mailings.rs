//! Email to an audience: who gets it, and in which language.

use campanile_domain::{
    AudienceKey, Error, NewPerson,
    model::{
        delivery::{AfterAttempt, SkipReason},
        routing::MailRecipients,
    },
};
use campanile_shared::{Channel, Preferences, Severity, View};

use crate::{
    deliveries::{claim, record},
    harness::{Harness, now, person, view},
};

pub async fn a_mailing_expands_to_one_row_for_each_address(harness: Harness) {
    for (login, email) in
        [("ada", Some("team@acme.example")), ("bo", Some("TEAM@acme.example")), ("cy", None), ("di", Some("di@acme.example"))]
    {
        let new = NewPerson { email: email.map(str::to_owned), ..person(login) };
        harness.store.create_person(harness.tenant, new, now()).await.unwrap();
    }
    let mut new = harness.notification(&[AudienceKey::Everyone], "by mail");
    (new.inbox, new.mail) = (false, MailRecipients::Everyone);
    let sent = harness.accept(new).await;
    // People who are added now are not recipients.
    let late = NewPerson { email: Some("late@acme.example".into()), ..person("late") };
    harness.store.create_person(harness.tenant, late, now()).await.unwrap();
    let mut steps = 0;
    while harness.store.expand_mailing(now(), "relay", 2).await.unwrap() > 0 {
        steps += 1;
        assert!(steps < 10);
    }
    let due = claim(&harness, now(), 10).await;
    let mut targets: Vec<_> = due.iter().map(|due| due.target.to_lowercase()).collect();
    targets.sort();
    assert_eq!(targets, ["di@acme.example", "team@acme.example"]);
    assert!(due.iter().all(|due| due.recipient.is_some() && due.channel == Channel::Email && due.sequence == sent.sequence));
    // It is in no inbox.
    let ada = harness.store.find_person(harness.tenant, "ada").await.unwrap().unwrap();
    assert!(harness.store.inbox_page(harness.tenant, ada, &view(View::Inbox), None, 10).await.unwrap().items.is_empty());
}

pub async fn subscribers_get_mail_for_their_inbox(harness: Harness) {
    let new = NewPerson { email: Some("ada@acme.example".into()), ..person("ada") };
    let ada = harness.store.create_person(harness.tenant, new, now()).await.unwrap();
    let bo = harness.person("bo").await;
    let send = async |keys: &[AudienceKey], severity| {
        let mut new = harness.notification(keys, "news");
        new.mail = MailRecipients::Subscribers;
        new.message.severity = severity;
        harness.accept(new).await;
        while harness.store.expand_mailing(now(), "relay", 100).await.unwrap() > 0 {}
        claim(&harness, now(), 10).await.len()
    };
    assert_eq!(send(&[AudienceKey::Everyone], Severity::Error).await, 0);
    let preferences = Preferences { mail: vec![Severity::Error], ..Preferences::default() };
    harness.store.set_preferences(harness.tenant, ada, &preferences).await.unwrap();
    assert_eq!(send(&[AudienceKey::Everyone], Severity::Error).await, 1);
    assert_eq!(send(&[AudienceKey::Everyone], Severity::Warning).await, 0);
    assert_eq!(send(&[AudienceKey::Person(bo)], Severity::Error).await, 0);
}

pub async fn removed_people_get_no_mail(harness: Harness) {
    for login in ["ada", "bo"] {
        let new = NewPerson { email: Some(format!("{login}@acme.example")), languages: vec!["de".parse().unwrap()], ..person(login) };
        harness.store.create_person(harness.tenant, new, now()).await.unwrap();
    }
    let mut new = harness.notification(&[AudienceKey::Everyone], "by mail");
    new.mail = MailRecipients::Everyone;
    harness.accept(new).await;
    while harness.store.expand_mailing(now(), "relay", 10).await.unwrap() > 0 {}
    let bo = harness.store.find_person(harness.tenant, "bo").await.unwrap().unwrap();
    harness.store.remove_person(harness.tenant, bo).await.unwrap();
    let due = claim(&harness, now(), 10).await;
    assert_eq!(due.iter().map(|due| due.skip_reason.clone()).collect::<Vec<_>>(), [None, Some(SkipReason::RecipientRemoved)]);
    let ada = due[0].recipient.as_ref().unwrap();
    let languages: Vec<_> = ada.languages.iter().map(ToString::to_string).collect();
    assert_eq!((ada.name.as_str(), languages), ("ada", vec!["de".to_owned(), "en-US".to_owned()]));
}

pub async fn mail_is_in_the_chosen_language(harness: Harness) {
    let new = NewPerson { email: Some("ada@acme.example".into()), languages: vec!["de".parse().unwrap()], ..person("ada") };
    let ada = harness.store.create_person(harness.tenant, new, now()).await.unwrap();
    let chosen = Preferences { language: Some("pl".parse().unwrap()), ..Preferences::default() };
    harness.store.set_preferences(harness.tenant, ada, &chosen).await.unwrap();
    let mut new = harness.notification(&[AudienceKey::Everyone], "by mail");
    new.mail = MailRecipients::Everyone;
    harness.accept(new).await;
    while harness.store.expand_mailing(now(), "relay", 10).await.unwrap() > 0 {}
    let due = claim(&harness, now(), 10).await;
    let languages: Vec<_> = due[0].recipient.as_ref().unwrap().languages.iter().map(ToString::to_string).collect();
    assert_eq!(languages, ["pl", "de", "en-US"]);
}

pub async fn unsubscribed_people_get_no_mail_until_they_choose_it(harness: Harness) {
    let mut people = Vec::new();
    for login in ["ada", "bo"] {
        let new = NewPerson { email: Some(format!("{login}@acme.example")), ..person(login) };
        people.push(harness.store.create_person(harness.tenant, new, now()).await.unwrap());
    }
    let send = async || {
        let mut new = harness.notification(&[AudienceKey::Everyone], "by mail");
        new.mail = MailRecipients::Everyone;
        harness.accept(new).await;
        while harness.store.expand_mailing(now(), "relay", 10).await.unwrap() > 0 {}
    };
    let voids = async || {
        let due = claim(&harness, now(), 10).await;
        for due in &due {
            record(&harness, due, AfterAttempt::Rejected).await;
        }
        due.into_iter().map(|due| (due.target, due.skip_reason)).collect::<Vec<_>>()
    };
    let (ada, bo) = ("ada@acme.example".to_owned(), "bo@acme.example".to_owned());
    send().await;
    // Mail that is planned already is skipped.
    harness.store.end_all_mail(harness.tenant, people[0]).await.unwrap();
    assert_eq!(voids().await, [(ada.clone(), Some(SkipReason::Unsubscribed)), (bo.clone(), None)]);
    // Later mail names the person it skips.
    send().await;
    assert_eq!(voids().await, [(ada.clone(), Some(SkipReason::Unsubscribed)), (bo.clone(), None)]);
    // Other preferences do not bring mail back.
    let choose =
        async |mail| harness.store.set_preferences(harness.tenant, people[0], &Preferences { mail, ..Preferences::default() }).await;
    choose(Vec::new()).await.unwrap();
    send().await;
    assert_eq!(voids().await, [(ada.clone(), Some(SkipReason::Unsubscribed)), (bo.clone(), None)]);
    choose(vec![Severity::Error]).await.unwrap();
    send().await;
    assert_eq!(voids().await, [(ada, None), (bo, None)]);
    let other = harness.tenant("other").await;
    assert!(matches!(harness.store.end_all_mail(other, people[0]).await, Err(Error::NotFound)));
}

pub async fn unsubscribing_spares_others_at_the_address(harness: Harness) {
    let mut people = Vec::new();
    for login in ["ada", "bo", "cy"] {
        let new = NewPerson { email: Some("team@acme.example".to_owned()), ..person(login) };
        people.push(harness.store.create_person(harness.tenant, new, now()).await.unwrap());
    }
    harness.store.end_all_mail(harness.tenant, people[0]).await.unwrap();
    let mut new = harness.notification(&[AudienceKey::Everyone], "by mail");
    new.mail = MailRecipients::Everyone;
    harness.accept(new).await;
    while harness.store.expand_mailing(now(), "relay", 1).await.unwrap() > 0 {}
    let due: Vec<_> = claim(&harness, now(), 10).await.into_iter().map(|due| (due.recipient.unwrap().name, due.skip_reason)).collect();
    assert_eq!(due, [("ada".to_owned(), Some(SkipReason::Unsubscribed)), ("bo".to_owned(), None)]);
}
