//! Groups to send to: the roles that people hold, and their limits.

use std::time::{Duration, Instant};

use campanile_shared::{
    Audience, Recipients,
    directory::{Group, GroupKind},
};

use crate::{
    Campanile, Result, TenantId,
    model::{
        access::{Ability, Actor},
        relation::{Role, RoleQuery, SUBSCRIBED},
    },
};

/// The relation between an application and a group whose members belong to it.
const GROUP_RELATION: &str = "group";

/// How many roles are read for one list of groups.
const MAX_ROLES: u32 = 100;

/// How many roles of one object a group of all its people may have.
const MAX_ROLES_PER_OBJECT: u32 = 50;

/// How long the search for groups may take.
const MAX_GROUP_SEARCH: Duration = Duration::from_secs(1);

fn selector(role: &Role) -> Recipients {
    Recipients::Role { object: role.object.clone(), relation: role.relation.clone() }
}

impl Campanile {
    /// The names of the roles that people hold on objects whose names begin with the text.
    pub async fn role_names(&self, by: &Actor, beginning: &str) -> Result<Vec<String>> {
        by.require(Ability::Send)?;
        let _turn = self.search_limiter.acquire(by).await?;
        self.store.role_names(by.tenant(), beginning).await
    }

    /// Groups of people to send to. Each word of `text` must occur in their object, its name or their
    /// relation. For each object, the group of all its people comes first, then each of its roles. At most
    /// `limit`, by object, and only what is found within a second. The flag says that this time, or that of a
    /// query, was too short.
    pub async fn groups(&self, by: &Actor, text: &str, limit: usize) -> Result<(Vec<Group>, bool)> {
        by.require(Ability::Send)?;
        let tenant = by.tenant();
        let _turn = self.search_limiter.acquire(by).await?;
        let end = Instant::now() + MAX_GROUP_SEARCH;
        let words = text.to_lowercase().split_whitespace().map(str::to_owned).collect();
        let (found, mut incomplete) = self.store.roles(tenant, RoleQuery::Matching(words), MAX_ROLES).await?;
        let mut groups = Vec::new();
        for roles in found.chunk_by(|one, other| one.object == other.object) {
            let held: Vec<&Role> = roles.iter().filter(|role| role.holders > 0).collect();
            if roles.iter().any(|role| role.relation == SUBSCRIBED) {
                let mut to = Vec::new();
                for application in self.subjects(by, &roles[0].object, SUBSCRIBED).await? {
                    if Instant::now() >= end {
                        return Ok((groups, true));
                    }
                    to.extend(self.members_of(by, &application).await?);
                }
                groups.push(self.group(tenant, GroupKind::Subscribers, &roles[0], to).await?);
            }
            if held.len() > 1 {
                let to = self.members_of(by, &roles[0].object).await?;
                groups.push(self.group(tenant, GroupKind::Members, &roles[0], to).await?);
            }
            for role in held {
                groups.push(self.group(tenant, GroupKind::Role, role, vec![selector(role)]).await?);
            }
            groups.retain(|group| group.people > 0);
            if groups.len() >= limit {
                break;
            }
            if Instant::now() >= end {
                incomplete = true;
                break;
            }
        }
        groups.truncate(limit);
        Ok((groups, incomplete))
    }

    async fn group(&self, tenant: TenantId, bond: GroupKind, role: &Role, mut to: Audience) -> Result<Group> {
        to.sort_unstable();
        to.dedup();
        let to = self.resolve(tenant, to).await?;
        let people = self.store.audience_size(tenant, &to.keys).await?;
        let relation = (bond == GroupKind::Role).then(|| role.relation.clone());
        Ok(Group { bond, object: role.object.clone(), name: role.name.clone(), relation, to: to.selectors, people })
    }

    /// Everyone who holds a role of an object, or of a group attached to it.
    async fn members_of(&self, by: &Actor, object: &str) -> Result<Audience> {
        let mut to = Audience::new();
        for object in [object.to_owned()].into_iter().chain(self.subjects(by, object, GROUP_RELATION).await?) {
            let (roles, _) = self.store.roles(by.tenant(), RoleQuery::Object(object), MAX_ROLES_PER_OBJECT).await?;
            to.extend(roles.iter().filter(|role| role.holders > 0).map(selector));
        }
        Ok(to)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::relation::RelationPattern;

    #[test]
    fn a_role_is_named_by_its_object_and_relation() {
        let role = Role { object: "a:b".into(), relation: "ADMIN".into(), name: None, holders: 1 };
        assert_eq!(selector(&role), Recipients::Role { object: "a:b".into(), relation: "ADMIN".into() });
        let whole = RelationPattern { object: Some("a:b".into()), relation: Some("ADMIN".into()), subject: None, exact: true };
        assert_eq!(RelationPattern::of("a:b", "ADMIN"), whole);
    }
}
