//! Light or dark colours.

use campanile_shared::person::Theme;
use leptos::prelude::*;

use super::save::Saver;
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
    saver: Saver,
) -> impl IntoView {
    let segments = vec![
        Segment::new(Theme::System, t::theme_system()),
        Segment { value: Theme::Light, word: t::theme_light(), icon: Some((Icon::Sun, "")) },
        Segment { value: Theme::Dark, word: t::theme_dark(), icon: Some((Icon::Moon, "")) },
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
