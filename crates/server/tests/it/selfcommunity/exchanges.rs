//! Replays every recorded exchange of this folder.

use serde_json::json;

use super::Community;
use crate::replay;

#[tokio::test]
async fn recorded_exchanges_are_answered_as_recorded() {
    let files = replay::recordings("selfcommunity");
    assert!(files.len() >= 12, "only {} files were found", files.len());
    for file in files {
        let community = Community::start().await;
        if file.name == "banners.http" {
            community.broadcast(json!({"language": "en", "title": "Welcome"})).await;
        }
        let (tom, sue) = (community.token("tom").await, community.token("sue").await);
        let replaced = |text: &str| text.replace("<token>", &community.key).replace("<tom>", &tom).replace("<sue>", &sue);
        file.replay(community.server.running.address, replaced).await;
    }
}
