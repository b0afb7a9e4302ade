//! Which errors a call may answer with, and how: as problems of RFC 9457.

use utoipa::openapi::{
    ContentBuilder, HttpMethod, Ref, RefOr, Response, ResponseBuilder,
    path::{Operation, ParameterIn},
};

use super::header;

/// An error that every call of a kind may answer with.
struct Shared {
    status: &'static str,
    /// Its name among the components.
    name: &'static str,
    when: &'static str,
    of: fn(&HttpMethod, &Operation) -> bool,
}

const SHARED: [Shared; 13] = [
    Shared { status: "400", name: "Malformed", when: "The request cannot be read", of: every },
    Shared {
        status: "401",
        name: "Unauthenticated",
        when: "There is no credential, or none that holds",
        of: |_, call| needs_credential(call),
    },
    Shared {
        status: "403",
        name: "Forbidden",
        when: "The caller has not the right; or a session cookie came from another site",
        of: |_, call| needs_credential(call),
    },
    Shared {
        status: "404",
        name: "NotFound",
        when: "There is nothing at this path",
        of: |_, call| call.parameters.iter().flatten().any(|parameter| parameter.parameter_in == ParameterIn::Path),
    },
    Shared { status: "405", name: "MethodNotAllowed", when: "The path does not know the method", of: every },
    Shared {
        status: "413",
        name: "TooLarge",
        when: "The body is larger than the server takes (`server.max_body`)",
        of: |_, call| call.request_body.is_some(),
    },
    Shared {
        status: "415",
        name: "UnsupportedMediaType",
        when: "The body is of another media type, or compressed",
        of: |_, call| call.request_body.is_some(),
    },
    Shared {
        status: "422",
        name: "Invalid",
        when: "`errors` names the fields that cannot be taken, and why",
        of: |_, call| call.request_body.is_some(),
    },
    Shared { status: "429", name: "TooMany", when: "There are too many requests of this caller", of: |_, call| needs_credential(call) },
    Shared { status: "500", name: "Fault", when: "A fault of the server", of: every },
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

/// Whether a call is only for those who say who they are.
fn needs_credential(call: &Operation) -> bool {
    // A call that names no security has that of the document.
    call.security.is_none()
}

/// Adds the errors that follow from what a call is, and makes problems of those that it names itself.
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

/// The shared errors, each by its name among the components.
pub fn responses() -> impl Iterator<Item = (String, RefOr<Response>)> {
    SHARED.iter().map(|error| (error.name.to_owned(), problem(error.status, error.when).into()))
}

/// An error of a status, with the header fields that come with it.
fn problem(status: &str, when: &str) -> Response {
    let problem = ContentBuilder::new().schema(Some(Ref::from_schema_name("Problem"))).build();
    let response = ResponseBuilder::new().description(when).content("application/problem+json", problem);
    let response = match status {
        "401" => response.header("WWW-Authenticate", header("`Bearer` (RFC 6750 §3)")),
        "405" => response.header("Allow", header("The methods that the path knows (RFC 9110 §10.2.1)")),
        "429" | "503" => response.header("Retry-After", header("After how many seconds to try again (RFC 9110 §10.2.3)")),
        _ => response,
    };
    response.build()
}
