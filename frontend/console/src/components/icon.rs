//! The icons, drawn on a grid of 16 units with the stroke width of the text.

pub mod outlines;

use campanile_shared::Severity;
use leptos::prelude::*;

/// An icon.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Icon {
    /// The bell tower: the product.
    Tower,
    /// The inbox.
    Inbox,
    /// Unread items.
    Dot,
    /// An open envelope: read.
    Read,
    /// Two ticks: all items read.
    Checks,
    /// A tick: dismissed or done.
    Check,
    /// A pencil: compose.
    Pencil,
    /// A paper plane: sent.
    Plane,
    /// Sliders: settings.
    Sliders,
    /// A magnifying glass: search.
    MagnifyingGlass,
    /// A moon: switches to the dark theme.
    Moon,
    /// A sun: switches to the light theme.
    Sun,
    /// The bell.
    Bell,
    /// A cross: close, clear.
    Cross,
    /// An arrow against the reading direction: back.
    Back,
    /// A small arrow down: a drop-down list.
    ChevronDown,
    /// A small arrow up.
    ChevronUp,
    /// An arrow out of a box: an external link.
    ExternalLink,
    /// An arrow into a tray: back to the inbox.
    ToInbox,
    /// A clock.
    Clock,
    /// A pin: pinned to the top.
    Pin,
    /// Three dots: more actions.
    More,
    /// A bookmark: a saved view.
    Bookmark,
    /// A plus: add.
    Plus,
    /// A cloud with a stroke: offline.
    Offline,
    /// A sheet: a file.
    File,
    /// A picture: an image file.
    Image,
    /// A key: administration, an API key.
    Key,
    /// Head and shoulders: a person.
    Person,
    /// The icon of a severity.
    Severity(Severity),
    /// An icon of [`outlines`]: its path, and whether it points in the reading direction.
    Outline(&'static str, bool),
}

impl Icon {
    const fn path(self) -> &'static str {
        match self {
            Self::Tower => "M3.2 14.4V6.8L8 2.400l4.800 4.400v7.600M2 14.400h12M6 10a2 2 0 0 1 4 0v2H6zM8 12v1.300M8 2.400V1.200",
            Self::Inbox => "M2 9.5 4 3h8l2 6.5V13H2zM2 9.5h3.5l1 1.8h3l1-1.8H14",
            Self::Dot => "M13.5 8a5.500 5.500 0 1 1-11 0 5.500 5.500 0 0 1 11 0zM9 8a1 1 0 1 1-2 0 1 1 0 0 1 2 0z",
            Self::Read => "M2 6.600 8 2.500l6 4.100V13H2zM2 6.600l6 4 6-4",
            Self::Checks => "m1.500 8.500 3 3 6-7M7.500 11.300l.2.200 6.800-7",
            Self::Check => "m3 8.5 3.2 3L13 4.5",
            Self::Pencil => "M3 13l.6-2.8L10.8 3 13 5.2 5.800 12.400zM9.500 4.300l2.200 2.200",
            Self::Plane => "M2.5 8 13.5 3 10 13.5 7.600 8.800zM7.600 8.800l5.900-5.800",
            Self::Sliders => {
                "M2.500 4.500h6M11.500 4.500h2M2.500 11.500h2M7.500 11.500h6M11.500 4.500a1.500 1.500 0 1 1-3 0 1.500 1.500 0 0 1 3 0zM7.500 11.500a1.500 1.500 0 1 1-3 0 1.500 1.500 0 0 1 3 0z"
            }
            Self::MagnifyingGlass => "M11.200 7a4.200 4.200 0 1 1-8.400 0 4.200 4.200 0 0 1 8.400 0zM10.200 10.200l3.300 3.300",
            Self::Moon => "M13 9.600A5.500 5.500 0 0 1 6.400 3a5.500 5.500 0 1 0 6.600 6.600z",
            Self::Sun => {
                "M10.800 8a2.800 2.800 0 1 1-5.600 0 2.800 2.800 0 0 1 5.600 0zM8 1.500V3M8 13v1.500M1.500 8H3M13 8h1.500M3.400 3.400l1.100 1.100M11.500 11.500l1.100 1.100M3.400 12.600l1.100-1.100M11.500 4.500l1.100-1.100"
            }
            Self::Bell => "M3.500 11.500V7a4.500 4.500 0 0 1 9 0v4.500l1 1h-11zM6.500 14.200h3",
            Self::Cross => "m4 4 8 8M12 4l-8 8",
            Self::Back => "M13 8H3.500M7.500 3.500 3 8l4.500 4.500",
            Self::ChevronUp => "m4.500 9.500 3.500-3.500 3.500 3.500",
            Self::ChevronDown => "m4.500 6.500 3.500 3.500 3.500-3.500",
            Self::ExternalLink => "M6 3.500H3v9.500h9.500v-3M9 3h4v4M13 3 7.500 8.500",
            Self::ToInbox => "M8 2v6.500M5.500 6 8 8.500 10.500 6M2 9.500V13h12V9.500",
            Self::Clock => "M13.800 8a5.800 5.800 0 1 1-11.600 0 5.800 5.800 0 0 1 11.600 0zM8 4.800V8l2.200 1.600",
            Self::Pin => "M5.500 2h5M6.500 2v4.500L4 9.500h8l-2.500-3V2M8 9.500V14",
            Self::More => "M3.500 8h.010M8 8h.010M12.500 8h.010",
            Self::Bookmark => "M4.500 2.500h7v11L8 10.800l-3.500 2.700z",
            Self::Plus => "M8 3v10M3 8h10",
            Self::Offline => "M2 2l12 12M5 5.500A3.500 3.500 0 0 0 4.500 12.500H11M8 4.300a4 4 0 0 1 3.900 3.200 2.500 2.500 0 0 1 1.400 4",
            Self::File => "M9 2H4v12h8V5zM9 2v3h3M6 8.500h4M6 11h4",
            Self::Key => {
                "M9.300 5.900a3.200 3.200 0 1 1-6.400 0 3.200 3.200 0 0 1 6.400 0zM8.400 8.200l5.300 5.300M11.300 11.100l1.700-1.700"
            }
            Self::Person => "M10.700 5.200a2.700 2.700 0 1 1-5.400 0 2.700 2.700 0 0 1 5.400 0zM3 13.500a5 5 0 0 1 10 0",
            Self::Image => {
                "M2 3h12v10H2zM2 11l3.500-3.500 3 3L10.500 8.500 14 12M6.500 5.800a.900.900 0 1 1-1.800 0 .900.900 0 0 1 1.800 0z"
            }
            Self::Outline(path, _) => path,
            Self::Severity(Severity::Information) => "M14 8A6 6 0 1 1 2 8a6 6 0 0 1 12 0zM8 7.400v3.400M8 5.100v.1",
            Self::Severity(Severity::Success) => "M14 8A6 6 0 1 1 2 8a6 6 0 0 1 12 0zM5.400 8.300l1.800 1.700 3.400-3.800",
            Self::Severity(Severity::Warning) => "M8 2.400 14.200 13H1.800zM8 6.600v3M8 11.300v.1",
            Self::Severity(Severity::Error) => "M5.400 2h5.200L14 5.400v5.200L10.600 14H5.400L2 10.600V5.400zM8 5v3.600M8 10.900v.1",
        }
    }

    /// Whether the icon points in the reading direction and is mirrored in right-to-left languages.
    const fn has_direction(self) -> bool {
        matches!(self, Self::Back | Self::ExternalLink | Self::Plane | Self::Outline(_, true))
    }

    /// An icon that changes with a signal.
    pub fn dynamic(now: impl Fn() -> Self + Copy + Send + Sync + 'static) -> impl IntoView {
        view! {
            <svg viewBox="0 0 16 16" aria-hidden="true" class:directed=move || now().has_direction()>
                <path d=move || now().path()></path>
            </svg>
        }
    }

    /// The icon. It is hidden from screen readers: a text is beside it or names its button.
    pub fn view(self) -> impl IntoView {
        view! {
            <svg viewBox="0 0 16 16" aria-hidden="true" class:directed=self.has_direction()>
                <path d=self.path()></path>
            </svg>
        }
    }
}
