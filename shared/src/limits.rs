//! The limits that validation checks, for browser and server. The OpenAPI document shows them too.

/// The longest title, in characters.
pub const MAX_TITLE_LENGTH: usize = 16_000;
/// The longest description, in characters.
pub const MAX_DESCRIPTION_LENGTH: usize = 64_000;
/// The longest name, in characters: of a person, component, category, button or kind.
pub const MAX_NAME_LENGTH: usize = 256;
/// The most languages of one notification.
pub const MAX_LANGUAGES: usize = 64;
/// The most categories of one notification.
pub const MAX_CATEGORIES: usize = 32;
/// The most buttons of one notification.
pub const MAX_BUTTONS: usize = 16;
/// The most selectors in one audience.
pub const MAX_RECIPIENTS: usize = 1_000;
/// The longest link, in bytes.
pub const MAX_LINK_LENGTH: usize = 2_048;
/// The longest language tag, in characters (RFC 5646 §4.4.1).
pub const MAX_LANGUAGE_TAG_LENGTH: usize = 35;

/// The most header fields of one HTTP POST.
pub const MAX_HEADERS: usize = 64;
/// The longest name of a header field, in characters.
pub const MAX_HEADER_NAME_LENGTH: usize = 256;
/// The longest value of a header field, in bytes.
pub const MAX_HEADER_VALUE_LENGTH: usize = 4_096;
/// The longest body of an HTTP POST, in bytes: the longest description, with four bytes to a character.
pub const MAX_HTTP_BODY_LENGTH: usize = 4 * MAX_DESCRIPTION_LENGTH;

/// The most items that one change can name by id.
pub const MAX_IDS: usize = 1_000;
/// The most items of one page of a list.
pub const MAX_PAGE_SIZE: u32 = 200;
/// The longest time for which an item may be snoozed, in days.
pub const MAX_SNOOZE_DAYS: u32 = 366;
/// The upper limit of a count. A count that equals it means "this many or more"; smaller counts are exact.
pub const MAX_COUNT: u32 = 1_000;

/// The largest content of a saved draft, in bytes.
pub const MAX_DRAFT_LENGTH: usize = 256 * 1024;
/// The most saved drafts of one person.
pub const MAX_DRAFTS: usize = 100;
/// The most saved views of one person.
pub const MAX_VIEWS: usize = 50;
/// The longest name of a saved view, in characters.
pub const MAX_VIEW_NAME_LENGTH: usize = 60;
/// The most components that one person can mute.
pub const MAX_MUTED_COMPONENTS: usize = 1_000;
/// The last minute of a day, counted from midnight.
pub const LAST_MINUTE_OF_DAY: u16 = 24 * 60 - 1;

/// The shortest new password, in code points of the normalised text.
pub const MIN_PASSWORD_LENGTH: usize = 8;
/// The longest new password, in code points of the normalised text.
pub const MAX_PASSWORD_LENGTH: usize = 256;

/// The longest object of the directory, in characters: a type, a colon and an id.
pub const MAX_OBJECT_LENGTH: usize = 2 * MAX_NAME_LENGTH + 1;
/// The longest retention of notifications, in days: a hundred years.
pub const MAX_RETENTION_DAYS: u32 = 36_500;
/// The most origins of one tenant.
pub const MAX_ORIGINS: usize = 32;
/// The longest overlap of two portal secrets, in hours (30 days).
pub const MAX_SECRET_OVERLAP_HOURS: u32 = 720;

/// The greatest sequence number. SQLite stores signed 64-bit integers.
pub const MAX_SEQUENCE: u64 = i64::MAX as u64;
