//! The contract of the `Store` port, as tests of a `dyn Store`. Every adapter must pass all of it. An adapter
//! adds a file beside `sqlite.rs` that creates an empty store.

#![expect(clippy::unwrap_used, reason = "a test ends where something unexpected happens")]

mod broadcast_split;
mod buttons;
mod deliveries;
mod directory;
mod files;
mod harness;
mod housekeeping;
mod inbox;
mod mailings;
mod model;
mod pages;
mod people;
mod recall_and_correct;
mod scheduled;
mod search;
mod secrets;
mod send;
mod snoozes;
mod sqlite;
mod sqlite_file;
mod stream;
mod volume;

/// The whole contract, one test each. `$empty_store` creates an empty store that notifies the given `Live` of its
/// commits. Its limits are small, so that a few items reach them.
#[macro_export]
macro_rules! contract {
    ($empty_store:path: $($module:ident { $($name:ident)* })*) => {
        $(mod $module {
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $name() {
                $crate::$module::$name($crate::harness::Harness::new($empty_store).await).await;
            })*
        })*
    };
}
