//! File patterns of case.toml (`[[assign]]`, `[[ignore]]`, `[[columns]]`): `*` and `?` inside a name, `**` over folders.

use unicode_normalization::UnicodeNormalization as _;

/// Does `pattern` name this file? `path` is relative to the case with `/`. A pattern without `/` is a base name at any depth; a trailing `/` means
/// everything below that folder; `\` in a pattern reads as `/`. Both are compared as NFC, because macOS hands out decomposed names; case counts.
pub fn matches(pattern: &str, path: &str) -> bool {
    let pattern: String = pattern.nfc().map(|c| if c == '\\' { '/' } else { c }).collect();
    let path: String = path.nfc().collect();
    let mut pattern = pattern.strip_prefix("./").unwrap_or(&pattern).to_owned();
    if pattern.ends_with('/') {
        pattern.push_str("**");
    }
    if !pattern.contains('/') {
        return name(&pattern, path.rsplit('/').next().unwrap_or(""));
    }
    let pattern: Vec<&str> = pattern.trim_start_matches('/').split('/').collect();
    let path: Vec<&str> = path.split('/').collect();
    folders(&pattern, &path)
}

/// Matches whole segments. The table of reachable states keeps it linear in pattern × path, whatever the number of `**`.
fn folders(pattern: &[&str], path: &[&str]) -> bool {
    let mut reach = vec![false; path.len() + 1];
    if let Some(first) = reach.first_mut() {
        *first = true;
    }
    for segment in pattern {
        let mut next = vec![false; path.len() + 1];
        if *segment == "**" {
            let mut open = false;
            for (from, to) in reach.iter().zip(next.iter_mut()) {
                open |= *from;
                *to = open;
            }
        } else {
            for ((from, part), to) in reach.iter().zip(path).zip(next.iter_mut().skip(1)) {
                *to = *from && name(segment, part);
            }
        }
        reach = next;
    }
    reach.last().copied().unwrap_or(false)
}

/// Matches one name with `*` and `?`.
fn name(pattern: &str, text: &str) -> bool {
    let pattern: Vec<char> = pattern.chars().collect();
    let text: Vec<char> = text.chars().collect();
    let (mut p, mut t) = (0, 0);
    let mut star: Option<(usize, usize)> = None;
    while let Some(&c) = text.get(t) {
        match pattern.get(p) {
            Some('*') => {
                star = Some((p, t));
                p += 1;
            }
            Some(&q) if q == '?' || q == c => {
                p += 1;
                t += 1;
            }
            _ => {
                let Some((at, from)) = star else { return false };
                star = Some((at, from + 1));
                p = at + 1;
                t = from + 1;
            }
        }
    }
    pattern.iter().skip(p).all(|c| *c == '*')
}

#[cfg(test)]
mod tests {
    use super::matches;

    #[test]
    fn a_pattern_without_slash_is_a_base_name_at_any_depth() {
        assert!(matches("*.jpg", "a/b/c.jpg") && matches("合同.pdf", "材料/合同.pdf"));
        assert!(!matches("b", "a/b/c.jpg") && !matches("*.jpg", "a.jpg/c.png"));
    }

    #[test]
    fn a_pattern_with_slash_is_a_path() {
        assert!(matches("聊天/*.png", "聊天/1.png") && !matches("聊天/*.png", "聊天/旧/1.png") && !matches("聊天/*.png", "x/聊天/1.png"));
        assert!(matches("**/聊天/**", "x/聊天/旧/1.png") && matches("聊天/", "聊天/旧/1.png") && matches("a\\?.txt", "a/1.txt"));
        assert!(matches("**", "a/b") && matches("a/**/b", "a/b") && !matches("a/**/b", "a/c"));
    }

    #[test]
    fn decomposed_names_are_equal_to_composed_ones() {
        assert!(matches("é.txt", "e\u{301}.txt"));
    }
}
