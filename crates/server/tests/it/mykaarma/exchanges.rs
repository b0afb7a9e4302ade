//! Replays every recorded exchange of this folder.

use base64::{Engine, prelude::BASE64_STANDARD};

use super::Dealer;
use crate::replay;

#[tokio::test]
async fn recorded_exchanges_are_answered_as_recorded() {
    let (files, receiver) = (replay::recordings("mykaarma"), replay::start_receiver().await);
    assert!(files.len() >= 11, "only {} files were found", files.len());
    for file in files {
        let dealer = Dealer::start().await;
        let credentials = BASE64_STANDARD.encode(format!("apiuser:{}", dealer.key));
        let replaced = |text: &str| text.replace("<credentials>", &credentials).replace("<receiver>", &receiver);
        file.replay(dealer.server.running.address, replaced).await;
    }
}
