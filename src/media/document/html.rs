//! A saved web page as lines: numbers in attributes and scripts are not what the page shows.

/// Tags that begin a new line on the screen.
const BREAKS: [&str; 14] = ["br", "p", "div", "tr", "li", "ul", "ol", "table", "h1", "h2", "h3", "h4", "section", "title"];

/// Elements whose text is never shown.
const HIDDEN: [&str; 3] = ["script", "style", "template"];

/// Does the text begin like a web page?
pub fn is_page(text: &str) -> bool {
    let head: String = text.trim_start().chars().take(400).collect::<String>().to_ascii_lowercase();
    head.starts_with("<!doctype html") || head.starts_with("<html") || (head.starts_with('<') && head.contains("<body"))
}

/// The lines that the page shows, each with the line of the file at which it begins. Cells of a table are separated by tabs.
pub fn lines(page: &str) -> Vec<(u32, String)> {
    let mut out: Vec<(u32, String)> = vec![(1, String::new())];
    let mut line = 1_u32;
    let mut hidden: Option<&str> = None;
    let mut rest = page;
    let append = |out: &mut Vec<(u32, String)>, text: &str, line: u32| {
        if let Some((first, shown)) = out.last_mut() {
            if shown.trim().is_empty() {
                *first = line;
            }
            shown.push_str(text);
        }
    };
    while !rest.is_empty() {
        let open = rest.find('<').unwrap_or(rest.len());
        let (text, from) = rest.split_at(open);
        for (i, piece) in text.split('\n').enumerate() {
            // a line break in the file is a blank on the screen
            line += u32::from(i > 0);
            if hidden.is_none() {
                append(&mut out, &entities(piece.trim_end_matches('\r')), line);
                append(&mut out, " ", line);
            }
        }
        if let Some((_, shown)) = out.last_mut()
            && hidden.is_none()
            && !text.ends_with([' ', '\n'])
        {
            shown.pop();
        }
        let is_comment = from.starts_with("<!--");
        let end = if is_comment { from.find("-->").map(|e| e + 3) } else { from.find('>').map(|e| e + 1) }.unwrap_or(from.len());
        let (tag, after) = from.split_at(end);
        line += u32::try_from(tag.matches('\n').count()).unwrap_or(0);
        let name: String = tag.trim_start_matches(['<', '/']).chars().take_while(char::is_ascii_alphanumeric).collect::<String>().to_ascii_lowercase();
        let closing = tag.starts_with("</");
        match hidden {
            Some(element) if closing && name == element => hidden = None,
            Some(_) => {}
            None if !closing => hidden = HIDDEN.into_iter().find(|h| *h == name),
            None => {}
        }
        if hidden.is_none() && BREAKS.contains(&name.as_str()) {
            out.push((line, String::new()));
        } else if hidden.is_none() && closing && matches!(name.as_str(), "td" | "th") {
            append(&mut out, "\t", line);
        }
        rest = after;
    }
    out.into_iter().filter(|(_, text)| !text.trim().is_empty()).map(|(n, text)| (n, text.trim_matches(' ').to_owned())).collect()
}

fn entities(text: &str) -> String {
    if !text.contains('&') {
        return text.to_owned();
    }
    text.replace("&nbsp;", " ").replace("&quot;", "\"").replace("&lt;", "<").replace("&gt;", ">").replace("&#39;", "'").replace("&amp;", "&")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shows_what_the_page_shows() {
        let page = "<!DOCTYPE html><html><head><title>违规</title><script>var id = 351234567890123450;\n</script></head>\n<body><p data-id=\"680012345678\">违规编号：WG1&nbsp;</p>\n<table><tr><th>序号</th><th>订单号</th></tr><tr><td>1</td><td>3512<b>34</b>567890123456</td></tr></table><!-- 351234567890123451 --></body></html>";
        assert!(is_page(page) && !is_page("违规编号 <b>"));
        let shown: Vec<(u32, String)> = lines(page).into_iter().map(|(n, l)| (n, l.trim_end().to_owned())).collect();
        let line = |n: u32, text: &str| (n, text.to_owned());
        assert_eq!(shown, [line(1, "违规"), line(3, "违规编号：WG1"), line(4, "序号\t订单号"), line(4, "1\t351234567890123456")]);
    }
}
