//! A cursor in the list of people.

use std::{fmt, str::FromStr};

use crate::{Error, PersonId, Result};

/// A cursor in the list of people, ordered by name.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct MemberCursor {
    /// The person's id.
    pub id: PersonId,
    /// The name in the form it is sorted by.
    pub name: String,
}

impl fmt::Display for MemberCursor {
    /// `<id>~<the name in hexadecimal>`: opaque to clients.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}~", self.id.0)?;
        self.name.bytes().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl FromStr for MemberCursor {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        let read = || {
            let (id, name) = text.split_once('~')?;
            let whole = name.len().is_multiple_of(2) && name.bytes().all(|byte| byte.is_ascii_hexdigit());
            let pairs = Some(name.as_bytes().chunks(2)).filter(|_| whole)?;
            let bytes = pairs.map(|pair| u8::from_str_radix(str::from_utf8(pair).ok()?, 16).ok()).collect::<Option<Vec<_>>>()?;
            Some(Self { id: PersonId(id.parse().ok()?), name: String::from_utf8(bytes).ok()? })
        };
        read().ok_or(Error::NotFound)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cursors_round_trip() {
        for name in ["", "ada", "zoë ~ 7"] {
            let place = MemberCursor { id: PersonId(7), name: name.to_owned() };
            assert!(place.to_string().is_ascii());
            assert_eq!(place.to_string().parse::<MemberCursor>().unwrap(), place);
        }
        for text in ["", "7", "x~", "7~6", "7~zz", "7~ff"] {
            assert!(text.parse::<MemberCursor>().is_err(), "{text}");
        }
    }
}
