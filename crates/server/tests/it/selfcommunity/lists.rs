//! Lists of notifications: pages, links and users.

use campanile_domain::model::access::Actor;
use reqwest::Method;
use serde_json::{Value, json};

use super::{BASE, BOUND, Community, documented};

#[tokio::test]
async fn a_list_marks_its_items_as_read_and_pages_by_cursor() {
    let community = Community::start().await;
    for number in 0..25 {
        let body = json!({"type": "count", "title": format!("{number}"), "description": "d", "user": 0});
        assert_eq!(community.notify(body).await.0, 204);
    }
    let tom = community.token("tom").await;
    let (status, first) = community.fetch(Method::GET, "/", &tom, None).await;
    assert_eq!(status, 200);
    let titles = |page: &Value| {
        let results = page["results"].as_array().unwrap().clone();
        results.iter().map(|group| group["aggregated"][0]["custom_notification"]["title"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!((titles(&first).len(), titles(&first)[0].as_str(), &first["results"][0]["is_new"]), (20, "24", &json!(true)));
    assert_eq!(community.unseen_count("tom").await, 5);
    let (_, second) = community.follow(first["next"].as_str().unwrap(), &tom).await;
    assert_eq!((titles(&second), &second["next"]), (["4", "3", "2", "1", "0"].map(str::to_owned).to_vec(), &Value::Null));
    assert_eq!(community.unseen_count("tom").await, 0);
    let previous = second["previous"].as_str().unwrap();
    // `previous_id` takes precedence over `next_id`.
    let (_, back) = community.follow(&format!("{previous}&next_id=1"), &tom).await;
    assert_eq!(titles(&back), titles(&first));
    assert_eq!(back["results"][0]["is_new"], false);
    // Marks items by sid and ignores unknown ones.
    let sue = community.token("sue").await;
    let sids = json!({"sids": [first["results"][0]["sid"], "unknown"]});
    assert_eq!(community.fetch(Method::POST, "/read/", &sue, Some(sids)).await, (204, Value::Null));
    assert_eq!(community.unseen_count("sue").await, 24);
    assert_eq!(community.fetch(Method::POST, "/read/", &sue, Some(json!({}))).await.0, 400);
}

#[tokio::test]
async fn page_links_use_the_url_of_the_client() {
    let community = Community::with(json!({"hosts": {BOUND: "selfcommunity"}})).await;
    for number in 0..45 {
        let body = json!({"type": "count", "title": format!("{number}"), "user": 0});
        assert_eq!(community.notify(body).await.0, 204);
        community.broadcast(json!({"language": "en", "title": format!("{number}")})).await;
    }
    let tom = community.token("tom").await;
    for base in [community.server.url("/selfcommunity"), format!("http://{BOUND}")] {
        for path in ["/api/v2/notification/", "/api/v2/notification/banner/"] {
            let mut url = format!("{base}{path}");
            let mut lengths = Vec::new();
            let last = loop {
                let (status, page) = community.follow(&url, &tom).await;
                assert_eq!(status, 200, "{url}");
                lengths.push(page["results"].as_array().unwrap().len());
                let Some(next) = page["next"].as_str() else { break page };
                assert!(next.starts_with(&format!("{base}{path}?")), "{next}");
                url = next.to_owned();
            };
            assert_eq!(lengths, [20, 20, 5], "{base}{path}");
            let (status, before) = community.follow(last["previous"].as_str().unwrap(), &tom).await;
            assert_eq!((status, before["results"].as_array().unwrap().len()), (200, 20), "{base}{path}");
        }
    }
}

#[tokio::test]
async fn lists_name_their_users_and_head_marks_nothing_as_read() {
    let community = Community::start().await;
    community.notify(documented()).await;
    let draft = json!({"to": [{"kind": "person", "person": "tom"}], "content": [{"language": "en", "title": "From elsewhere"}]});
    let campanile = &community.server.running.campanile;
    let by = Actor::Sender(campanile.sender(&community.key).await.unwrap());
    campanile.send(&by, serde_json::from_value(draft).unwrap(), None).await.unwrap();
    let tom = community.token("tom").await;
    let url = community.server.url(&format!("{BASE}/"));
    let head = community.server.http.head(&url).bearer_auth(&tom).send().await.unwrap();
    assert_eq!((head.status().as_u16(), community.unseen_count("tom").await), (200, json!(2)));
    // The scheme of the vendor's own client.
    let answer = community.server.http.get(&url).header("authorization", format!("Token {tom}")).send().await.unwrap();
    let list: Value = answer.json().await.unwrap();
    assert_eq!(community.unseen_count("tom").await, 0);
    let of = |at: usize| list["results"][at]["aggregated"][0].clone();
    assert_eq!(of(1)["user"], json!({"id": 0, "username": "zoe", "real_name": "zoe", "avatar": ""}));
    assert_eq!(of(0)["user"], json!({"id": -1, "username": "community", "real_name": "", "avatar": ""}));
    assert_eq!(
        (of(1)["type"].clone(), of(0)["custom_notification"]["type"].clone()),
        (json!("custom_notification"), json!("notification"))
    );
    // A member who left is shown by id only.
    let zoe = community.server.running.store.find_person(community.tenant.id, "zoe").await.unwrap().unwrap();
    community.server.running.store.remove_person(community.tenant.id, zoe).await.unwrap();
    let (_, list) = community.fetch(Method::GET, "/", &tom, None).await;
    assert_eq!(list["results"][1]["aggregated"][0]["user"], json!({"id": 0, "username": "0", "real_name": "", "avatar": ""}));
    for (method, path, allow) in [
        (Method::GET, "/notify/", "POST"),
        (Method::POST, "/", "GET, HEAD"),
        (Method::DELETE, "/banner/", "GET, HEAD"),
        (Method::PUT, "/read/", "POST"),
    ] {
        let answer = community.server.http.request(method, community.server.url(&format!("{BASE}{path}"))).bearer_auth(&tom).send().await;
        let answer = answer.unwrap();
        assert_eq!((answer.status().as_u16(), answer.headers()["allow"].to_str().unwrap()), (405, allow), "{path}");
    }
}
