//! Tenants, people and relations.

use campanile_domain::{
    AudienceKey, Error, NewPerson, PersonId, StoreEvent, TenantId, TenantSettings,
    model::{
        audience_key::ADMINISTRATOR_ROLE,
        relation::{PutResult, RelationPattern},
    },
};
use campanile_shared::{
    Language, Preferences, Severity, View,
    directory::{PersonRecord, Record, Relation},
    quiet_hours::QuietHours,
};

use crate::harness::{Harness, now, person, role, view};

pub async fn tenants_are_found_by_name(harness: Harness) {
    let settings = TenantSettings {
        language: "de-DE".parse().unwrap(),
        retention_days: 7,
        unique_events: true,
        connections: "friend".into(),
        ..TenantSettings::default()
    };
    let made = harness.store.create_tenant("Übersee", settings.clone(), "portal", "mail").await.unwrap();
    assert_eq!((made.name.as_str(), made.portal_secret.as_str(), &made.settings), ("Übersee", "portal", &settings));
    assert_eq!(harness.store.tenant("üBERSEE").await.unwrap(), Some(made.clone()));
    assert_eq!(harness.store.tenant("nobody").await.unwrap(), None);
    assert!(matches!(harness.store.create_tenant("ACME", settings.clone(), "x", "mail").await, Err(Error::AlreadyExists)));
    harness.store.set_tenant_settings(made.id, TenantSettings::default()).await.unwrap();
    let names: Vec<_> = harness.store.tenants().await.unwrap().into_iter().map(|tenant| (tenant.name, tenant.settings)).collect();
    assert_eq!(names, [("acme".to_owned(), TenantSettings::default()), ("Übersee".to_owned(), TenantSettings::default())]);
    assert!(matches!(harness.store.set_tenant_settings(TenantId(99), settings).await, Err(Error::NotFound)));
}

pub async fn logins_and_external_ids_share_a_namespace(harness: Harness) {
    let ada = NewPerson { external_ids: vec!["SelfCommunity:7".into(), "ADA".into()], ..person("Ada") };
    let id = harness.store.create_person(harness.tenant, ada, now()).await.unwrap();
    for name in ["ada", "ADA", "selfcommunity:7"] {
        assert_eq!(harness.store.find_person(harness.tenant, name).await.unwrap(), Some(id), "{name}");
    }
    let first = async |names: &[&str]| {
        let names: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
        harness.store.find_first_person(harness.tenant, &names).await.unwrap()
    };
    assert_eq!(first(&["bo", "SelfCommunity:7", "ada"]).await, Some(("SelfCommunity:7".to_owned(), id)));
    assert_eq!(first(&["bo"]).await, None);
    let taken = [person("ADA"), person("selfcommunity:7"), NewPerson { external_ids: vec!["ada".into()], ..person("bo") }];
    for new in taken {
        assert!(matches!(harness.store.create_person(harness.tenant, new, now()).await, Err(Error::AlreadyExists)));
    }
    assert_eq!(harness.store.find_person(harness.tenant, "bo").await.unwrap(), None);
    assert_eq!(harness.store.audience_size(harness.tenant, &[AudienceKey::Everyone]).await.unwrap(), 1);
    let other = harness.tenant("other").await;
    assert_eq!(harness.store.find_person(other, "ada").await.unwrap(), None);
    assert!(harness.store.create_person(other, person("ada"), now()).await.is_ok());
    assert!(matches!(harness.store.create_person(TenantId(99), person("x"), now()).await, Err(Error::NotFound)));
}

pub async fn people_are_found_by_prefix(harness: Harness) {
    for (login, name) in [("zz1", "Ada Lovelace"), ("zz2", "Émile O'Brian-Lopez"), ("ada", "Zoe"), ("zz3", "Łukasz 100%")] {
        harness.store.create_person(harness.tenant, NewPerson { name: name.into(), ..person(login) }, now()).await.unwrap();
    }
    let other = harness.tenant("other").await;
    harness.store.create_person(other, person("adam"), now()).await.unwrap();
    for (beginning, expected) in [
        ("ada", vec!["zz1", "ada"]),
        (" LO", vec!["zz1", "zz2"]),
        ("ada lov", vec!["zz1"]),
        ("émile", vec!["zz2"]),
        ("brian", vec!["zz2"]),
        ("łuk", vec!["zz3"]),
        ("100%", vec!["zz3"]),
        ("%", vec![]),
        ("_da", vec![]),
        ("vel", vec![]),
        ("", vec!["zz1", "ada", "zz2", "zz3"]),
    ] {
        let found = harness.store.people(harness.tenant, beginning, 10).await.unwrap();
        assert_eq!(found.iter().map(|person| person.login.as_str()).collect::<Vec<_>>(), expected, "{beginning:?}");
    }
    assert_eq!(harness.store.people(harness.tenant, "", 2).await.unwrap().len(), 2);
}

pub async fn a_person_is_as_stored(harness: Harness) {
    let german: Language = "de".parse().unwrap();
    let new = NewPerson {
        email: Some("ada@example.com".into()),
        languages: vec![german.clone()],
        name: "Ada".into(),
        administrator: true,
        ..person("ada")
    };
    let id = harness.store.create_person(harness.tenant, new, now()).await.unwrap();
    let found = harness.store.person(harness.tenant, id).await.unwrap().unwrap();
    assert_eq!((found.id, found.tenant, found.tenant_name.as_str()), (id, harness.tenant, "acme"));
    assert_eq!((found.login.as_str(), found.name.as_str(), found.email.as_deref()), ("ada", "Ada", Some("ada@example.com")));
    assert_eq!(found.languages, [german, Language::english()]);
    assert!(found.administrator);
    let other = harness.tenant("other").await;
    assert_eq!(harness.store.person(other, id).await.unwrap(), None);
    let administrators = AudienceKey::administrators();
    assert_eq!(harness.store.audience_size(harness.tenant, std::slice::from_ref(&administrators)).await.unwrap(), 1);
    harness.send(&[administrators], "for those in charge").await;
    assert_eq!(harness.snapshot(id).await.counts.unread, 1);
}

pub async fn relations_are_counted_and_reported(harness: Harness) {
    let ada = harness.person("ada").await;
    harness.events().await;
    harness.relate(ada, "ADMIN", true).await;
    harness.relate(ada, "ADMIN", true).await;
    harness.relate(ada, "USER", false).await;
    let events = harness.events().await;
    assert!(
        matches!(events[..], [StoreEvent::MembershipChanged { tenant, person }] if (tenant, person) == (harness.tenant, ada)),
        "{events:?}"
    );
    let other = harness.tenant("other").await;
    let foreign = harness.store.set_relation(other, ada, "x", "y", true, now()).await;
    assert!(matches!(foreign, Err(Error::NotFound)));
    assert!(!harness.store.person(harness.tenant, ada).await.unwrap().unwrap().administrator);
    // Two roles whose parts join to the same text are two roles.
    harness.store.set_relation(harness.tenant, ada, "a#b", "c", true, now()).await.unwrap();
    let alike = AudienceKey::Role { object: "a".into(), relation: "b#c".into() };
    assert_eq!(harness.store.audience_size(harness.tenant, std::slice::from_ref(&alike)).await.unwrap(), 0);
    harness.send(&[alike], "not for ada").await;
    assert_eq!(harness.snapshot(ada).await.counts.total, 0);
}

pub async fn a_removed_person_leaves_nothing(harness: Harness) {
    let (ada, bo) = (harness.person("ada").await, harness.person("bo").await);
    harness.relate(ada, "ADMIN", true).await;
    let sent = harness.send(&[AudienceKey::Person(ada), role("ADMIN")], "hello").await;
    harness.act(ada, campanile_shared::inbox::Action::Read, &[sent.id]).await;
    let other = harness.tenant("other").await;
    assert!(matches!(harness.store.remove_person(other, ada).await, Err(Error::NotFound)));
    harness.store.remove_person(harness.tenant, ada).await.unwrap();
    assert!(matches!(harness.store.remove_person(harness.tenant, ada).await, Err(Error::NotFound)));
    assert_eq!(harness.store.person(harness.tenant, ada).await.unwrap(), None);
    assert_eq!(harness.store.find_person(harness.tenant, "ada").await.unwrap(), None);
    assert!(matches!(harness.store.snapshot(harness.tenant, ada).await, Err(Error::NotFound)));
    let sizes = [AudienceKey::Everyone, role("ADMIN"), AudienceKey::Person(ada)];
    for (key, expected) in sizes.into_iter().zip([1, 0, 0]) {
        assert_eq!(harness.store.audience_size(harness.tenant, &[key]).await.unwrap(), expected);
    }
    // The next person with the login is another person and gets nothing of the first one's.
    let again = harness.person("ada").await;
    assert!(again != ada && again != bo);
    assert!(harness.sequences(again, &view(View::Inbox)).await.is_empty());
}

pub async fn a_disabled_person_cannot_sign_in_and_is_not_counted(harness: Harness) {
    let (ada, bo) = (harness.person("ada").await, harness.person("bo").await);
    for person in [ada, bo] {
        harness.relate(person, "ADMIN", true).await;
    }
    harness.events().await;
    let disable = |disabled| harness.store.set_disabled(harness.tenant, ada, disabled, now());
    let size = async |keys: &[AudienceKey]| {
        let size = harness.store.audience_size(harness.tenant, keys).await.unwrap();
        assert_eq!(harness.store.audience(harness.tenant, keys, 9).await.unwrap().people, size, "{keys:?}");
        size
    };
    let keys = [&[AudienceKey::Everyone][..], &[role("ADMIN")], &[role("ADMIN"), role("USER")], &[AudienceKey::Person(ada)]];
    disable(true).await.unwrap();
    disable(true).await.unwrap();
    let events = harness.events().await;
    assert!(matches!(events[..], [StoreEvent::MembershipChanged { person, .. }] if person == ada), "{events:?}");
    assert_eq!(harness.store.person(harness.tenant, ada).await.unwrap(), None);
    assert_eq!(harness.store.member(harness.tenant, ada).await.unwrap().unwrap().disabled_at, Some(now()));
    assert!(harness.store.people(harness.tenant, "a", 9).await.unwrap().is_empty());
    for (keys, expected) in keys.iter().zip([1, 1, 1, 0]) {
        assert_eq!(size(keys).await, expected, "{keys:?}");
    }
    // Roles that were granted meanwhile count again afterwards, and roles that were removed do not.
    harness.relate(ada, "USER", true).await;
    harness.relate(ada, "ADMIN", false).await;
    disable(false).await.unwrap();
    for (keys, expected) in keys.iter().zip([2, 1, 2, 1]) {
        assert_eq!(size(keys).await, expected, "{keys:?}");
    }
    assert!(harness.store.person(harness.tenant, ada).await.unwrap().is_some());
    disable(true).await.unwrap();
    harness.store.remove_person(harness.tenant, ada).await.unwrap();
    for (keys, expected) in keys.iter().zip([1, 1, 1, 0]) {
        assert_eq!(size(keys).await, expected, "{keys:?}");
    }
    let other = harness.tenant("other").await;
    assert!(matches!(harness.store.set_disabled(other, bo, true, now()).await, Err(Error::NotFound)));
}

/// Every way to remove a person's right to administer.
const WAYS: [&str; 4] = ["relate", "end", "disable", "remove"];

impl Harness {
    async fn administrator(&self, login: &str) -> PersonId {
        self.store.create_person(self.tenant, NewPerson { administrator: true, ..person(login) }, now()).await.unwrap()
    }

    async fn end_right(&self, way: &str, who: PersonId, login: &str) -> campanile_domain::Result<()> {
        let (store, tenant) = (&self.store, self.tenant);
        match way {
            "relate" => store.set_relation(tenant, who, ADMINISTRATOR_ROLE.0, ADMINISTRATOR_ROLE.1, false, now()).await,
            "end" => {
                let mut pattern = RelationPattern::of(ADMINISTRATOR_ROLE.0, ADMINISTRATOR_ROLE.1);
                pattern.subject = Some(format!("person:{login}"));
                let rows = store.relations(tenant, &pattern, None, 9).await.unwrap().into_iter().map(|(row, _)| row).collect();
                store.end_relations(tenant, rows, now()).await.map(drop)
            }
            "disable" => store.set_disabled(tenant, who, true, now()).await,
            _ => store.remove_person(tenant, who).await,
        }
    }
}

pub async fn the_last_administrator_cannot_be_removed(harness: Harness) {
    let (ada, bo) = (harness.administrator("ada").await, harness.administrator("bo").await);
    let size = async || harness.store.audience_size(harness.tenant, &[AudienceKey::administrators()]).await.unwrap();
    // A disabled person, a group and a person of another tenant do not count as administrators.
    harness.store.set_disabled(harness.tenant, bo, true, now()).await.unwrap();
    let group = Relation { object: "tenant".into(), relation: "administrator".into(), subject: "group:g".into() };
    harness.store.put_records(harness.tenant, vec![Record::Relation(group)], false, now()).await.unwrap();
    let other = harness.tenant("other").await;
    harness.store.create_person(other, NewPerson { administrator: true, ..person("ada") }, now()).await.unwrap();
    harness.events().await;
    for way in WAYS {
        let refused = harness.end_right(way, ada, "ada").await;
        assert!(matches!(refused, Err(Error::LastAdministrator)), "{way}: {refused:?}");
        assert!(harness.store.person(harness.tenant, ada).await.unwrap().is_some_and(|ada| ada.administrator), "{way}");
        assert_eq!((size().await, harness.events().await.len()), (1, 0), "{way}");
    }
    for way in WAYS {
        let cy = harness.administrator(&format!("cy-{way}")).await;
        harness.end_right(way, cy, &format!("cy-{way}")).await.unwrap();
        assert_eq!(size().await, 1, "{way}");
    }
    // Other administrators can be removed, and so can people who are none.
    harness.end_right("disable", bo, "bo").await.unwrap();
    harness.end_right("remove", bo, "bo").await.unwrap();
    let di = harness.person("di").await;
    harness.end_right("remove", di, "di").await.unwrap();
}

pub async fn of_two_administrators_who_remove_each_other_one_stays(harness: Harness) {
    let mut last = None;
    for way in WAYS {
        let logins = [format!("ada-{way}"), format!("bo-{way}")];
        let (ada, bo) = (harness.administrator(&logins[0]).await, harness.administrator(&logins[1]).await);
        if let Some(last) = last {
            harness.end_right("remove", last, "").await.unwrap();
        }
        let (one, other) = tokio::join!(harness.end_right(way, ada, &logins[0]), harness.end_right(way, bo, &logins[1]));
        assert!(one.is_ok() != other.is_ok(), "{way}: {one:?} {other:?}");
        let left = harness.store.audience_size(harness.tenant, &[AudienceKey::administrators()]).await.unwrap();
        assert_eq!(left, 1, "{way}");
        last = Some(if one.is_ok() { bo } else { ada });
    }
}

pub async fn members_are_listed_page_by_page(harness: Harness) {
    for login in ["bo", "ada", "Zoë", "alan"] {
        harness.person(login).await;
    }
    let page = async |beginning: &str, after, limit| {
        let found = harness.store.members(harness.tenant, beginning, after, limit).await.unwrap();
        let names: Vec<_> = found.iter().map(|one| one.person.login.clone()).collect();
        (names, found.next)
    };
    let (first, last) = page("", None, 2).await;
    assert_eq!(first, ["ada", "alan"]);
    let (second, last) = page("", last, 9).await;
    assert_eq!((second, last), (vec!["bo".to_owned(), "Zoë".to_owned()], None));
    let (first, last) = page("a", None, 1).await;
    assert_eq!((first, page("a", last, 9).await.0), (vec!["ada".to_owned()], vec!["alan".to_owned()]));
    let other = harness.tenant("other").await;
    assert!(harness.store.members(other, "", None, 9).await.unwrap().is_empty());
}

pub async fn preferences_are_stored(harness: Harness) {
    let ada = harness.person("ada").await;
    assert_eq!(harness.store.preferences(harness.tenant, ada).await.unwrap(), Preferences::default());
    let chosen = Preferences {
        desktop_from: Severity::Warning,
        muted_components: vec!["Backup".into()],
        quiet_hours: Some(QuietHours { from: 1_320, to: 420 }),
        language: Some("de".parse().unwrap()),
        ..Preferences::default()
    };
    harness.store.set_preferences(harness.tenant, ada, &chosen).await.unwrap();
    assert_eq!(harness.store.preferences(harness.tenant, ada).await.unwrap(), chosen);
    let other = harness.tenant("other").await;
    assert!(matches!(harness.store.preferences(other, ada).await, Err(Error::NotFound)));
    assert!(matches!(harness.store.set_preferences(other, ada, &chosen).await, Err(Error::NotFound)));
    assert!(matches!(harness.store.preferences(harness.tenant, PersonId(99)).await, Err(Error::NotFound)));
}

pub async fn names_are_equal_in_any_unicode_form(harness: Harness) {
    let decomposed = "jose\u{301}";
    let mut new = person("José");
    new.email = Some(format!("{decomposed}@example.com"));
    new.external_ids = vec![format!("portal:{decomposed}")];
    let jose = harness.store.create_person(harness.tenant, new, now()).await.unwrap();
    for name in ["josé", decomposed, "JOSE\u{301}", "portal:josé", "PORTAL:JOSÉ", "ｊｏｓé"] {
        assert_eq!(harness.store.find_person(harness.tenant, name).await.unwrap(), Some(jose), "{name:?}");
    }
    assert_eq!(harness.store.find_person(harness.tenant, "jose").await.unwrap(), None);
    for taken in [decomposed, "portal:josé", "ＪＯＳÉ"] {
        let again = harness.store.create_person(harness.tenant, person(taken), now()).await;
        assert!(matches!(again, Err(Error::AlreadyExists)), "{taken:?}");
    }
    let record = |login: &str, name: &str| PersonRecord {
        login: login.to_owned(),
        name: Some(name.to_owned()),
        email: Some("josé@example.com".into()),
        languages: Vec::new(),
        external_ids: vec!["portal:jose\u{301}".into()],
    };
    let put_records = async |records: Vec<Record>, dry| harness.store.put_records(harness.tenant, records, dry, now()).await.unwrap();
    assert_eq!(put_records(vec![Record::Person(record(decomposed, "José"))], false).await, [PutResult::Unchanged(0)]);
    assert_eq!(put_records(vec![Record::Person(record(decomposed, "Jose\u{301} Garci\u{301}a"))], false).await, [PutResult::Changed]);
    let known = harness.store.member(harness.tenant, jose).await.unwrap().unwrap().person;
    assert_eq!(
        (known.login.as_str(), known.name.as_deref(), known.email.as_deref()),
        ("José", Some("José García"), Some("josé@example.com"))
    );
    assert_eq!(known.external_ids, ["portal:josé"]);
    // A relation may name people of the same step and existing ones, by login or external id.
    let relation = |subject: &str| {
        Record::Relation(Relation { object: "api:shop".into(), relation: "OWNER".into(), subject: format!("person:{subject}") })
    };
    let zoe = Record::Person(PersonRecord { external_ids: Vec::new(), ..record("zoë", "Zoë") });
    assert_eq!(put_records(vec![zoe, relation("zoe\u{308}")], true).await, [PutResult::Added(0), PutResult::Added(0)]);
    assert!(
        matches!(put_records(vec![relation(decomposed), relation("josé")], false).await[..], [PutResult::Added(one), PutResult::Unchanged(two)] if one == two)
    );
    for beginning in ["jose", "JOSÉ", decomposed, "garc", "GARCI\u{301}A"] {
        let found = harness.store.people(harness.tenant, beginning, 9).await.unwrap();
        assert_eq!(found.iter().map(|found| found.login.as_str()).collect::<Vec<_>>(), ["José"], "{beginning:?}");
    }
}
