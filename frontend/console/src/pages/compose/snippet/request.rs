//! A send request as a request to one of the APIs, with a list of the fields that the API does not support.

use campanile_shared::{Channel, Priority, Recipients, SendRequest, Severity, send_request::ContentInput, text};
use serde_json::{Map, Value, json};

/// An API that the server supports.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Api {
    /// Campanile's own API.
    Campanile,
    /// Citrix Cloud's notifications.
    Citrix,
    /// Gravitee APIM's messages.
    Gravitee,
    /// myKaarma's notify.
    MyKaarma,
    /// SelfCommunity's custom notifications.
    SelfCommunity,
}

impl Api {
    /// Every API.
    pub const ALL: [Self; 5] = [Self::Campanile, Self::Citrix, Self::Gravitee, Self::MyKaarma, Self::SelfCommunity];

    /// The name, which is the same in every language of the console.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Campanile => "Campanile",
            Self::Citrix => "Citrix Cloud",
            Self::Gravitee => "Gravitee APIM",
            Self::MyKaarma => "myKaarma",
            Self::SelfCommunity => "SelfCommunity",
        }
    }
}

/// A field of a send request that an API does not support.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum UnsupportedField {
    /// The audience. The program has a placeholder instead.
    Audience,
    /// The channel.
    Channel,
    /// All languages but the first.
    Languages,
    /// The severity.
    Severity,
    /// The priority.
    Priority,
    /// The component.
    Component,
    /// The categories.
    Categories,
    /// The link.
    Link,
    /// The buttons.
    Buttons,
    /// The send time.
    Later,
    /// The expiry.
    Expiry,
}

/// A POST request with a JSON body.
pub struct Request {
    /// The path, relative to the server's base URL.
    pub path: String,
    /// The authentication.
    pub credentials: Credentials,
    /// The body, pretty-printed.
    pub body: String,
}

/// How the API key is sent.
pub enum Credentials {
    /// In the `Authorization` header, after this prefix.
    Key(&'static str),
    /// As the password of Basic authentication, with the key's name as the user (RFC 7617).
    Basic,
}

/// The request, and the fields that the API does not support. `at` is the current time in RFC 3339.
pub fn build(tenant: &str, draft: &SendRequest, at: &str, api: Api) -> (Request, Vec<UnsupportedField>) {
    let mut unsupported = Vec::new();
    let first = draft.content.first().cloned().unwrap_or_default();
    let (path, credentials, body) = match api {
        Api::Campanile => {
            ("/api/v1/notifications".to_owned(), Credentials::Key("Bearer "), serde_json::to_value(draft).unwrap_or_default())
        }
        Api::Citrix => {
            let body = citrix(tenant, draft, at, &mut unsupported);
            (format!("/citrix/{}/notifications/items", text::percent_encoded(tenant)), Credentials::Key("CwsAuth bearer="), body)
        }
        Api::Gravitee => {
            let path = "/gravitee/management/organizations/DEFAULT/environments/DEFAULT/messages".to_owned();
            (path, Credentials::Key("Bearer "), gravitee(draft, &first, &mut unsupported))
        }
        Api::MyKaarma => {
            let (department, body) = mykaarma(draft, &first, &mut unsupported);
            let path = format!("/mykaarma/communications/department/{}/user/campanile/notify", text::percent_encoded(&department));
            (path, Credentials::Basic, body)
        }
        Api::SelfCommunity => {
            let path = "/selfcommunity/api/v2/notification/notify/".to_owned();
            (path, Credentials::Key("Bearer "), selfcommunity(draft, &first, &mut unsupported))
        }
    };
    // Serialising a `Value` does not fail.
    (Request { path, credentials, body: serde_json::to_string_pretty(&body).unwrap_or_default() }, unsupported)
}

/// Adds those of the fields in `which` that the send request uses.
fn note_unsupported(draft: &SendRequest, unsupported: &mut Vec<UnsupportedField>, which: &[UnsupportedField]) {
    for one in which {
        let said = match one {
            UnsupportedField::Audience => false,
            UnsupportedField::Channel => draft.channel != Channel::Portal,
            UnsupportedField::Languages => draft.content.len() > 1,
            UnsupportedField::Severity => draft.severity != Severity::Information,
            UnsupportedField::Priority => draft.priority != Priority::Normal,
            UnsupportedField::Component => draft.component.is_some(),
            UnsupportedField::Categories => !draft.categories.is_empty(),
            UnsupportedField::Link => draft.content.iter().any(|content| content.link.is_some()),
            UnsupportedField::Buttons => !draft.buttons.is_empty(),
            UnsupportedField::Later => draft.not_before.is_some(),
            UnsupportedField::Expiry => draft.expires_at.is_some(),
        };
        if said {
            unsupported.push(*one);
        }
    }
}

/// Citrix requires a component and a description. If one is missing, the tenant's name or the title is used.
fn citrix(tenant: &str, draft: &SendRequest, at: &str, unsupported: &mut Vec<UnsupportedField>) -> Value {
    let to = match &draft.to[..] {
        [Recipients::Administrators] => "*".to_owned(),
        [Recipients::Person { person }] => person.clone(),
        _ => {
            unsupported.push(UnsupportedField::Audience);
            "*".to_owned()
        }
    };
    note_unsupported(
        draft,
        unsupported,
        &[UnsupportedField::Channel, UnsupportedField::Buttons, UnsupportedField::Later, UnsupportedField::Expiry],
    );
    let severity = match draft.severity {
        Severity::Information => "Information",
        Severity::Success => "Success",
        Severity::Warning => "Warning",
        Severity::Error => "Error",
    };
    let priority = match draft.priority {
        Priority::Low => "Low",
        Priority::Normal => "Normal",
        Priority::High => "High",
        Priority::Urgent => "Urgent",
    };
    let content = draft.content.iter().map(|content| {
        let ContentInput { language, title, description, link } = content;
        let description = if description.is_empty() { title } else { description };
        let mut entry = json!({"languageTag": language, "title": title, "description": description});
        if let Some(link) = link {
            entry["detailUri"] = json!(link);
        }
        entry
    });
    let mut body = json!({
        "destinationAdmin": to,
        "component": draft.component.as_deref().unwrap_or(tenant),
        "createdDate": at,
        "severity": severity,
        "priority": priority,
        "content": content.collect::<Vec<_>>(),
    });
    if !draft.categories.is_empty() {
        body["categories"] = json!(draft.categories);
    }
    body
}

/// The roles, if the audience consists of roles of one object only.
fn roles_of_one_object<'d>(draft: &'d SendRequest, kind: &str) -> Option<(&'d str, Vec<&'d str>)> {
    let mut object = None;
    let mut held = Vec::new();
    for recipients in &draft.to {
        let Recipients::Role { object: of, relation } = recipients else { return None };
        let id = of.strip_prefix(kind)?;
        if object.is_some_and(|known| known != id) {
            return None;
        }
        object = Some(id);
        held.push(relation.as_str());
    }
    object.map(|object| (object, held))
}

fn gravitee(draft: &SendRequest, first: &ContentInput, unsupported: &mut Vec<UnsupportedField>) -> Value {
    const ONLY_OURS: [UnsupportedField; 8] = [
        UnsupportedField::Languages,
        UnsupportedField::Severity,
        UnsupportedField::Priority,
        UnsupportedField::Component,
        UnsupportedField::Categories,
        UnsupportedField::Link,
        UnsupportedField::Buttons,
        UnsupportedField::Later,
    ];
    note_unsupported(draft, unsupported, &ONLY_OURS);
    note_unsupported(draft, unsupported, &[UnsupportedField::Expiry]);
    let mut body = json!({"channel": "PORTAL", "title": first.title, "text": first.description});
    if let (Channel::Http, Some(post)) = (draft.channel, &draft.http) {
        let headers: Map<String, Value> = post.headers.iter().map(|header| (header.name.clone(), json!(header.value))).collect();
        body["channel"] = json!("HTTP");
        body["text"] = json!(post.body);
        body["recipient"] = json!({"url": post.url});
        body["params"] = Value::Object(headers);
        body["useSystemProxy"] = json!(post.system_proxy);
        return body;
    }
    if draft.channel == Channel::Email {
        body["channel"] = json!("MAIL");
    }
    let values = roles_of_one_object(draft, "environment:").filter(|(environment, _)| *environment == "DEFAULT").map(|(_, roles)| roles);
    let values = values.unwrap_or_else(|| {
        unsupported.push(UnsupportedField::Audience);
        vec!["ADMIN"]
    });
    body["recipient"] = json!({"role_scope": "ENVIRONMENT", "role_value": values});
    body
}

fn mykaarma(draft: &SendRequest, first: &ContentInput, unsupported: &mut Vec<UnsupportedField>) -> (String, Value) {
    note_unsupported(
        draft,
        unsupported,
        &[
            UnsupportedField::Channel,
            UnsupportedField::Languages,
            UnsupportedField::Severity,
            UnsupportedField::Priority,
            UnsupportedField::Component,
            UnsupportedField::Categories,
            UnsupportedField::Link,
            UnsupportedField::Later,
            UnsupportedField::Expiry,
        ],
    );
    let mut department = None;
    let mut attributes = Map::new();
    let mut associates = Vec::new();
    for recipients in &draft.to {
        let flag = match recipients {
            Recipients::Person { person } => {
                associates.push(person.as_str());
                continue;
            }
            Recipients::Role { object, relation } => object.strip_prefix("department:").zip(match relation.as_str() {
                "internal_subscriber" => Some("internalSubscribersNotifierPop"),
                "external_subscriber" => Some("externalSubscribersNotifierPop"),
                "owner" => Some("threadOwnerNotifierPop"),
                _ => None,
            }),
            _ => None,
        };
        match flag {
            Some((of, flag)) if department.is_none_or(|known| known == of) => {
                department = Some(of);
                attributes.insert(flag.to_owned(), json!(true));
            }
            _ if !unsupported.contains(&UnsupportedField::Audience) => unsupported.push(UnsupportedField::Audience),
            _ => {}
        }
    }
    if !associates.is_empty() {
        attributes.insert("additionalNotifierNotificationDAUUIDs".to_owned(), json!(associates));
    }
    if attributes.is_empty() {
        attributes.insert("internalSubscribersNotifierPop".to_owned(), json!(true));
    }
    if !draft.buttons.is_empty() {
        let buttons = draft.buttons.iter().map(|button| json!({"buttonDefaultText": button.label, "isPrimaryButton": button.primary}));
        attributes.insert("notificationButtons".to_owned(), buttons.collect());
    }
    let message = json!({"subject": first.title, "body": first.description, "type": "OUTGOING", "protocol": "NONE"});
    let body = json!({"messageAttributes": message, "notificationAttributes": attributes});
    (department.unwrap_or("DEFAULT").to_owned(), body)
}

/// SelfCommunity's users are numbers. A send request has them only as external IDs.
fn selfcommunity(draft: &SendRequest, first: &ContentInput, unsupported: &mut Vec<UnsupportedField>) -> Value {
    const ONLY_OURS: [UnsupportedField; 9] = [
        UnsupportedField::Channel,
        UnsupportedField::Languages,
        UnsupportedField::Severity,
        UnsupportedField::Priority,
        UnsupportedField::Component,
        UnsupportedField::Categories,
        UnsupportedField::Buttons,
        UnsupportedField::Later,
        UnsupportedField::Expiry,
    ];
    note_unsupported(draft, unsupported, &ONLY_OURS);
    let user = match &draft.to[..] {
        [Recipients::Person { person }] => person.strip_prefix("selfcommunity:").and_then(|user| user.parse::<u64>().ok()),
        _ => None,
    };
    let user = user.unwrap_or_else(|| {
        unsupported.push(UnsupportedField::Audience);
        1
    });
    let mut body =
        json!({"recipients_type": "user", "user": user, "type": "message", "title": first.title, "description": first.description});
    if let Some(link) = &first.link {
        body["embed"] = json!({"embed_type": "link", "embed_id": "1", "url": link});
    }
    body
}
