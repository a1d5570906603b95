//! Amounts: exact decimals with their currency, never floats.

use rust_decimal::Decimal;
use std::fmt;

/// An amount in major units (yuan, dollars) with an ISO 4217 currency.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Money {
    /// Major units, exact.
    pub amount: Decimal,
    /// ISO 4217 letters, `CNY` where a Chinese export says none, `XXX` (no currency) where a foreign one does not tell.
    pub currency: [u8; 3],
}

impl Money {
    /// Yuan.
    pub fn cny(amount: Decimal) -> Self {
        Money { amount, currency: *b"CNY" }
    }
}

impl fmt::Display for Money {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.currency {
            b"XXX" => write!(f, "{:.2}", self.amount),
            b"CNY" => write!(f, "¥{:.2}", self.amount),
            other => write!(f, "{} {:.2}", String::from_utf8_lossy(other), self.amount),
        }
    }
}
