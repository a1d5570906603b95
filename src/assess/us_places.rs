//! State and ZIP code at the end of a US address or scan site (`SEATTLE WA 98101`, `Spokane, WA, United States`), in the Postal Service's two capitals.

use std::fmt;

/// A place as far as it can be compared.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Place {
    /// Two capitals.
    pub state: String,
    /// Five digits, where told.
    pub zip: Option<String>,
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.zip {
            Some(zip) => write!(f, "{} {zip}", self.state),
            None => f.write_str(&self.state),
        }
    }
}

/// States, the district and the territories that the Postal Service delivers in (its publication 28, appendix B).
const STATES: &str = "AL AK AZ AR CA CO CT DE DC FL GA HI ID IL IN IA KS KY LA ME MD MA MI MN MS MO MT NE NV NH NJ NM NY NC ND OH OK OR PA RI SC SD TN TX UT VT VA WA WV WI WY PR GU VI AS MP";

/// The last state in a text that a ZIP code, a country or nothing follows.
pub(super) fn read(text: &str) -> Option<Place> {
    let words: Vec<&str> = text.split(|c: char| c.is_whitespace() || c == ',').filter(|w| !w.is_empty()).collect();
    let is_zip = |word: &str| {
        let digits = word.split('-').next().unwrap_or(word);
        digits.len() == 5 && digits.bytes().all(|b| b.is_ascii_digit())
    };
    let country = |word: &str| ["US", "USA", "U.S.", "UNITED", "STATES"].contains(&word.to_ascii_uppercase().as_str());
    let mut rest = words.as_slice();
    while let [before @ .., last] = rest
        && country(last)
    {
        rest = before;
    }
    let mut zip = None;
    if let [before @ .., last] = rest
        && is_zip(last)
    {
        (rest, zip) = (before, Some(last.chars().take(5).collect::<String>()));
    }
    let state = rest.last().filter(|w| STATES.split(' ').any(|s| s == **w))?;
    (rest.len() > 1).then(|| Place { state: (*state).to_owned(), zip })
}

#[cfg(test)]
mod tests {
    use super::read;

    #[test]
    fn state_and_zip_stand_at_the_end() {
        for (text, expected) in [
            ("101 Pine St, SEATTLE WA 98101", Some("WA 98101")),
            ("SALEM, OR 97301-1234, US", Some("OR 97301")),
            ("Spokane, WA, United States", Some("WA")),
            ("PORTLAND, OR", Some("OR")),
            ("浙江省 杭州市", None),
            ("10115 Berlin", None),
            ("OR", None),
        ] {
            assert_eq!(read(text).map(|p| p.to_string()).as_deref(), expected, "{text}");
        }
    }
}
