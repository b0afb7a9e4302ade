//! Light or dark colours.

use campanile_shared::preferences::Theme;
use leptos::prelude::*;

use super::preferences::PreferencesSaver;
use crate::{
    components::{
        icon::Icon,
        segmented::{Segment, Segmented},
    },
    i18n::t,
};

/// Chooses the theme.
#[component]
pub fn ThemeChoice(
    /// Saves the choice.
    saver: PreferencesSaver,
) -> impl IntoView {
    let segments = vec![
        Segment::new(Theme::System, t::theme_system()),
        Segment { value: Theme::Light, label: t::theme_light(), icon: Some((Icon::Sun, "")) },
        Segment { value: Theme::Dark, label: t::theme_dark(), icon: Some((Icon::Moon, "")) },
    ];
    view! {
        <Segmented
            name="theme"
            label=t::theme()
            segments
            value=saver.get(|preferences| preferences.theme)
            on_choose=Callback::new(move |theme| saver.save(|preferences| preferences.theme = theme))
        />
    }
}
