//! Whose volume a report covers.

/// Whose volume to report.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum VolumeFilter {
    /// That of everyone.
    All,
    /// That of a component; `None` stands for notifications without one.
    Component(Option<String>),
}
