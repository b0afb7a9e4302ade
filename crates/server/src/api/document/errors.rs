//! Adds to each call the errors it can return, as problem details (RFC 9457).

use utoipa::openapi::{
    ContentBuilder, HttpMethod, Ref, RefOr, Response, ResponseBuilder,
    path::{Operation, ParameterIn},
};

use super::header;

/// An error that all calls of a kind can return.
struct Shared {
    status: &'static str,
    /// Its name in `components.responses`.
    name: &'static str,
    when: &'static str,
    of: fn(&HttpMethod, &Operation) -> bool,
}

const SHARED: [Shared; 13] = [
    Shared { status: "400", name: "Malformed", when: "The request cannot be read", of: every },
    Shared { status: "401", name: "Unauthenticated", when: "The credential is missing or invalid", of: |_, call| needs_credential(call) },
    Shared {
        status: "403",
        name: "Forbidden",
        when: "The caller lacks the permission, or a session cookie was sent by another site",
        of: |_, call| needs_credential(call),
    },
    Shared {
        status: "404",
        name: "NotFound",
        when: "Nothing was found at this path",
        of: |_, call| call.parameters.iter().flatten().any(|parameter| parameter.parameter_in == ParameterIn::Path),
    },
    Shared { status: "405", name: "MethodNotAllowed", when: "The path does not support the method", of: every },
    Shared {
        status: "413",
        name: "TooLarge",
        when: "The body is larger than the limit `server.max_body`",
        of: |_, call| call.request_body.is_some(),
    },
    Shared {
        status: "415",
        name: "UnsupportedMediaType",
        when: "The body has the wrong media type or is compressed",
        of: |_, call| call.request_body.is_some(),
    },
    Shared {
        status: "422",
        name: "Invalid",
        when: "`errors` lists the invalid fields and what is wrong with each",
        of: |_, call| call.request_body.is_some(),
    },
    Shared { status: "429", name: "TooMany", when: "The caller sent too many requests", of: |_, call| needs_credential(call) },
    Shared { status: "500", name: "Fault", when: "An internal server error", of: every },
    Shared { status: "503", name: "Unavailable", when: "The server cannot answer now", of: every },
    Shared {
        status: "507",
        name: "Full",
        when: "The server's disk is full; nothing was stored",
        of: |method, _| *method != HttpMethod::Get,
    },
    Shared { status: "default", name: "Other", when: "Any other error", of: every },
];

fn every(_: &HttpMethod, _: &Operation) -> bool {
    true
}

/// Whether a call requires a credential.
fn needs_credential(call: &Operation) -> bool {
    // A call without `security` inherits the document's.
    call.security.is_none()
}

/// Adds the common errors that apply to a call, and gives the errors it declares itself the problem schema.
pub fn complete(method: HttpMethod, call: &mut Operation) {
    for error in SHARED.iter().filter(|error| (error.of)(&method, call)).collect::<Vec<_>>() {
        let shared = || Ref::from_response_name(error.name).into();
        call.responses.responses.entry(error.status.to_owned()).or_insert_with(shared);
    }
    for (status, response) in &mut call.responses.responses {
        if let RefOr::T(response) = response
            && status.starts_with(['4', '5'])
        {
            *response = problem(status, &response.description);
        }
    }
}

/// The common errors with their component names.
pub fn responses() -> impl Iterator<Item = (String, RefOr<Response>)> {
    SHARED.iter().map(|error| (error.name.to_owned(), problem(error.status, error.when).into()))
}

/// The response of an error status, with the headers that come with it.
fn problem(status: &str, when: &str) -> Response {
    let problem = ContentBuilder::new().schema(Some(Ref::from_schema_name("Problem"))).build();
    let response = ResponseBuilder::new().description(when).content("application/problem+json", problem);
    let response = match status {
        "401" => response.header("WWW-Authenticate", header("`Bearer` (RFC 6750 §3)")),
        "405" => response.header("Allow", header("The methods that the path supports (RFC 9110 §10.2.1)")),
        "429" | "503" => response.header("Retry-After", header("Seconds to wait before the next attempt (RFC 9110 §10.2.3)")),
        _ => response,
    };
    response.build()
}
