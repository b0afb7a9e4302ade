//! E-mail written to files.

use campanile_channels::{EmailOptions, Sink};
use campanile_domain::channel::{Attempt, Channel, Verdict};

use crate::{
    letters::{ID, still, to_person},
    smtp::Message,
};

fn options() -> EmailOptions {
    EmailOptions { from: "noreply@campanile.example".to_owned(), public_url: None }
}

#[tokio::test]
async fn a_letter_becomes_a_file_and_a_repeat_replaces_it() {
    let data = tempfile::tempdir().unwrap();
    let sink = Sink::new(&options(), data.path(), still()).unwrap();
    let letter = to_person("ada@example.com", &["de"]);
    let expected = Attempt::delivered(format!("written to mail/{ID}.eml"));
    assert_eq!(sink.attempt(&letter).await, expected);
    let file = data.path().join(format!("mail/{ID}.eml"));
    let first = std::fs::read(&file).unwrap();
    assert_eq!(sink.attempt(&letter).await, expected);
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
async fn what_cannot_be_written_is_tried_again_and_what_is_no_letter_is_not() {
    let data = tempfile::tempdir().unwrap();
    std::fs::write(data.path().join("mail"), "not a folder").unwrap();
    let sink = Sink::new(&options(), data.path(), still()).unwrap();
    assert!(matches!(sink.attempt(&to_person("ada@example.com", &[])).await.verdict, Verdict::Retry { .. }));
    assert_eq!(sink.attempt(&to_person("nobody", &[])).await.verdict, Verdict::Rejected);
}
