//! Shows notifications. The service worker's registration is used if there is one, because a click then opens
//! the console even after its tab was closed. Otherwise the page shows them.

use std::{cell::RefCell, rc::Rc};

use js_sys::{Function, Object, Reflect};
use uuid::Uuid;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;
use web_sys::{MessageEvent, Notification, NotificationOptions, ServiceWorkerContainer, ServiceWorkerRegistration};

use super::content::NotificationContent;

/// Opens an item, or the inbox, in this tab.
pub type OpenItem = Rc<dyn Fn(Option<Uuid>)>;

thread_local! {
    static REGISTRATION: RefCell<Option<ServiceWorkerRegistration>> = const { RefCell::new(None) };
    static OPEN_ITEM: RefCell<Option<OpenItem>> = const { RefCell::new(None) };
}

fn container() -> Option<ServiceWorkerContainer> {
    let navigator = web_sys::window()?.navigator();
    // Pages without TLS have no service worker.
    Reflect::has(&navigator, &"serviceWorker".into()).unwrap_or(false).then(|| navigator.service_worker())
}

/// Registers the service worker once and waits until it is ready.
pub async fn register() -> Option<ServiceWorkerRegistration> {
    if let Some(known) = REGISTRATION.with_borrow(Clone::clone) {
        return Some(known);
    }
    let container = container()?;
    JsFuture::from(container.register("./sw.js")).await.ok()?;
    let ready: ServiceWorkerRegistration = JsFuture::from(container.ready().ok()?).await.ok()?.dyn_into().ok()?;
    REGISTRATION.set(Some(ready.clone()));
    Some(ready)
}

/// Sets what a click on a notification does. The service worker sends a message for each click.
pub fn set_click_handler(open: OpenItem) {
    let first = OPEN_ITEM.replace(Some(open)).is_none();
    let Some(container) = container().filter(|_| first) else { return };
    let on_message = Closure::<dyn Fn(MessageEvent)>::new(|event: MessageEvent| {
        let data = event.data();
        let field = |name: &str| Reflect::get(&data, &name.into()).ok().and_then(|value| value.as_string());
        if field("type").as_deref() == Some("campanile-item") {
            clicked(field("item").and_then(|id| id.parse().ok()));
        }
    });
    // The listener lives as long as the page.
    let listener: Function = on_message.into_js_value().unchecked_into();
    container.set_onmessage(Some(&listener));
}

fn clicked(item: Option<Uuid>) {
    if let Some(open) = OPEN_ITEM.with_borrow(Clone::clone) {
        open(item);
    }
}

/// Shows a notification. Returns whether the browser did.
pub async fn show(content: &NotificationContent) -> bool {
    let options = options(content);
    match register().await {
        Some(registration) => match registration.show_notification_with_options(&content.title, &options) {
            Ok(shown) => JsFuture::from(shown).await.is_ok(),
            Err(_) => false,
        },
        None => show_from_page(content, &options),
    }
}

/// Closes all notifications of the console.
pub async fn close_all() {
    let Some(registration) = REGISTRATION.with_borrow(Clone::clone) else { return };
    let Ok(asked) = registration.get_notifications() else { return };
    let Ok(shown) = JsFuture::from(asked).await else { return };
    for notification in js_sys::Array::from(&shown).iter() {
        notification.unchecked_into::<Notification>().close();
    }
}

fn show_from_page(notice: &NotificationContent, options: &NotificationOptions) -> bool {
    let Ok(notification) = Notification::new_with_options(&notice.title, options) else { return false };
    let item = notice.item;
    let handle = notification.clone();
    let click = Closure::once_into_js(move || {
        handle.close();
        if let Some(window) = web_sys::window() {
            // Some browsers do not let a page focus its window.
            let _ = window.focus();
        }
        clicked(item);
    });
    notification.set_onclick(Some(click.unchecked_ref()));
    true
}

fn options(notice: &NotificationContent) -> NotificationOptions {
    let data = Object::new();
    if let Some(item) = notice.item {
        // Setting a property of a plain object cannot fail.
        let _ = Reflect::set(&data, &"item".into(), &item.to_string().into());
    }
    let options = NotificationOptions::new();
    options.set_body(&notice.body);
    options.set_tag(&notice.tag);
    options.set_renotify(notice.renotify);
    options.set_require_interaction(notice.require_interaction);
    options.set_icon("./icon.png");
    options.set_data(&data);
    if let Some(language) = &notice.language {
        options.set_lang(language);
    }
    options
}
