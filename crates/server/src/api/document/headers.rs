//! The headers of responses.

use utoipa::openapi::{Header, RefOr, path::Operation};

/// Documents the `Link` header of a call that takes a cursor (RFC 8288).
pub fn link_to_next(call: &mut Operation) {
    if !call.parameters.iter().flatten().any(|parameter| parameter.name == "cursor") {
        return;
    }
    if let Some(RefOr::T(page)) = call.responses.responses.get_mut("200") {
        page.headers.insert("Link".to_owned(), header("`rel=\"next\"` when there is another page"));
    }
}

/// A text header with a description.
pub fn header(description: &str) -> Header {
    let mut header = Header::default();
    header.description = Some(description.to_owned());
    header
}
