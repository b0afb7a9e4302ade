//! Deliveries: planned with their notification, leased by queue, recorded, and sent later.

use campanile_domain::{
    AudienceKey, Error, NewNotification, NewPerson,
    channel::Post,
    delivery::{self, Due, Mailing, NewDelivery, Next, Outcome, Tried, Void, Ways},
    schedule::Scheduled,
    store::{Claim, Room},
    webhook::Hook,
};
use campanile_shared::{Channel, Preferences, Severity, View, delivery::DeliveryState};
use chrono::{DateTime, TimeDelta, Utc};

use crate::world::{World, message, now, person, view};

fn post(world: &World, new: &mut NewNotification, lane: &str) {
    let target = format!("https://{lane}/{}", world.id());
    new.deliveries.push(NewDelivery {
        id: delivery::id(new.id, Channel::Http, &target),
        channel: Channel::Http,
        target,
        lane: lane.to_owned(),
        post: Some(Post { body: "{}".into(), ..Post::default() }),
        due_at: now(),
    });
}

async fn claim(world: &World, at: DateTime<Utc>, limit: u32) -> Vec<Due> {
    let room = Room { widths: vec![(Channel::Http, 2), (Channel::Email, 3)], ..Room::default() };
    world.store.claim(at, at + TimeDelta::seconds(60), room, limit).await.unwrap()
}

async fn record(world: &World, due: &Due, next: Next) {
    let outcome = Outcome { id: due.id, next, at: now(), millis: 5, answer: format!("{next:?}") };
    world.store.record(vec![outcome]).await.unwrap();
}

pub async fn a_claim_holds_until_its_lease_ends(world: World) {
    let mut new = world.notification(&[AudienceKey::Everyone], "hello");
    post(&world, &mut new, "a.example");
    let sent = world.accept(new).await;
    assert_eq!(world.store.next_due().await.unwrap(), Some(now()));
    let first = claim(&world, now(), 10).await;
    assert_eq!(first.len(), 1);
    assert_eq!((first[0].sequence, first[0].attempts, first[0].post.as_ref().unwrap().body.as_str()), (sent.sequence, 0, "{}"));
    assert!(claim(&world, now() + TimeDelta::seconds(59), 10).await.is_empty());
    // No one recorded it: it is due again, under the same id.
    let again = claim(&world, now() + TimeDelta::seconds(60), 10).await;
    assert_eq!(again[0].id, first[0].id);
    let later = now() + TimeDelta::hours(1);
    record(&world, &again[0], Next::Again(later)).await;
    assert_eq!(world.store.next_due().await.unwrap(), Some(later));
    let third = claim(&world, later, 10).await;
    assert_eq!(third[0].attempts, 1);
    record(&world, &third[0], Next::Delivered).await;
    // A delivered one stays delivered.
    record(&world, &third[0], Next::GivenUp).await;
    let (page, _) = world.store.deliveries(world.tenant, sent.id, None, 10).await.unwrap();
    assert_eq!(page.len(), 1);
    assert_eq!((page[0].state, page[0].attempts.len()), (DeliveryState::Delivered, 2));
    assert_eq!(world.store.next_due().await.unwrap(), None);
    let other = world.tenant("other").await;
    assert!(world.store.deliveries(other, sent.id, None, 10).await.unwrap().0.is_empty());
}

pub async fn a_full_lane_delays_no_other(world: World) {
    for lane in ["dead.example", "dead.example", "dead.example", "dead.example", "well.example"] {
        let mut new = world.notification(&[AudienceKey::Everyone], lane);
        post(&world, &mut new, lane);
        world.accept(new).await;
    }
    let lanes = |due: &[Due]| due.iter().map(|due| due.lane.clone()).collect::<Vec<_>>();
    assert_eq!(lanes(&claim(&world, now(), 10).await), ["dead.example", "dead.example", "well.example"]);
    // The queue of the dead host is full.
    let room = Room { widths: vec![(Channel::Http, 2)], lanes: vec![("dead.example".into(), 0)], ..Room::default() };
    assert!(world.store.claim(now(), now(), room, 10).await.unwrap().is_empty());
    // Queues take turns when there is room for only one.
    let mut new = world.notification(&[AudienceKey::Everyone], "well");
    post(&world, &mut new, "well.example");
    world.accept(new).await;
    let room = Room { widths: vec![(Channel::Http, 2)], after: "dead.example".into(), ..Room::default() };
    assert_eq!(lanes(&world.store.claim(now(), now(), room, 1).await.unwrap()), ["well.example"]);
}

pub async fn what_failed_is_kept_and_sent_again_on_request(world: World) {
    let mut new = world.notification(&[AudienceKey::Everyone], "hello");
    post(&world, &mut new, "a.example");
    post(&world, &mut new, "b.example");
    let sent = world.accept(new).await;
    let due = claim(&world, now(), 10).await;
    record(&world, &due[0], Next::Rejected).await;
    record(&world, &due[1], Next::GivenUp).await;
    let (_, counts) = world.store.deliveries(world.tenant, sent.id, None, 10).await.unwrap();
    assert_eq!((counts.pending, counts.delivered, counts.rejected, counts.given_up), (0, 0, 1, 1));
    assert_eq!(world.store.redeliver(world.tenant, sent.id, now()).await.unwrap(), 2);
    let again = claim(&world, now(), 10).await;
    assert_eq!(again.iter().map(|due| (due.id, due.attempts)).collect::<Vec<_>>(), due.iter().map(|due| (due.id, 0)).collect::<Vec<_>>());
    assert!(again.iter().all(|due| due.post.is_some()));
}

pub async fn a_mailing_is_one_row_and_then_one_for_each_address(world: World) {
    for (login, email) in
        [("ada", Some("team@acme.example")), ("bo", Some("TEAM@acme.example")), ("cy", None), ("di", Some("di@acme.example"))]
    {
        let new = NewPerson { email: email.map(str::to_owned), ..person(login) };
        world.store.create_person(world.tenant, new, now()).await.unwrap();
    }
    let mut new = world.notification(&[AudienceKey::Everyone], "by mail");
    (new.inbox, new.mail) = (false, Mailing::Everyone);
    let sent = world.accept(new).await;
    // People who are added now are not recipients.
    let late = NewPerson { email: Some("late@acme.example".into()), ..person("late") };
    world.store.create_person(world.tenant, late, now()).await.unwrap();
    let mut steps = 0;
    while world.store.spread(now(), "relay", 2).await.unwrap() > 0 {
        steps += 1;
        assert!(steps < 10);
    }
    let due = claim(&world, now(), 10).await;
    let mut targets: Vec<_> = due.iter().map(|due| due.target.to_lowercase()).collect();
    targets.sort();
    assert_eq!(targets, ["di@acme.example", "team@acme.example"]);
    assert!(due.iter().all(|due| due.reader.is_some() && due.channel == Channel::Email && due.sequence == sent.sequence));
    // It is in no inbox.
    let ada = world.store.find_person(world.tenant, "ada").await.unwrap().unwrap();
    assert!(world.store.page(world.tenant, ada, &view(View::Inbox), None, 10).await.unwrap().items.is_empty());
}

pub async fn who_asked_for_mail_gets_what_is_in_their_inbox(world: World) {
    let new = NewPerson { email: Some("ada@acme.example".into()), ..person("ada") };
    let ada = world.store.create_person(world.tenant, new, now()).await.unwrap();
    let bo = world.person("bo").await;
    let send = async |keys: &[AudienceKey], severity| {
        let mut new = world.notification(keys, "news");
        new.mail = Mailing::Subscribers;
        new.message.severity = severity;
        world.accept(new).await;
        while world.store.spread(now(), "relay", 100).await.unwrap() > 0 {}
        claim(&world, now(), 10).await.len()
    };
    assert_eq!(send(&[AudienceKey::Everyone], Severity::Error).await, 0);
    let preferences = Preferences { mail: vec![Severity::Error], ..Preferences::default() };
    world.store.set_preferences(world.tenant, ada, &preferences).await.unwrap();
    assert_eq!(send(&[AudienceKey::Everyone], Severity::Error).await, 1);
    assert_eq!(send(&[AudienceKey::Everyone], Severity::Warning).await, 0);
    assert_eq!(send(&[AudienceKey::Person(bo)], Severity::Error).await, 0);
}

pub async fn endpoints_hear_of_every_notification_until_they_are_gone(world: World) {
    let hook = Hook {
        id: world.id(),
        format: "test".into(),
        url: "https://a.example/x".into(),
        lane: "a.example".into(),
        headers: vec![("X-Token".into(), "secret".into())],
        secret: Some("whsec_x".into()),
        extra: serde_json::json!({"description": "mine"}),
        created_at: now(),
        hears_creates: true,
        disabled: None,
    };
    let claim_of = |body| Claim { scope: "s".into(), key: "k".into(), body: [body; 32], answer: None };
    let first = world.store.keep_hook(world.tenant, &hook, Some(claim_of(1))).await.unwrap();
    let other = Hook { id: world.id(), ..hook.clone() };
    let again = world.store.keep_hook(world.tenant, &other, Some(claim_of(1))).await.unwrap();
    assert_eq!((first.id, first.repeated, again.id, again.repeated), (hook.id, false, hook.id, true));
    assert!(matches!(world.store.keep_hook(world.tenant, &other, Some(claim_of(2))).await, Err(Error::KeyReused)));
    assert_eq!(world.store.hooks(world.tenant).await.unwrap(), std::slice::from_ref(&hook));
    let other = world.tenant("other").await;
    assert!(world.store.hooks(other).await.unwrap().is_empty());
    assert!(matches!(world.store.remove_hook(other, hook.id).await, Err(Error::NotFound)));
    // A webhook that asked for other events is stored and not called.
    let silent = Hook { id: world.id(), url: "https://a.example/y".into(), hears_creates: false, ..hook.clone() };
    world.store.keep_hook(world.tenant, &silent, None).await.unwrap();
    assert_eq!(world.store.hooks(world.tenant).await.unwrap()[1], silent);
    let one = world.send(&[AudienceKey::Everyone], "one").await;
    assert_eq!(world.store.deliveries(world.tenant, one.id, None, 10).await.unwrap().1.pending, 1);
    world.store.remove_hook(world.tenant, silent.id).await.unwrap();
    let two = world.send(&[AudienceKey::Everyone], "two").await;
    let due = claim(&world, now(), 1).await;
    assert_eq!(due[0].hook.as_ref(), Some(&hook));
    record(&world, &due[0], Next::Gone).await;
    assert!(world.store.hooks(world.tenant).await.unwrap()[0].disabled.is_some());
    // Deliveries that wait for it are shown as rejected. They are still leased, in order to be rejected.
    let (page, counts) = world.store.deliveries(world.tenant, two.id, None, 10).await.unwrap();
    assert_eq!((page[0].state, page[0].due_at, counts.pending, counts.rejected), (DeliveryState::Rejected, None, 0, 1));
    let refused = claim(&world, now(), 10).await;
    assert_eq!(refused.iter().map(|due| due.void.clone()).collect::<Vec<_>>(), [Some(Void::Gone("Gone".into()))]);
    record(&world, &refused[0], Next::Rejected).await;
    assert!(claim(&world, now() + TimeDelta::days(1), 10).await.is_empty());
    let third = world.send(&[AudienceKey::Everyone], "three").await;
    assert!(world.store.deliveries(world.tenant, third.id, None, 10).await.unwrap().0.is_empty());
}

pub async fn a_url_that_is_gone_is_left_alone_until_somebody_asks(world: World) {
    let other = world.tenant("other").await;
    let to_url = async |tenant, target: &str| {
        let mut new = world.notification(&[AudienceKey::Everyone], target);
        post(&world, &mut new, "a.example");
        new.deliveries[0].target = target.to_owned();
        world.store.accept(tenant, new, None).await.unwrap().id
    };
    let (gone, well) = ("https://a.example/gone", "https://a.example/well");
    let first = to_url(world.tenant, gone).await;
    let due = claim(&world, now(), 10).await;
    assert_eq!(due[0].void, None);
    record(&world, &due[0], Next::Gone).await;
    let second = to_url(world.tenant, gone).await;
    assert_eq!(world.store.deliveries(world.tenant, second, None, 10).await.unwrap().1.rejected, 1);
    let later = claim(&world, now(), 10).await;
    assert_eq!(later[0].void, Some(Void::Gone("Gone".into())));
    record(&world, &later[0], Next::Rejected).await;
    // Another URL of the host and another tenant are not affected.
    to_url(world.tenant, well).await;
    to_url(other, gone).await;
    let others = claim(&world, now(), 10).await;
    assert_eq!(others.iter().map(|due| (due.target.as_str(), due.void.clone())).collect::<Vec<_>>(), [(well, None), (gone, None)]);
    for due in &others {
        record(&world, due, Next::Delivered).await;
    }
    // A request for another attempt makes one, and later notifications are delivered again too.
    assert_eq!(world.store.redeliver(world.tenant, first, now()).await.unwrap(), 1);
    to_url(world.tenant, gone).await;
    let again = claim(&world, now(), 10).await;
    assert_eq!(again.iter().map(|due| due.void.clone()).collect::<Vec<_>>(), [None, None]);
    // A URL that accepts a delivery works again.
    record(&world, &again[0], Next::Gone).await;
    record(&world, &again[1], Next::Delivered).await;
    to_url(world.tenant, gone).await;
    assert_eq!(claim(&world, now(), 10).await[0].void, None);
}

pub async fn a_claim_can_be_given_back_by_whoever_has_it(world: World) {
    let mut new = world.notification(&[AudienceKey::Everyone], "hello");
    post(&world, &mut new, "a.example");
    world.accept(new).await;
    let first = claim(&world, now(), 10).await;
    let lease = now() + TimeDelta::seconds(60);
    world.store.release(vec![(first[0].id, lease)], now()).await.unwrap();
    let second = claim(&world, now() + TimeDelta::seconds(1), 10).await;
    assert_eq!(second[0].id, first[0].id);
    // Another call has leased it in the meantime.
    world.store.release(vec![(first[0].id, lease)], now()).await.unwrap();
    assert!(claim(&world, now() + TimeDelta::seconds(60), 10).await.is_empty());
    record(&world, &second[0], Next::Delivered).await;
    world.store.release(vec![(second[0].id, lease + TimeDelta::seconds(1))], now()).await.unwrap();
    assert_eq!(world.store.next_due().await.unwrap(), None);
}

pub async fn who_is_gone_gets_no_mail(world: World) {
    for login in ["ada", "bo"] {
        let new = NewPerson { email: Some(format!("{login}@acme.example")), languages: vec!["de".parse().unwrap()], ..person(login) };
        world.store.create_person(world.tenant, new, now()).await.unwrap();
    }
    let mut new = world.notification(&[AudienceKey::Everyone], "by mail");
    new.mail = Mailing::Everyone;
    world.accept(new).await;
    while world.store.spread(now(), "relay", 10).await.unwrap() > 0 {}
    let bo = world.store.find_person(world.tenant, "bo").await.unwrap().unwrap();
    world.store.remove_person(world.tenant, bo).await.unwrap();
    let due = claim(&world, now(), 10).await;
    assert_eq!(due.iter().map(|due| due.void.clone()).collect::<Vec<_>>(), [None, Some(Void::Reader)]);
    let ada = due[0].reader.as_ref().unwrap();
    let languages: Vec<_> = ada.languages.iter().map(ToString::to_string).collect();
    assert_eq!((ada.name.as_str(), languages), ("ada", vec!["de".to_owned(), "en-US".to_owned()]));
}

pub async fn mail_is_in_the_language_its_reader_chose(world: World) {
    let new = NewPerson { email: Some("ada@acme.example".into()), languages: vec!["de".parse().unwrap()], ..person("ada") };
    let ada = world.store.create_person(world.tenant, new, now()).await.unwrap();
    let chosen = Preferences { language: Some("pl".parse().unwrap()), ..Preferences::default() };
    world.store.set_preferences(world.tenant, ada, &chosen).await.unwrap();
    let mut new = world.notification(&[AudienceKey::Everyone], "by mail");
    new.mail = Mailing::Everyone;
    world.accept(new).await;
    while world.store.spread(now(), "relay", 10).await.unwrap() > 0 {}
    let due = claim(&world, now(), 10).await;
    let languages: Vec<_> = due[0].reader.as_ref().unwrap().languages.iter().map(ToString::to_string).collect();
    assert_eq!(languages, ["pl", "de", "en-US"]);
}

pub async fn who_ended_mail_gets_none_until_they_ask_again(world: World) {
    let mut people = Vec::new();
    for login in ["ada", "bo"] {
        let new = NewPerson { email: Some(format!("{login}@acme.example")), ..person(login) };
        people.push(world.store.create_person(world.tenant, new, now()).await.unwrap());
    }
    let send = async || {
        let mut new = world.notification(&[AudienceKey::Everyone], "by mail");
        new.mail = Mailing::Everyone;
        world.accept(new).await;
        while world.store.spread(now(), "relay", 10).await.unwrap() > 0 {}
    };
    let voids = async || {
        let due = claim(&world, now(), 10).await;
        for due in &due {
            record(&world, due, Next::Rejected).await;
        }
        due.into_iter().map(|due| (due.target, due.void)).collect::<Vec<_>>()
    };
    let (ada, bo) = ("ada@acme.example".to_owned(), "bo@acme.example".to_owned());
    send().await;
    // Mail that is planned already is skipped.
    world.store.end_mail(world.tenant, people[0]).await.unwrap();
    assert_eq!(voids().await, [(ada.clone(), Some(Void::Unsubscribed)), (bo.clone(), None)]);
    // Later mail names the person it skips.
    send().await;
    assert_eq!(voids().await, [(ada.clone(), Some(Void::Unsubscribed)), (bo.clone(), None)]);
    // Other preferences do not bring mail back.
    let choose = async |mail| world.store.set_preferences(world.tenant, people[0], &Preferences { mail, ..Preferences::default() }).await;
    choose(Vec::new()).await.unwrap();
    send().await;
    assert_eq!(voids().await, [(ada.clone(), Some(Void::Unsubscribed)), (bo.clone(), None)]);
    choose(vec![Severity::Error]).await.unwrap();
    send().await;
    assert_eq!(voids().await, [(ada, None), (bo, None)]);
    let other = world.tenant("other").await;
    assert!(matches!(world.store.end_mail(other, people[0]).await, Err(Error::NotFound)));
}

pub async fn who_ended_mail_ends_it_for_nobody_else_at_their_address(world: World) {
    let mut people = Vec::new();
    for login in ["ada", "bo", "cy"] {
        let new = NewPerson { email: Some("team@acme.example".to_owned()), ..person(login) };
        people.push(world.store.create_person(world.tenant, new, now()).await.unwrap());
    }
    world.store.end_mail(world.tenant, people[0]).await.unwrap();
    let mut new = world.notification(&[AudienceKey::Everyone], "by mail");
    new.mail = Mailing::Everyone;
    world.accept(new).await;
    while world.store.spread(now(), "relay", 1).await.unwrap() > 0 {}
    let due: Vec<_> = claim(&world, now(), 10).await.into_iter().map(|due| (due.reader.unwrap().name, due.void)).collect();
    assert_eq!(due, [("ada".to_owned(), Some(Void::Unsubscribed)), ("bo".to_owned(), None)]);
}

pub async fn what_is_scheduled_is_sent_once(world: World) {
    let ada = world.person("ada").await;
    let scheduled = |due_at| Scheduled {
        id: world.id(),
        due_at,
        to: vec![campanile_shared::Recipients::Everyone],
        ways: Ways::default(),
        message: message("later"),
    };
    let (later, draft) = (scheduled(Some(now() + TimeDelta::hours(1))), scheduled(None));
    let claim = Claim { scope: "s".into(), key: "k".into(), body: [1; 32], answer: None };
    let first = world.store.schedule(world.tenant, &later, Some(claim.clone()), now()).await.unwrap();
    assert_eq!((first.id, first.sequence, first.repeated), (later.id, 0, false));
    let repeat = world.store.schedule(world.tenant, &scheduled(None), Some(claim), now()).await.unwrap();
    assert_eq!((repeat.id, repeat.repeated), (later.id, true));
    world.store.schedule(world.tenant, &draft, None, now()).await.unwrap();
    assert_eq!(*world.store.scheduled(world.tenant, None, 10).await.unwrap(), [later.clone(), draft.clone()]);
    assert_eq!(world.store.scheduled_one(world.tenant, draft.id).await.unwrap(), Some(draft.clone()));
    assert!(world.store.due(now(), 10).await.unwrap().is_empty());
    assert_eq!(world.store.next_due().await.unwrap(), later.due_at);
    let at = now() + TimeDelta::hours(1);
    assert_eq!(world.store.due(at, 10).await.unwrap(), [(world.tenant, later.clone())]);
    let publish = || NewNotification::new(later.id, at, later.to.clone(), vec![AudienceKey::Everyone], later.message.clone());
    assert_eq!(world.store.publish(world.tenant, publish()).await.unwrap().sequence, 1);
    assert!(matches!(world.store.publish(world.tenant, publish()).await, Err(Error::NotFound)));
    assert_eq!(world.store.snapshot(world.tenant, ada).await.unwrap().counts.total, 1);
    world.store.unschedule(world.tenant, draft.id).await.unwrap();
    assert!(matches!(world.store.unschedule(world.tenant, draft.id).await, Err(Error::NotFound)));
}

pub async fn what_is_scheduled_is_listed_page_by_page(world: World) {
    let other = world.tenant("other").await;
    let at = |minutes: Option<i64>| Scheduled {
        id: world.id(),
        due_at: minutes.map(|minutes| now() + TimeDelta::minutes(minutes)),
        to: vec![campanile_shared::Recipients::Everyone],
        ways: Ways::default(),
        message: message("later"),
    };
    let kept: Vec<_> = [Some(5), None, Some(1), Some(5), None, Some(5)].map(at).into_iter().collect();
    for scheduled in &kept {
        world.store.schedule(world.tenant, scheduled, None, now()).await.unwrap();
    }
    let (mut found, mut after) = (Vec::new(), None);
    loop {
        let page = world.store.scheduled(world.tenant, after, 2).await.unwrap();
        found.extend(page.items);
        after = page.next;
        if after.is_none() {
            break;
        }
    }
    assert_eq!(found, [2, 0, 3, 5, 1, 4].map(|at| kept[at].clone()));
    assert!(world.store.scheduled(other, None, 10).await.unwrap().is_empty());
    assert_eq!(world.store.scheduled_one(other, kept[0].id).await.unwrap(), None);
}

pub async fn first_attempts_are_told_apart(world: World) {
    let sent = |hosts: &'static [&'static str]| {
        let mut new = world.notification(&[AudienceKey::Everyone], "hello");
        hosts.iter().for_each(|host| post(&world, &mut new, host));
        world.accept(new)
    };
    let tried = async |id| world.store.tried(world.tenant, id).await.unwrap();
    let nothing = sent(&[]).await;
    assert_eq!(tried(nothing.id).await, Tried::Taken);
    let both = sent(&["a.example", "b.example"]).await;
    assert_eq!(tried(both.id).await, Tried::NotYet);
    let due = claim(&world, now(), 10).await;
    record(&world, &due[0], Next::Delivered).await;
    assert_eq!(tried(both.id).await, Tried::NotYet);
    record(&world, &due[1], Next::Delivered).await;
    assert_eq!(tried(both.id).await, Tried::Taken);
    let later = sent(&["a.example"]).await;
    let due = claim(&world, now(), 10).await;
    record(&world, &due[0], Next::Again(now() + TimeDelta::seconds(5))).await;
    assert_eq!(tried(later.id).await, Tried::InVain);
    // A second attempt that succeeds does not change the result of the first.
    let due = claim(&world, now() + TimeDelta::minutes(1), 10).await;
    record(&world, &due[0], Next::Delivered).await;
    assert_eq!(tried(later.id).await, Tried::InVain);
    let other = world.tenant("other").await;
    assert_eq!(world.store.tried(other, later.id).await.unwrap(), Tried::Taken, "nothing of another tenant's is told");
    // Mail counts as soon as it is to be planned.
    let mut new = world.notification(&[AudienceKey::Everyone], "by mail");
    new.mail = Mailing::Everyone;
    let mailed = world.accept(new).await;
    assert_eq!(tried(mailed.id).await, Tried::NotYet);
    while world.store.spread(now(), "relay", 10).await.unwrap() > 0 {}
    assert_eq!(tried(mailed.id).await, Tried::Taken);
}
