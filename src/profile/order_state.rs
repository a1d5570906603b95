//! What the words of an export's state and payment columns mean: templates/order-states.toml.

use super::Profile;
use crate::error::{Error, Result};
use crate::text::width::narrow;
use serde::Deserialize;
use std::sync::Arc;

/// Where the data stands under templates/.
const FILE: &str = "order-states.toml";

/// The words.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OrderStates {
    #[serde(rename = "source")]
    _source: String,
    #[serde(rename = "trust")]
    _trust: String,
    /// Money went back.
    pub refunded: Meant,
    /// The buyer has not paid.
    pub unpaid: Meant,
    /// Over; paid or not.
    pub closed: Meant,
    /// Paid, and not sent yet. A user's file from before this word stays good.
    #[serde(default)]
    pub awaiting: Meant,
    /// A deposit pre-sale. A user's file from before this word stays good.
    #[serde(default)]
    pub presale: Meant,
    /// Paid to the courier.
    pub cash_on_delivery: Meant,
}

/// Words of one meaning.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Meant {
    words: Vec<String>,
    not: Vec<String>,
}

impl Meant {
    /// Does a cell say it.
    pub fn said(&self, cell: &str) -> bool {
        let cell = narrow(cell).to_lowercase();
        self.words.iter().any(|w| stands_in(&cell, w)) && !self.not.iter().any(|w| cell.contains(w.as_str()))
    }
}

/// Short words of letters stand alone: `cod` is no part of `code`.
fn stands_in(cell: &str, word: &str) -> bool {
    let letter = |c: Option<char>| c.is_some_and(|c| c.is_ascii_alphanumeric());
    cell.match_indices(word).any(|(at, w)| {
        let (before, after) = (cell.get(..at).unwrap_or_default(), cell.get(at + w.len()..).unwrap_or_default());
        !word.is_ascii() || !(letter(before.chars().next_back()) || letter(after.chars().next()))
    })
}

impl OrderStates {
    /// Reads the words through the layers.
    ///
    /// # Errors
    /// When the file, laid over ours by the user, is wrong.
    pub fn load(profile: &Profile) -> Result<Arc<OrderStates>> {
        profile.once(FILE, || {
            let (text, origin) = profile.text(FILE)?;
            toml::from_str(&text).map_err(|e| {
                Error::new(format!("{origin} 写错了：{}", e.message()), format!("{origin} is wrong: {}", e.message()))
                    .hint("改正它，或删去该文件改用内置数据", "correct it, or delete the file to use the built-in data")
            })
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn states_say_what_a_seller_reads_in_them() {
        let states = OrderStates::load(&Profile::built_in()).unwrap();
        for (cell, refunded, unpaid, closed, at_the_door) in [
            ("退款成功", true, false, false, false),
            ("未发货，退款成功", true, false, false, false),
            ("无售后或售后取消", false, false, false, false),
            ("退款关闭", false, false, false, false),
            ("待付款", false, true, false, false),
            ("待支付", false, true, false, false),
            ("交易关闭", false, false, true, false),
            ("Unpaid", false, true, false, false),
            ("货到付款", false, false, false, true),
            ("COD", false, false, false, true),
            ("Cash on Delivery (COD)", false, false, false, true),
            ("Discount code", false, false, false, false),
        ] {
            let said = (states.refunded.said(cell), states.unpaid.said(cell), states.closed.said(cell), states.cash_on_delivery.said(cell));
            assert_eq!(said, (refunded, unpaid, closed, at_the_door), "{cell}");
        }
        for (cell, awaiting) in [
            ("买家已付款，等待卖家发货", true),
            ("待发货", true),
            ("unfulfilled", true),
            ("Awaiting shipment", true),
            ("To ship", true),
            ("卖家已发货，等待买家确认", false),
            ("待发货（部分发货）", false),
            ("fulfilled", false),
            ("Shipped", false),
            ("Shipped to shipper", false),
            ("交易成功", false),
        ] {
            assert_eq!(states.awaiting.said(cell), awaiting, "{cell}");
        }
        for (cell, presale) in [("预售", true), ("定金预售", true), ("全款预售", false), ("SOP", false), ("普通订单", false)] {
            assert_eq!(states.presale.said(cell), presale, "{cell}");
        }
    }
}
