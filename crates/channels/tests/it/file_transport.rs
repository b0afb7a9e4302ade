//! E-mail written to files.

use campanile_channels::{EmailOptions, FileTransport};
use campanile_domain::{
    model::attempt_result::{AttemptOutcome, AttemptResult},
    ports::channel::Channel,
};

use crate::{
    sample_messages::{ID, fixed_clock, to_person},
    smtp::Message,
};

fn options() -> EmailOptions {
    EmailOptions { from: "noreply@campanile.example".to_owned(), public_url: None }
}

#[tokio::test]
async fn an_email_is_written_to_a_file_and_a_repeat_replaces_it() {
    let data = tempfile::tempdir().unwrap();
    let sink = FileTransport::new(&options(), data.path(), fixed_clock()).unwrap();
    let outgoing = to_person("ada@example.com", &["de"]);
    let expected = AttemptResult::delivered(format!("written to mail/{ID}.eml"));
    assert_eq!(sink.attempt(&outgoing).await, expected);
    let file = data.path().join(format!("mail/{ID}.eml"));
    let first = std::fs::read(&file).unwrap();
    assert_eq!(sink.attempt(&outgoing).await, expected);
    assert_eq!(std::fs::read(&file).unwrap(), first);
    assert_eq!(std::fs::read_dir(data.path().join("mail")).unwrap().count(), 1);
    let message = Message::read(&file);
    assert_eq!(message.header("Subject"), Some("Fehler: Platte voll"));
    assert_eq!(message.to, [("Ada Lovelace".to_owned(), "ada@example.com".to_owned())]);
    // Without a public URL, the notification's link is the only one.
    assert_eq!(message.header("List-Unsubscribe"), None);
    assert_eq!(message.html.matches("<a ").count(), 1, "{}", message.html);
}

#[tokio::test]
async fn a_write_error_is_retried_and_an_invalid_email_is_rejected() {
    let data = tempfile::tempdir().unwrap();
    std::fs::write(data.path().join("mail"), "not a folder").unwrap();
    let sink = FileTransport::new(&options(), data.path(), fixed_clock()).unwrap();
    assert!(matches!(sink.attempt(&to_person("ada@example.com", &[])).await.outcome, AttemptOutcome::Retry { .. }));
    assert_eq!(sink.attempt(&to_person("nobody", &[])).await.outcome, AttemptOutcome::Rejected);
}
