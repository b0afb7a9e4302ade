//! Reads a request body up to a limit, for dialects that report a too large body in their own format.

use axum::{
    body::{Body, Bytes, HttpBody},
    http::HeaderMap,
};
use bytes::BytesMut;
use http_body_util::BodyExt;

use crate::body_encoding::{is_compressed, strip_bom};

/// How many bytes beyond the limit are read and dropped before the response. Most clients write the
/// whole body before they read: closing the connection early would lose the error response.
const MAX_DRAINED: usize = 16 * 1024 * 1024;

/// Why a body could not be read.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum BodyError {
    /// The body is larger than the limit.
    TooLarge,
    /// The connection was closed early, or the framing is invalid.
    Incomplete,
    /// The body is compressed (RFC 9110 §8.4), which is answered 415 (§15.5.16).
    Compressed,
}

/// Reads a body of at most `limit` bytes. A leading byte order mark is removed, which RFC 8259 §8.1 allows
/// readers to ignore.
pub async fn read(headers: &HeaderMap, body: Body, limit: usize) -> Result<Bytes, BodyError> {
    if is_compressed(headers) {
        return Err(BodyError::Compressed);
    }
    let body = collect(body, limit).await?;
    let text = strip_bom(&body);
    Ok(if text.len() == body.len() { body } else { body.slice_ref(text) })
}

async fn collect(mut body: Body, limit: usize) -> Result<Bytes, BodyError> {
    let declared_length = body.size_hint().lower();
    if declared_length > (limit + MAX_DRAINED) as u64 {
        return Err(BodyError::TooLarge);
    }
    let mut single_frame = Bytes::new();
    let mut joined = BytesMut::new();
    let mut length = 0_usize;
    while let Some(frame) = body.frame().await {
        let Ok(data) = frame.map_err(|_| BodyError::Incomplete)?.into_data() else { continue };
        length += data.len();
        if length > limit + MAX_DRAINED {
            break;
        }
        if length > limit {
            (single_frame, joined) = (Bytes::new(), BytesMut::new());
        } else if single_frame.is_empty() {
            single_frame = data;
        } else {
            if joined.is_empty() {
                joined.extend_from_slice(&single_frame);
            }
            joined.extend_from_slice(&data);
        }
    }
    match length {
        _ if length > limit => Err(BodyError::TooLarge),
        _ if joined.is_empty() => Ok(single_frame),
        _ => Ok(joined.freeze()),
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
    struct ChunkedBody(VecDeque<&'static [u8]>);

    impl HttpBody for ChunkedBody {
        type Data = Bytes;
        type Error = Infallible;

        fn poll_frame(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Result<http_body::Frame<Bytes>, Infallible>>> {
            Poll::Ready(self.0.pop_front().map(|piece| Ok(http_body::Frame::data(Bytes::from_static(piece)))))
        }
    }

    #[tokio::test]
    async fn chunks_are_joined_up_to_the_limit() {
        let none = HeaderMap::new();
        let read = |pieces: &[&'static [u8]], limit| super::read(&none, Body::new(ChunkedBody(pieces.iter().copied().collect())), limit);
        assert_eq!(read(&[], 4).await.unwrap(), "");
        assert_eq!(read(&[b"abcd"], 4).await.unwrap(), "abcd");
        assert_eq!(read(&[b"", b"ab", b"", b"c", b"d"], 4).await.unwrap(), "abcd");
        assert_eq!(read(&[b"ab", b"cd", b"e"], 4).await, Err(BodyError::TooLarge));
        assert_eq!(read(&[b"abcde", b"", b"f"], 4).await, Err(BodyError::TooLarge));
        assert_eq!(super::read(&none, Body::from(vec![0; MAX_DRAINED + 5]), 4).await, Err(BodyError::TooLarge));
        assert_eq!(read(&[b"\xef\xbb", b"\xbf{}"], 8).await.unwrap(), "{}");
        assert_eq!(read(&[b"\xef\xbb\xbf"], 8).await.unwrap(), "");
    }
}
