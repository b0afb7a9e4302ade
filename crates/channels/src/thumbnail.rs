//! Fetches thumbnails of attachments from other hosts. The server fetches them because a reader's browser would reveal to the
//! host who reads what, and from where. Only images that cannot contain a script are returned. The first bytes decide what is
//! an image, not the host's `Content-Type`.

use std::time::Duration;

use tokio::{
    sync::Semaphore,
    time::{Instant, timeout_at},
};

use crate::{SettingError, SsrfGuard, http_clients::HttpClients};

/// The largest image, in bytes.
const MAX_BYTES: usize = 512 * 1024;
/// The most requests at the same time.
const MAX_CONCURRENT: usize = 16;

/// An image.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Thumbnail {
    /// The media type.
    pub media_type: &'static str,
    /// The content.
    pub bytes: Vec<u8>,
}

/// Fetches thumbnails.
pub struct ThumbnailFetcher {
    guard: SsrfGuard,
    clients: HttpClients,
    timeout: Duration,
    permits: Semaphore,
}

impl ThumbnailFetcher {
    /// Creates a fetcher with this guard. `timeout` limits each fetch as a whole.
    pub fn new(guard: SsrfGuard, timeout: Duration) -> Result<Self, SettingError> {
        let clients = HttpClients::new(&guard, None, timeout, 2)?;
        Ok(Self { guard, clients, timeout, permits: Semaphore::new(MAX_CONCURRENT) })
    }

    /// Fetches the image at a URL. Returns `None` if the guard refuses the URL, the time is over, or the response is not an image
    /// or too large.
    pub async fn fetch(&self, url: &str) -> Option<Thumbnail> {
        let deadline = Instant::now() + self.timeout;
        timeout_at(deadline, self.get(url)).await.ok().flatten()
    }

    async fn get(&self, url: &str) -> Option<Thumbnail> {
        let target = self.guard.check_url(url).ok()?;
        let _permit = self.permits.acquire().await.ok()?;
        let request = self.clients.for_target(&target).get(target.url.clone()).header("accept", "image/*");
        let mut response = request.send().await.ok().filter(|response| response.status() == 200)?;
        let mut bytes = Vec::new();
        while let Some(chunk) = response.chunk().await.ok()? {
            if bytes.len() + chunk.len() > MAX_BYTES {
                return None;
            }
            bytes.extend_from_slice(&chunk);
        }
        Some(Thumbnail { media_type: sniff_media_type(&bytes)?, bytes })
    }
}

/// The media type of an image by its first bytes (WHATWG MIME Sniffing §6.1).
fn sniff_media_type(bytes: &[u8]) -> Option<&'static str> {
    match bytes {
        [0x89, b'P', b'N', b'G', b'\r', b'\n', 0x1A, b'\n', ..] => Some("image/png"),
        [0xFF, 0xD8, 0xFF, ..] => Some("image/jpeg"),
        [b'G', b'I', b'F', b'8', b'7' | b'9', b'a', ..] => Some("image/gif"),
        [b'R', b'I', b'F', b'F', _, _, _, _, b'W', b'E', b'B', b'P', ..] => Some("image/webp"),
        [_, _, _, _, b'f', b't', b'y', b'p', b'a', b'v', b'i', b'f' | b's', ..] => Some("image/avif"),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pictures_are_told_by_their_beginning() {
        for (bytes, expected) in [
            (&b"\x89PNG\r\n\x1a\n...."[..], Some("image/png")),
            (b"\xff\xd8\xff\xe0", Some("image/jpeg")),
            (b"GIF89a", Some("image/gif")),
            (b"RIFF\0\0\0\0WEBPVP8 ", Some("image/webp")),
            (b"\0\0\0\x20ftypavif", Some("image/avif")),
            (b"<svg xmlns=\"http://www.w3.org/2000/svg\"/>", None),
            (b"<!DOCTYPE html>", None),
            (b"RIFF\0\0\0\0WAVE", None),
            (b"", None),
        ] {
            assert_eq!(sniff_media_type(bytes), expected, "{bytes:?}");
        }
    }
}
