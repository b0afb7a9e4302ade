//! Chooses the channel of the notification.

use campanile_shared::Channel;
use leptos::prelude::*;

use super::form_state::FormState;
use crate::{
    components::{
        icon::{Icon, outlines::MAIL},
        segmented::{Segment, Segmented},
    },
    i18n::{names::channel_name, t},
};

/// Chooses the channel.
#[component]
pub fn ChannelPicker(
    /// The form's state.
    form: FormState,
) -> impl IntoView {
    let icon = |channel| match channel {
        Channel::Portal => Icon::Bell,
        Channel::Email => MAIL,
        Channel::Http => Icon::ExternalLink,
    };
    let segment = |channel| Segment { value: channel, label: channel_name(channel), icon: Some((icon(channel), "")) };
    view! {
        <Segmented
            name="channel"
            label=t::compose_channel()
            segments=Channel::ALL.map(segment).into()
            value=form.select(|letter| letter.channel)
            on_choose=Callback::new(move |channel| form.data.update(|letter| letter.channel = channel))
        />
    }
}
