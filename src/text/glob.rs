//! File patterns of case.toml: `*` and `?` inside one name, `**` over folders. A pattern without `/` speaks of base names at any depth.

use unicode_normalization::UnicodeNormalization as _;

/// Does `pattern` speak of `path` (relative, `/` separated)? Both are compared in NFC, because macOS hands out decomposed names. `[` and other signs
/// stand for themselves: WeChat and browsers put brackets into names, and nobody writes character classes for evidence.
pub fn matches(pattern: &str, path: &str) -> bool {
    let pattern = pattern.trim_start_matches("./");
    let target = if pattern.contains('/') { path } else { path.rsplit('/').next().unwrap_or(path) };
    if !pattern.contains(['*', '?']) {
        return pattern.nfc().eq(target.nfc());
    }
    let pattern: Vec<char> = pattern.nfc().collect();
    let target: Vec<char> = target.nfc().collect();
    fits(&pattern, &target)
}

/// Does `pattern` speak of `path` but for upper and lower case? Windows shows `IMG_1.PNG` and `img_1.png` as if they were one name, and here they are two.
pub fn matches_in_other_letters(pattern: &str, path: &str) -> bool {
    matches(&pattern.to_lowercase(), &path.to_lowercase())
}

/// Are two names or paths the same? In NFC, as for [`matches`].
pub fn is_same(one: &str, other: &str) -> bool {
    one.nfc().eq(other.nfc())
}

/// Greedy with one place to come back to for `*` and one for `**`: linear in practice, never exponential on hostile patterns.
fn fits(pattern: &[char], target: &[char]) -> bool {
    let (mut p, mut t) = (0_usize, 0_usize);
    let mut star: Option<(usize, usize)> = None;
    // where to go on in the pattern, the target's place tried last, and whether a place must begin a name (`**/`)
    let mut globstar: Option<(usize, usize, bool)> = None;
    loop {
        match pattern.get(p) {
            Some('*') if pattern.get(p + 1) == Some(&'*') => {
                // `**/x` also means `x` itself
                let names = pattern.get(p + 2) == Some(&'/') && begins_name(target, t);
                p += if names { 3 } else { 2 };
                globstar = Some((p, t, names));
                star = None;
                continue;
            }
            Some('*') => {
                p += 1;
                star = Some((p, t));
                continue;
            }
            Some('?') if target.get(t).is_some_and(|c| *c != '/') => {
                p += 1;
                t += 1;
                continue;
            }
            Some(c) if target.get(t) == Some(c) => {
                p += 1;
                t += 1;
                continue;
            }
            None if t >= target.len() => return true,
            _ => {}
        }
        if let Some((after, at)) = star
            && target.get(at).is_some_and(|c| *c != '/')
        {
            star = Some((after, at + 1));
            p = after;
            t = at + 1;
        } else if let Some((after, at, names)) = globstar
            && let Some(next) = (at + 1..=target.len()).find(|n| !names || begins_name(target, *n))
        {
            globstar = Some((after, next, names));
            star = None;
            p = after;
            t = next;
        } else {
            return false;
        }
    }
}

fn begins_name(target: &[char], at: usize) -> bool {
    at == 0 || target.get(at - 1) == Some(&'/')
}

#[cfg(test)]
mod tests {
    use super::matches;

    #[test]
    fn patterns_mean_what_sellers_expect() {
        for (pattern, path, expected) in [
            ("a.png", "x/y/a.png", true),
            ("*.png", "x/y/a.png", true),
            ("微信截图_?.png", "聊天/微信截图_1.png", true),
            ("x/*.png", "x/a.png", true),
            ("x/*.png", "x/y/a.png", false),
            ("x/**", "x/y/a.png", true),
            ("**/a.png", "a.png", true),
            ("**/a.png", "x/y/a.png", true),
            ("**/a.png", "x/ba.png", false),
            ("x/**/b/*.png", "x/1/2/b/c.png", true),
            ("图[1].png", "图[1].png", true),
            ("a?.png", "a.png", false),
            ("./x/a.png", "x/a.png", true),
            ("a.png", "x/a.png.txt", false),
        ] {
            assert_eq!(matches(pattern, path), expected, "{pattern} {path}");
        }
        assert!(!matches("*a*a*a*a*a*a*a*a*b", &"a".repeat(4000)));
    }
}
