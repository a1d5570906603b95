//! The notice in any form → [`crate::model::notice::Notice`], and case.toml, whose corrections win over what was read.

pub mod casefile;
