//! Banners: notifications to everyone.

use campanile_domain::{AudienceKey, NewNotification};
use reqwest::Method;
use serde_json::{Value, json};

use super::{BASE, Community, documented};

#[tokio::test]
async fn banners_and_notifications_do_not_hide_each_other() {
    let community = Community::start().await;
    let (store, tenant) = (&community.server.running.store, community.tenant.id);
    let tom = store.find_person(tenant, "tom").await.unwrap().unwrap();
    let file = async |everyone: bool, count: u32| {
        let key = if everyone { AudienceKey::Everyone } else { AudienceKey::Person(tom) };
        let message = store.notifications(tenant, None, 1).await.unwrap().items.remove(0).message;
        let mut running = tokio::task::JoinSet::new();
        for _ in 0..count {
            let (campanile, store) = (&community.server.running.campanile, store.clone());
            let new = NewNotification::new(campanile.new_id(), campanile.now(), Vec::new(), vec![key.clone()], message.clone());
            running.spawn(async move { store.insert_notification(tenant, new, None).await.unwrap() });
        }
        running.join_all().await;
    };
    community.broadcast(json!({"language": "en", "title": "The first banner"})).await;
    file(false, 2_500).await;
    let token = community.token("tom").await;
    let (_, banners) = community.fetch(Method::GET, "/banner/", &token, None).await;
    assert_eq!((&banners["count"], &banners["results"][0]["banner"]["title"]), (&json!(1), &json!("The first banner")));
    let ids = json!({"banner_ids": [banners["results"][0]["id"]]});
    assert_eq!(community.fetch(Method::POST, "/banner/read/", &token, Some(ids)).await.0, 204);
    assert_eq!(community.fetch(Method::GET, "/banner/unseen/count/", &token, None).await.1, json!({"count": 0}));
    file(true, 2_500).await;
    let (_, page) = community.fetch(Method::GET, "/", &token, None).await;
    assert_eq!(page["results"].as_array().unwrap().len(), 20);
    // Paging back works across more than one page of newer items.
    let (_, oldest) = community.fetch(Method::GET, "/?next_id=22", &token, None).await;
    let ids = |page: &Value| {
        let results = page["results"].as_array().unwrap().clone();
        results.iter().map(|group| group["aggregated"][0]["custom_notification"]["id"].as_u64().unwrap()).collect::<Vec<_>>()
    };
    assert_eq!(ids(&oldest), (2..22).rev().collect::<Vec<_>>());
    let (_, newer) = community.fetch(Method::GET, "/?previous_id=21", &token, None).await;
    assert_eq!(ids(&newer), (22..42).rev().collect::<Vec<_>>());
    let (_, banners) = community.fetch(Method::GET, "/banner/?limit=100&offset=2450", &token, None).await;
    assert_eq!((&banners["count"], banners["results"].as_array().unwrap().len()), (&json!(2_501), 51));
    assert_eq!(banners["results"][50]["banner"]["title"], "The first banner");
}

#[tokio::test]
async fn a_notification_to_everyone_is_a_banner() {
    let community = Community::start().await;
    community.notify(documented()).await;
    for title in ["one", "two"] {
        community.broadcast(json!({"language": "en", "title": title, "link": "https://a.example"})).await;
    }
    let tom = community.token("tom").await;
    let count = async |path: &str| community.fetch(Method::GET, path, &tom, None).await.1["count"].clone();
    assert_eq!((community.unseen_count("tom").await, count("/banner/unseen/count/").await), (json!(1), json!(2)));
    let (_, page) = community.fetch(Method::GET, "/banner/?limit=1", &tom, None).await;
    assert_eq!(
        (&page["count"], &page["previous"], &page["next"]),
        (&json!(2), &Value::Null, &json!(community.server.url(&format!("{BASE}/banner/?limit=1&offset=1"))))
    );
    let first = &page["results"][0];
    assert_eq!(
        (&first["banner"]["title"], &first["banner"]["link"], &first["viewed_at"]),
        (&json!("two"), &json!("https://a.example"), &Value::Null)
    );
    // Numbers that no banner can have are ignored as well.
    let ids = json!({"banner_ids": [first["id"], 999, 9_223_372_036_854_775_808_u64, u64::MAX]});
    assert_eq!(community.fetch(Method::POST, "/banner/read/", &tom, Some(ids.clone())).await.0, 204);
    assert_eq!((count("/banner/unseen/count/").await, count("/banner/undisposed/count/").await), (json!(1), json!(2)));
    assert_eq!(community.fetch(Method::POST, "/banner/dispose/", &tom, Some(ids)).await.0, 204);
    assert_eq!(count("/banner/undisposed/count/").await, 1);
    let (_, page) = community.fetch(Method::GET, "/banner/", &tom, None).await;
    // A disposed banner is no longer in the list.
    assert_eq!((&page["count"], page["results"].as_array().unwrap().len()), (&json!(1), 1), "{page}");
    let other = &page["results"][0];
    assert!(other["banner"]["title"] == "one" && other["disposed_at"].is_null() && other["viewed_at"].is_null(), "{page}");
    let ids = json!({"banner_ids": [other["id"]]});
    assert_eq!(community.fetch(Method::POST, "/banner/read/", &tom, Some(ids)).await.0, 204);
    let (_, page) = community.fetch(Method::GET, "/banner/", &tom, None).await;
    for number in [9_223_372_036_854_775_808, u64::MAX] {
        assert_eq!(community.fetch(Method::GET, &format!("/?previous_id={number}"), &tom, None).await.1["results"], json!([]));
        assert_eq!(community.fetch(Method::GET, &format!("/?next_id={number}"), &tom, None).await.0, 200);
    }
    // The time is that of the action, not of the banner.
    let at = |value: &Value| value.as_str().unwrap().parse::<chrono::DateTime<chrono::Utc>>().unwrap();
    assert!(at(&page["results"][0]["added_at"]) < at(&page["results"][0]["viewed_at"]), "{page}");
}
