//! A notification's buttons and attachments.

use std::sync::Arc;

use campanile_shared::{Attachment, Item, inbox::ItemButton, text};
use leptos::{prelude::*, task::spawn_local};
use uuid::Uuid;

use crate::{
    components::{
        icon::Icon,
        link_card::{LeadingImage, LinkCard},
    },
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

/// The attachments of a notification. The server fetches their thumbnails: the other hosts would otherwise
/// learn who reads what and when.
pub fn attachment_list(id: Uuid, files: &[Attachment]) -> impl IntoView + use<> {
    let state = State::expect();
    let views = files
        .iter()
        .enumerate()
        .map(|(at, file)| {
            let name = text::one_line(&file.name);
            let kind = file.kind.as_deref().map(text::one_line).filter(|kind| !kind.is_empty());
            let icon = if is_image(kind.as_deref(), &name) { Icon::Image } else { Icon::File };
            let thumbnail = file.thumbnail.as_ref().and_then(|_| state.thumbnail_url(id, at));
            let sign = thumbnail.map_or(LeadingImage::Icon(icon), |url| LeadingImage::Thumbnail(url, icon));
            // A no-break space keeps the number and its unit together.
            let size = file.bytes.map(|bytes| format::bytes(bytes).replace(' ', "\u{A0}"));
            // A file extension says the type in fewer letters.
            let about: Vec<String> = kind.filter(|_| !name.contains('.')).into_iter().chain(size).collect();
            let about = Some(about.join(" · ")).filter(|about| !about.is_empty());
            let card = match file.link.clone() {
                Some(link) => view! { <LinkCard link sign name about=about.unwrap_or_default()/> }.into_any(),
                None => {
                    view! { <span class="link-card">{sign.view()} <span><bdi>{name}</bdi> <small>{about}</small></span></span> }.into_any()
                }
            };
            view! { <li>{card}</li> }
        })
        .collect_view();
    view! {
        <section class="detail-files" aria-label=t::detail_files() hidden=files.is_empty()>
            <h3>{t::detail_files()}</h3>
            <ul role="list">{views}</ul>
        </section>
    }
}

/// Whether a file is an image, by its media type, or by its name if it has none.
fn is_image(kind: Option<&str>, name: &str) -> bool {
    const IMAGE_EXTENSIONS: [&str; 6] = ["avif", "gif", "jpeg", "jpg", "png", "webp"];
    kind.map_or_else(
        || name.rsplit_once('.').is_some_and(|(_, ending)| IMAGE_EXTENSIONS.contains(&ending.to_ascii_lowercase().as_str())),
        |kind| kind.to_ascii_lowercase().starts_with("image/"),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_media_type_wins_over_the_name() {
        assert!(is_image(Some("image/png"), "chart"));
        assert!(!is_image(Some("application/pdf"), "chart.png"));
        assert!(is_image(None, "Chart.PNG"));
        assert!(!is_image(None, "png"));
    }
}
