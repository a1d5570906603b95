//! templates/audit.toml: the limits of the audit, each our own judgement and said to be.

use crate::error::{Error, Result};
use crate::finding::{Code, Severity};
use crate::profile::Profile;
use serde::Deserialize;

/// The file.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Rules {
    #[expect(dead_code, reason = "part of the file's form: every data file names its source")]
    source: String,
    #[expect(dead_code, reason = "part of the file's form: every data file names its trust")]
    trust: String,
    weight: Weight,
    pub rush: Rush,
    pub basket: Basket,
    pub repeat: Share,
    pub address: Address,
    pub refund: Share,
    pub stock: Stock,
    codes: Codes,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Weight {
    error: u64,
    warning: u64,
    note: u64,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct Rush {
    pub day_orders: usize,
    pub day_factor: usize,
    pub hour_orders: usize,
    pub hour_factor: usize,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Basket {
    pub orders: usize,
    pub factor: u32,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Share {
    pub percent: usize,
    pub orders: usize,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Address {
    pub orders: usize,
    pub hours: i64,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Stock {
    pub alert: u32,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Codes {
    risk: Vec<String>,
}

impl Rules {
    /// Reads the file.
    pub(super) fn load(profile: &Profile) -> Result<Self> {
        let (text, origin) = profile.text("audit.toml")?;
        let wrong = |line: usize, what: &str| {
            Error::new(format!("{origin} 第 {line} 行有误：{what}"), format!("{origin} line {line}: {what}"))
                .hint("改正这一行，或删去该文件改用内置数据", "correct that line, or delete the file to use the built-in data")
        };
        let rules: Rules = toml::from_str(&text).map_err(|e| {
            let line = crate::text::toml_lines::of_error(&text, &e);
            wrong(line, e.message().lines().next().unwrap_or(""))
        })?;
        let code = |entry: &str| Code::from_name(entry.split('/').next().unwrap_or(entry));
        match rules.codes.risk.iter().find(|entry| code(entry).is_none()) {
            Some(code) => Err(wrong(text.lines().position(|l| l.contains(code.as_str())).map_or(1, |l| l + 1), code)),
            None => Ok(rules),
        }
    }

    /// Does the finding tell of an order's risk? An entry means a code, or one variant of it.
    pub(super) fn is_risk(&self, code: Code, variant: Option<&str>) -> bool {
        self.codes.risk.iter().any(|entry| match entry.split_once('/') {
            Some((name, of)) => name == code.as_str() && Some(of) == variant,
            None => entry == code.as_str(),
        })
    }

    /// What a finding of a level weighs.
    pub(super) fn weight(&self, severity: Severity) -> u64 {
        match severity {
            Severity::Error => self.weight.error,
            Severity::Warning => self.weight.warning,
            Severity::Note => self.weight.note,
            Severity::Ok => 0,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_built_in_file_is_right() {
        let rules = Rules::load(&Profile::built_in()).unwrap();
        assert!(rules.is_risk(Code::TrackingNumberReused, None) && !rules.is_risk(Code::ChatMissing, None));
        assert!(rules.is_risk(Code::ContentHarmful, Some("remark")) && !rules.is_risk(Code::ContentHarmful, Some("name")));
        assert!(rules.weight(Severity::Error) > rules.weight(Severity::Warning) && rules.weight(Severity::Note) > 0);
    }

    #[test]
    fn every_rule_on_goods_money_and_parcels_is_a_risk_unless_only_an_appeal_needs_it() {
        // files that a seller gathers for an appeal, and what is good news
        let of_appeals = [
            Code::TraceMissing,
            Code::DeliveryNotConfirmed,
            Code::SignedByOther,
            Code::DeliveryConfirmed,
            Code::InvoiceAfterSale,
            Code::InvoiceQuantityShort,
            Code::InvoiceBuyerDiffers,
            Code::InvoicePriceAboveSale,
            Code::InvoiceGoodsDiffer,
            // the audit has a figure of its own for the shop's refunds
            Code::RefundsMany,
        ];
        let others = [Code::OrderIdDamaged, Code::WeightImplausible, Code::StockNegative, Code::StockQuantityDiffers, Code::StockCountShort];
        let rules = Rules::load(&Profile::built_in()).unwrap();
        for code in Code::ALL {
            let risk = others.contains(code) || ["logistics", "money"].contains(&code.family()) && !of_appeals.contains(code);
            assert_eq!(rules.is_risk(*code, None), risk, "{}", code.as_str());
        }
    }
}
