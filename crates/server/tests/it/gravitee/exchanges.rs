//! Replays every recorded exchange of this folder.

use base64::{Engine, prelude::BASE64_STANDARD};
use campanile_domain::Operator;
use serde_json::json;

use super::Gravitee;
use crate::replay;

#[tokio::test]
async fn recorded_exchanges_are_answered_as_recorded() {
    let (files, receiver) = (replay::recordings("gravitee"), replay::start_receiver().await);
    assert!(files.len() >= 14, "only {} files were found", files.len());
    for file in files {
        let world = Gravitee::with(json!({"outgoing": {"allow": ["127.0.0.1"]}})).await;
        // Password hashing is slow.
        if file.name == "login.http" {
            let campanile = &world.server.running.campanile;
            campanile.set_password(&Operator.on(&world.tenant), "bo", "correct horse").await.unwrap();
        }
        let mut words = vec![
            ("<key>".to_owned(), world.key.clone()),
            ("<receiver>".to_owned(), receiver.clone()),
            ("<bo-and-password>".to_owned(), BASE64_STANDARD.encode("bo:correct horse")),
        ];
        for login in ["ada", "bo", "cy", "fay"] {
            words.push((format!("<{login}>"), world.token(login).await));
        }
        let replaced = |text: &str| words.iter().fold(text.to_owned(), |text, (word, value)| text.replace(word, value));
        file.replay(world.server.running.address, replaced).await;
    }
}
