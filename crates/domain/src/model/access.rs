//! Callers and their permissions: people, API keys and the operator as values that prove their authority, and
//! one table of abilities.

pub use campanile_shared::Scope;

use std::num::NonZeroU32;

use campanile_shared::{Language, sent::SenderKind};

use crate::{Error, KeyId, PersonId, Result, Tenant, TenantId};

/// A signed-in person.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Person {
    /// The person's tenant.
    pub tenant: TenantId,
    /// The tenant's name.
    pub tenant_name: String,
    /// The person's id.
    pub id: PersonId,
    /// The login, unique in the tenant.
    pub login: String,
    /// The display name.
    pub name: String,
    /// The e-mail address.
    pub email: Option<String>,
    /// Languages that the person reads, the preferred one first, the tenant's last.
    pub languages: Vec<Language>,
    /// Whether the person administers the tenant.
    pub administrator: bool,
}

/// An authenticated API key.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Sender {
    /// The tenant it is bound to.
    pub tenant: TenantId,
    /// The tenant's name.
    pub tenant_name: String,
    /// The key's id.
    pub key: KeyId,
    /// The key's name, which receivers see.
    pub name: String,
    /// What it may do.
    pub scopes: Vec<Scope>,
    /// How many requests a second it may make; `None` means the server's default.
    pub requests_per_second: Option<NonZeroU32>,
}

/// A permission.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Ability {
    /// Send notifications, look up people, count an audience.
    Send,
    /// See sent notifications.
    ReadSent,
    /// Change people and relations.
    Directory,
    /// Register webhook endpoints.
    Subscribe,
    /// Manage people, keys and settings.
    Administer,
    /// Act in the name of others: set their passwords, create their personal tokens.
    Operate,
}

/// The operator may do everything in every tenant: a user who can write the data folder could do it without the program.
///
/// The command line acts as the operator. No request of a client does.
#[derive(Clone, Copy, Debug)]
pub struct Operator;

impl Operator {
    /// The operator as an actor on one tenant.
    pub fn on(self, tenant: &Tenant) -> Actor {
        Actor::Operator { tenant: tenant.id, tenant_name: tenant.name.clone() }
    }
}

/// Who acts on a tenant.
#[derive(Clone, Debug)]
pub enum Actor {
    /// A signed-in person.
    Person(Person),
    /// An API key.
    Sender(Sender),
    /// The operator, on the command line: see [`Operator::on`].
    Operator {
        /// The tenant it acts on.
        tenant: TenantId,
        /// The tenant's name.
        tenant_name: String,
    },
}

impl Actor {
    /// The tenant it acts on.
    pub const fn tenant(&self) -> TenantId {
        match self {
            Self::Person(person) => person.tenant,
            Self::Sender(sender) => sender.tenant,
            Self::Operator { tenant, .. } => *tenant,
        }
    }

    /// The tenant's name.
    pub fn tenant_name(&self) -> &str {
        match self {
            Self::Person(person) => &person.tenant_name,
            Self::Sender(sender) => &sender.tenant_name,
            Self::Operator { tenant_name, .. } => tenant_name,
        }
    }

    /// The name receivers see.
    pub fn name(&self) -> &str {
        match self {
            Self::Person(person) => &person.name,
            Self::Sender(sender) => &sender.name,
            Self::Operator { .. } => "command line",
        }
    }

    /// Whether it is a person or a program. Receivers see the operator as a program.
    pub const fn kind(&self) -> SenderKind {
        match self {
            Self::Person(_) => SenderKind::Person,
            Self::Sender(_) | Self::Operator { .. } => SenderKind::Key,
        }
    }

    /// The table of abilities; [`Error::Forbidden`] if the actor does not have this one.
    pub fn require(&self, ability: Ability) -> Result<()> {
        let allowed = match (self, ability) {
            (Self::Operator { .. }, _) => true,
            (_, Ability::Operate) => false,
            (Self::Person(person), _) => person.administrator,
            (Self::Sender(sender), Ability::Send) => sender.has_scope(Scope::Send),
            (Self::Sender(sender), Ability::ReadSent | Ability::Subscribe) => sender.has_scope(Scope::Read),
            (Self::Sender(sender), Ability::Directory) => sender.has_scope(Scope::Directory),
            (Self::Sender(sender), Ability::Administer) => sender.has_scope(Scope::Admin),
        };
        if allowed { Ok(()) } else { Err(Error::Forbidden) }
    }
}

impl Sender {
    /// Whether the key has this scope, or the admin scope, which includes all.
    pub fn has_scope(&self, scope: Scope) -> bool {
        self.scopes.iter().any(|held| *held == scope || *held == Scope::Admin)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixtures;

    /// The abilities of an administrator.
    const ALL: [Ability; 5] = [Ability::Send, Ability::ReadSent, Ability::Directory, Ability::Subscribe, Ability::Administer];

    #[test]
    fn a_key_may_do_what_its_scopes_say() {
        for (scopes, allowed) in [
            (&[][..], &[][..]),
            (&[Scope::Send], &[Ability::Send]),
            (&[Scope::Read], &[Ability::ReadSent, Ability::Subscribe]),
            (&[Scope::Directory], &[Ability::Directory]),
            (&[Scope::Admin], &ALL),
            (&[Scope::Directory, Scope::Send], &[Ability::Send, Ability::Directory]),
        ] {
            let by = Actor::Sender(fixtures::key(scopes));
            for ability in ALL {
                let expected = allowed.contains(&ability);
                assert_eq!(by.require(ability).is_ok(), expected, "{scopes:?} {ability:?}");
                assert!(expected || matches!(by.require(ability), Err(Error::Forbidden)));
            }
            assert!(matches!(by.require(Ability::Operate), Err(Error::Forbidden)));
        }
    }

    #[test]
    fn a_person_may_do_everything_or_nothing() {
        for administrator in [false, true] {
            let by = Actor::Person(fixtures::person(administrator));
            for ability in ALL {
                assert_eq!(by.require(ability).is_ok(), administrator, "{ability:?}");
            }
            assert!(matches!(by.require(Ability::Operate), Err(Error::Forbidden)));
        }
    }

    #[test]
    fn the_operator_may_do_everything() {
        let by = Actor::Operator { tenant: TenantId(1), tenant_name: "acme".to_owned() };
        for ability in ALL.into_iter().chain([Ability::Operate]) {
            assert!(by.require(ability).is_ok(), "{ability:?}");
        }
        assert_eq!((by.tenant(), by.tenant_name(), by.kind()), (TenantId(1), "acme", SenderKind::Key));
    }

    #[test]
    fn a_scope_holds_itself_and_admin_holds_all() {
        for scope in Scope::ALL {
            let held: Vec<_> = Scope::ALL.into_iter().filter(|other| fixtures::key(&[scope]).has_scope(*other)).collect();
            assert_eq!(held, if scope == Scope::Admin { Scope::ALL.to_vec() } else { vec![scope] });
            assert!(!fixtures::key(&[]).has_scope(scope));
        }
    }

    #[test]
    fn an_actor_is_who_it_is() {
        let (person, key) = (Actor::Person(fixtures::person(false)), Actor::Sender(fixtures::key(&[])));
        assert_eq!((person.tenant(), person.tenant_name(), person.name()), (TenantId(1), "acme", "Ada Byron"));
        assert_eq!((key.tenant(), key.tenant_name(), key.name()), (TenantId(2), "beta", "monitoring"));
        assert_eq!((person.kind(), key.kind()), (SenderKind::Person, SenderKind::Key));
    }
}
