//! The browser's JSON parser must give the same results as serde_json.

use std::fmt::Debug;

use campanile_frontend::json;
use campanile_shared::{Item, Page, Preferences, Recipients, live::Event};
use serde::{Serialize, de::DeserializeOwned};
use wasm_bindgen_test::wasm_bindgen_test;

use crate::harness::item;

fn check<T: Debug + DeserializeOwned + PartialEq>(text: &str) {
    assert_eq!(json::parse::<T>(text), serde_json::from_str(text).ok(), "{text}");
}

fn text(value: &impl Serialize) -> String {
    serde_json::to_string(value).unwrap()
}

#[wasm_bindgen_test]
fn both_parsers_read_the_same() {
    let item = text(&item(9_007_199_254_740_991, "\u{1F514} \"bell\"\n"));
    let snapshot = r#"{"generation":7,"sequence":3,"revision":2,"counts":{"total":1,"unread":1,"unseen":0,"by_severity":{"information":0,"success":0,"warning":1,"error":0}}}"#;
    check::<Item>(&item);
    check::<Item>(&item.replace("\"sequence\":", "\"unknown\":[{}],\"sequence\":"));
    check::<Event>(&format!(r#"{{"event":"arrived","item":{item},"snapshot":{snapshot}}}"#));
    check::<Page>(&format!(r#"{{"items":[{item}],"next":null,"seen_up_to":7,{}"#, &snapshot[1..]));
    check::<Preferences>(r#"{"theme":"dark","views":[{"name":"a","filter":{"view":"unread","after":"2026-11-01T00:00:00Z"}}]}"#);
    check::<Vec<Recipients>>(r#"[{"kind":"everyone"},{"kind":"role","object":"a:b","relation":"c"}]"#);
    check::<Option<Vec<f64>>>("[1,-2.5,1e3]");
}

#[wasm_bindgen_test]
fn both_parsers_refuse_the_same() {
    for wrong in ["", "{", "null", "7", "[]", r#"{"event":"changed"}"#, r#"{"event":"never","snapshot":{}}"#] {
        check::<Event>(wrong);
    }
    for wrong in ["-1", "256", "1.5", "\"1\"", "true", "[1]"] {
        check::<u8>(wrong);
    }
}
