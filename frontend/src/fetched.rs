//! Functions that the browser fetches when they are first called for.
//!
//! With the feature `split` the program is cut at them: those of the same file become one, with
//! everything that only they need. A page is a file of its own; `second` is what the first page needs
//! as soon as somebody does something on it. Without the feature, as in tests and in plain builds by
//! trunk, all are part of the whole.

/// A part of the program could not be fetched.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct NotFetched;

/// Declares what is fetched later, as part of a file: `file::name: type = what`; awaiting `name()` gives it.
macro_rules! fetched {
    ($(#[$doc:meta])* $file:ident::$name:ident: $type:ty = $function:expr) => {
        $(#[$doc])*
        #[cfg(not(feature = "split"))]
        async fn $name() -> Result<$type, $crate::fetched::NotFetched> {
            Ok($function)
        }

        $(#[$doc])*
        #[cfg(feature = "split")]
        #[wasm_split_helpers::wasm_split($file, fallible)]
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
