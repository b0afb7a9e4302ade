//! Tenants, people and relations.

use campanile_domain::{
    AudienceKey, Committed, Error, NewPerson, PersonId, TenantId, TenantSettings,
    directory::ADMINISTRATORS,
    relations::{Pattern, Put},
};
use campanile_shared::{
    Language, Preferences, Severity, View,
    directory::{PersonRecord, Record, Relation},
    person::QuietHours,
};

use crate::world::{World, now, person, role, view};

pub async fn tenants_are_found_by_name(world: World) {
    let settings = TenantSettings {
        language: "de-DE".parse().unwrap(),
        retention_days: 7,
        unique_events: true,
        connections: "friend".into(),
        ..TenantSettings::default()
    };
    let made = world.store.create_tenant("Übersee", settings.clone(), "portal", "mail").await.unwrap();
    assert_eq!((made.name.as_str(), made.portal_secret.as_str(), &made.settings), ("Übersee", "portal", &settings));
    assert_eq!(world.store.tenant("üBERSEE").await.unwrap(), Some(made.clone()));
    assert_eq!(world.store.tenant("nobody").await.unwrap(), None);
    assert!(matches!(world.store.create_tenant("ACME", settings.clone(), "x", "mail").await, Err(Error::Exists)));
    world.store.set_tenant_settings(made.id, TenantSettings::default()).await.unwrap();
    let names: Vec<_> = world.store.tenants().await.unwrap().into_iter().map(|tenant| (tenant.name, tenant.settings)).collect();
    assert_eq!(names, [("acme".to_owned(), TenantSettings::default()), ("Übersee".to_owned(), TenantSettings::default())]);
    assert!(matches!(world.store.set_tenant_settings(TenantId(99), settings).await, Err(Error::NotFound)));
}

pub async fn handles_are_one_namespace(world: World) {
    let ada = NewPerson { external_ids: vec!["SelfCommunity:7".into(), "ADA".into()], ..person("Ada") };
    let id = world.store.create_person(world.tenant, ada, now()).await.unwrap();
    for name in ["ada", "ADA", "selfcommunity:7"] {
        assert_eq!(world.store.find_person(world.tenant, name).await.unwrap(), Some(id), "{name}");
    }
    let taken = [person("ADA"), person("selfcommunity:7"), NewPerson { external_ids: vec!["ada".into()], ..person("bo") }];
    for new in taken {
        assert!(matches!(world.store.create_person(world.tenant, new, now()).await, Err(Error::Exists)));
    }
    assert_eq!(world.store.find_person(world.tenant, "bo").await.unwrap(), None);
    assert_eq!(world.store.audience_size(world.tenant, &[AudienceKey::Everyone]).await.unwrap(), 1);
    let other = world.tenant("other").await;
    assert_eq!(world.store.find_person(other, "ada").await.unwrap(), None);
    assert!(world.store.create_person(other, person("ada"), now()).await.is_ok());
    assert!(matches!(world.store.create_person(TenantId(99), person("x"), now()).await, Err(Error::NotFound)));
}

pub async fn people_are_found_by_beginnings(world: World) {
    for (login, name) in [("zz1", "Ada Lovelace"), ("zz2", "Émile O'Brian-Lopez"), ("ada", "Zoe"), ("zz3", "Łukasz 100%")] {
        world.store.create_person(world.tenant, NewPerson { name: name.into(), ..person(login) }, now()).await.unwrap();
    }
    let other = world.tenant("other").await;
    world.store.create_person(other, person("adam"), now()).await.unwrap();
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
        let found = world.store.people(world.tenant, beginning, 10).await.unwrap();
        assert_eq!(found.iter().map(|person| person.login.as_str()).collect::<Vec<_>>(), expected, "{beginning:?}");
    }
    assert_eq!(world.store.people(world.tenant, "", 2).await.unwrap().len(), 2);
}

pub async fn a_person_is_as_stored(world: World) {
    let german: Language = "de".parse().unwrap();
    let new = NewPerson {
        email: Some("ada@example.com".into()),
        languages: vec![german.clone()],
        name: "Ada".into(),
        administrator: true,
        ..person("ada")
    };
    let id = world.store.create_person(world.tenant, new, now()).await.unwrap();
    let found = world.store.person(world.tenant, id).await.unwrap().unwrap();
    assert_eq!((found.id, found.tenant, found.tenant_name.as_str()), (id, world.tenant, "acme"));
    assert_eq!((found.login.as_str(), found.name.as_str(), found.email.as_deref()), ("ada", "Ada", Some("ada@example.com")));
    assert_eq!(found.languages, [german, Language::english()]);
    assert!(found.administrator);
    let other = world.tenant("other").await;
    assert_eq!(world.store.person(other, id).await.unwrap(), None);
    let administrators = AudienceKey::administrators();
    assert_eq!(world.store.audience_size(world.tenant, std::slice::from_ref(&administrators)).await.unwrap(), 1);
    world.send(&[administrators], "for those in charge").await;
    assert_eq!(world.snapshot(id).await.counts.unread, 1);
}

pub async fn relations_count_and_tell(world: World) {
    let ada = world.person("ada").await;
    world.heard().await;
    world.relate(ada, "ADMIN", true).await;
    world.relate(ada, "ADMIN", true).await;
    world.relate(ada, "USER", false).await;
    let heard = world.heard().await;
    assert!(matches!(heard[..], [Committed::Moved { tenant, person }] if (tenant, person) == (world.tenant, ada)), "{heard:?}");
    let other = world.tenant("other").await;
    let foreign = world.store.relate(other, ada, "x", "y", true, now()).await;
    assert!(matches!(foreign, Err(Error::NotFound)));
    assert!(!world.store.person(world.tenant, ada).await.unwrap().unwrap().administrator);
    // Two roles whose parts join to the same text are two roles.
    world.store.relate(world.tenant, ada, "a#b", "c", true, now()).await.unwrap();
    let alike = AudienceKey::Role { object: "a".into(), relation: "b#c".into() };
    assert_eq!(world.store.audience_size(world.tenant, std::slice::from_ref(&alike)).await.unwrap(), 0);
    world.send(&[alike], "not for ada").await;
    assert_eq!(world.snapshot(ada).await.counts.total, 0);
}

pub async fn a_removed_person_is_gone(world: World) {
    let (ada, bo) = (world.person("ada").await, world.person("bo").await);
    world.relate(ada, "ADMIN", true).await;
    let sent = world.send(&[AudienceKey::Person(ada), role("ADMIN")], "hello").await;
    world.act(ada, campanile_shared::inbox::Action::Read, &[sent.id]).await;
    let other = world.tenant("other").await;
    assert!(matches!(world.store.remove_person(other, ada).await, Err(Error::NotFound)));
    world.store.remove_person(world.tenant, ada).await.unwrap();
    assert!(matches!(world.store.remove_person(world.tenant, ada).await, Err(Error::NotFound)));
    assert_eq!(world.store.person(world.tenant, ada).await.unwrap(), None);
    assert_eq!(world.store.find_person(world.tenant, "ada").await.unwrap(), None);
    assert!(matches!(world.store.snapshot(world.tenant, ada).await, Err(Error::NotFound)));
    let sizes = [AudienceKey::Everyone, role("ADMIN"), AudienceKey::Person(ada)];
    for (key, expected) in sizes.into_iter().zip([1, 0, 0]) {
        assert_eq!(world.store.audience_size(world.tenant, &[key]).await.unwrap(), expected);
    }
    // The next person with the login is another person and gets nothing of the first one's.
    let again = world.person("ada").await;
    assert!(again != ada && again != bo);
    assert!(world.sequences(again, &view(View::Inbox)).await.is_empty());
}

pub async fn a_disabled_person_is_let_in_and_counted_nowhere(world: World) {
    let (ada, bo) = (world.person("ada").await, world.person("bo").await);
    for person in [ada, bo] {
        world.relate(person, "ADMIN", true).await;
    }
    world.heard().await;
    let disable = |disabled| world.store.set_disabled(world.tenant, ada, disabled, now());
    let size = async |keys: &[AudienceKey]| {
        let size = world.store.audience_size(world.tenant, keys).await.unwrap();
        assert_eq!(world.store.audience(world.tenant, keys, 9).await.unwrap().people, size, "{keys:?}");
        size
    };
    let keys = [&[AudienceKey::Everyone][..], &[role("ADMIN")], &[role("ADMIN"), role("USER")], &[AudienceKey::Person(ada)]];
    disable(true).await.unwrap();
    disable(true).await.unwrap();
    let heard = world.heard().await;
    assert!(matches!(heard[..], [Committed::Moved { person, .. }] if person == ada), "{heard:?}");
    assert_eq!(world.store.person(world.tenant, ada).await.unwrap(), None);
    assert_eq!(world.store.member(world.tenant, ada).await.unwrap().unwrap().disabled_at, Some(now()));
    assert!(world.store.people(world.tenant, "a", 9).await.unwrap().is_empty());
    for (keys, expected) in keys.iter().zip([1, 1, 1, 0]) {
        assert_eq!(size(keys).await, expected, "{keys:?}");
    }
    // Roles that were granted meanwhile count again afterwards, and roles that were removed do not.
    world.relate(ada, "USER", true).await;
    world.relate(ada, "ADMIN", false).await;
    disable(false).await.unwrap();
    for (keys, expected) in keys.iter().zip([2, 1, 2, 1]) {
        assert_eq!(size(keys).await, expected, "{keys:?}");
    }
    assert!(world.store.person(world.tenant, ada).await.unwrap().is_some());
    disable(true).await.unwrap();
    world.store.remove_person(world.tenant, ada).await.unwrap();
    for (keys, expected) in keys.iter().zip([1, 1, 1, 0]) {
        assert_eq!(size(keys).await, expected, "{keys:?}");
    }
    let other = world.tenant("other").await;
    assert!(matches!(world.store.set_disabled(other, bo, true, now()).await, Err(Error::NotFound)));
}

/// Every way to remove a person's right to administer.
const WAYS: [&str; 4] = ["relate", "end", "disable", "remove"];

impl World {
    async fn administrator(&self, login: &str) -> PersonId {
        self.store.create_person(self.tenant, NewPerson { administrator: true, ..person(login) }, now()).await.unwrap()
    }

    async fn end_right(&self, way: &str, who: PersonId, login: &str) -> campanile_domain::Result<()> {
        let (store, tenant) = (&self.store, self.tenant);
        match way {
            "relate" => store.relate(tenant, who, ADMINISTRATORS.0, ADMINISTRATORS.1, false, now()).await,
            "end" => {
                let mut pattern = Pattern::of(ADMINISTRATORS.0, ADMINISTRATORS.1);
                pattern.subject = Some(format!("person:{login}"));
                let rows = store.relations(tenant, &pattern, None, 9).await.unwrap().into_iter().map(|(row, _)| row).collect();
                store.end_relations(tenant, rows, now()).await.map(drop)
            }
            "disable" => store.set_disabled(tenant, who, true, now()).await,
            _ => store.remove_person(tenant, who).await,
        }
    }
}

pub async fn the_last_administrator_stays(world: World) {
    let (ada, bo) = (world.administrator("ada").await, world.administrator("bo").await);
    let size = async || world.store.audience_size(world.tenant, &[AudienceKey::administrators()]).await.unwrap();
    // A disabled person, a group and a person of another tenant do not count as administrators.
    world.store.set_disabled(world.tenant, bo, true, now()).await.unwrap();
    let group = Relation { object: "tenant".into(), relation: "administrator".into(), subject: "group:g".into() };
    world.store.put(world.tenant, vec![Record::Relation(group)], false, now()).await.unwrap();
    let other = world.tenant("other").await;
    world.store.create_person(other, NewPerson { administrator: true, ..person("ada") }, now()).await.unwrap();
    world.heard().await;
    for way in WAYS {
        let refused = world.end_right(way, ada, "ada").await;
        assert!(matches!(refused, Err(Error::LastAdministrator)), "{way}: {refused:?}");
        assert!(world.store.person(world.tenant, ada).await.unwrap().is_some_and(|ada| ada.administrator), "{way}");
        assert_eq!((size().await, world.heard().await.len()), (1, 0), "{way}");
    }
    for way in WAYS {
        let cy = world.administrator(&format!("cy-{way}")).await;
        world.end_right(way, cy, &format!("cy-{way}")).await.unwrap();
        assert_eq!(size().await, 1, "{way}");
    }
    // Other administrators can be removed, and so can people who are none.
    world.end_right("disable", bo, "bo").await.unwrap();
    world.end_right("remove", bo, "bo").await.unwrap();
    let di = world.person("di").await;
    world.end_right("remove", di, "di").await.unwrap();
}

pub async fn of_two_who_end_each_other_one_stays(world: World) {
    let mut last = None;
    for way in WAYS {
        let logins = [format!("ada-{way}"), format!("bo-{way}")];
        let (ada, bo) = (world.administrator(&logins[0]).await, world.administrator(&logins[1]).await);
        if let Some(last) = last {
            world.end_right("remove", last, "").await.unwrap();
        }
        let (one, other) = tokio::join!(world.end_right(way, ada, &logins[0]), world.end_right(way, bo, &logins[1]));
        assert!(one.is_ok() != other.is_ok(), "{way}: {one:?} {other:?}");
        let left = world.store.audience_size(world.tenant, &[AudienceKey::administrators()]).await.unwrap();
        assert_eq!(left, 1, "{way}");
        last = Some(if one.is_ok() { bo } else { ada });
    }
}

pub async fn members_are_listed_page_by_page(world: World) {
    for login in ["bo", "ada", "Zoë", "alan"] {
        world.person(login).await;
    }
    let page = async |beginning: &str, after, limit| {
        let found = world.store.members(world.tenant, beginning, after, limit).await.unwrap();
        let names: Vec<_> = found.iter().map(|one| one.person.login.clone()).collect();
        (names, found.next)
    };
    let (first, last) = page("", None, 2).await;
    assert_eq!(first, ["ada", "alan"]);
    let (second, last) = page("", last, 9).await;
    assert_eq!((second, last), (vec!["bo".to_owned(), "Zoë".to_owned()], None));
    let (first, last) = page("a", None, 1).await;
    assert_eq!((first, page("a", last, 9).await.0), (vec!["ada".to_owned()], vec!["alan".to_owned()]));
    let other = world.tenant("other").await;
    assert!(world.store.members(other, "", None, 9).await.unwrap().is_empty());
}

pub async fn preferences_are_kept(world: World) {
    let ada = world.person("ada").await;
    assert_eq!(world.store.preferences(world.tenant, ada).await.unwrap(), Preferences::default());
    let chosen = Preferences {
        desktop_from: Severity::Warning,
        muted_components: vec!["Backup".into()],
        quiet_hours: Some(QuietHours { from: 1_320, to: 420 }),
        language: Some("de".parse().unwrap()),
        ..Preferences::default()
    };
    world.store.set_preferences(world.tenant, ada, &chosen).await.unwrap();
    assert_eq!(world.store.preferences(world.tenant, ada).await.unwrap(), chosen);
    let other = world.tenant("other").await;
    assert!(matches!(world.store.preferences(other, ada).await, Err(Error::NotFound)));
    assert!(matches!(world.store.set_preferences(other, ada, &chosen).await, Err(Error::NotFound)));
    assert!(matches!(world.store.preferences(world.tenant, PersonId(99)).await, Err(Error::NotFound)));
}

pub async fn a_name_is_one_however_it_is_composed(world: World) {
    let decomposed = "jose\u{301}";
    let mut new = person("José");
    new.email = Some(format!("{decomposed}@example.com"));
    new.external_ids = vec![format!("portal:{decomposed}")];
    let jose = world.store.create_person(world.tenant, new, now()).await.unwrap();
    for name in ["josé", decomposed, "JOSE\u{301}", "portal:josé", "PORTAL:JOSÉ", "ｊｏｓé"] {
        assert_eq!(world.store.find_person(world.tenant, name).await.unwrap(), Some(jose), "{name:?}");
    }
    assert_eq!(world.store.find_person(world.tenant, "jose").await.unwrap(), None);
    for taken in [decomposed, "portal:josé", "ＪＯＳÉ"] {
        let again = world.store.create_person(world.tenant, person(taken), now()).await;
        assert!(matches!(again, Err(Error::Exists)), "{taken:?}");
    }
    let record = |login: &str, name: &str| PersonRecord {
        login: login.to_owned(),
        name: Some(name.to_owned()),
        email: Some("josé@example.com".into()),
        languages: Vec::new(),
        external_ids: vec!["portal:jose\u{301}".into()],
    };
    let put = async |records: Vec<Record>, dry| world.store.put(world.tenant, records, dry, now()).await.unwrap();
    assert_eq!(put(vec![Record::Person(record(decomposed, "José"))], false).await, [Put::Unchanged(0)]);
    assert_eq!(put(vec![Record::Person(record(decomposed, "Jose\u{301} Garci\u{301}a"))], false).await, [Put::Changed]);
    let known = world.store.member(world.tenant, jose).await.unwrap().unwrap().person;
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
    assert_eq!(put(vec![zoe, relation("zoe\u{308}")], true).await, [Put::Added(0), Put::Added(0)]);
    assert!(
        matches!(put(vec![relation(decomposed), relation("josé")], false).await[..], [Put::Added(one), Put::Unchanged(two)] if one == two)
    );
    for beginning in ["jose", "JOSÉ", decomposed, "garc", "GARCI\u{301}A"] {
        let found = world.store.people(world.tenant, beginning, 9).await.unwrap();
        assert_eq!(found.iter().map(|found| found.login.as_str()).collect::<Vec<_>>(), ["José"], "{beginning:?}");
    }
}
