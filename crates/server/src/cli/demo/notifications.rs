//! The sample notifications: one month of an administrator's inbox.

mod fixtures;

use campanile_domain::{Source, model::notification::Message};
use campanile_shared::{Channel, Content, Language, Link, Priority, Severity, sent::SenderKind};
use chrono::{DateTime, Duration, Utc};

/// A sample notification.
pub struct Sample {
    /// When it was sent.
    pub at: DateTime<Utc>,
    /// The notification.
    pub message: Message,
    /// Whether Ada has read it.
    pub read: bool,
}

/// One row of the table below.
type Row = (
    i64,
    bool,
    Severity,
    Priority,
    &'static str,
    &'static str,
    &'static str,
    &'static [(&'static str, &'static str, &'static str)],
    Option<&'static str>,
);

use Priority::{High, Low, Normal, Urgent};
use Severity::{Error, Information, Success, Warning};

/// Minutes ago, read, severity, priority, component, key, categories, texts, link; the oldest first.
const ROWS: [Row; 20] = [
    (
        41_760,
        true,
        Information,
        Normal,
        "Platform team",
        "platform",
        "maintenance",
        &[
            (
                "en",
                "Maintenance window moved to Saturdays",
                "From this month on we update the console on Saturdays between 22:00 and 23:30 UTC. It stays readable meanwhile.",
            ),
            (
                "de",
                "Wartungsfenster jetzt samstags",
                "Ab diesem Monat aktualisieren wir die Konsole samstags zwischen 22:00 und 23:30 Uhr UTC. Sie bleibt dabei lesbar.",
            ),
        ],
        Some("https://status.acme.example/maintenance"),
    ),
    (
        36_000,
        true,
        Success,
        Low,
        "Backup",
        "backup",
        "backup",
        &[
            (
                "en",
                "Monthly restore test passed",
                "The backup of 1 November was restored to an empty cluster in 52 minutes; every checksum fits.",
            ),
            (
                "de",
                "Monatlicher Rücksicherungstest bestanden",
                "Die Sicherung vom 1. November wurde in 52 Minuten auf einen leeren Cluster zurückgespielt; alle Prüfsummen stimmen.",
            ),
        ],
        None,
    ),
    (
        30_240,
        true,
        Warning,
        Normal,
        "Identity",
        "directory-sync",
        "identity",
        &[(
            "en",
            "Directory sync skipped 3 accounts",
            "Three accounts have no e-mail address and were left out. Add an address or exclude them from the sync.",
        )],
        Some("https://console.acme.example/identity/sync"),
    ),
    (
        23_040,
        true,
        Information,
        Normal,
        "API gateway",
        "gateway",
        "apis",
        &[
            ("en", "New version of Petstore published", "Version 2.4 of the API Petstore is live. Version 2.2 is retired on 31 January."),
            (
                "de",
                "Neue Fassung von Petstore veröffentlicht",
                "Fassung 2.4 der API Petstore ist live. Fassung 2.2 wird am 31. Januar abgeschaltet.",
            ),
        ],
        None,
    ),
    (
        18_720,
        true,
        Error,
        High,
        "Citrix Cloud",
        "connector-health",
        "connectors",
        &[("en-US", "Connector fra-02 went offline", "The connector has not answered for ten minutes. Sessions were moved to fra-01.")],
        Some("https://console.acme.example/connectors/fra-02"),
    ),
    (
        18_690,
        true,
        Success,
        Normal,
        "Citrix Cloud",
        "connector-health",
        "connectors",
        &[("en-US", "Connector fra-02 is back", "It answers again after a restart of its host.")],
        None,
    ),
    (
        12_960,
        true,
        Information,
        Low,
        "Billing",
        "billing",
        "licences",
        &[
            ("en", "Licence usage report for October", "212 of 250 licences were in use on the busiest day."),
            ("de", "Lizenzbericht für Oktober", "Am stärksten Tag waren 212 von 250 Lizenzen in Gebrauch."),
        ],
        Some("https://console.acme.example/licences/2026-10"),
    ),
    (
        10_080,
        true,
        Warning,
        Normal,
        "Storage",
        "storage",
        "capacity",
        &[
            ("en", "Disk almost full on db-3", "91 % of 2 TB are used; at the present rate it is full in nine days."),
            ("de", "Platte auf db-3 fast voll", "91 % von 2 TB sind belegt; beim jetzigen Zuwachs ist sie in neun Tagen voll."),
        ],
        None,
    ),
    (
        8_640,
        true,
        Success,
        Normal,
        "Storage",
        "storage",
        "capacity",
        &[("en", "db-3 was extended to 4 TB", "No restart was needed.")],
        None,
    ),
    (
        7_200,
        true,
        Information,
        Normal,
        "People",
        "people",
        "people",
        &[
            ("en", "Welcome, Bo Lindqvist", "Bo joined as API publisher."),
            ("de", "Willkommen, Bo Lindqvist", "Bo ist als API-Herausgeber dabei."),
        ],
        None,
    ),
    (
        5_760,
        true,
        Warning,
        High,
        "Security",
        "siem",
        "sign-in",
        &[(
            "en",
            "Unusual sign-ins from two countries",
            "The account build-bot signed in from two countries within four minutes. Its sessions were ended; rotate its key.",
        )],
        Some("https://console.acme.example/security/incidents/881"),
    ),
    (
        4_320,
        true,
        Information,
        Normal,
        "Citrix Cloud",
        "connector-health",
        "updates",
        &[
            ("en-US", "Connector update available", "Version 7.41 can be installed. It is applied by itself within seven days."),
            ("ja", "コネクタの更新があります", "バージョン 7.41 をインストールできます。7 日以内に自動的に適用されます。"),
        ],
        None,
    ),
    (
        2_940,
        true,
        Information,
        Normal,
        "Platform team",
        "platform",
        "maintenance",
        &[
            (
                "en",
                "Maintenance on Saturday, 22:00–23:30 UTC",
                "The console stays readable; messages sent during the window are delivered afterwards.",
            ),
            (
                "de",
                "Wartung am Samstag, 22:00–23:30 Uhr UTC",
                "Die Konsole bleibt lesbar; was währenddessen gesendet wird, kommt danach an.",
            ),
        ],
        Some("https://status.acme.example"),
    ),
    (
        1_560,
        true,
        Error,
        Normal,
        "Backup",
        "backup",
        "backup",
        &[
            ("en", "Nightly backup failed on attempt 1", "The target refused the connection. A second attempt follows in an hour."),
            (
                "de",
                "Nächtliche Sicherung im 1. Versuch fehlgeschlagen",
                "Das Ziel hat die Verbindung abgelehnt. In einer Stunde folgt ein zweiter Versuch.",
            ),
        ],
        None,
    ),
    (
        1_500,
        true,
        Success,
        Normal,
        "Backup",
        "backup",
        "backup",
        &[
            ("en", "Nightly backup finished on attempt 2", "412 GB in 41 minutes, verified."),
            ("de", "Nächtliche Sicherung im 2. Versuch fertig", "412 GB in 41 Minuten, geprüft."),
        ],
        None,
    ),
    (
        480,
        true,
        Success,
        Low,
        "Backup",
        "backup",
        "backup",
        &[
            ("en", "Nightly backup finished", "412 GB in 38 minutes, verified."),
            ("de", "Nächtliche Sicherung fertig", "412 GB in 38 Minuten, geprüft."),
        ],
        None,
    ),
    (
        95,
        false,
        Information,
        Normal,
        "API gateway",
        "gateway",
        "subscriptions",
        &[
            (
                "en",
                "Shop asks to subscribe to Petstore",
                "The application Shop waits for someone to accept its subscription to the plan Gold.",
            ),
            (
                "de",
                "Shop möchte Petstore abonnieren",
                "Die Anwendung Shop wartet darauf, dass jemand ihr Abonnement des Plans Gold annimmt.",
            ),
        ],
        Some("https://console.acme.example/apis/petstore/subscriptions"),
    ),
    (
        38,
        false,
        Warning,
        Normal,
        "API gateway",
        "gateway",
        "limits",
        &[
            ("en", "Rate limit reached on Petstore", "Application “Shop” was refused 1,204 requests in the last hour."),
            ("de", "Ratenlimit von Petstore erreicht", "Der Anwendung „Shop“ wurden in der letzten Stunde 1.204 Aufrufe verweigert."),
        ],
        None,
    ),
    (
        12,
        false,
        Warning,
        High,
        "Gateway",
        "gateway",
        "certificates",
        &[
            (
                "en",
                "Certificate of gateway eu-2 expires in seven days",
                "Renew it before 29 November, or clients will see a warning when they sign in.",
            ),
            (
                "de",
                "Zertifikat des Gateways eu-2 läuft in sieben Tagen ab",
                "Erneuern Sie es vor dem 29. November, sonst sehen Clients beim Anmelden eine Warnung.",
            ),
        ],
        Some("https://console.acme.example/gateways/eu-2/certificate"),
    ),
    (
        1,
        false,
        Error,
        Urgent,
        "Citrix Cloud",
        "connector-health",
        "licensing",
        &[
            (
                "en-US",
                "Licence server cannot be reached",
                "Three of four connectors lost the licence server in Frankfurt. New sessions use the 30-day grace period, so people can keep working; no action is needed within the next hour.\n\nIf the outage lasts, move the licence role to eu-2.",
            ),
            (
                "de",
                "Lizenzserver nicht erreichbar",
                "Drei von vier Konnektoren erreichen den Lizenzserver in Frankfurt nicht. Neue Sitzungen nutzen die Schonfrist von 30 Tagen, alle können weiterarbeiten; in der nächsten Stunde ist nichts zu tun.\n\nHält die Störung an, verlegen Sie die Lizenzrolle nach eu-2.",
            ),
            (
                "ja",
                "ライセンスサーバーに接続できません",
                "フランクフルトのライセンスサーバーに、4 台中 3 台のコネクタが接続できません。新しいセッションは 30 日間の猶予期間を使います。",
            ),
        ],
        Some("https://console.acme.example/licences"),
    ),
];

/// The samples, dated over the month before `now`.
pub fn samples(now: DateTime<Utc>) -> impl Iterator<Item = Sample> {
    ROWS.iter().map(move |(minutes, read, severity, priority, component, key, category, texts, link)| {
        let link: Option<Link> = link.and_then(|link| link.parse().ok());
        let content = texts.iter().filter_map(|(tag, title, description)| {
            let language: Language = tag.parse().ok()?;
            Some(Content { language, title: (*title).to_owned(), description: (*description).to_owned(), link: link.clone() })
        });
        let at = now - Duration::minutes(*minutes);
        Sample {
            at,
            read: *read,
            message: Message {
                source: Source {
                    dialect: "campanile".to_owned(),
                    sender: (*key).to_owned(),
                    kind: Some(SenderKind::Key),
                    through: None,
                    event_id: None,
                    external_id: None,
                },
                severity: *severity,
                priority: *priority,
                component: Some((*component).to_owned()),
                categories: fixtures::categories(category),
                content: content.collect(),
                buttons: fixtures::buttons(category),
                attachments: fixtures::attachments(category),
                quiet_for: Vec::new(),
                channel: Channel::Portal,
                created_at: at.fixed_offset(),
                expires_at: None,
                extra: serde_json::Value::Null,
            },
        }
    })
}
