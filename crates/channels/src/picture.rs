//! The small pictures that other hosts keep of attached files, fetched here: a reader's browser would
//! tell those hosts who reads what, from where. Only pictures come back, told by their first bytes
//! and never by what the host says of them, and none that can hold a script.

use std::time::Duration;

use tokio::{
    sync::Semaphore,
    time::{Instant, timeout_at},
};

use crate::{BadSetting, Guard, clients::Clients};

/// The largest picture, in bytes.
const LARGEST: usize = 512 * 1024;
/// How many are fetched at once.
const AT_ONCE: usize = 16;

/// A picture.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Picture {
    /// Its media type.
    pub kind: &'static str,
    /// Its bytes.
    pub bytes: Vec<u8>,
}

/// Fetches them.
pub struct Pictures {
    guard: Guard,
    clients: Clients,
    timeout: Duration,
    places: Semaphore,
}

impl Pictures {
    /// With this guard, none in more than `timeout`.
    pub fn new(guard: Guard, timeout: Duration) -> Result<Self, BadSetting> {
        let clients = Clients::new(&guard, None, timeout, 2)?;
        Ok(Self { guard, clients, timeout, places: Semaphore::new(AT_ONCE) })
    }

    /// The picture at a URL; `None` when the guard refuses, nothing comes in time, or what comes is
    /// no picture or too large.
    pub async fn fetch(&self, url: &str) -> Option<Picture> {
        let deadline = Instant::now() + self.timeout;
        timeout_at(deadline, self.get(url)).await.ok().flatten()
    }

    async fn get(&self, url: &str) -> Option<Picture> {
        let target = self.guard.judge(url).ok()?;
        let _place = self.places.acquire().await.ok()?;
        let request = self.clients.of(&target).get(target.url.clone()).header("accept", "image/*");
        let mut response = request.send().await.ok().filter(|response| response.status() == 200)?;
        let mut bytes = Vec::new();
        while let Some(chunk) = response.chunk().await.ok()? {
            if bytes.len() + chunk.len() > LARGEST {
                return None;
            }
            bytes.extend_from_slice(&chunk);
        }
        Some(Picture { kind: kind(&bytes)?, bytes })
    }
}

/// The media type of a picture, by how it begins (WHATWG MIME Sniffing §6.1).
fn kind(bytes: &[u8]) -> Option<&'static str> {
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
            assert_eq!(kind(bytes), expected, "{bytes:?}");
        }
    }
}
