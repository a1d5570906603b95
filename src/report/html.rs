//! The shell of our private HTML pages: self-contained, printable, no script.

use crate::model::Lang;
use crate::model::own_output::PAGE_MARK;

/// Text for HTML.
pub fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

const STYLE: &str = "\
body{font:15px/1.65 -apple-system,'Segoe UI','Microsoft YaHei','PingFang SC','Noto Sans SC',sans-serif;color:#1a1a1a;max-width:62rem;margin:2rem auto;padding:0 1.2rem}\
h1{font-size:1.45rem;color:#1f3a5f;margin:0 0 .4rem}h2{font-size:1.12rem;color:#1f3a5f;margin:2rem 0 .5rem}\
p{margin:.35rem 0}.muted{color:#6b6b6b;font-size:.88rem}a{color:#1f3a5f}\
table{border-collapse:collapse;width:100%;font-size:.92rem}th{color:#6b6b6b;font-weight:600;text-align:left}\
td,th{border-bottom:1px solid #d0d4da;padding:.34rem .6rem;vertical-align:top}td.n,th.n{text-align:right;font-variant-numeric:tabular-nums}\
h3{font-size:1rem;margin:1.2rem 0 .3rem}section{break-inside:auto}.why{white-space:pre-line;color:#3a3a3a;font-size:.92rem}\
.source{color:#4a4a4a;font-size:.85rem}.source b{color:#6b6b6b;font-weight:600}img{max-width:150px;border:1px solid #d0d4da;margin:.2rem 0}\
.hint{white-space:pre-line;width:38%}td{overflow-wrap:anywhere}td.level{white-space:nowrap;overflow-wrap:normal;width:1%}\
.findings{table-layout:fixed}.findings .hint,.findings th:last-child{width:32%}.findings th:nth-child(2){width:32%}td.id{white-space:nowrap;overflow-wrap:normal}\
.matrix td{white-space:nowrap;overflow-wrap:normal}.matrix .muted{white-space:normal}\
.box{background:#edf0f5;border-radius:6px;padding:.8rem 1rem;margin:.8rem 0}\
.error{color:#a32020;font-weight:600}.warning{color:#8a5a00;font-weight:600}.note{color:#4a5a70}.ok{color:#1d6b3a}\
ol li,ul li{margin:.3rem 0}code{font-size:.9em;background:#f3f4f6;padding:0 .25em;border-radius:3px}\
@media print{body{margin:0;max-width:none;font-size:10.5pt}.matrix{font-size:8.5pt}.matrix td,.matrix th{padding:.2rem .3rem}h2,h3{break-after:avoid}.why{break-inside:avoid;break-after:avoid}tr{break-inside:avoid}tr:first-child{break-after:avoid}}";

/// A page with this title and body (already HTML).
pub fn page(lang: Lang, title: &str, body: &str) -> Vec<u8> {
    format!(
        "<!doctype html>\n<html lang=\"{}\">\n<head><meta charset=\"utf-8\">{PAGE_MARK}<meta name=\"viewport\" content=\"width=device-width\"><meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; img-src data:; style-src 'unsafe-inline'\"><title>{}</title><style>{STYLE}</style></head>\n<body>\n{body}\n</body>\n</html>\n",
        lang.tag(),
        escape(title)
    )
    .into_bytes()
}
