//! Collects findings and applies what the platform's data, case.toml and `--strict` say of severities.

use super::{Code, Finding, Severity};
use crate::model::source::FileId;
use std::collections::{BTreeMap, BTreeSet};

/// The findings of a run, with the rules of severity.
#[derive(Debug, Clone, Default)]
pub struct Findings {
    list: Vec<Finding>,
    overrides: BTreeMap<Code, Option<Severity>>,
    strict: bool,
    accepted: Vec<Acceptance>,
}

/// What the user looked at and found to be fine (`[[accept]]`).
#[derive(Debug, Clone)]
pub struct Acceptance {
    /// The check.
    pub code: Code,
    /// The files it is meant for; `None` = all findings of the code.
    pub files: Option<BTreeSet<FileId>>,
    /// Why.
    pub why: String,
}

impl Acceptance {
    /// Is the finding one of those meant.
    pub fn covers(&self, finding: &Finding) -> bool {
        self.code == finding.code && self.files.as_ref().is_none_or(|files| finding.file.is_some_and(|f| files.contains(&f)))
    }
}

impl Findings {
    /// `overrides`: code → severity, `None` = ignore (from the platform's data, then case.toml, the later winning).
    pub fn new(overrides: BTreeMap<Code, Option<Severity>>, strict: bool) -> Self {
        Findings { list: Vec::new(), overrides, strict, accepted: Vec::new() }
    }

    /// Sets the rules later (before case.toml is read there are none) and applies them to what is there already.
    pub fn set_rules(&mut self, overrides: BTreeMap<Code, Option<Severity>>, strict: bool) {
        self.overrides = overrides;
        self.strict = strict;
        for finding in std::mem::take(&mut self.list) {
            self.push(finding);
        }
    }

    /// What the user accepted: warnings among them become notes, now and later. Before [`Self::set_rules`], which goes over what is there.
    pub fn set_accepted(&mut self, accepted: Vec<Acceptance>) {
        self.accepted = accepted;
    }

    /// Adds one. An override changes only findings that carry their code's default severity (a rule that lowered it on purpose stays lowered),
    /// except `ignore`, which drops all of the code.
    pub fn push(&mut self, mut finding: Finding) {
        match self.overrides.get(&finding.code) {
            Some(None) => return,
            Some(Some(severity)) if finding.severity == finding.code.default_severity() => finding.severity = *severity,
            _ => {}
        }
        if finding.severity == Severity::Warning
            && let Some(acceptance) = self.accepted.iter().find(|a| a.covers(&finding))
        {
            finding.severity = Severity::Note;
            finding.accepted = Some(acceptance.why.clone());
        }
        if self.strict && finding.severity == Severity::Warning {
            finding.severity = Severity::Error;
            finding.raised = true;
        }
        self.list.push(finding);
    }

    /// Sorts by severity, code, order position, file, place; removes exact repeats.
    pub fn sort(&mut self) {
        self.list.sort_by(|a, b| {
            (a.severity, a.code, a.order, &a.order_id, a.file, &a.place, &a.params).cmp(&(
                b.severity,
                b.code,
                b.order,
                &b.order_id,
                b.file,
                &b.place,
                &b.params,
            ))
        });
        self.list.dedup();
    }

    /// Drops those that `keep` refuses: of a file that the seller has taken out since it was read.
    pub fn retain(&mut self, keep: impl FnMut(&Finding) -> bool) {
        self.list.retain(keep);
    }

    /// All of them.
    pub fn all(&self) -> &[Finding] {
        &self.list
    }

    /// How many have this severity.
    pub fn count(&self, severity: Severity) -> usize {
        self.list.iter().filter(|f| f.severity == severity).count()
    }

    /// Is there one of this code.
    pub fn has(&self, code: Code) -> bool {
        self.list.iter().any(|f| f.code == code)
    }

    /// Those of each flagged order that has any, in the order in which they stand here.
    pub fn by_order(&self) -> BTreeMap<usize, Vec<&Finding>> {
        let mut by_order: BTreeMap<usize, Vec<&Finding>> = BTreeMap::new();
        for finding in &self.list {
            if let Some(order) = finding.order {
                by_order.entry(order).or_default().push(finding);
            }
        }
        by_order
    }
}
