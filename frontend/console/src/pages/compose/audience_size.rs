//! How many people the notification goes to.

use campanile_shared::{Channel, directory::AudienceSummary};
use leptos::prelude::*;

use super::{form_data::FormData, form_state::FormState};
use crate::{error_text, i18n::format, reactive::effect, state::State};

/// The size of the audience.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum AudienceSize {
    /// There are no recipients yet, or the first answer has not arrived.
    #[default]
    Unknown,
    /// The size is known.
    Known(AudienceSummary),
    /// The size could not be fetched; with the reason.
    Failed(String),
}

impl AudienceSize {
    /// The size, if it is known.
    pub fn known(&self) -> Option<&AudienceSummary> {
        match self {
            Self::Known(summary) => Some(summary),
            Self::Unknown | Self::Failed(_) => None,
        }
    }

    /// How many destinations a channel has: people, addresses or one URL.
    pub fn destination_count(&self, channel: Channel) -> Option<u32> {
        match channel {
            Channel::Http => Some(1),
            channel => self.known().map(|summary| destination_count(summary, channel)),
        }
    }
}

/// How many of an audience a channel sends to.
pub fn destination_count(summary: &AudienceSummary, channel: Channel) -> u32 {
    format::saturating_u32(if channel == Channel::Email { summary.addresses } else { summary.people })
}

/// The size of the form's audience. It is fetched again when the audience changes.
pub fn watch_audience_size(form: FormState) -> RwSignal<AudienceSize> {
    let state = State::expect();
    let size = RwSignal::new(AudienceSize::Unknown);
    let to = form.select(FormData::audience);
    effect(move || {
        let to = to.get();
        if to.is_empty() {
            size.set(AudienceSize::Unknown);
            return;
        }
        // The request is aborted if the audience changes before the answer arrives.
        leptos::reactive::spawn_local_scoped_with_cancellation(async move {
            size.set(match state.audience(&to).await {
                Ok(summary) => AudienceSize::Known(summary),
                Err(error) => AudienceSize::Failed(error_text::explain(&error)),
            });
        });
    });
    size
}
