//! Validates the settings before the server starts. Each error names the setting and the values it may have.

use std::net::SocketAddr;

use axum::http::Uri;
use campanile_shared::origin::normalise_origin;

use super::{Config, dialect_names};

const AT_LEAST_ONE: &str = "at least 1";
const ADMIN_ADDRESS: &str = "an address with a port, such as 127.0.0.1:9090, other than server.listen, or empty";
const HTTP_URL: &str = "a URL that begins with http:// or https://";

/// Checks all settings. The error has one line for each invalid setting.
pub fn validate(config: &Config) -> Result<(), String> {
    let Config { server, console, live, mail, outgoing, gravitee, hosts, limits, .. } = config;
    let admin = server.admin_listen.parse::<SocketAddr>().ok();
    let rules = [
        ("server.max_body", server.max_body > 0, AT_LEAST_ONE),
        ("server.request_burst", server.request_burst > 0 || server.requests_per_second == 0, AT_LEAST_ONE),
        (
            "server.admin_listen",
            server.admin_listen.is_empty() || admin.is_some_and(|admin| admin.port() == 0 || admin != server.listen),
            ADMIN_ADDRESS,
        ),
        ("limits.person_request_burst", limits.person_request_burst > 0 || limits.person_requests_per_second == 0, AT_LEAST_ONE),
        ("server.public_url", server.public_url.is_empty() || is_http_url(&server.public_url), HTTP_URL),
        ("console.files", is_console_folder(&console.files), "a folder with the built console in it, or empty"),
        ("live.heartbeat", live.heartbeat > 0, AT_LEAST_ONE),
        ("live.lag", live.lag > 0, AT_LEAST_ONE),
        ("mail.port", mail.port > 0, AT_LEAST_ONE),
        ("mail.connections", mail.connections > 0, AT_LEAST_ONE),
        ("outgoing.timeout", outgoing.timeout > 0, AT_LEAST_ONE),
        ("outgoing.lease", outgoing.lease > outgoing.timeout, "longer than outgoing.timeout"),
    ];
    let mut faults: Vec<String> =
        rules.iter().filter(|(_, fine, _)| !fine).map(|(name, _, rule)| format!("{name} must be {rule}")).collect();
    for text in console.origins.iter().filter(|text| *text != "*" && normalise_origin(text).is_none()) {
        faults.push(format!(
            "console.origins: {text:?} is not an origin; write only scheme, host and port, such as https://portal.example.com"
        ));
    }
    for text in gravitee.allow_urls.iter().filter(|text| !is_http_url(text)) {
        faults.push(format!("gravitee.allow_urls: {text:?} is not a URL that begins with http:// or https://"));
    }
    for (host, dialect) in hosts {
        if host.is_empty() || host.contains(['/', ':']) {
            faults.push(format!("hosts: {host:?} is not a host name; write it without scheme and port"));
        }
        if !dialect_names::ALL.contains(&&**dialect) {
            faults.push(format!("hosts: there is no dialect {dialect:?} for {host}; there are {}", dialect_names::ALL.join(", ")));
        }
    }
    if faults.is_empty() { Ok(()) } else { Err(faults.join("\n")) }
}

fn is_http_url(text: &str) -> bool {
    let parsed = text.parse::<Uri>().ok().and_then(|uri| uri.scheme_str().map(str::to_owned));
    parsed.is_some_and(|scheme| matches!(&*scheme, "http" | "https"))
}

fn is_console_folder(folder: &std::path::Path) -> bool {
    folder.as_os_str().is_empty() || folder.join("index.html").is_file()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    fn errors(flags: &Value) -> String {
        Config::load(None, flags).map_or_else(|error| error.to_string(), |_| String::new())
    }

    #[test]
    fn bad_settings_are_reported_by_name() {
        for (flags, said) in [
            (json!({"server": {"max_body": 0}}), "server.max_body must be at least 1"),
            (json!({"server": {"requests_per_second": 5, "request_burst": 0}}), "server.request_burst"),
            (json!({"server": {"admin_listen": "localhost"}}), "server.admin_listen must be an address"),
            (json!({"server": {"admin_listen": "127.0.0.1:8080"}}), "server.admin_listen must be an address"),
            (json!({"limits": {"person_request_burst": 0}}), "limits.person_request_burst"),
            (json!({"server": {"public_url": "campanile.example"}}), "server.public_url must be a URL"),
            (json!({"console": {"files": "/nowhere"}}), "console.files must be a folder"),
            (json!({"console": {"origins": ["https://a.example/path"]}}), "\"https://a.example/path\" is not an origin"),
            (json!({"live": {"lag": 0, "heartbeat": 0}}), "live.heartbeat must be at least 1\nlive.lag"),
            (json!({"outgoing": {"timeout": 60, "lease": 60}}), "outgoing.lease must be longer"),
            (json!({"mail": {"connections": 0}}), "mail.connections"),
            (json!({"gravitee": {"allow_urls": ["ftp://a.example/"]}}), "gravitee.allow_urls"),
            (json!({"hosts": {"n.example": "citric"}}), "no dialect \"citric\" for n.example; there are citrix, gravitee"),
            (json!({"hosts": {"https://n.example": "citrix"}}), "is not a host name"),
        ] {
            assert!(errors(&flags).contains(said), "{flags}: {}", errors(&flags));
        }
    }

    #[test]
    fn valid_settings_pass() {
        let flags = json!({
            "server": {"public_url": "https://campanile.example/below/", "requests_per_second": 5},
            "console": {"origins": ["*", "https://portal.example:8443"]},
            "gravitee": {"allow_urls": ["https://hooks.example/a/"]},
            "hosts": {"n.example": "citrix", "k.example.": "mykaarma"},
        });
        assert_eq!(errors(&flags), "");
    }
}
