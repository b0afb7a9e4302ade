//! Parts of the program that the browser loads when they are first needed.
//!
//! With the feature `split` the program is split at these functions: functions of one chunk form one file, with
//! all the code that only they use. There are two chunks. `after_first_paint` is what the inbox needs once the
//! person acts or something arrives, and the form to sign in, which the inbox follows. `pages` is all other
//! pages. Code that both use is a third file. There are no more chunks, because every combination of chunks that
//! shares code is one more file: with one chunk per page there are 52 files, and the inbox loads 23 of them.
//! Without the feature, as in tests and plain Trunk builds, everything is one file.
//!
//! The first chunk that is loaded also loads a style sheet and the texts that the first page does not show.

#[cfg(feature = "split")]
mod assets;
pub mod view;

use std::time::Duration;

use js_sys::Promise;
use leptos::prelude::set_timeout;
use wasm_bindgen::JsValue;
use wasm_bindgen_futures::JsFuture;

#[cfg(feature = "split")]
pub use self::assets::load_assets;

/// A part of the program could not be loaded.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct LoadError;

/// Declares a value that is loaded with a chunk: `chunk::name: type = value`. `name().await` returns it.
macro_rules! lazy {
    ($(#[$doc:meta])* $visibility:vis $file:ident::$name:ident: $type:ty = $function:expr) => {
        $(#[$doc])*
        $visibility async fn $name() -> ::std::result::Result<$type, $crate::lazy::LoadError> {
            #[cfg(feature = "split")]
            {
                #[wasm_split_helpers::wasm_split($file, fallible)]
                fn $name() -> ::std::result::Result<$type, $crate::lazy::LoadError> {
                    Ok($function)
                }
                let assets = $crate::lazy::load_assets();
                let loaded = $name().await;
                assets.await.and(loaded)
            }
            #[cfg(not(feature = "split"))]
            Ok($function)
        }
    };
}
pub(crate) use lazy;

/// The wait before a part that could not be loaded is requested again.
const RETRY_DELAY: Duration = Duration::from_secs(2);

/// Loads a part that the page needs in any case, and tries again until that succeeds.
pub async fn retry_until_loaded<T>(fetch: impl AsyncFn() -> Result<T, LoadError>) -> T {
    loop {
        if let Ok(fetched) = fetch().await {
            return fetched;
        }
        let waited = Promise::new(&mut |done, _| {
            // A function of the browser accepts any argument.
            set_timeout(move || drop(done.call0(&JsValue::NULL)), RETRY_DELAY);
        });
        // This promise is never rejected.
        let _ = JsFuture::from(waited).await;
    }
}

#[cfg(feature = "split")]
impl From<wasm_split_helpers::SplitLoaderError> for LoadError {
    fn from(_: wasm_split_helpers::SplitLoaderError) -> Self {
        Self
    }
}
