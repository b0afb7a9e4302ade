//! Which records of the directory are valid, and which are about the tenant itself.

use campanile_shared::{FieldError, directory::Record, display_name, limits::MAX_OBJECT_LENGTH, problem::FieldErrorCode};

use crate::model::audience_key::ADMINISTRATOR_ROLE;

/// The errors in a record, with pointers into the record.
pub fn check_record(record: &Record) -> Vec<FieldError> {
    let mut faults = Vec::new();
    let mut name = |pointer: &str, text: &str| faults.extend(display_name::check(pointer, text));
    match record {
        Record::Person(person) => {
            name("/person/login", &person.login);
            person.name.iter().for_each(|text| name("/person/name", text));
            person.email.iter().for_each(|text| name("/person/email", text));
            for (at, id) in person.external_ids.iter().enumerate() {
                name(&format!("/person/external_ids/{at}"), id);
            }
            if person.email.as_deref().is_some_and(|email| !email.contains('@')) {
                faults.push(FieldError::new("/person/email", FieldErrorCode::Malformed));
            }
        }
        Record::Object(object) => {
            name("/object/name", &object.name);
            faults.extend(display_name::check_line("/object/object", &object.object, MAX_OBJECT_LENGTH));
        }
        Record::Relation(relation) => {
            name("/relation/relation", &relation.relation);
            for (pointer, text) in [("/relation/object", &relation.object), ("/relation/subject", &relation.subject)] {
                // This limit is longer than that of a name, because `person:` may precede a name of full
                // length.
                faults.extend(display_name::check_line(pointer, text, MAX_OBJECT_LENGTH));
                if !text.trim().is_empty()
                    && text != ADMINISTRATOR_ROLE.0
                    && !text.split_once(':').is_some_and(|(kind, id)| !kind.is_empty() && !id.is_empty())
                {
                    faults.push(FieldError::new(pointer, FieldErrorCode::Malformed));
                }
            }
        }
    }
    faults
}

/// Whether a record concerns the tenant itself, such as who administers it. Changing that is administration
/// and not part of the directory.
pub(crate) fn is_about_tenant(record: &Record) -> bool {
    match record {
        Record::Person(_) => false,
        Record::Object(object) => object.object == ADMINISTRATOR_ROLE.0,
        Record::Relation(relation) => relation.object == ADMINISTRATOR_ROLE.0,
    }
}

#[cfg(test)]
mod tests {
    use campanile_shared::directory::{ObjectRecord, PersonRecord, Relation};

    use super::*;

    fn person(login: &str) -> PersonRecord {
        PersonRecord { login: login.into(), name: None, email: None, languages: Vec::new(), external_ids: Vec::new() }
    }

    fn relation(object: &str, relation: &str, subject: &str) -> Record {
        Record::Relation(Relation { object: object.into(), relation: relation.into(), subject: subject.into() })
    }

    fn object(object: &str, name: &str) -> Record {
        Record::Object(ObjectRecord { object: object.into(), name: name.into() })
    }

    #[test]
    fn errors_point_to_their_fields() {
        let one = |pointer: &str, code| vec![(pointer.to_owned(), code)];
        let with_email = |email: &str| Record::Person(PersonRecord { email: Some(email.into()), ..person("ada") });
        for (record, expected) in [
            (Record::Person(person("ada")), Vec::new()),
            (Record::Person(person(" ")), one("/person/login", FieldErrorCode::Missing)),
            (
                Record::Person(PersonRecord { name: Some("a\nb".into()), ..person("ada") }),
                one("/person/name", FieldErrorCode::ControlCharacter),
            ),
            (with_email("ada@acme.example"), Vec::new()),
            (with_email("ada"), one("/person/email", FieldErrorCode::Malformed)),
            (
                Record::Person(PersonRecord { external_ids: vec!["a:7".into(), String::new()], ..person("ada") }),
                one("/person/external_ids/1", FieldErrorCode::Missing),
            ),
            (object("api:petstore", "Petstore"), Vec::new()),
            (object("", "Petstore"), one("/object/object", FieldErrorCode::Missing)),
            (object("api:petstore", ""), one("/object/name", FieldErrorCode::Missing)),
            (relation("a:b", "ADMIN", "person:ada"), Vec::new()),
            (relation("tenant", "administrator", "person:ada"), Vec::new()),
            (relation("", "ADMIN", "person:ada"), one("/relation/object", FieldErrorCode::Missing)),
            (relation("a:b", " ", "person:ada"), one("/relation/relation", FieldErrorCode::Missing)),
            (relation("a:b", "ADMIN", "  "), one("/relation/subject", FieldErrorCode::Missing)),
            (relation("a", "ADMIN", "person:ada"), one("/relation/object", FieldErrorCode::Malformed)),
            (relation(":b", "ADMIN", "person:ada"), one("/relation/object", FieldErrorCode::Malformed)),
            (relation("a:", "ADMIN", "person:ada"), one("/relation/object", FieldErrorCode::Malformed)),
            (relation("a:b", "ADMIN", "ada"), one("/relation/subject", FieldErrorCode::Malformed)),
        ] {
            let found: Vec<_> = check_record(&record).into_iter().map(|fault| (fault.pointer, fault.code)).collect();
            assert_eq!(found, expected, "{record:?}");
        }
    }

    #[test]
    fn records_about_the_tenant_are_recognised() {
        for (record, of_tenant) in [
            (Record::Person(person("tenant")), false),
            (object("tenant", "Acme"), true),
            (object("tenant:x", "Acme"), false),
            (relation("tenant", "administrator", "person:ada"), true),
            (relation("tenant", "anything", "group:x"), true),
            (relation("a:b", "administrator", "tenant"), false),
        ] {
            assert_eq!(is_about_tenant(&record), of_tenant, "{record:?}");
        }
    }
}
