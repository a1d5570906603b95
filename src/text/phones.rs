//! Phone numbers inside free text.

/// Masks the middle of mobile numbers (whole runs of exactly 11 digits that begin with 1) and of landlines (`0571-88886666`).
/// Longer runs (order ids, waybills) hold look-alikes and are never touched.
pub fn mask_phones(text: &str) -> String {
    let chars: Vec<char> = text.chars().collect();
    let mut out = String::with_capacity(text.len());
    let mut i = 0;
    while let Some(&c) = chars.get(i) {
        if !c.is_ascii_digit() {
            out.push(c);
            i += 1;
            continue;
        }
        let end = chars.iter().skip(i).position(|c| !c.is_ascii_digit()).map_or(chars.len(), |n| i + n);
        let run: String = chars.iter().skip(i).take(end - i).collect();
        let after_letter = i > 0 && chars.get(i - 1).is_some_and(char::is_ascii_alphabetic);
        if run.len() == 11 && run.starts_with('1') && !after_letter {
            out.push_str(&run[..3]);
            out.push_str("****");
            out.push_str(&run[7..]);
            i = end;
        } else if matches!(run.len(), 3 | 4) && run.starts_with('0') && chars.get(end) == Some(&'-') {
            let second_end = chars.iter().skip(end + 1).position(|c| !c.is_ascii_digit()).map_or(chars.len(), |n| end + 1 + n);
            let second: String = chars.iter().skip(end + 1).take(second_end - end - 1).collect();
            if matches!(second.len(), 7 | 8) {
                out.push_str(&run);
                out.push_str("-****");
                out.push_str(&second[second.len() - 4..]);
                i = second_end;
            } else {
                out.push_str(&run);
                i = end;
            }
        } else {
            out.push_str(&run);
            i = end;
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::mask_phones;

    #[test]
    fn masks_only_whole_runs() {
        assert_eq!(mask_phones("派件人：李四，电话：13900001111"), "派件人：李四，电话：139****1111");
        assert_eq!(mask_phones("订单 351234567890123456，单号 SF1390012345671"), "订单 351234567890123456，单号 SF1390012345671");
        assert_eq!(mask_phones("0571-88886666"), "0571-****6666");
    }
}
