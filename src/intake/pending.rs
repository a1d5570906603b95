//! Readers that land separately; nothing is recognised by them until then.

pub(super) mod trace {
    use crate::model::record::{Records, Trace};
    pub(in crate::intake) fn read(_: &str) -> Option<(Vec<Trace>, Records)> {
        None
    }
}

pub(super) mod chat {
    use crate::model::record::{Chat, Records};
    pub(in crate::intake) fn read(_: &str, _: &[String]) -> Option<(Vec<Chat>, Records)> {
        None
    }
}

pub(super) mod pdf {
    use crate::model::record::PdfInfo;
    pub(in crate::intake) fn read(_: &[u8]) -> Result<PdfInfo, String> {
        Ok(PdfInfo::default())
    }
}

pub(super) struct Carriers;

impl Carriers {
    pub(super) fn load(_: &crate::profile::Profile) -> crate::error::Result<Self> {
        Ok(Carriers)
    }
    pub(super) fn by_words(&self, _: &str) -> Option<&str> {
        None
    }
}
