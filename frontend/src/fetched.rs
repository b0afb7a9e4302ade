//! Functions that the browser fetches when they are first called for.
//!
//! With the feature `split` the program is cut at them: each becomes a file of its own with everything
//! that only it needs. Without it, as in tests and in plain builds by trunk, they are part of the whole.

/// A part of the program could not be fetched.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct NotFetched;

/// Declares a function that is fetched later, as a file of this name; awaiting it gives the function.
macro_rules! fetched {
    ($(#[$doc:meta])* $name:ident: $type:ty = $function:expr) => {
        $(#[$doc])*
        #[cfg(not(feature = "split"))]
        async fn $name() -> Result<$type, $crate::fetched::NotFetched> {
            Ok($function)
        }

        $(#[$doc])*
        #[cfg(feature = "split")]
        #[wasm_split_helpers::wasm_split($name, fallible)]
        fn $name() -> Result<$type, $crate::fetched::NotFetched> {
            Ok($function)
        }
    };
}
pub(crate) use fetched;

#[cfg(feature = "split")]
impl From<wasm_split_helpers::SplitLoaderError> for NotFetched {
    fn from(_: wasm_split_helpers::SplitLoaderError) -> Self {
        Self
    }
}
