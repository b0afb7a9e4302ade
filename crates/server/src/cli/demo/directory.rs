//! The sample directory: environments, APIs and applications (Gravitee), a department (myKaarma), and a
//! community (SelfCommunity).

use campanile_shared::directory::{ObjectRecord, Record, Relation};

/// Objects with a name.
const OBJECTS: [(&str, &str); 8] = [
    ("api:petstore", "Petstore"),
    ("api:payments", "Payments"),
    ("api:weather", "Weather"),
    ("application:shop", "Shop"),
    ("application:till", "Till"),
    ("application:mobile", "Mobile app"),
    ("application:intranet", "Intranet"),
    ("application:legacy", "Legacy portal"),
];

/// Relations as object, relation, subject.
const RELATIONS: [(&str, &str, &str); 40] = [
    ("environment:DEFAULT", "ADMIN", "person:ada"),
    ("environment:DEFAULT", "ADMIN", "person:bo"),
    ("environment:DEFAULT", "API_PUBLISHER", "person:clara"),
    ("environment:DEFAULT", "USER", "person:dmitri"),
    ("environment:DEFAULT", "USER", "person:emi"),
    ("environment:STAGING", "ADMIN", "person:ada"),
    ("environment:STAGING", "USER", "person:clara"),
    ("environment:DEFAULT", "api", "api:petstore"),
    ("environment:DEFAULT", "api", "api:payments"),
    ("environment:DEFAULT", "api", "api:weather"),
    ("environment:DEFAULT", "ACTIVE", "application:shop"),
    ("environment:DEFAULT", "ACTIVE", "application:till"),
    ("environment:DEFAULT", "ACTIVE", "application:mobile"),
    ("environment:DEFAULT", "ACTIVE", "application:intranet"),
    ("environment:DEFAULT", "ARCHIVED", "application:legacy"),
    ("api:petstore", "ACCEPTED", "application:shop"),
    ("api:petstore", "ACCEPTED", "application:mobile"),
    ("api:petstore", "PENDING", "application:till"),
    ("api:payments", "ACCEPTED", "application:till"),
    ("api:payments", "REJECTED", "application:intranet"),
    ("api:payments", "PAUSED", "application:mobile"),
    ("api:weather", "CLOSED", "application:legacy"),
    ("api:petstore", "subscribed_by", "person:dmitri"),
    ("api:petstore", "subscribed_by", "person:emi"),
    ("api:payments", "subscribed_by", "person:bo"),
    ("api:payments", "subscribed_by", "person:clara"),
    ("api:weather", "subscribed_by", "person:emi"),
    ("application:shop", "PRIMARY_OWNER", "person:dmitri"),
    ("application:shop", "OWNER", "person:emi"),
    ("application:mobile", "OWNER", "person:clara"),
    ("application:till", "PRIMARY_OWNER", "person:bo"),
    ("application:shop", "group", "group:retail"),
    ("group:retail", "OWNER", "person:bo"),
    ("group:retail", "USER", "person:emi"),
    ("department:service", "internal_subscriber", "person:ada"),
    ("department:service", "internal_subscriber", "person:clara"),
    ("department:service", "external_subscriber", "person:emi"),
    ("department:service", "owner", "person:bo"),
    ("person:emi", "follower", "person:ada"),
    ("person:emi", "follower", "person:bo"),
];

/// The whole directory as import records.
pub fn records() -> Vec<Record> {
    let objects =
        OBJECTS.iter().map(|(object, name)| Record::Object(ObjectRecord { object: (*object).to_owned(), name: (*name).to_owned() }));
    let relation = |(object, relation, subject): &(&str, &str, &str)| {
        Record::Relation(Relation { object: (*object).to_owned(), relation: (*relation).to_owned(), subject: (*subject).to_owned() })
    };
    objects.chain(RELATIONS.iter().map(relation)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_api_with_subscriptions_has_subscribers() {
        for (api, state, application) in
            RELATIONS.iter().filter(|(object, _, subject)| object.starts_with("api:") && subject.starts_with("application:"))
        {
            let subscribed = RELATIONS.iter().any(|(object, relation, _)| object == api && *relation == "subscribed_by");
            assert!(subscribed, "{api} {state} {application}");
        }
    }
}
