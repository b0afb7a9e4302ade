//! Search.

use campanile_domain::{AudienceKey, Error};
use campanile_shared::{
    Filter, InboxChange, Severity, View,
    inbox::{Action, Selection},
};

use crate::harness::{Harness, now, person, role, text};

fn containing(text: &str) -> Filter {
    Filter { text: Some(text.to_owned()), ..Filter::default() }
}

/// Sends so many other notifications that the earlier ones are in the index.
async fn fill(harness: &Harness) {
    for _ in 0..120 {
        harness.send(&[role("NOBODY")], "hay").await;
    }
}

pub async fn words_are_found_by_prefix(harness: Harness) {
    let ada = harness.person("ada").await;
    let mut new = harness.notification(&[AudienceKey::Everyone], "Speicher läuft über");
    new.message.content[0].description = "Bitte aufräumen: C:\\Daten, NetScaler-12.1".into();
    new.message.content.push(text("Disque presque plein à Montréal"));
    new.message.component = Some("Citrix Cloud".into());
    harness.accept(new).await;
    for (typed, found) in [
        ("speicher", true),
        ("SPEI", true),
        ("lauft", true),
        ("LÄUFT über", true),
        ("montreal", true),
        ("aufr c:\\da", true),
        ("netscaler-12", true),
        ("12.1", true),
        ("citr clo", true),
        ("loud", false),
        ("speicher fehlt", false),
        ("pleine", false),
    ] {
        assert_eq!(!harness.titles(ada, &containing(typed)).await.is_empty(), found, "{typed:?}");
    }
}

pub async fn scripts_without_spaces_are_found(harness: Harness) {
    let ada = harness.person("ada").await;
    for title in ["ディスクの空き容量が不足しています", "磁盘空间不足", "พื้นที่ดิสก์เต็ม", "디스크 공간이 부족합니다"]
    {
        harness.send(&[AudienceKey::Everyone], title).await;
    }
    for (typed, found) in [("容量", 1), ("不足", 2), ("空間", 0), ("磁盘", 1), ("ดิสก์", 1), ("공간", 1), ("量容", 0)]
    {
        assert_eq!(harness.titles(ada, &containing(typed)).await.len(), found, "{typed:?}");
    }
}

pub async fn every_inner_part_of_a_compound_is_found(harness: Harness) {
    let ada = harness.person("ada").await;
    for title in ["서버장애발생 CPU使用率80%", "プリンターの用紙切れ", "เซิร์ฟเวอร์ล่ม", "ເຊີບເວີລົ້ມ", "ម៉ាស៊ីនបម្រើ"]
    {
        harness.send(&[AudienceKey::Everyone], title).await;
    }
    fill(&harness).await;
    for (typed, found) in [
        ("장애", true),
        ("서버장애", true),
        ("애발생", true),
        ("생", true),
        ("장해", false),
        ("발생 서버", true),
        ("cpu使用", true),
        ("用率80", true),
        ("用率8", true),
        ("率用", false),
        ("用紙", true),
        ("ﾌﾟﾘﾝﾀｰ", true),
        ("ンター", true),
        ("เวอร์", true),
        ("ล่ม", true),
        ("เวอร์ร", false),
        ("ເວີ", true),
        ("បម្រើ", true),
    ] {
        assert_eq!(!harness.titles(ada, &containing(typed)).await.is_empty(), found, "{typed:?}");
    }
}

pub async fn words_match_in_any_form(harness: Harness) {
    let ada = harness.person("ada").await;
    let cases = [
        ("José meldet sich", "jose\u{301}"),
        ("Jose\u{301} meldet sich", "JOSÉ"),
        ("ＦＵＬＬ　ＷＩＤＴＨ", "full width"),
        ("half", "ｈａｌｆ"),
        ("ﾃﾞｨｽｸ", "ディスク"),
        ("שָׁלוֹם", "שלום"),
        ("שלום", "שָׁלוֹם"),
        ("مُحَمَّد", "محمد"),
        ("\u{1109}\u{1165}\u{1107}\u{1165}", "서버"),
        ("서버", "\u{1109}\u{1165}\u{1107}\u{1165}"),
        ("ﬁlter", "filt"),
        ("İSTANBUL", "istanbul"),
        ("ısparta", "ISPARTA"),
        ("Straße gesperrt", "STRASSE"),
        ("STRASSE", "straß"),
        ("ΟΔΥΣΣΕΥΣ", "Οδυσσεύς"),
        ("Speicher\u{AD}platz", "speicherplatz"),
        ("Łódź", "lodz"),
    ];
    let mut sent = Vec::new();
    for (said, _) in cases {
        sent.push(harness.send(&[AudienceKey::Everyone], said).await);
    }
    fill(&harness).await;
    for ((said, typed), sent) in cases.into_iter().zip(sent) {
        let found = harness.sequences(ada, &containing(typed)).await;
        assert!(found.contains(&sent.sequence), "{said:?} by {typed:?}");
    }
}

pub async fn symbols_can_be_searched(harness: Harness) {
    let ada = harness.person("ada").await;
    let mut sent = Vec::new();
    for title in ["🔴 Primary down", "C++ build", "C build", "Disk at 100%", "100 disks", "a → b", "❤️ thanks", "plain"] {
        sent.push(harness.send(&[AudienceKey::Everyone], title).await.sequence);
    }
    let up_to = *sent.last().unwrap();
    fill(&harness).await;
    for (typed, found) in [
        ("🔴", &sent[..1]),
        ("🔴 primary", &sent[..1]),
        ("🔴 plain", &[]),
        ("C++", &sent[1..2]),
        ("c+", &sent[1..2]),
        ("100%", &sent[3..4]),
        ("%", &sent[3..4]),
        ("→", &sent[5..6]),
        ("❤", &sent[6..7]),
        ("❤️", &sent[6..7]),
        ("🟢", &[]),
        ("-- \" …", &[]),
        ("\u{200B}", &[]),
    ] {
        assert_eq!(harness.sequences(ada, &containing(typed)).await, found, "{typed:?}");
        let counted = harness.store.count_matching(harness.tenant, ada, &containing(typed), 100).await.unwrap();
        assert_eq!(counted.count as usize, found.len(), "{typed:?}");
    }
    for typed in ["", " ", "\t\n", "\u{200B}", "\u{FE0F}", "\"", "*", "-- ' \"", "…", "、。", "\0"] {
        let change = InboxChange::new(Action::Dismiss, Selection::Matching { filter: containing(typed), up_to });
        let refused = harness.store.change_items(harness.tenant, ada, change, harness.id(), now()).await;
        assert!(matches!(refused, Err(Error::Invalid(faults)) if faults[0].pointer == "/matching/filter/text"), "{typed:?}");
    }
    // A shorter query would change more items than meant.
    let change = InboxChange::new(Action::Dismiss, Selection::Matching { filter: containing(&"plain ".repeat(17)), up_to });
    assert!(matches!(harness.store.change_items(harness.tenant, ada, change, harness.id(), now()).await, Err(Error::Invalid(_))));
    assert_eq!(harness.snapshot(ada).await.counts.total, 8);
    harness.act_on_all(ada, Action::Dismiss, containing("🟢"), up_to).await;
    assert_eq!(harness.snapshot(ada).await.counts.total, 8);
    harness.act_on_all(ada, Action::Dismiss, containing("🔴"), up_to).await;
    assert_eq!(harness.snapshot(ada).await.counts.total, 7);
    harness.act_on_all(ada, Action::Dismiss, Filter::default(), up_to).await;
    assert_eq!(harness.snapshot(ada).await.counts.total, 0);
}

pub async fn nothing_typed_is_an_operator(harness: Harness) {
    let ada = harness.person("ada").await;
    harness.send(&[AudienceKey::Everyone], "either OR neither").await;
    harness.send(&[AudienceKey::Everyone], "t1 NEAR text").await;
    for (typed, found) in [
        ("\" OR *", 1),
        ("either AND", 0),
        ("NEAR(text, 3)", 0),
        ("text:either", 0),
        ("tenant:t1", 0),
        ("-either", 1),
        ("^either", 1),
        ("{text}:x", 0),
        ("\"", 0),
        ("*", 0),
        ("'; DROP TABLE notification; --", 0),
        ("a\0b", 0),
        ("ei\"ther", 0),
        ("", 0),
    ] {
        assert_eq!(harness.titles(ada, &containing(typed)).await.len(), found, "{typed:?}");
    }
    let long = "x ".repeat(50_000);
    assert!(harness.titles(ada, &containing(&long)).await.is_empty());
}

pub async fn a_search_respects_inbox_view_and_tenant(harness: Harness) {
    let (ada, bo) = (harness.person("ada").await, harness.person("bo").await);
    let other = harness.tenant("other").await;
    let stranger = harness.store.create_person(other, person("ada"), now()).await.unwrap();
    let mut ids = Vec::new();
    for at in 0..30 {
        let mut new = harness.notification(&[if at % 3 == 0 { AudienceKey::Person(bo) } else { AudienceKey::Everyone }], "needle");
        new.message.severity = if at % 2 == 0 { Severity::Error } else { Severity::Warning };
        ids.push(harness.accept(new).await);
        harness.send(&[AudienceKey::Everyone], "hay").await;
        harness.store.insert_notification(other, harness.notification(&[AudienceKey::Everyone], "needle elsewhere"), None).await.unwrap();
    }
    let expected = |keep: &dyn Fn(usize) -> bool| {
        let mut found: Vec<u64> = (0..30).filter(|at| keep(*at)).map(|at| ids[at].sequence).collect();
        found.reverse();
        found
    };
    assert_eq!(harness.sequences(ada, &containing("needle")).await, expected(&|at| at % 3 != 0));
    assert_eq!(harness.sequences(bo, &containing("needle")).await, expected(&|_| true));
    let errors = Filter { severity: vec![Severity::Error], ..containing("need") };
    assert_eq!(harness.sequences(ada, &errors).await, expected(&|at| at % 3 != 0 && at % 2 == 0));
    let changed = harness.act_on_all(ada, Action::Dismiss, errors.clone(), ids[20].sequence).await;
    assert_eq!(harness.sequences(ada, &errors).await, expected(&|at| at % 3 != 0 && at % 2 == 0 && at > 20));
    let dismissed = Filter { view: View::Dismissed, ..containing("needle") };
    assert_eq!(harness.sequences(ada, &dismissed).await, expected(&|at| at % 3 != 0 && at % 2 == 0 && at <= 20));
    harness.undo(ada, changed.undo.unwrap()).await.unwrap();
    assert!(harness.sequences(ada, &dismissed).await.is_empty());
    let mine = harness.store.inbox_page(other, stranger, &containing("needle"), None, 99).await.unwrap().items;
    assert_eq!(mine.len(), 30);
}

pub async fn words_beyond_the_sixth_match_whole(harness: Harness) {
    let ada = harness.person("ada").await;
    harness.send(&[AudienceKey::Everyone], "alpha bravo charlie delta echo foxtrot golf hotel").await;
    for (typed, found) in [
        ("al br ch de ec fo", true),
        ("al br ch de ec foxtrot go", true),
        ("al br ch de ec foxtrot golf ho", true),
        ("al br ch de ec fo go", false),
        ("al br ch de ec foxtrot go hotel", false),
    ] {
        assert_eq!(!harness.titles(ada, &containing(typed)).await.is_empty(), found, "{typed:?}");
    }
}

/// For a store whose time limit is zero: each answer says that it is incomplete and returns a cursor.
pub async fn every_search_ends(harness: Harness) {
    let (ada, bo) = (harness.person("ada").await, harness.person("bo").await);
    let mut expected = Vec::new();
    for at in 0..40 {
        let key = if at % 2 == 0 { AudienceKey::Everyone } else { AudienceKey::Person(bo) };
        let sent = harness.send(&[key], if at % 5 == 0 { "needle" } else { "hay" }).await;
        if at % 10 == 0 {
            expected.insert(0, sent.sequence);
        }
    }
    let filter = containing("need");
    let (mut before, mut found, mut pages) = (None, Vec::new(), 0);
    loop {
        let page = harness.store.inbox_page(harness.tenant, ada, &filter, before, 50).await.unwrap();
        assert!(page.incomplete || page.next.is_none());
        assert!(page.next.is_none_or(|next| before.is_none_or(|before| next < before)), "every page makes progress");
        found.extend(page.items.iter().map(|item| item.notification.sequence));
        (before, pages) = (page.next, pages + 1);
        if before.is_none() {
            break;
        }
    }
    assert!(pages > 1);
    assert_eq!(found, expected);
    let counted = harness.store.count_matching(harness.tenant, ada, &filter, 1_000).await.unwrap();
    assert!(counted.incomplete && counted.more);
    // A change applies to all that match, however long it takes.
    harness.act_on_all(ada, Action::Dismiss, filter.clone(), 40).await;
    assert!(harness.sequences(ada, &filter).await.is_empty());
    assert_eq!(harness.sequences(ada, &Filter { view: View::Dismissed, ..filter }).await, expected);
}
