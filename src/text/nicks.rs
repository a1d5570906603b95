//! Nicks, as exports print them and as chats show them.

/// Can a name be read: it is there, and neither masked (`*`) nor enciphered (`##…##`, `$$…$$`, facts 1.5).
pub fn readable(name: &str) -> bool {
    !(name.is_empty() || name.contains('*') || name.starts_with("##") || name.starts_with("$$"))
}

/// Are two nicks one? They are compared without case and blanks; a chat tool may cut a long one short or mask it.
pub fn same(a: &str, b: &str) -> bool {
    let fold = |s: &str| crate::text::width::narrow(s).to_lowercase().replace(char::is_whitespace, "");
    let (a, b) = (fold(a), fold(b));
    let cut = |short: &str, long: &str| ['…', '.'].iter().any(|end| short.ends_with(*end)) && long.starts_with(short.trim_end_matches(['…', '.']));
    a == b || a.contains('*') || b.contains('*') || cut(&a, &b) || cut(&b, &a)
}

#[cfg(test)]
mod tests {
    use super::same;

    #[test]
    fn case_width_and_a_cut_end_do_not_matter_and_a_letter_does() {
        for (a, b, expected) in [
            ("TB_Bravo02", "ＴＢ_bravo02", true),
            ("阿木…", "阿木木", true),
            ("阿**木", "别人", true),
            ("阿木木", "阿木木木", false),
            ("tb_bravo0", "tb_bravo02", false),
        ] {
            assert_eq!(same(a, b), expected, "{a} {b}");
        }
    }
}
