//! The contract of the `Store` port, as tests of a `dyn Store`: every adapter must pass all of it.
//! An adapter adds a file beside `sqlite.rs` that says how to make an empty store.

#![expect(clippy::unwrap_used, reason = "a test ends where something unexpected happens")]

mod buttons;
mod deliveries;
mod directory;
mod files;
mod halves;
mod housekeeping;
mod inbox;
mod model;
mod pages;
mod people;
mod revise;
mod search;
mod secrets;
mod send;
mod snoozes;
mod sqlite;
mod stream;
mod volume;
mod world;

/// The whole contract as one test each; `$fresh` makes an empty store that tells the given `Live`
/// of its commits, with small limits so that a few items suffice to cross them.
#[macro_export]
macro_rules! contract {
    ($fresh:path: $($module:ident { $($name:ident)* })*) => {
        $(mod $module {
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $name() {
                $crate::$module::$name($crate::world::World::new($fresh).await).await;
            })*
        })*
    };
}
