//! Why the server cannot start, with what the operator can do about it.

use std::net::SocketAddr;

use campanile_domain::Error;

/// Why the server cannot start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The store cannot be opened.
    #[error("cannot open the database in {folder}: {}", open_error(cause))]
    Store {
        /// The data folder.
        folder: String,
        /// The cause.
        cause: campanile_domain::Error,
    },
    /// Another process serves the folder.
    #[error("another `campanile serve`{process} uses the folder {folder}; only one server at a time can use it")]
    AlreadyServed {
        /// The data folder.
        folder: String,
        /// The process id in parentheses, or empty if it is unknown.
        process: String,
    },
    /// The address is in use, is not an address of this machine, or is not allowed.
    #[error("cannot listen on {address}: {}", listen_error(cause))]
    Listen {
        /// The address.
        address: SocketAddr,
        /// The cause.
        cause: std::io::Error,
    },
    /// Other users of the machine can write to the data folder.
    #[error("{0}; or choose another folder with --data")]
    ExposedFolder(String),
    /// A setting of a channel is invalid.
    #[error("{0}")]
    BadChannelSetting(#[from] campanile_channels::SettingError),
}

/// The cause for an operator, without the generic text that clients get.
fn open_error(cause: &Error) -> String {
    match cause {
        Error::Unavailable(cause) => cause.to_string(),
        Error::StorageFull => "the disk is full: make room, or choose another folder with --data".to_owned(),
        other => other.to_string(),
    }
}

/// Why an address cannot be used, and what to do about it.
fn listen_error(cause: &std::io::Error) -> String {
    use std::io::ErrorKind;
    match cause.kind() {
        ErrorKind::AddrInUse => {
            "another program uses this address: stop it, or choose another address with --listen or server.admin_listen".to_owned()
        }
        ErrorKind::AddrNotAvailable => {
            "this machine has no such address: choose another one with --listen or server.admin_listen".to_owned()
        }
        ErrorKind::PermissionDenied => {
            "permission denied: ports below 1024 need CAP_NET_BIND_SERVICE. Choose a higher port with --listen".to_owned()
        }
        _ => format!("{cause}. Choose another address with --listen"),
    }
}
