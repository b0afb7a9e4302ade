//! Buttons of a notification: recipients click them, and senders see the clicks.

use reqwest::Method;
use serde_json::{Value, json};

use super::{Acme, everyone};

/// Sends a notification with two buttons; returns its id.
async fn send_with_buttons(acme: &Acme, to: Value) -> String {
    let body = json!({
        "to": to,
        "content": [{"language": "en", "title": "Restart now?"}],
        "buttons": [{"label": "Later"}, {"label": "Read more", "link": "https://acme.example/restart", "primary": true}],
    });
    acme.fetch(Method::POST, "/notifications", &acme.key, Some(body)).await["id"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn a_report_lists_who_clicked_which_button_and_when() {
    let acme = Acme::start().await;
    let (ada, emi) = (acme.session("ada").await, acme.session("emi").await);
    let id = send_with_buttons(&acme, everyone()).await;
    let press = |button: u32| format!("/inbox/{id}/buttons/{button}/press");
    let before = acme.fetch(Method::GET, &format!("/inbox/{id}"), &ada, None).await;
    assert!(before["buttons"].as_array().unwrap().iter().all(|button| button.get("pressed_at").is_none()), "{before}");
    let pressed = acme.fetch(Method::POST, &press(0), &ada, None).await;
    let at = &pressed["buttons"][0]["pressed_at"];
    assert!(at.is_string() && pressed["buttons"][1].get("pressed_at").is_none(), "{pressed}");
    assert_eq!(pressed["id"], id);
    // Only the first click counts.
    assert_eq!(acme.fetch(Method::POST, &press(0), &ada, None).await["buttons"][0]["pressed_at"], *at);
    assert_eq!(acme.fetch(Method::GET, &format!("/inbox/{id}"), &ada, None).await, pressed);
    acme.fetch(Method::POST, &press(1), &emi, None).await;
    let path = format!("/notifications/{id}/presses");
    let report = acme.fetch(Method::GET, &path, &acme.key, None).await;
    let clicks: Vec<_> =
        report["items"].as_array().unwrap().iter().map(|press| (&press["person"], &press["button"], &press["label"])).collect();
    assert_eq!(clicks, [(&json!("ada"), &json!(0), &json!("Later")), (&json!("emi"), &json!(1), &json!("Read more"))]);
    assert_eq!((&report["items"][0]["pressed_at"], &report["items"][0]["name"]), (at, &json!("ada Example")));
    let first = acme.fetch(Method::GET, &format!("{path}?limit=1"), &acme.key, None).await;
    let second = acme.fetch(Method::GET, &format!("{path}?limit=1&cursor={}", first["next"].as_str().unwrap()), &acme.key, None).await;
    assert_eq!((&second["items"][0], &second["next"]), (&report["items"][1], &Value::Null));
}

#[tokio::test]
async fn only_recipients_can_click_and_only_senders_see_the_clicks() {
    let acme = Acme::start().await;
    let (ada, emi) = (acme.session("ada").await, acme.session("emi").await);
    let id = send_with_buttons(&acme, json!([{"kind": "person", "person": "ada"}])).await;
    let stranger = acme.server.sign_in("elsewhere").await;
    for (path, token, status) in [
        (format!("/inbox/{id}/buttons/0/press"), emi.as_str(), 404),
        (format!("/inbox/{id}/buttons/0/press"), stranger.as_str(), 404),
        (format!("/inbox/{id}/buttons/2/press"), ada.as_str(), 404),
        (format!("/inbox/{id}/buttons/-1/press"), ada.as_str(), 404),
        (format!("/inbox/{id}/buttons/0/press"), acme.key.as_str(), 403),
        (format!("/inbox/{id}/buttons/0/press"), "cms_nobody", 401),
    ] {
        assert_eq!(acme.try_fetch(Method::POST, &path, token, None).await.0, status, "{path}");
    }
    let path = format!("/notifications/{id}/presses");
    assert_eq!(acme.fetch(Method::GET, &path, &acme.key, None).await["items"], json!([]));
    assert_eq!(acme.try_fetch(Method::GET, &path, &emi, None).await.0, 403);
    assert_eq!(acme.try_fetch(Method::GET, &path, &stranger, None).await.0, 404);
}
