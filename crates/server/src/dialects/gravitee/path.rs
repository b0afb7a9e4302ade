//! Maps a method and path to a call and its organisation and environment.

use axum::http::Method;

use super::errors::GraviteeError;

/// The organisation and environment of a call; `DEFAULT` when the path has none.
#[derive(Debug, Eq, PartialEq)]
pub struct ExecutionContext {
    /// The organisation.
    pub organization: String,
    /// The environment.
    pub environment: String,
}

/// A call of this dialect.
#[derive(Debug, Eq, PartialEq)]
pub enum Endpoint {
    /// `POST …/messages`
    EnvironmentMessage,
    /// `POST …/apis/{api}/messages`
    ApiMessage(String),
    /// `GET /management/…/user/notifications`
    Notifications,
    /// `GET /portal/…/user/notifications`
    PortalNotifications,
    /// `DELETE …/user/notifications`
    DeleteNotifications,
    /// `DELETE …/user/notifications/{id}`
    DeleteNotification(String),
    /// `GET …/configuration/rolescopes/{scope}/roles`
    Roles(String),
    /// `POST …/user/login`
    Login,
    /// `POST /portal/…/auth/login`
    PortalLogin,
    /// `POST …/user/logout`, `POST /portal/…/auth/logout`
    Logout,
}

const DEFAULT: &str = "DEFAULT";

/// Whether a path belongs to the portal's API, which has its own error format.
pub fn is_portal(path: &str) -> bool {
    path.split('/').find(|word| !word.is_empty()) == Some("portal")
}

/// Finds the call of a path. The base is `/management` or `/portal`, then an optional organisation and an
/// optional environment.
pub fn route(method: &Method, path: &str) -> Result<(ExecutionContext, Endpoint), GraviteeError> {
    let segments: Vec<&str> = path.split('/').filter(|word| !word.is_empty()).collect();
    let (portal, mut rest) = match segments.as_slice() {
        ["management", rest @ ..] => (false, rest),
        ["portal", rest @ ..] => (true, rest),
        _ => return Err(GraviteeError::no_such_path()),
    };
    let mut context = ExecutionContext { organization: DEFAULT.to_owned(), environment: DEFAULT.to_owned() };
    if let ["organizations", organization, further @ ..] = rest {
        context.organization = (*organization).to_owned();
        rest = further;
    }
    if let ["environments", environment, further @ ..] = rest {
        context.environment = (*environment).to_owned();
        rest = further;
    }
    let word = |word: &&str| (*word).to_owned();
    let mut endpoints = match rest {
        ["messages"] if !portal => vec![(Method::POST, Endpoint::EnvironmentMessage)],
        ["apis", api, "messages"] if !portal => vec![(Method::POST, Endpoint::ApiMessage(word(api)))],
        ["user", "notifications"] => {
            let list = if portal { Endpoint::PortalNotifications } else { Endpoint::Notifications };
            vec![(Method::GET, list), (Method::DELETE, Endpoint::DeleteNotifications)]
        }
        ["user", "notifications", id] => vec![(Method::DELETE, Endpoint::DeleteNotification(word(id)))],
        ["configuration", "rolescopes", scope, "roles"] if !portal => vec![(Method::GET, Endpoint::Roles(word(scope)))],
        ["user", "login"] if !portal => vec![(Method::POST, Endpoint::Login)],
        ["user", "logout"] if !portal => vec![(Method::POST, Endpoint::Logout)],
        ["auth", "login"] if portal => vec![(Method::POST, Endpoint::PortalLogin)],
        ["auth", "logout"] if portal => vec![(Method::POST, Endpoint::Logout)],
        _ => return Err(GraviteeError::no_such_path()),
    };
    let wanted = if *method == Method::HEAD { &Method::GET } else { method };
    match endpoints.iter().position(|(method, _)| method == wanted) {
        Some(at) => Ok((context, endpoints.swap_remove(at).1)),
        None => Err(GraviteeError::method_not_allowed(allow_header(&endpoints))),
    }
}

/// The `Allow` header for these calls (RFC 9110 §10.2.1).
fn allow_header(known: &[(Method, Endpoint)]) -> &'static str {
    let has = |wanted: &Method| known.iter().any(|(method, _)| method == wanted);
    match (has(&Method::GET), has(&Method::DELETE)) {
        (true, true) => "GET, HEAD, DELETE",
        (true, false) => "GET, HEAD",
        (false, true) => "DELETE",
        (false, false) => "POST",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn organisation_and_environment_are_optional() {
        let check = |method: Method, path: &str, expected: Option<(&str, &str, Endpoint)>| {
            let expected = expected.map(|(organization, environment, call)| {
                (ExecutionContext { organization: organization.to_owned(), environment: environment.to_owned() }, call)
            });
            assert_eq!(route(&method, path).ok(), expected, "{method} {path}");
        };
        for (base, organization, environment) in [
            ("/management/organizations/O/environments/E", "O", "E"),
            ("/management/environments/E", "DEFAULT", "E"),
            ("/management/organizations/O", "O", "DEFAULT"),
            ("/management", "DEFAULT", "DEFAULT"),
        ] {
            check(Method::POST, &format!("{base}/messages"), Some((organization, environment, Endpoint::EnvironmentMessage)));
            let api = Some((organization, environment, Endpoint::ApiMessage("a1".into())));
            check(Method::POST, &format!("{base}/apis/a1/messages"), api);
            check(Method::GET, &format!("{base}/user/notifications"), Some((organization, environment, Endpoint::Notifications)));
            check(Method::GET, &format!("{base}/messages"), None);
        }
        check(Method::GET, "/portal/environments/E/user/notifications", Some(("DEFAULT", "E", Endpoint::PortalNotifications)));
        check(
            Method::DELETE,
            "/portal/environments/E/user/notifications/x",
            Some(("DEFAULT", "E", Endpoint::DeleteNotification("x".into()))),
        );
        for path in ["/", "/management", "/portal/messages", "/management/user", "/other/messages"] {
            check(Method::POST, path, None);
        }
    }
}
