//! A notification's attachments.

use campanile_shared::{Attachment, text};
use leptos::prelude::*;
use uuid::Uuid;

use crate::{
    components::{
        icon::Icon,
        link_card::{LeadingImage, LinkCard},
    },
    i18n::{format, t},
    state::State,
};

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
