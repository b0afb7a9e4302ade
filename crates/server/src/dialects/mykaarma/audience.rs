//! Who gets a notification: the groups of the department that the request's flags select, and the dealer associates it names.

use campanile_domain::{
    PersonId,
    model::{access::Actor, relation::PERSON_PREFIX},
};
use campanile_shared::{Audience, Recipients};

use super::{
    errors::MyKaarmaError,
    response::NotifyResponse,
    wire::{Notification, Notify},
};
use crate::{config::dialect_names::MYKAARMA, state::AppState};

/// The audience of a request, and the people who get it without a pop-up: those who are only named. A name without a person is a
/// warning.
pub async fn of_request(
    app: &AppState,
    by: &Actor,
    payload: &Notify,
    department: &str,
    response: &mut NotifyResponse,
) -> Result<(Audience, Vec<PersonId>), MyKaarmaError> {
    let Some(attributes) = &payload.notification_attributes else { return Ok((Audience::new(), Vec::new())) };
    let object = format!("department:{department}");
    let groups = selected_groups(attributes, &object);
    let (mut to, mut quiet_for) = (groups.clone(), Vec::new());
    for associate in named_associates(attributes) {
        let external = format!("{MYKAARMA}:{associate}");
        let Some(person) = app.campanile.find_person(by, &external).await? else {
            response.add_warning("UNKNOWN_DEALER_ASSOCIATE", format!("No person has the id {associate}."));
            continue;
        };
        let relations = app.campanile.relations_between(by, &object, &format!("{PERSON_PREFIX}{external}")).await?;
        if !groups.iter().any(|to| matches!(to, Recipients::Role { relation, .. } if relations.contains(relation))) {
            quiet_for.push(person);
        }
        to.push(Recipients::Person { person: external });
    }
    Ok((to, quiet_for))
}

/// The groups that the flags select, as roles of the department.
fn selected_groups(attributes: &Notification, object: &str) -> Audience {
    let flags = [
        (attributes.internal_subscribers_notifier_pop, "internal_subscriber"),
        (attributes.external_subscribers_notifier_pop, "external_subscriber"),
        (attributes.thread_owner_notifier_pop, "owner"),
    ];
    let role = |relation: &str| Recipients::Role { object: object.to_owned(), relation: relation.to_owned() };
    flags.into_iter().filter(|(flag, _)| *flag == Some(true)).map(|(_, relation)| role(relation)).collect()
}

/// The named associates, without duplicates.
fn named_associates(attributes: &Notification) -> Vec<String> {
    let mut named = attributes.associates.clone().unwrap_or_default();
    named.sort_unstable();
    named.dedup();
    named
}
