//! The channels of a notification.

use serde::{Deserialize, Serialize};

/// The channel through which a notification is delivered. The store keeps its position in this list, so a new one is the last.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, Hash, PartialEq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Channel {
    /// The inbox, the bell and desktop notifications.
    #[default]
    Portal,
    /// One e-mail to each person.
    Email,
    /// One HTTP POST to a URL.
    Http,
}

impl Channel {
    /// Every channel.
    pub const ALL: [Self; 3] = [Self::Portal, Self::Email, Self::Http];

    /// The name on the wire, `portal` to `http`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Portal => "portal",
            Self::Email => "email",
            Self::Http => "http",
        }
    }

    /// The channel of a wire name; `None` for any other word.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|channel| channel.name() == name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn channels_have_their_names_on_the_wire() {
        for (channel, name) in Channel::ALL.into_iter().zip(["portal", "email", "http"]) {
            assert_eq!((channel.name(), serde_json::to_value(channel).unwrap()), (name, name.into()));
            assert_eq!(Channel::from_name(name), Some(channel));
        }
        for other in ["", "Portal", "mail"] {
            assert_eq!(Channel::from_name(other), None, "{other:?}");
        }
    }
}
