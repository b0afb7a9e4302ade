//! The texts of a recall. Only the portal can take a notification back; other channels stop what is pending.

use campanile_shared::{Channel, text};

use crate::{
    components::icon::{
        Icon,
        outlines::{RECALL, STOP},
    },
    i18n::t,
};

/// The texts of a recall, depending on the channel.
#[derive(Clone)]
pub struct RecallTexts {
    /// The button's icon.
    pub icon: Icon,
    /// The button's label.
    pub button_text: String,
    /// The confirmation in the dialog.
    pub confirmation: String,
    /// The consequence, in the dialog.
    pub consequence: String,
    /// The message after the recall.
    pub done: String,
}

/// A notification can be recalled from the portal. Emails and HTTP requests that were sent cannot; only pending
/// deliveries are stopped.
pub fn recall_texts(channel: Channel, title: &str) -> RecallTexts {
    let stop = |follows| RecallTexts {
        icon: STOP,
        button_text: t::sent_stop(),
        confirmation: t::sent_stop_ask(title),
        consequence: follows,
        done: t::sent_stopped_done(),
    };
    match channel {
        Channel::Portal => RecallTexts {
            icon: RECALL,
            button_text: t::sent_recall(),
            confirmation: t::sent_recall_ask(title),
            consequence: t::sent_recall_text(),
            done: t::sent_recalled_done(),
        },
        Channel::Email => stop(t::sent_stop_mails()),
        Channel::Http => stop(t::sent_stop_request()),
    }
}

/// The status of a recalled notification.
pub fn recalled_text(channel: Channel) -> String {
    if channel == Channel::Portal { t::sent_recalled() } else { t::sent_stopped() }
}

/// The same with the person who recalled it, if known.
pub fn recalled_by_text(channel: Channel, by: Option<&str>) -> String {
    match by.map(text::one_line) {
        None => recalled_text(channel),
        Some(name) if channel == Channel::Portal => t::sent_recalled_by(&name),
        Some(name) => t::sent_stopped_by(&name),
    }
}
