//! Serves the thumbnail of an attachment, fetched by the server.

use axum::{
    extract::State,
    http::{HeaderValue, header},
    response::{IntoResponse, Response},
};
use campanile_domain::Error;
use uuid::Uuid;

use super::{document::media::ThumbnailBytes, extract::Path};
use crate::{auth::Reader, problem::ApiError, security_headers, state::AppState};

/// Get the thumbnail of an attachment.
///
/// The server fetches it, so that the hosting server learns nothing about the reader. Only images of at
/// most 512 KiB are passed on.
#[utoipa::path(get, operation_id = "get_thumbnail", path = "/inbox/{id}/attachments/{attachment}/thumbnail", tag = "inbox", params(
    ("id" = Uuid, Path, description = "The notification's id"),
    ("attachment" = usize, Path, description = "The attachment's index in `attachments`, from 0"),
), responses(
    (status = 200, description = "The image", content_type = "image/*", body = ThumbnailBytes),
    (status = 404, description = "The item is not in this inbox, has no such thumbnail, or it could not be fetched"),
))]
pub async fn get_thumbnail(
    State(app): State<AppState>,
    Reader(who): Reader,
    Path((id, attachment)): Path<(Uuid, usize)>,
) -> Result<Response, ApiError> {
    let item = app.campanile.inbox_item(&who, id).await?;
    let url = item.attachments.get(attachment).and_then(|file| file.thumbnail.as_ref());
    let (pictures, url) = app.thumbnails.as_ref().zip(url).ok_or(Error::NotFound)?;
    let picture = pictures.fetch(url.as_str()).await.ok_or(Error::NotFound)?;
    let mut response = picture.bytes.into_response();
    let fields = [
        (header::CONTENT_TYPE, picture.media_type),
        // Another person in the same browser must not get it from the cache: the item may not be in their inbox.
        (header::CACHE_CONTROL, "private, max-age=86400"),
        (header::VARY, "authorization, cookie"),
    ];
    security_headers::for_picture(response.headers_mut());
    response.headers_mut().extend(fields.map(|(name, value)| (name, HeaderValue::from_static(value))));
    Ok(response)
}
