//! The list of all endpoints, from which the router and the OpenAPI document are made.

use axum::Router;
use utoipa::openapi::OpenApi;
use utoipa_axum::{
    router::{OpenApiRouter, UtoipaMethodRouter},
    routes,
};

use super::{
    button_clicks, deliveries, directory,
    document::{base, complete},
    drafts, events, export, inbox, keys, me, members, notifications, password, people, recall_and_correct, recipients, request_previews,
    scheduled, session, sign_in_link, tenant, thumbnail, volume,
};
use crate::state::AppState;

/// All endpoints, grouped by path. Each is made when it is needed: the descriptions of all of them together take
/// several megabytes, which the allocator would keep after the start.
pub const ENDPOINTS: &[fn() -> UtoipaMethodRouter<AppState>] = &[
    || routes!(session::sign_in, session::sign_out),
    || routes!(sign_in_link::sign_in_link_person),
    || routes!(me::get_me),
    || routes!(me::set_preferences),
    || routes!(password::change_password),
    || routes!(people::find_people),
    || routes!(people::count_audience),
    || routes!(notifications::send, notifications::list_sent),
    || routes!(notifications::get_sent),
    || routes!(request_previews::preview_requests),
    || routes!(deliveries::deliveries),
    || routes!(deliveries::redeliver),
    || routes!(recipients::recipients),
    || routes!(button_clicks::button_clicks),
    || routes!(scheduled::scheduled),
    || routes!(scheduled::cancel_scheduled),
    || routes!(scheduled::send_scheduled_now),
    || routes!(directory::put_record, directory::end_relation),
    || routes!(directory::queries::relations),
    || routes!(directory::queries::objects),
    || routes!(directory::queries::groups),
    || routes!(directory::remove_person),
    || routes!(directory::import::import),
    || routes!(directory::export::export),
    || routes!(keys::list_keys, keys::create_key),
    || routes!(keys::revoke_key),
    || routes!(members::list_members, members::add_member),
    || routes!(members::get_member, members::change_member),
    || routes!(members::set_disabled),
    || routes!(members::create_sign_in_link),
    || routes!(tenant::get_settings, tenant::set_settings),
    || routes!(tenant::rotate_portal_secret),
    || routes!(volume::get_volume),
    || routes!(drafts::list_drafts),
    || routes!(drafts::get_draft, drafts::save_draft, drafts::delete_draft),
    || routes!(recall_and_correct::recall_notification),
    || routes!(recall_and_correct::correct_notification),
    || routes!(inbox::list_inbox),
    || routes!(inbox::count_matching),
    || routes!(export::export),
    || routes!(inbox::get_item),
    || routes!(button_clicks::record_click),
    || routes!(thumbnail::get_thumbnail),
    || routes!(inbox::counts),
    || routes!(inbox::components),
    || routes!(inbox::change),
    || routes!(inbox::undo),
    || routes!(inbox::mark_seen),
    || routes!(events::ticket),
    || routes!(events::events),
];

/// The router without the document.
pub fn router() -> Router<AppState> {
    ENDPOINTS.iter().fold(Router::new(), |router, endpoint| {
        let (_, paths, methods) = endpoint();
        paths.paths.keys().fold(router, |router, path| router.route(path, methods.clone()))
    })
}

/// The OpenAPI 3.1 document.
pub fn document() -> OpenApi {
    let described = ENDPOINTS.iter().fold(OpenApiRouter::with_openapi(base()), |router, endpoint| router.routes(endpoint()));
    complete(described.into_openapi())
}
