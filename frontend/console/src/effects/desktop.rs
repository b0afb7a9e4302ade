//! Raises desktop notifications for items that arrive.

use std::{cell::RefCell, rc::Rc, sync::Arc, time::Duration};

use campanile_shared::Item;
use leptos::{prelude::*, reactive::effect::ImmediateEffect, task::spawn_local};
use uuid::Uuid;

use crate::{
    desktop::{
        coalesce::{Burst, GATHER_TIME},
        content::NotificationContent,
        display,
        permission::Permission,
        policy::should_notify,
        visibility,
    },
    i18n::format,
    state::State,
};

/// The time after which the row of a new item is on the page.
const RENDER_DELAY: Duration = Duration::from_millis(80);

#[derive(Default)]
struct PendingArrivals {
    items: Vec<Arc<Item>>,
    burst: Burst,
}

/// Starts to raise notifications. `open` shows an item, or the inbox.
pub fn start(state: State, open: display::OpenItem) {
    display::set_click_handler(open);
    if Permission::now() == Permission::On {
        spawn_local(async {
            display::register().await;
        });
    }
    let waiting = Rc::new(RefCell::new(PendingArrivals::default()));
    let waiting = StoredValue::new_local(waiting);
    // Notifications of one person must not be raised for, or stay visible to, the next.
    on_cleanup(move || {
        waiting.try_with_value(|waiting| waiting.borrow_mut().items.clear());
        spawn_local(display::close_all());
    });
    // An immediate effect, because an ordinary effect would miss the first of two items that arrive in the
    // same tick.
    ImmediateEffect::new_scoped(move || {
        let Some((item, leader)) = state.last_arrival.get() else { return };
        announce_when_rendered(item.id);
        if leader && Permission::now() == Permission::On {
            waiting.with_value(|waiting| gather(state, waiting, item));
        }
    });
}

fn announce_when_rendered(item: Uuid) {
    set_timeout(
        move || {
            if visibility::is_visible(item) {
                visibility::announce(item);
            }
        },
        RENDER_DELAY,
    );
}

fn gather(state: State, waiting: &Rc<RefCell<PendingArrivals>>, item: Arc<Item>) {
    let mut gathered = waiting.borrow_mut();
    gathered.items.push(item);
    if gathered.items.len() == 1 {
        let waiting = Rc::clone(waiting);
        set_timeout(move || spawn_local(raise_gathered(state, waiting)), GATHER_TIME);
    }
}

async fn raise_gathered(state: State, waiting: Rc<RefCell<PendingArrivals>>) {
    let shown = visibility::visible_items().await;
    let Some(preferences) = state.session.with_untracked(|session| session.me().map(|me| me.preferences.clone())) else { return };
    let minute = local_minute();
    let notice = {
        let mut waiting = waiting.borrow_mut();
        let items: Vec<_> = std::mem::take(&mut waiting.items)
            .into_iter()
            .map(|item| current_item(state, item))
            .filter(|item| should_notify(item, &preferences, minute, shown.contains(&item.id) || visibility::is_visible(item.id)))
            .collect();
        waiting.burst.add(items, format::now()).map(|shown| NotificationContent::from_burst(&shown))
    };
    if let Some(notice) = notice {
        // A browser that refuses to show it needs no further handling.
        display::show(&notice).await;
    }
}

/// The item with its current state. It may have been read elsewhere meanwhile.
fn current_item(state: State, item: Arc<Item>) -> Arc<Item> {
    state.newest.with_untracked(|list| list.get(item.id).cloned()).unwrap_or(item)
}

/// The local minute after midnight.
fn local_minute() -> u16 {
    let now = js_sys::Date::new_0();
    u16::try_from(now.get_hours() * 60 + now.get_minutes()).unwrap_or_default()
}
