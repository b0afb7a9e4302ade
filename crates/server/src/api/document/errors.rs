//! Adds to each call the errors it can return, as problem details (RFC 9457).

use utoipa::openapi::{
    ContentBuilder, HttpMethod, Ref, RefOr, Response, ResponseBuilder,
    path::{Operation, ParameterIn},
};

use super::headers::header;

/// An error that all calls of a kind can return.
struct CommonError {
    status: &'static str,
    /// Its name in `components.responses`.
    name: &'static str,
    description: &'static str,
    applies_to: fn(&HttpMethod, &Operation) -> bool,
}

const COMMON_ERRORS: [CommonError; 13] = [
    CommonError { status: "400", name: "Malformed", description: "The request cannot be read", applies_to: all_calls },
    CommonError {
        status: "401",
        name: "Unauthenticated",
        description: "The credential is missing or invalid",
        applies_to: |_, call| needs_credential(call),
    },
    CommonError {
        status: "403",
        name: "Forbidden",
        description: "The caller lacks the permission, or a session cookie was sent by another site",
        applies_to: |_, call| needs_credential(call),
    },
    CommonError {
        status: "404",
        name: "NotFound",
        description: "Nothing was found at this path",
        applies_to: |_, call| call.parameters.iter().flatten().any(|parameter| parameter.parameter_in == ParameterIn::Path),
    },
    CommonError { status: "405", name: "MethodNotAllowed", description: "The path does not support the method", applies_to: all_calls },
    CommonError {
        status: "413",
        name: "TooLarge",
        description: "The body is larger than the limit `server.max_body`",
        applies_to: |_, call| call.request_body.is_some(),
    },
    CommonError {
        status: "415",
        name: "UnsupportedMediaType",
        description: "The body has the wrong media type or is compressed",
        applies_to: |_, call| call.request_body.is_some(),
    },
    CommonError {
        status: "422",
        name: "Invalid",
        description: "`errors` lists the invalid fields and what is wrong with each",
        applies_to: |_, call| call.request_body.is_some(),
    },
    CommonError {
        status: "429",
        name: "TooMany",
        description: "The caller sent too many requests",
        applies_to: |_, call| needs_credential(call),
    },
    CommonError { status: "500", name: "Fault", description: "An internal server error", applies_to: all_calls },
    CommonError { status: "503", name: "Unavailable", description: "The server cannot answer now", applies_to: all_calls },
    CommonError {
        status: "507",
        name: "Full",
        description: "The server's disk is full; nothing was stored",
        applies_to: |method, _| *method != HttpMethod::Get,
    },
    CommonError { status: "default", name: "Other", description: "Any other error", applies_to: all_calls },
];

fn all_calls(_: &HttpMethod, _: &Operation) -> bool {
    true
}

/// Whether a call requires a credential.
fn needs_credential(call: &Operation) -> bool {
    // A call without `security` inherits the document's.
    call.security.is_none()
}

/// Adds the common errors that apply to a call, and gives the errors it declares itself the problem schema.
pub fn add_errors(method: HttpMethod, call: &mut Operation) {
    for error in COMMON_ERRORS.iter().filter(|error| (error.applies_to)(&method, call)).collect::<Vec<_>>() {
        let shared = || Ref::from_response_name(error.name).into();
        call.responses.responses.entry(error.status.to_owned()).or_insert_with(shared);
    }
    for (status, response) in &mut call.responses.responses {
        if let RefOr::T(response) = response
            && status.starts_with(['4', '5'])
        {
            *response = problem_response(status, &response.description);
        }
    }
}

/// The common errors with their component names.
pub fn common_responses() -> impl Iterator<Item = (String, RefOr<Response>)> {
    COMMON_ERRORS.iter().map(|error| (error.name.to_owned(), problem_response(error.status, error.description).into()))
}

/// The response of an error status, with the headers that come with it.
fn problem_response(status: &str, when: &str) -> Response {
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
