//! The buttons that the sender put on a notification.

use std::sync::Arc;

use campanile_shared::{Item, inbox::ItemButton, text};
use leptos::{prelude::*, task::spawn_local};

use crate::{
    components::icon::Icon,
    i18n::{format, t},
    reactive::memo,
    state::State,
};

/// The notification's buttons. A button with a link opens it; a button without one is itself the answer. Either
/// way, the sender can see who pressed it and when.
#[component]
pub fn NotificationButtons(
    /// The notification.
    item: Memo<Option<Arc<Item>>>,
) -> impl IntoView {
    let state = State::expect();
    let pending = RwSignal::new(None::<usize>);
    let all = memo(move || item.with(|item| item.as_deref().map(|item| (item.id, item.buttons.clone())).unwrap_or_default()));
    // Without `pressed_at`: a click must not render the buttons again, or the focused one loses the focus.
    let buttons = memo(move || {
        let (_, mut buttons) = all.get();
        buttons.iter_mut().for_each(|button| button.pressed_at = None);
        buttons
    });
    let pressed = move |at: usize| all.with(|(_, buttons)| buttons.get(at).and_then(|button| button.pressed_at));
    let click = move |at: usize| {
        if pending.get_untracked().is_some() {
            return;
        }
        pending.set(Some(at));
        let id = all.with_untracked(|(id, _)| *id);
        spawn_local(async move {
            state.click_button(id, at).await;
            // Another notification may have been opened meanwhile.
            pending.try_set(None);
        });
    };
    let view = move |(at, button): (usize, ItemButton)| {
        let class = if button.primary { "primary" } else { "quiet" };
        let label = view! { <bdi>{text::one_line(&button.label)}</bdi> };
        let host = button.link.as_ref().map(|link| link.host().to_owned());
        let control = match button.link {
            Some(link) => view! {
                <a class=class href=link.to_string() target="_blank" rel="noopener noreferrer external" on:click=move |_| click(at)>
                    {label}
                    {Icon::ExternalLink.view()}
                </a>
            }
            .into_any(),
            None => {
                let is_disabled = move || pressed(at).is_some() || pending.get() == Some(at);
                view! {
                    <button
                        type="button"
                        class=class
                        aria-disabled=move || is_disabled().to_string()
                        on:click=move |_| {
                            if !untrack(is_disabled) {
                                click(at);
                            }
                        }
                    >
                        {move || pressed(at).map(|_| Icon::Check.view())}
                        {label}
                    </button>
                }
                .into_any()
            }
        };
        view! {
            <li>
                {control}
                {host.map(|host| view! { <small><bdi>{host}</bdi></small> })}
                <small class="success">{move || pressed(at).map(|at| t::detail_pressed(&format::date_time(format::epoch_millis(&at))))}</small>
            </li>
        }
    };
    view! {
        <ul class="detail-buttons" role="list" hidden=move || buttons.with(Vec::is_empty)>
            {move || buttons.get().into_iter().enumerate().map(view).collect_view()}
        </ul>
    }
}
