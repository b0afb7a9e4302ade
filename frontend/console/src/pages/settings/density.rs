//! The height of the inbox's rows.

use campanile_shared::preferences::Density;
use leptos::prelude::*;

use super::preferences::PreferencesSaver;
use crate::{
    components::segmented::{Segment, Segmented},
    i18n::t,
};

/// Chooses the density.
#[component]
pub fn DensityChoice(
    /// Saves the choice.
    saver: PreferencesSaver,
) -> impl IntoView {
    view! {
        <Segmented
            name="density"
            label=t::density()
            segments=vec![
                Segment::new(Density::Comfortable, t::density_comfortable()),
                Segment::new(Density::Compact, t::density_compact()),
            ]
            value=saver.get(|preferences| preferences.density)
            on_choose=Callback::new(move |density| saver.save(|preferences| preferences.density = density))
        />
    }
}
