//! The small picture of an attached file, fetched on the reader's behalf.

use axum::{
    extract::State,
    http::{HeaderValue, header},
    response::{IntoResponse, Response},
};
use campanile_domain::Error;
use uuid::Uuid;

use super::{Path, document::media::Picture};
use crate::{app::App, auth::Reader, problem::Refusal};

/// The small picture of an attachment.
///
/// It is fetched from where it lies by the server, which lets nothing through but pictures of at
/// most 512 KiB: the host learns nothing of the reader.
#[utoipa::path(get, operation_id = "get_thumbnail", path = "/inbox/{id}/attachments/{attachment}/thumbnail", tag = "inbox", params(
    ("id" = Uuid, Path, description = "The notification's id"),
    ("attachment" = usize, Path, description = "The attachment's place in `attachments`, from 0"),
), responses(
    (status = 200, description = "The picture", content_type = "image/*", body = Picture),
    (status = 404, description = "It is not in this inbox, has no such picture, or none could be fetched"),
))]
pub async fn thumbnail(
    State(app): State<App>,
    Reader(who): Reader,
    Path((id, attachment)): Path<(Uuid, usize)>,
) -> Result<Response, Refusal> {
    let item = app.campanile.inbox_item(&who, id).await?;
    let url = item.attachments.get(attachment).and_then(|file| file.thumbnail.as_ref());
    let (pictures, url) = app.pictures.as_ref().zip(url).ok_or(Error::NotFound)?;
    let picture = pictures.fetch(url.as_str()).await.ok_or(Error::NotFound)?;
    let mut response = picture.bytes.into_response();
    let fields = [
        (header::CONTENT_TYPE, picture.kind),
        // Another reader of this browser asks anew: not everything is in everybody's inbox.
        (header::CACHE_CONTROL, "private, max-age=86400"),
        (header::VARY, "authorization, cookie"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        // Opened by itself it is a picture still.
        (header::CONTENT_SECURITY_POLICY, "default-src 'none'; sandbox"),
    ];
    response.headers_mut().extend(fields.map(|(name, value)| (name, HeaderValue::from_static(value))));
    Ok(response)
}
