//! The operations of a path.

use utoipa::openapi::{
    HttpMethod,
    path::{Operation, PathItem},
};

/// The operations of a path with their methods.
pub fn calls(item: &mut PathItem) -> impl Iterator<Item = (HttpMethod, &mut Operation)> {
    let PathItem { get, put, post, delete, patch, .. } = item;
    let calls = [
        (HttpMethod::Get, get),
        (HttpMethod::Put, put),
        (HttpMethod::Post, post),
        (HttpMethod::Delete, delete),
        (HttpMethod::Patch, patch),
    ];
    calls.into_iter().filter_map(|(method, call)| Some((method, call.as_mut()?)))
}
