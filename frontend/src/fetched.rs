//! Functions that the browser fetches when they are first called for.
//!
//! With the feature `split` the program is cut at them: those of the same file become one, with
//! everything that only they need. A page is a file of its own; `after_first_paint` is what the first page needs
//! as soon as somebody does something on it or something arrives. Without the feature, as in tests and in plain builds by
//! trunk, all are part of the whole.
//!
//! With a part come, the first time, a style sheet and the texts that the first page does not show.

#[cfg(feature = "split")]
mod extras;

use std::time::Duration;

use js_sys::Promise;
use leptos::prelude::set_timeout;
use wasm_bindgen::JsValue;
use wasm_bindgen_futures::JsFuture;

#[cfg(feature = "split")]
pub use self::extras::extras;

/// A part of the program could not be fetched.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct NotFetched;

/// Declares what is fetched later, as part of a file: `file::name: type = what`; awaiting `name()` gives it.
macro_rules! fetched {
    ($(#[$doc:meta])* $visibility:vis $file:ident::$name:ident: $type:ty = $function:expr) => {
        $(#[$doc])*
        $visibility async fn $name() -> ::std::result::Result<$type, $crate::fetched::NotFetched> {
            #[cfg(feature = "split")]
            {
                #[wasm_split_helpers::wasm_split($file, fallible)]
                fn $name() -> ::std::result::Result<$type, $crate::fetched::NotFetched> {
                    Ok($function)
                }
                let extras = $crate::fetched::extras();
                let fetched = $name().await;
                extras.await.and(fetched)
            }
            #[cfg(not(feature = "split"))]
            Ok($function)
        }
    };
}
pub(crate) use fetched;

/// How long to wait before what could not be fetched is tried again.
const AGAIN: Duration = Duration::from_secs(2);

/// Fetches what the page goes on with by itself, however often it takes.
pub async fn until_fetched<T>(fetch: impl AsyncFn() -> Result<T, NotFetched>) -> T {
    loop {
        if let Ok(fetched) = fetch().await {
            return fetched;
        }
        let waited = Promise::new(&mut |done, _| {
            // A function of the browser's takes any argument.
            set_timeout(move || drop(done.call0(&JsValue::NULL)), AGAIN);
        });
        // It is never refused.
        let _ = JsFuture::from(waited).await;
    }
}

#[cfg(feature = "split")]
impl From<wasm_split_helpers::SplitLoaderError> for NotFetched {
    fn from(_: wasm_split_helpers::SplitLoaderError) -> Self {
        Self
    }
}
