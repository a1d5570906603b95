//! Reading text that people and back offices wrote: encodings, widths, ids, numbers, dates, phones, file patterns. Knows nothing of cases.

pub mod check_digit;
pub mod dates;
pub mod decode;
pub mod english_dates;
pub mod glob;
pub mod ids;
pub(crate) mod json;
pub mod nearest;
pub mod nicks;
pub mod numbers;
pub mod phones;
pub(crate) mod toml_lines;
pub mod western;
pub mod width;
pub mod zones;
