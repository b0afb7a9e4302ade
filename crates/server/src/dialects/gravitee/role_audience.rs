//! Sends a message to the holders of roles.

use campanile_domain::{
    model::{access::Actor, idempotency::IdempotencyKey, notification::Message, relation::RelationPattern, routing::Routing},
    send::{SendCommand, SendTime},
};
use campanile_shared::{Audience, Channel, Recipients};

use super::{errors::GraviteeError, message_request::MessageRequest, path::ExecutionContext};
use crate::state::AppState;

/// The pseudo-role for all subscribers, whatever the state of their subscription. A real role of this name takes precedence.
const SUBSCRIBERS: &str = "API_SUBSCRIBERS";

/// Sends to the holders of the requested roles. Returns their number.
#[expect(clippy::too_many_arguments, reason = "each is a part of the request")]
pub async fn send_to_roles(
    app: &AppState,
    by: &Actor,
    place: &ExecutionContext,
    api: Option<&str>,
    request: &MessageRequest,
    channel: Option<Channel>,
    message: Message,
    claim: Option<IdempotencyKey>,
) -> Result<u64, GraviteeError> {
    let recipient = request.recipient.as_ref().ok_or_else(GraviteeError::invalid_recipients)?;
    let scope = recipient.role_scope.as_deref().ok_or_else(GraviteeError::invalid_recipients)?;
    let roles = recipient.role_value.as_deref().filter(|roles| !roles.is_empty()).ok_or_else(GraviteeError::invalid_recipients)?;
    let channel = channel.ok_or_else(GraviteeError::invalid_recipients)?;
    let to = match (api, scope.to_ascii_uppercase().as_str()) {
        (None, "ENVIRONMENT") => roles.iter().map(|role| role_holders(format!("environment:{}", place.environment), role)).collect(),
        (Some(api), "APPLICATION") => consumers(app, by, place, api, roles).await?,
        // Any other combination reaches no one.
        _ => Audience::new(),
    };
    let to = app.campanile.resolve_audience(by, to).await?;
    let summary = app.campanile.audience(by, &to, 0).await?;
    let (ways, recipients) = match channel {
        Channel::Email => (Routing::mail(), summary.addresses),
        _ => (Routing::default(), summary.people),
    };
    let claim = claim.map(|claim| IdempotencyKey { answer: Some(recipients.to_string()), ..claim });
    app.campanile
        .submit(by, SendCommand { id: None, to, message, idempotency_key: claim, fingerprint: None, routing: ways, send_at: SendTime::Now })
        .await?;
    Ok(recipients)
}

fn role_holders(object: String, role: &str) -> Recipients {
    Recipients::Role { object, relation: role.to_owned() }
}

/// The holders of the roles in applications that an API accepted: directly, or through groups of active
/// applications. A group never gives the role of primary owner.
async fn consumers(app: &AppState, by: &Actor, context: &ExecutionContext, api: &str, roles: &[String]) -> Result<Audience, GraviteeError> {
    let campanile = &app.campanile;
    let environment = format!("environment:{}", context.environment);
    let mut to = Audience::new();
    for application in campanile.subjects(by, &format!("api:{api}"), "ACCEPTED").await? {
        let active = campanile.relations_between(by, &environment, &application).await?.iter().any(|relation| relation == "ACTIVE");
        let groups = if active { campanile.subjects(by, &application, "group").await? } else { Vec::new() };
        for role in roles {
            to.push(role_holders(application.clone(), role));
            if role != "PRIMARY_OWNER" {
                to.extend(groups.iter().map(|group| role_holders(group.clone(), role)));
            }
        }
    }
    if roles.iter().any(|role| role == SUBSCRIBERS) {
        let pattern = RelationPattern {
            object: Some("application:".to_owned()),
            relation: Some(SUBSCRIBERS.to_owned()),
            ..RelationPattern::default()
        };
        if !campanile.any_relation(by, &pattern).await? {
            to.push(role_holders(format!("api:{api}"), "subscribed_by"));
        }
    }
    to.sort_unstable();
    to.dedup();
    Ok(to)
}
