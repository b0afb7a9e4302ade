//! Maps a method and path to a call and its organisation and environment.

use axum::http::Method;

use super::error::Refusal;

/// The organisation and environment of a call; `DEFAULT` when the path has none.
#[derive(Debug, Eq, PartialEq)]
pub struct Place {
    /// The organisation.
    pub organization: String,
    /// The environment.
    pub environment: String,
}

/// A call of this dialect.
#[derive(Debug, Eq, PartialEq)]
pub enum Call {
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
pub fn find(method: &Method, path: &str) -> Result<(Place, Call), Refusal> {
    let words: Vec<&str> = path.split('/').filter(|word| !word.is_empty()).collect();
    let (portal, mut rest) = match words.as_slice() {
        ["management", rest @ ..] => (false, rest),
        ["portal", rest @ ..] => (true, rest),
        _ => return Err(Refusal::no_such_path()),
    };
    let mut place = Place { organization: DEFAULT.to_owned(), environment: DEFAULT.to_owned() };
    if let ["organizations", organization, further @ ..] = rest {
        place.organization = (*organization).to_owned();
        rest = further;
    }
    if let ["environments", environment, further @ ..] = rest {
        place.environment = (*environment).to_owned();
        rest = further;
    }
    let word = |word: &&str| (*word).to_owned();
    let mut known = match rest {
        ["messages"] if !portal => vec![(Method::POST, Call::EnvironmentMessage)],
        ["apis", api, "messages"] if !portal => vec![(Method::POST, Call::ApiMessage(word(api)))],
        ["user", "notifications"] => {
            let list = if portal { Call::PortalNotifications } else { Call::Notifications };
            vec![(Method::GET, list), (Method::DELETE, Call::DeleteNotifications)]
        }
        ["user", "notifications", id] => vec![(Method::DELETE, Call::DeleteNotification(word(id)))],
        ["configuration", "rolescopes", scope, "roles"] if !portal => vec![(Method::GET, Call::Roles(word(scope)))],
        ["user", "login"] if !portal => vec![(Method::POST, Call::Login)],
        ["user", "logout"] if !portal => vec![(Method::POST, Call::Logout)],
        ["auth", "login"] if portal => vec![(Method::POST, Call::PortalLogin)],
        ["auth", "logout"] if portal => vec![(Method::POST, Call::Logout)],
        _ => return Err(Refusal::no_such_path()),
    };
    let wanted = if *method == Method::HEAD { &Method::GET } else { method };
    match known.iter().position(|(method, _)| method == wanted) {
        Some(at) => Ok((place, known.swap_remove(at).1)),
        None => Err(Refusal::method(allowed(&known))),
    }
}

/// The `Allow` header for these calls (RFC 9110 §10.2.1).
fn allowed(known: &[(Method, Call)]) -> &'static str {
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
    fn bases_may_leave_out_organisation_and_environment() {
        let check = |method: Method, path: &str, expected: Option<(&str, &str, Call)>| {
            let expected = expected.map(|(organization, environment, call)| {
                (Place { organization: organization.to_owned(), environment: environment.to_owned() }, call)
            });
            assert_eq!(find(&method, path).ok(), expected, "{method} {path}");
        };
        for (base, organization, environment) in [
            ("/management/organizations/O/environments/E", "O", "E"),
            ("/management/environments/E", "DEFAULT", "E"),
            ("/management/organizations/O", "O", "DEFAULT"),
            ("/management", "DEFAULT", "DEFAULT"),
        ] {
            check(Method::POST, &format!("{base}/messages"), Some((organization, environment, Call::EnvironmentMessage)));
            let api = Some((organization, environment, Call::ApiMessage("a1".into())));
            check(Method::POST, &format!("{base}/apis/a1/messages"), api);
            check(Method::GET, &format!("{base}/user/notifications"), Some((organization, environment, Call::Notifications)));
            check(Method::GET, &format!("{base}/messages"), None);
        }
        check(Method::GET, "/portal/environments/E/user/notifications", Some(("DEFAULT", "E", Call::PortalNotifications)));
        check(Method::DELETE, "/portal/environments/E/user/notifications/x", Some(("DEFAULT", "E", Call::DeleteNotification("x".into()))));
        for path in ["/", "/management", "/portal/messages", "/management/user", "/other/messages"] {
            check(Method::POST, path, None);
        }
    }
}
