//! E-mail through a real SMTP server, read by an independent parser.

use std::time::{Duration, Instant};

use campanile_channels::{Email, EmailOptions, Encryption, Smtp};
use campanile_domain::{
    model::attempt_result::AttemptOutcome,
    ports::channel::{Channel, OutgoingMessage},
};
use campanile_shared::{Attachment, Button, Severity};

use crate::{
    sample_messages::{ID, edit_notification, fixed_clock, to_person},
    smtp::{Message, Server, Setup},
};

/// The outcome of a temporary error.
pub const RETRY: AttemptOutcome = AttemptOutcome::Retry { after: None };

/// The settings of a server without encryption.
pub fn plain(server: &Server) -> Smtp {
    Smtp { host: "127.0.0.1".to_owned(), port: server.port, tls: Encryption::None, ..Smtp::default() }
}

/// The channel with these settings.
pub fn email(smtp: &Smtp) -> Email {
    let options = EmailOptions {
        from: "Campanile <noreply@campanile.example>".to_owned(),
        public_url: Some("https://campanile.example/base/".to_owned()),
    };
    Email::new(&options, smtp, fixed_clock()).unwrap()
}

/// Sends a message and returns what arrived.
async fn arrived(outgoing: &OutgoingMessage) -> Message {
    let server = Server::start(Setup::default()).await;
    let attempt = email(&plain(&server)).attempt(outgoing).await;
    assert_eq!((attempt.outcome, &*attempt.detail), (AttemptOutcome::Delivered, "250 2.0.0 taken as 1"));
    let message = server.messages().pop().unwrap();
    assert_eq!(message.defects, Vec::<String>::new());
    assert!(message.longest_line <= 998, "{}", message.longest_line);
    message
}

#[tokio::test]
async fn a_mail_says_everything_in_text_and_html() {
    let message = arrived(&to_person("ada@example.com", &["en-GB"])).await;
    assert_eq!((&*message.mail_from, &*message.rcpt_to), ("noreply@campanile.example", &["ada@example.com".to_owned()][..]));
    assert_eq!(message.kind, "multipart/alternative");
    assert_eq!(message.from, [("Campanile".to_owned(), "noreply@campanile.example".to_owned())]);
    assert_eq!(message.to, [("Ada Lovelace".to_owned(), "ada@example.com".to_owned())]);
    assert_eq!(message.date, "2026-01-02T03:04:05+00:00");
    for (name, value) in [
        ("Subject", "Error: Disk <b>full</b> & broken"),
        ("Message-ID", &*format!("<{ID}@campanile.example>")),
        ("Auto-Submitted", "auto-generated"),
        ("List-Id", "<acme-s-hne.campanile.campanile.example>"),
        ("List-Unsubscribe", "<https://campanile.example/base/unsubscribe?token=to%2Bk%2Fen%3D>"),
        ("List-Unsubscribe-Post", "List-Unsubscribe=One-Click"),
        ("MIME-Version", "1.0"),
    ] {
        assert_eq!(message.header(name), Some(value), "{name}");
    }
    let expected = "Acme & Söhne\n\n\
        Error: Disk <b>full</b> & broken\n\n\
        Component: Storage <1>\n\n\
        First line\n<script>alert(1)</script>\nünïcode\n\n\
        Read more: https://status.example/incident?id=1&lang=x\n\n\
        --\n\
        You get this email because Acme & Söhne sends you notifications by email.\n\
        Open in the inbox: https://campanile.example/base/inbox?item=00000000-0000-0000-0000-000000000007\n\
        Unsubscribe from these emails: https://campanile.example/base/unsubscribe?token=to%2Bk%2Fen%3D\n";
    assert_eq!(message.text.replace("\r\n", "\n"), expected);
    for part in [
        "<html lang=\"en\" dir=\"ltr\">",
        "<meta name=\"color-scheme\" content=\"light dark\">",
        "Acme &amp; S&#246;hne",
        "Disk &lt;b&gt;full&lt;/b&gt; &amp; broken</h1>",
        "Component: Storage &lt;1&gt;",
        "First line<br>\n&lt;script&gt;alert(1)&lt;/script&gt;<br>\n&#252;n&#239;code",
        "href=\"https://status.example/incident?id=1&amp;lang=x\"",
        "(status.example)",
        "href=\"https://campanile.example/base/inbox?item=00000000-0000-0000-0000-000000000007\"",
        "href=\"https://campanile.example/base/unsubscribe?token=to%2Bk%2Fen%3D\"",
    ] {
        assert!(message.html.replace("\r\n", "\n").contains(part), "{part}\n{}", message.html);
    }
    for part in ["<script", "<img", "<link", "src=", "url(", "@import", "<style"] {
        assert!(!message.html.contains(part), "{part}");
    }
}

#[tokio::test]
async fn an_email_only_notification_has_no_inbox_link() {
    let mut outgoing = to_person("ada@example.com", &["en-GB"]);
    edit_notification(&mut outgoing, |notification| notification.message.channel = campanile_shared::Channel::Email);
    let message = arrived(&outgoing).await;
    assert!(!message.text.contains("inbox") && !message.html.contains("inbox"), "{}", message.text);
    assert!(message.text.contains("/unsubscribe?token="), "{}", message.text);
}

#[tokio::test]
async fn buttons_and_attachments_are_links() {
    let mut outgoing = to_person("ada@example.com", &["en"]);
    let button = |label: &str, primary: bool, link: Option<&str>| Button {
        label: label.to_owned(),
        primary,
        link: link.map(|link| link.parse().unwrap()),
        data: None,
    };
    let file = |name: &str, link: Option<&str>| Attachment {
        name: name.to_owned(),
        link: link.map(|link| link.parse().unwrap()),
        thumbnail: Some("https://pictures.example/1.png".parse().unwrap()),
        ..Attachment::default()
    };
    edit_notification(&mut outgoing, |notification| {
        notification.message.buttons = vec![
            button("Restart <now>", true, Some("https://act.example/?a=\"1\"&b='2'")),
            button("Ignore", false, Some("mailto:ops@example.com")),
            button("Acknowledge", false, None),
        ];
        notification.message.attachments = vec![file("log\r\n<1>.txt", Some("https://files.example/log")), file("dump", None)];
    });
    let message = arrived(&outgoing).await;
    let text = message.text.replace("\r\n", "\n");
    let links = "Read more: https://status.example/incident?id=1&lang=x\n\
        Restart <now>: https://act.example/?a=\"1\"&b='2'\n\
        Ignore: mailto:ops@example.com\n\n\
        Attachments:\n- log <1>.txt: https://files.example/log\n- dump\n\n";
    assert!(text.contains(links), "{text}");
    for part in [
        "<a href=\"https://act.example/?a=&quot;1&quot;&amp;b=&#39;2&#39;\" style=\"",
        ">Restart &lt;now&gt;</a>",
        "<a href=\"mailto:ops@example.com\"",
        "<li><a href=\"https://files.example/log\">log &lt;1&gt;.txt</a></li>",
        "<li>dump</li>",
    ] {
        assert!(message.html.contains(part), "{part}\n{}", message.html);
    }
    // Buttons without a link are not shown, and no image is loaded.
    for absent in ["Acknowledge", "pictures.example"] {
        assert!(!message.html.contains(absent) && !text.contains(absent), "{absent}");
    }
}

#[tokio::test]
async fn readers_get_their_language_and_its_direction() {
    let server = Server::start(Setup::default()).await;
    let email = email(&plain(&server));
    // The fixed texts are in the reader's language even if the notification's text is not.
    let expected = [
        ("en-US", "Error: Disk <b>full</b> & broken", "lang=\"en\" dir=\"ltr\"", "lang=\"en-US\" dir=\"ltr\""),
        ("de-AT", "Fehler: Platte voll", "lang=\"de\" dir=\"ltr\"", "lang=\"de\" dir=\"ltr\""),
        ("ar-EG", "خطأ: القرص ممتلئ", "lang=\"ar\" dir=\"rtl\"", "lang=\"ar\" dir=\"rtl\""),
        ("he", "שגיאה: Disk <b>full</b> & broken", "lang=\"he\" dir=\"rtl\"", "lang=\"en-US\" dir=\"ltr\""),
        ("fr", "Erreur\u{a0}: Disk <b>full</b> & broken", "lang=\"fr\" dir=\"ltr\"", "lang=\"en-US\" dir=\"ltr\""),
        ("es", "Error: Disk <b>full</b> & broken", "lang=\"es\" dir=\"ltr\"", "lang=\"en-US\" dir=\"ltr\""),
        ("it", "Errore: Disk <b>full</b> & broken", "lang=\"it\" dir=\"ltr\"", "lang=\"en-US\" dir=\"ltr\""),
        ("pt", "Erro: Disk <b>full</b> & broken", "lang=\"pt-BR\" dir=\"ltr\"", "lang=\"en-US\" dir=\"ltr\""),
        ("pl", "Błąd: Disk <b>full</b> & broken", "lang=\"pl\" dir=\"ltr\"", "lang=\"en-US\" dir=\"ltr\""),
        ("ja", "エラー：Disk <b>full</b> & broken", "lang=\"ja\" dir=\"ltr\"", "lang=\"en-US\" dir=\"ltr\""),
        ("ko", "오류: Disk <b>full</b> & broken", "lang=\"ko\" dir=\"ltr\"", "lang=\"en-US\" dir=\"ltr\""),
        ("zh-CN", "错误：Disk <b>full</b> & broken", "lang=\"zh-Hans\" dir=\"ltr\"", "lang=\"en-US\" dir=\"ltr\""),
    ];
    for (language, ..) in expected {
        let attempt = email.attempt(&to_person("ada@example.com", &[language])).await;
        assert_eq!(attempt.outcome, AttemptOutcome::Delivered, "{}", attempt.detail);
    }
    let messages = server.messages();
    assert_eq!(messages.len(), expected.len());
    for (message, (language, subject, around, inside)) in messages.iter().zip(expected) {
        assert_eq!(message.header("Subject"), Some(subject), "{language}");
        assert_eq!(message.defects, Vec::<String>::new(), "{language}");
        assert!(message.html.contains(&format!("<html {around}>")) && message.html.contains(&format!("<div {inside}")), "{language}");
        // All e-mails use one connection.
        assert_eq!(message.connection, 0);
    }
}

#[tokio::test]
async fn only_warnings_and_errors_carry_their_severity_in_the_subject() {
    for (severity, subject) in
        [(Severity::Information, "Platte voll"), (Severity::Success, "Platte voll"), (Severity::Warning, "Warnung: Platte voll")]
    {
        let mut outgoing = to_person("ada@example.com", &["de"]);
        edit_notification(&mut outgoing, |notification| notification.message.severity = severity);
        assert_eq!(arrived(&outgoing).await.header("Subject"), Some(subject));
    }
}

#[tokio::test]
async fn nothing_from_outside_becomes_a_header_field() {
    let ordinary = arrived(&to_person("ada@example.com", &["en"])).await;
    let evil = "x\r\nBcc: eve@evil.example\r\n\r\n<b>y</b>\n.\nz\0\u{202E}\u{2028}\u{85}w";
    let mut outgoing = to_person("ada@example.com", &["en"]);
    outgoing.tenant = evil.to_owned();
    outgoing.recipient.as_mut().unwrap().name = evil.to_owned();
    outgoing.recipient.as_mut().unwrap().unsubscribe_token = evil.to_owned();
    edit_notification(&mut outgoing, |notification| {
        notification.message.component = Some(evil.to_owned());
        notification.message.content[0].title = evil.repeat(20);
        notification.message.content[0].description = evil.to_owned();
    });
    let message = arrived(&outgoing).await;
    assert_eq!(message.fields(), ordinary.fields());
    assert_eq!(message.rcpt_to, ["ada@example.com"]);
    assert_eq!(message.to.len(), 1);
    assert_eq!(message.to[0], ("x Bcc: eve@evil.example <b>y</b> . z w".to_owned(), "ada@example.com".to_owned()));
    let subject = message.header("Subject").unwrap();
    assert!(subject.starts_with("Error: x Bcc: eve@evil.example <b>y</b> . z w"), "{subject}");
    assert!(!message.raw.contains('\0') && !message.html.contains("<b>"));
    assert!(message.text.replace("\r\n", "\n").contains("<b>y</b>\n.\nz"), "{}", message.text);
    let list = message.header("List-Id").unwrap();
    assert!(list.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"<>-.".contains(&byte)), "{list}");
    // Encoded words, which a mail program would decode, do not either.
    let encoded = "=?utf-8?q?=0D=0ABcc:_eve=40evil.example?=";
    outgoing.recipient.as_mut().unwrap().name = encoded.to_owned();
    edit_notification(&mut outgoing, |notification| notification.message.content[0].title = encoded.to_owned());
    let message = arrived(&outgoing).await;
    assert_eq!(message.fields(), ordinary.fields());
    assert_eq!(message.header("Subject"), Some("Error: = ?utf-8?q?=0D=0ABcc:_eve=40evil.example?="));
    assert_eq!(message.to[0].0, "= ?utf-8?q?=0D=0ABcc:_eve=40evil.example?=");
    // A display name, quoted or not, does not become an address.
    outgoing.recipient.as_mut().unwrap().name = "\"Eve\" <eve@evil.example>, Mallory".to_owned();
    let message = arrived(&outgoing).await;
    assert_eq!(message.to, [("\"Eve\" <eve@evil.example>, Mallory".to_owned(), "ada@example.com".to_owned())]);
}

#[tokio::test]
async fn an_invalid_address_is_refused() {
    let server = Server::start(Setup::default()).await;
    for target in ["nobody", "", "a@b\r\nRCPT TO:<eve@evil.example>", "Ada <ada@example.com>", "ada@example.com, eve@evil.example"] {
        assert_eq!(email(&plain(&server)).attempt(&to_person(target, &[])).await.outcome, AttemptOutcome::Rejected, "{target:?}");
    }
    let mut silent = to_person("ada@example.com", &[]);
    silent.notification = None;
    assert_eq!(email(&plain(&server)).attempt(&silent).await.outcome, AttemptOutcome::Rejected);
    // The test's server accepts only ASCII addresses (no RFC 6531).
    assert_eq!(email(&plain(&server)).attempt(&to_person("jürgen@example.com", &[])).await.outcome, AttemptOutcome::Rejected);
    assert!(server.messages().is_empty());
}

#[tokio::test]
async fn the_server_s_reply_decides_the_verdict() {
    let server = Server::start(Setup::default()).await;
    let email = email(&plain(&server));
    assert_eq!(email.queue("ada@example.com"), "smtp");
    for (target, verdict, answer) in [
        ("later@example.com", RETRY, "451 4.3.0 come again"),
        ("never@example.com", AttemptOutcome::Rejected, "550 5.1.1 nobody of that name"),
        ("late-never@example.com", AttemptOutcome::Rejected, "550 5.7.1 not wanted"),
        ("ada@example.com", AttemptOutcome::Delivered, "250 2.0.0 taken as 2"),
    ] {
        let attempt = email.attempt(&to_person(target, &["en"])).await;
        assert_eq!((attempt.outcome, &*attempt.detail), (verdict, answer), "{target}");
    }
}

#[tokio::test]
async fn an_unconfirmed_mail_is_sent_again_with_the_same_message_id() {
    let server = Server::start(Setup::default()).await;
    let email = email(&plain(&server));
    let outgoing = to_person("cut@example.com", &["en"]);
    for _ in 0..2 {
        assert_eq!(email.attempt(&outgoing).await.outcome, RETRY);
    }
    let messages = server.messages();
    assert_eq!(messages.len(), 2);
    assert_eq!(messages[0].header("Message-ID"), Some(&*format!("<{ID}@campanile.example>")));
    assert_eq!(messages[0].raw, messages[1].raw);
}

#[tokio::test]
async fn a_mail_whose_answer_got_lost_is_delivered_by_its_repeat() {
    let server = Server::start(Setup { envelopes: true, ..Setup::default() }).await;
    let (email, outgoing) = (email(&plain(&server)), to_person("cut-once+1@example.com", &["en"]));
    assert_eq!(email.attempt(&outgoing).await.outcome, RETRY);
    assert_eq!(email.attempt(&outgoing).await.outcome, AttemptOutcome::Delivered);
    let once = (format!("<{ID}@campanile.example>"), "cut-once+1@example.com".to_owned());
    assert_eq!(server.envelopes(), [once.clone(), once]);
}

#[tokio::test]
async fn an_unreachable_server_is_retried() {
    let server = Server::start(Setup::default()).await;
    let smtp = plain(&server);
    let email = email(&smtp);
    assert_eq!(email.attempt(&to_person("ada@example.com", &["en"])).await.outcome, AttemptOutcome::Delivered);
    // The idle connection ends with the server.
    drop(server);
    let deadline = Instant::now() + Duration::from_secs(10);
    loop {
        let attempt = email.attempt(&to_person("ada@example.com", &["en"])).await;
        // While the server stops, the connection may fail in other ways first.
        assert_ne!(attempt.outcome, AttemptOutcome::Rejected, "{}", attempt.detail);
        if attempt.detail.contains("refused") {
            break;
        }
        assert!(Instant::now() < deadline, "{attempt:?}");
    }
}

#[tokio::test]
async fn connections_are_encrypted_and_signed_in() {
    for (tls, starttls, encryption) in [(false, true, Encryption::StartTls), (true, false, Encryption::Tls)] {
        let server = Server::start(Setup { tls, starttls, user: Some(("campanile", "pässword")), ..Setup::default() }).await;
        let smtp = Smtp {
            tls: encryption,
            user: Some("campanile".to_owned()),
            password: Some("pässword".to_owned()),
            ca: Some(server.certificate()),
            ..plain(&server)
        };
        let attempt = email(&smtp).attempt(&to_person("ada@example.com", &["en"])).await;
        assert_eq!(attempt.outcome, AttemptOutcome::Delivered, "{encryption:?}: {}", attempt.detail);
        let message = server.messages().pop().unwrap();
        assert!(message.encrypted && message.signed_in, "{encryption:?}");

        // Errors that the operator can fix are retried: a wrong password, an unknown certificate authority.
        let wrong = Smtp { password: Some("wrong".to_owned()), ..smtp.clone() };
        let attempt = email(&wrong).attempt(&to_person("ada@example.com", &["en"])).await;
        assert_eq!(attempt.outcome, RETRY, "{}", attempt.detail);
        assert!(attempt.detail.starts_with("535"), "{}", attempt.detail);
        let distrustful = Smtp { ca: None, ..smtp.clone() };
        let attempt = email(&distrustful).attempt(&to_person("ada@example.com", &["en"])).await;
        assert_eq!(attempt.outcome, RETRY, "{}", attempt.detail);
        assert_eq!(server.messages().len(), 1);
    }
}

#[tokio::test]
async fn a_server_without_starttls_gets_no_mail() {
    let server = Server::start(Setup::default()).await;
    let attempt = email(&Smtp { tls: Encryption::StartTls, ..plain(&server) }).attempt(&to_person("ada@example.com", &["en"])).await;
    assert_eq!(attempt.outcome, RETRY, "{}", attempt.detail);
    assert!(server.messages().is_empty());
}

#[test]
fn invalid_settings_are_reported() {
    let options = |from: &str, public_url: &str| EmailOptions { from: from.to_owned(), public_url: Some(public_url.to_owned()) };
    let smtp = Smtp { host: "127.0.0.1".to_owned(), ..Smtp::default() };
    let check =
        |options: EmailOptions, smtp: Smtp, good: bool| assert_eq!(Email::new(&options, &smtp, fixed_clock()).is_ok(), good, "{options:?}");
    check(options("a@b.example", "https://c.example"), smtp.clone(), true);
    check(options("nobody", "https://c.example"), smtp.clone(), false);
    check(options("a@b.example\r\nBcc: eve@evil.example", "https://c.example"), smtp.clone(), false);
    check(options("a@b.example", "c.example"), smtp.clone(), false);
    check(options("a@b.example", "https://c.example/?x"), smtp.clone(), false);
    check(options("a@b.example", "https://c.example"), Smtp { user: Some("me".to_owned()), ..smtp.clone() }, false);
    let empty = tempfile::NamedTempFile::new().unwrap();
    check(options("a@b.example", "https://c.example"), Smtp { ca: Some(empty.path().into()), ..smtp.clone() }, false);
    check(options("a@b.example", "https://c.example"), Smtp { ca: Some("/nowhere.pem".into()), ..smtp }, false);
}
