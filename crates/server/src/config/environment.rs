//! Settings from environment variables.

use figment::{Figment, value::Value};

/// The settings from environment variables, given by dotted names. A setting that is a string in the
/// default file stays a string: a password of digits does not become a number.
pub fn settings(defaults: &Figment, variables: impl Iterator<Item = (String, String)>) -> Figment {
    variables.fold(Figment::new(), |figment, (name, text)| {
        let is_text = defaults.find_value(&name).is_ok_and(|value| value.as_str().is_some());
        let value = if is_text { Value::from(text) } else { text.parse().unwrap_or(Value::from(text)) };
        figment.merge((name, value))
    })
}

#[cfg(test)]
mod tests {
    use figment::providers::{Format, Toml};

    use super::*;
    use crate::config::{Config, DEFAULTS};

    #[test]
    fn a_text_in_the_environment_is_a_text() {
        let defaults = Figment::from(Toml::string(DEFAULTS));
        let variables = [("mail.password", "12345"), ("mail.user", "true"), ("mail.port", "2525"), ("outgoing.allow", "[\"10.0.0.0/8\"]")];
        let variables = variables.map(|(name, value)| (name.to_owned(), value.to_owned()));
        let given = settings(&defaults, variables.into_iter());
        let config: Config = defaults.merge(given).extract().unwrap();
        assert_eq!((&*config.mail.password, &*config.mail.user, config.mail.port), ("12345", "true", 2525));
        assert_eq!(config.outgoing.allow, ["10.0.0.0/8"]);
    }
}
