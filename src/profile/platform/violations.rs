//! Which violations a fact of the platform data is about.

use serde::Deserialize;

/// The violations that a fact is about, by id: in the data one (`violation = "late-shipment"`) or a list; none named = all.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(from = "OneOrMany")]
pub struct Violations(Vec<String>);

#[derive(Deserialize)]
#[serde(untagged, expecting = "expected the id of a violation or a list of such ids")]
enum OneOrMany {
    One(String),
    Many(Vec<String>),
}

impl From<OneOrMany> for Violations {
    fn from(ids: OneOrMany) -> Self {
        Violations(match ids {
            OneOrMany::One(id) => vec![id],
            OneOrMany::Many(ids) => ids,
        })
    }
}

impl Violations {
    /// None is named, so all are meant.
    pub fn all(&self) -> bool {
        self.0.is_empty()
    }

    /// Is this one named?
    pub fn names(&self, violation: Option<&str>) -> bool {
        violation.is_some_and(|v| self.0.iter().any(|id| id == v))
    }

    /// The ids named.
    pub fn ids(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(String::as_str)
    }
}
