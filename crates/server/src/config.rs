//! The settings. They come from the documented default file, the operator's file, the environment and
//! the flags; later sources override earlier ones.

pub mod dialect_names;
mod environment;
mod masking;
mod validation;

use std::{collections::BTreeMap, net::SocketAddr, path::PathBuf};

use figment::{
    Figment,
    providers::{Env, Format, Serialized, Toml},
};
use serde::{Deserialize, Serialize};

/// The documented default file. Every default comes from it.
pub const DEFAULTS: &str = include_str!("../campanile.default.toml");

/// All settings. `campanile.default.toml` explains each of them.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
#[expect(missing_docs, reason = "documented once, in campanile.default.toml")]
pub struct Config {
    pub server: ServerConfig,
    pub store: StoreConfig,
    pub console: ConsoleConfig,
    pub live: LiveConfig,
    pub mail: MailConfig,
    pub outgoing: OutgoingConfig,
    pub limits: LimitsConfig,
    pub log: LogConfig,
    pub gravitee: GraviteeConfig,
    pub hosts: BTreeMap<String, String>,
}

/// `[server]`
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
#[expect(missing_docs, reason = "documented once, in campanile.default.toml")]
pub struct ServerConfig {
    pub listen: SocketAddr,
    pub admin_listen: String,
    pub public_url: String,
    pub max_body: usize,
    pub requests_per_second: u32,
    pub request_burst: u32,
    pub insecure_cookies: bool,
    pub trust_forwarded: bool,
}

/// `[store]`
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
#[expect(missing_docs, reason = "documented once, in campanile.default.toml")]
pub struct StoreConfig {
    pub data: PathBuf,
    pub max_size: u64,
}

/// `[console]`
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
#[expect(missing_docs, reason = "documented once, in campanile.default.toml")]
pub struct ConsoleConfig {
    pub files: PathBuf,
    pub origins: Vec<String>,
}

/// `[live]`
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
#[expect(missing_docs, reason = "documented once, in campanile.default.toml")]
pub struct LiveConfig {
    pub heartbeat: u64,
    pub lag: usize,
}

/// `[mail]`
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
#[expect(missing_docs, reason = "documented once, in campanile.default.toml")]
pub struct MailConfig {
    pub host: String,
    pub port: u16,
    pub encryption: Encryption,
    pub user: String,
    pub password: String,
    pub from: String,
    pub ca: PathBuf,
    pub connections: u32,
}

/// How the connection to the SMTP server is encrypted.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Encryption {
    /// No encryption.
    None,
    /// TLS that starts after a plain-text greeting (STARTTLS).
    Starttls,
    /// TLS from the first byte.
    Tls,
}

/// `[outgoing]`
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
#[expect(missing_docs, reason = "documented once, in campanile.default.toml")]
pub struct OutgoingConfig {
    pub allow: Vec<String>,
    pub proxy: String,
    pub timeout: u64,
    pub lease: u64,
    pub thumbnails: bool,
}

/// `[limits]`
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
#[expect(missing_docs, reason = "documented once, in campanile.default.toml")]
pub struct LimitsConfig {
    pub sign_in_attempts: u32,
    pub person_requests_per_second: u32,
    pub person_request_burst: u32,
}

/// `[gravitee]`
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
#[expect(missing_docs, reason = "documented once, in campanile.default.toml")]
pub struct GraviteeConfig {
    pub http: bool,
    pub allow_urls: Vec<String>,
}

/// `[log]`
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
#[expect(missing_docs, reason = "documented once, in campanile.default.toml")]
pub struct LogConfig {
    pub filter: String,
    pub format: LogFormat,
}

/// The format of log lines.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum LogFormat {
    /// Text for people.
    Text,
    /// JSON for programs.
    Json,
}

impl Config {
    /// Loads the settings from the default file, the operator's file, the environment and the flags. Later
    /// sources override earlier ones. A named file must exist.
    pub fn load(file: Option<&PathBuf>, flags: impl Serialize) -> Result<Self, Box<figment::Error>> {
        // Only a file in the working directory: figment would also look in the directories above.
        let unnamed = || Some(PathBuf::from("campanile.toml")).filter(|path| path.exists());
        let own = file.cloned().or_else(unnamed);
        let defaults = Figment::from(Toml::string(DEFAULTS));
        // Two underscores stand for the dot in a setting's name. Variables without them, such as
        // CAMPANILE_CONFIG, are not settings.
        let variables = Env::prefixed("CAMPANILE_").filter(|name| name.as_str().contains("__")).split("__");
        let variables = variables.iter().map(|(name, value)| (name.into_string(), value));
        let from_environment = environment::settings(&defaults, variables);
        let config: Self = own
            .into_iter()
            .fold(defaults, |figment, path| figment.merge(Toml::file_exact(path)))
            .merge(from_environment)
            .merge(Serialized::defaults(flags))
            .extract()
            .map_err(Box::new)?;
        validation::validate(&config).map_err(|faults| Box::new(figment::Error::from(faults)))?;
        Ok(config)
    }

    /// The current settings in the format of the configuration file, with passwords masked.
    pub fn to_masked_toml(&self) -> Result<String, toml::ser::Error> {
        let mut shown = self.clone();
        shown.server.public_url = masking::mask_password(&self.server.public_url);
        shown.outgoing.proxy = masking::mask_password(&self.outgoing.proxy);
        if !shown.mail.password.is_empty() {
            "***".clone_into(&mut shown.mail.password);
        }
        toml::to_string(&shown)
    }

    /// The URL that people use, without a trailing slash.
    pub fn public_url(&self) -> String {
        match self.server.public_url.trim_end_matches('/') {
            "" => format!("http://{}", self.server.listen),
            url => url.to_owned(),
        }
    }

    /// Whether the URL that people use begins with `http://`.
    pub fn is_http(&self) -> bool {
        self.public_url().get(..7).is_some_and(|scheme| scheme.eq_ignore_ascii_case("http://"))
    }

    /// The URL of a sign-in link. It works once.
    pub fn sign_in_url(&self, code: &str) -> String {
        format!("{}/sign-in#link={code}", self.public_url())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn printed_settings_can_be_read_again_and_hold_no_password() {
        let flags = serde_json::json!({
            "server": {"public_url": "https://ada:secret@example.com/x"},
            "mail": {"password": "secret"},
            "outgoing": {"proxy": "socks5://bo:secret@proxy"},
        });
        let printed = Config::load(None, flags).unwrap().to_masked_toml().unwrap();
        assert!(!printed.contains("secret") && printed.contains("https://***@example.com/x"));
        assert!(toml::from_str::<Config>(&printed).is_ok());
    }

    #[test]
    fn the_documented_file_holds_every_setting() {
        let config = Config::load(None, serde_json::json!({})).unwrap();
        assert_eq!(config.public_url(), "http://127.0.0.1:8080");
    }
}
