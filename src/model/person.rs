//! Personal values carry their kind, so that no name, phone or address reaches a page as a bare string.

use super::Disclosure;

/// What kind of personal value this is; decides how it is masked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum PersonalKind {
    /// A person's or recipient's name.
    Name,
    /// A buyer's nick or account on the platform.
    Nick,
    /// A phone number, mobile or landline, or a platform's virtual number.
    Phone,
    /// A postal address.
    Address,
    /// A payment account, e-mail or document number.
    Id,
    /// Free text that may contain any of these (chat lines, remarks).
    FreeText,
}

/// A personal value. It has no `Display`: whoever shows it says how much may be seen.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Personal {
    /// What it is.
    pub kind: PersonalKind,
    value: String,
}

impl Personal {
    /// Wraps `value`.
    pub fn new(kind: PersonalKind, value: impl Into<String>) -> Self {
        Personal { kind, value: value.into() }
    }

    /// The value as read, for matching and comparing; never for a page.
    pub fn raw(&self) -> &str {
        &self.value
    }

    /// What may be shown under `disclosure`. A value that the platform has masked already (it holds `*`, `##` or `$$`) stays as it is.
    pub fn show(&self, disclosure: Disclosure) -> String {
        match disclosure {
            Disclosure::Full => self.value.clone(),
            Disclosure::Masked => mask(self.kind, &self.value),
        }
    }
}

fn mask(kind: PersonalKind, value: &str) -> String {
    if value.contains('*') || value.starts_with("##") || value.starts_with("$$") {
        return value.to_owned();
    }
    let chars: Vec<char> = value.chars().collect();
    let stars = |n: usize| "*".repeat(n.max(1));
    match kind {
        PersonalKind::Name | PersonalKind::Nick => {
            let first: String = chars.iter().take(1).collect();
            first + &stars(chars.len().saturating_sub(1).min(3))
        }
        PersonalKind::Phone if chars.len() >= 7 => {
            let head: String = chars.iter().take(3).collect();
            let tail: String = chars.iter().skip(chars.len() - 4).collect();
            head + &stars(chars.len() - 7) + &tail
        }
        PersonalKind::Id if chars.len() > 8 => {
            let head: String = chars.iter().take(3).collect();
            let tail: String = chars.iter().skip(chars.len() - 4).collect();
            head + &stars(chars.len() - 7) + &tail
        }
        PersonalKind::Address => {
            let head: String = chars.iter().take(9).collect();
            head + "***"
        }
        PersonalKind::Phone | PersonalKind::Id => stars(chars.len()),
        PersonalKind::FreeText => crate::text::phones::mask_phones(value),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn masks_by_kind_and_keeps_a_platforms_own_mask() {
        let show = |kind, v: &str| Personal::new(kind, v).show(Disclosure::Masked);
        assert_eq!(show(PersonalKind::Phone, "13812345678"), "138****5678");
        assert_eq!(show(PersonalKind::Name, "张小凡"), "张**");
        assert_eq!(show(PersonalKind::Name, "周**"), "周**");
        assert_eq!(show(PersonalKind::Address, "浙江省杭州市西湖区文三路1号"), "浙江省杭州市西湖区***");
        assert_eq!(show(PersonalKind::FreeText, "电话13812345678谢谢"), "电话138****5678谢谢");
    }
}
