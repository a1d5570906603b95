//! Where in a TOML text something stands, for messages.

/// The line, from 1, that a mistake in `text` is on.
pub(crate) fn of_error(text: &str, error: &toml::de::Error) -> usize {
    error.span().map_or(1, |s| at(text, s.start))
}

/// The line, from 1, of a place in bytes.
pub(crate) fn at(text: &str, offset: usize) -> usize {
    1 + text.get(..offset).unwrap_or("").matches('\n').count()
}

/// The line, from 1, on which `key` is set in `[table]` (dotted; `""` for the top) of a TOML text; the table's own line, else 1, when it is written another way.
pub(crate) fn of_key(text: &str, table: &str, key: &str) -> usize {
    let (mut here, mut head) = (table.is_empty(), 1);
    for (n, line) in (1..).zip(text.lines().map(str::trim)) {
        if let Some(name) = line.strip_prefix('[') {
            here = name.split(']').next().is_some_and(|name| name.trim() == table);
            head = if here { n } else { head };
        } else if here && line.split_once('=').is_some_and(|(name, _)| name.trim().trim_matches(['"', '\'']) == key) {
            return n;
        }
    }
    head
}

#[cfg(test)]
mod tests {
    use super::of_key;

    #[test]
    fn finds_keys_of_their_own_table() {
        let text = "a = 1\n[one]\na = 2\n\"b\" = 3\n[one.two]\nb = 4\n";
        let lines = [("", "a"), ("one", "a"), ("one", "b"), ("one.two", "b"), ("one.two", "none"), ("none", "a")].map(|(table, key)| of_key(text, table, key));
        assert_eq!(lines, [1, 3, 4, 6, 5, 1]);
    }
}
