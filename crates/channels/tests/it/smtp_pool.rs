//! How connections to a real SMTP server are reused, and why lettre's pool is not.

use std::time::{Duration, Instant};

use campanile_channels::Smtp;
use campanile_domain::{model::attempt_result::AttemptOutcome, ports::channel::Channel};
use lettre::{AsyncSmtpTransport, AsyncTransport, Tokio1Executor, address::Envelope};

use crate::{
    email::{RETRY, email, plain},
    sample_messages::to_person,
    smtp::{Server, Setup},
};

#[tokio::test]
async fn a_hanging_server_times_out_and_later_mails_are_unaffected() {
    let server = Server::start(Setup::default()).await;
    let email = email(&Smtp { timeout: Duration::from_millis(800), connections: 1, ..plain(&server) });
    let deliver = async || email.attempt(&to_person("ada@example.com", &["en"])).await;
    assert_eq!(deliver().await.outcome, AttemptOutcome::Delivered);
    let start = Instant::now();
    let attempt = email.attempt(&to_person("hang@example.com", &["en"])).await;
    assert_eq!((attempt.outcome, &*attempt.detail), (RETRY, "no answer within 0.8 s"));
    assert!(start.elapsed() < Duration::from_secs(3));
    assert_eq!(&*deliver().await.detail, "250 2.0.0 taken as 2");
    let connections: Vec<usize> = server.messages().iter().map(|message| message.connection).collect();
    assert_eq!(connections, [0, 1]);
}

#[tokio::test]
async fn no_more_connections_are_made_than_allowed() {
    let server = Server::start(Setup::default()).await;
    let email = email(&Smtp { connections: 2, ..plain(&server) });
    let outgoing = to_person("ada@example.com", &["en"]);
    let (a, b, c, d, e) = tokio::join!(
        email.attempt(&outgoing),
        email.attempt(&outgoing),
        email.attempt(&outgoing),
        email.attempt(&outgoing),
        email.attempt(&outgoing)
    );
    assert!([a, b, c, d, e].iter().all(|attempt| attempt.outcome == AttemptOutcome::Delivered));
    assert!(server.messages().iter().all(|message| message.connection < 2));
}

#[tokio::test]
async fn a_late_reply_is_not_read_as_the_reply_to_the_next_mail() {
    let server = Server::start(Setup::default()).await;
    let email = email(&Smtp { timeout: Duration::from_millis(800), ..plain(&server) });
    assert_eq!(email.attempt(&to_person("held@example.com", &["en"])).await.outcome, RETRY);
    server.release();
    let attempt = email.attempt(&to_person("late-never@example.com", &["en"])).await;
    assert_eq!((attempt.outcome, &*attempt.detail), (AttemptOutcome::Rejected, "550 5.7.1 not wanted"));
}

/// Shows the fault of lettre's pool that `smtp_pool.rs` works around. When this test fails, lettre's pool can replace it.
#[tokio::test]
async fn lettre_s_pool_reads_a_late_reply_as_the_reply_to_the_next_mail() {
    let server = Server::start(Setup::default()).await;
    let transport = AsyncSmtpTransport::<Tokio1Executor>::builder_dangerous("127.0.0.1").port(server.port).build();
    let send = async |to: &str| {
        let envelope = Envelope::new(Some("noreply@campanile.example".parse().unwrap()), vec![to.parse().unwrap()]).unwrap();
        let message = format!("From: noreply@campanile.example\r\nTo: {to}\r\nDate: Fri, 02 Jan 2026 03:04:05 +0000\r\n\r\nx\r\n");
        transport.send_raw(&envelope, message.as_bytes()).await
    };
    let refused = send("late-never@example.com").await.unwrap_err();
    assert_eq!(refused.status().map(|code| code.to_string()).as_deref(), Some("550"));

    // Lettre's timeout covers only the TCP connection, so the caller must limit the time of a reply.
    assert!(tokio::time::timeout(Duration::from_millis(800), send("held@example.com")).await.is_err());
    let idle = async {
        while !format!("{transport:?}").contains("1 connections") {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(Duration::from_secs(10), idle).await.expect("the connection returns to the pool");
    server.release();
    let accepted = send("late-never@example.com").await.unwrap();
    assert_eq!(accepted.code().to_string(), "354", "the reply to DATA counts as the reply to the refused message");
}
