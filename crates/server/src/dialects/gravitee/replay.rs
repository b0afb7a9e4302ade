//! The response to a repeated request.

use axum::{
    Json,
    response::{IntoResponse, Response},
};
use campanile_domain::model::{access::Actor, delivery::TARGET_DISABLED, idempotency::RecordedResponse};
use campanile_shared::delivery::DeliveryState;

use super::{errors::GraviteeError, http_message::send_failed};
use crate::state::AppState;

/// Answers a repeated request like the first: with the stored count, or with the result of the one
/// attempt. `None` when the process ended during that attempt; the repeated request then makes it.
pub async fn replay(app: &AppState, by: &Actor, first: RecordedResponse) -> Result<Option<Response>, GraviteeError> {
    if let Some(recipients) = first.answer.and_then(|answer| answer.parse::<u64>().ok()) {
        return Ok(Some(Json(recipients).into_response()));
    }
    let Some(delivery) = app.campanile.first_delivery(by, first.accepted.id).await? else { return Ok(Some(Json(1).into_response())) };
    let answer = delivery.attempts.into_iter().next().map(|attempt| attempt.answer).unwrap_or_default();
    match delivery.state {
        DeliveryState::Delivered => Ok(Some(Json(1).into_response())),
        // As in the first response: the URL had refused to take anything, now or earlier.
        DeliveryState::Rejected if answer.starts_with("410") || answer.starts_with(TARGET_DISABLED) => {
            Err(send_failed(&delivery.target, &answer))
        }
        DeliveryState::Rejected => Err(GraviteeError::forbidden_url()),
        DeliveryState::GivenUp => Err(send_failed(&delivery.target, &answer)),
        DeliveryState::Pending => Ok(None),
    }
}
