//! Reads a request body up to a limit, for dialects that report a too large body in their own format.

use axum::{
    body::{Body, Bytes, HttpBody},
    http::HeaderMap,
};
use bytes::BytesMut;
use http_body_util::BodyExt;

use crate::body_encoding::{is_encoded, without_mark};

/// How many bytes beyond the limit are read and dropped before the response. Most clients write the
/// whole body before they read: closing the connection early would lose the error response.
const PATIENCE: usize = 16 * 1024 * 1024;

/// Why a body could not be read.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Unreadable {
    /// The body is larger than the limit.
    TooLarge,
    /// The connection was closed early, or the framing is invalid.
    Broken,
    /// The body is compressed (RFC 9110 §8.4), which is answered 415 (§15.5.16).
    Encoded,
}

/// Reads a body of at most `limit` bytes. A leading byte order mark is removed, which RFC 8259 §8.1 allows
/// readers to ignore.
pub async fn read(headers: &HeaderMap, body: Body, limit: usize) -> Result<Bytes, Unreadable> {
    if is_encoded(headers) {
        return Err(Unreadable::Encoded);
    }
    let body = collect(body, limit).await?;
    let text = without_mark(&body);
    Ok(if text.len() == body.len() { body } else { body.slice_ref(text) })
}

async fn collect(mut body: Body, limit: usize) -> Result<Bytes, Unreadable> {
    let announced = body.size_hint().lower();
    if announced > (limit + PATIENCE) as u64 {
        return Err(Unreadable::TooLarge);
    }
    let mut first = Bytes::new();
    let mut more = BytesMut::new();
    let mut length = 0_usize;
    while let Some(frame) = body.frame().await {
        let Ok(data) = frame.map_err(|_| Unreadable::Broken)?.into_data() else { continue };
        length += data.len();
        if length > limit + PATIENCE {
            break;
        }
        if length > limit {
            (first, more) = (Bytes::new(), BytesMut::new());
        } else if first.is_empty() {
            first = data;
        } else {
            if more.is_empty() {
                more.extend_from_slice(&first);
            }
            more.extend_from_slice(&data);
        }
    }
    match length {
        _ if length > limit => Err(Unreadable::TooLarge),
        _ if more.is_empty() => Ok(first),
        _ => Ok(more.freeze()),
    }
}

#[cfg(test)]
mod tests {
    use std::{
        collections::VecDeque,
        convert::Infallible,
        pin::Pin,
        task::{Context, Poll},
    };

    use super::*;

    /// A body that arrives in chunks.
    struct Pieces(VecDeque<&'static [u8]>);

    impl HttpBody for Pieces {
        type Data = Bytes;
        type Error = Infallible;

        fn poll_frame(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Result<http_body::Frame<Bytes>, Infallible>>> {
            Poll::Ready(self.0.pop_front().map(|piece| Ok(http_body::Frame::data(Bytes::from_static(piece)))))
        }
    }

    #[tokio::test]
    async fn pieces_are_joined_up_to_the_limit() {
        let none = HeaderMap::new();
        let read = |pieces: &[&'static [u8]], limit| super::read(&none, Body::new(Pieces(pieces.iter().copied().collect())), limit);
        assert_eq!(read(&[], 4).await.unwrap(), "");
        assert_eq!(read(&[b"abcd"], 4).await.unwrap(), "abcd");
        assert_eq!(read(&[b"", b"ab", b"", b"c", b"d"], 4).await.unwrap(), "abcd");
        assert_eq!(read(&[b"ab", b"cd", b"e"], 4).await, Err(Unreadable::TooLarge));
        assert_eq!(read(&[b"abcde", b"", b"f"], 4).await, Err(Unreadable::TooLarge));
        assert_eq!(super::read(&none, Body::from(vec![0; PATIENCE + 5]), 4).await, Err(Unreadable::TooLarge));
        assert_eq!(read(&[b"\xef\xbb", b"\xbf{}"], 8).await.unwrap(), "{}");
        assert_eq!(read(&[b"\xef\xbb\xbf"], 8).await.unwrap(), "");
    }
}
