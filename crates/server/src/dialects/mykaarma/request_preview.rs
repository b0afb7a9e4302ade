//! A send request in the format of myKaarma's notify.

use campanile_shared::{
    Recipients,
    request_preview::{Authorization, RequestPreview, UnsupportedField},
    text,
};
use serde_json::{Map, json};

use crate::{
    config::dialect_names::MYKAARMA,
    request_preview::{PreviewInput, post_json, unsupported_fields},
};

/// The request. It names one department; people are added to it.
pub fn request_preview(input: &PreviewInput) -> RequestPreview {
    let request = input.request;
    let mut unsupported = unsupported_fields(request, &[UnsupportedField::Buttons]);
    let (mut department, mut people, mut attributes) = (None, Vec::new(), Map::new());
    for recipients in &request.to {
        match recipients {
            Recipients::Person { person } => people.push(person.as_str()),
            recipients => match department_role(recipients) {
                Some((of, flag)) if department.is_none_or(|known| known == of) => {
                    department = Some(of);
                    attributes.insert(flag.to_owned(), json!(true));
                }
                _ if !unsupported.contains(&UnsupportedField::Audience) => unsupported.push(UnsupportedField::Audience),
                _ => {}
            },
        }
    }
    if !people.is_empty() {
        attributes.insert("additionalNotifierNotificationDAUUIDs".to_owned(), json!(people));
    }
    if attributes.is_empty() {
        attributes.insert("internalSubscribersNotifierPop".to_owned(), json!(true));
    }
    if !request.buttons.is_empty() {
        let buttons = request.buttons.iter().map(|button| json!({"buttonDefaultText": button.label, "isPrimaryButton": button.primary}));
        attributes.insert("notificationButtons".to_owned(), buttons.collect());
    }
    let first = request.content.first().cloned().unwrap_or_default();
    let body = json!({
        "messageAttributes": {"subject": first.title, "body": first.description, "type": "OUTGOING", "protocol": "NONE"},
        "notificationAttributes": attributes,
    });
    let department = text::percent_encoded(department.unwrap_or("DEFAULT"));
    let path = format!("/{MYKAARMA}/communications/department/{department}/user/campanile/notify");
    post_json("myKaarma", path, Authorization::Basic, &body, unsupported)
}

/// The department of a role, and the attribute that adds the people with this role.
fn department_role(recipients: &Recipients) -> Option<(&str, &'static str)> {
    let Recipients::Role { object, relation } = recipients else { return None };
    let attribute = match relation.as_str() {
        "internal_subscriber" => "internalSubscribersNotifierPop",
        "external_subscriber" => "externalSubscribersNotifierPop",
        "owner" => "threadOwnerNotifierPop",
        _ => return None,
    };
    Some((object.strip_prefix("department:")?, attribute))
}
