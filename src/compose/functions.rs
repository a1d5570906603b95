//! The functions that templates call. Components leave a block token, references an inline token; none of them knows the case itself.

use super::desk::{INK, PLAIN, WHOLE};
use super::engine::{BOOK_FILE, Shared, no_such_name, refuse};
use super::shown::{printable, shown};
use super::tokens::{Request, Token, escape};
use crate::model::document::{Anchor, Inline, Inlines, RefText, Style};
use crate::model::file::Kind;
use minijinja::value::{Kwargs, Rest, Value, ValueKind, ValueOrKwargs, from_args};
use minijinja::{Environment, Error, State};
use std::collections::BTreeMap;
use std::sync::atomic::Ordering;
use std::sync::{Arc, PoisonError};

/// Names of all functions, for "did you mean".
pub(super) const NAMES: [&str; 35] = [
    "details",
    "proof_counts",
    "orders_table",
    "day_chart",
    "cause_table",
    "tiles",
    "exhibit_figures",
    "bill_rows",
    "timeline",
    "trace_table",
    "chat_lines",
    "stock_rows",
    "pictures",
    "shared_exhibits",
    "evidence_list",
    "files_list",
    "contents",
    "signature",
    "volumes",
    "callout",
    "quote",
    "note",
    "record",
    "keep_together",
    "page_break",
    "page",
    "label",
    "exhibit",
    "cite",
    "small",
    "keep",
    "plural",
    "of",
    "found",
    "range",
];

type Outcome = Result<Value, Error>;
/// Makes the request of a component about one order.
type OfOrder = fn(usize) -> Request;
/// Makes the request of a component that holds text, from label and Markdown.
type WithText = fn(String, String) -> Request;

/// Adds every function.
pub(super) fn add(env: &mut Environment<'static>, shared: &Arc<Shared>) {
    for (name, request) in [
        ("proof_counts", Request::ProofCounts),
        ("orders_table", Request::OrdersTable),
        ("day_chart", Request::DayChart),
        ("cause_table", Request::CauseTable),
        ("bill_rows", Request::BillRows),
        ("shared_exhibits", Request::Shared),
        ("evidence_list", Request::EvidenceList),
        ("files_list", Request::FilesList),
        ("volumes", Request::Volumes),
        ("page_break", Request::PageBreak),
    ] {
        let shared = shared.clone();
        env.add_function(name, move |state: &mut State| block(state, &shared, request.clone()));
    }
    let of_order: [(&'static str, OfOrder); 5] = [
        ("timeline", Request::Timeline),
        ("trace_table", Request::TraceTable),
        ("chat_lines", Request::ChatLines),
        ("stock_rows", Request::StockRows),
        ("pictures", Request::Pictures),
    ];
    for (name, make) in of_order {
        let shared = shared.clone();
        env.add_function(name, move |state: &mut State, order: Value| -> Outcome {
            let index = order.get_attr("index").ok().and_then(|v| v.as_usize());
            let index =
                index.ok_or_else(|| refuse(format!("{name}() 要一笔订单，例如 {name}(order)"), format!("{name}() takes an order, as in {name}(order)")))?;
            block(state, &shared, make(index))
        });
    }
    let with_text: [(&'static str, bool, WithText); 5] = [
        ("callout", true, Request::Callout),
        ("quote", true, Request::Quote),
        ("note", false, |_, text| Request::Note(text)),
        ("record", false, |_, text| Request::Record(text)),
        ("keep_together", false, |_, text| Request::Together(text)),
    ];
    for (name, has_label, make) in with_text {
        let shared = shared.clone();
        env.add_function(name, move |state: &mut State, args: Rest<ValueOrKwargs>| -> Outcome {
            let args = args.into_values();
            let (given, kwargs) = from_args::<(&[Value], Kwargs)>(&args)?;
            let mut given = given.iter();
            let label = if has_label { given.next().map(shown).transpose()?.unwrap_or_default() } else { String::new() };
            let text = body(state, given.next(), &kwargs, name)?;
            block(state, &shared, make(label, text))
        });
    }
    add_lists(env, shared);
    add_references(env, shared);
}

/// The Markdown that a component holds: of its `{% call %}` block, or its text argument.
fn body(state: &mut State, given: Option<&Value>, kwargs: &Kwargs, name: &str) -> Result<String, Error> {
    let caller: Option<Value> = kwargs.get("caller")?;
    kwargs.assert_all_used()?;
    match (given, caller) {
        (None, Some(caller)) => Ok(caller.call(state, &[])?.to_string()),
        (Some(text), None) => markdown(text),
        _ => Err(refuse(
            format!("{name} 要有内容：{{% call {name}(…) %}}…{{% endcall %}}，或把文字作为参数"),
            format!("{name} needs content: {{% call {name}(…) %}}…{{% endcall %}}, or a text as argument"),
        )),
    }
}

/// A value as Markdown; lines of plain text become paragraphs.
fn markdown(value: &Value) -> Result<String, Error> {
    let text = shown(value)?;
    if value.is_safe() {
        return Ok(text);
    }
    Ok(text.lines().map(escape).filter(|l| !l.is_empty()).collect::<Vec<_>>().join("\n\n"))
}

/// A block token between empty lines, so that it is a paragraph of its own however the template is indented.
fn block(state: &State, shared: &Shared, request: Request) -> Outcome {
    if state.name() == BOOK_FILE || state.name().ends_with(".txt.jinja") {
        return Err(refuse(
            "这里是纯文字，不能放组件；组件写在 .md.jinja 模板里",
            "this is plain text and holds no components; they belong into .md.jinja templates",
        ));
    }
    Ok(Value::from_safe_string(format!("\n\n{}\n\n", shared.tokens.put(Token::Block(request)))))
}

fn inline(shared: &Shared, inlines: Inlines) -> Value {
    Value::from_safe_string(shared.tokens.put(Token::Inline(inlines)))
}

/// A list's item is a name that does not exist: an empty field on a page that is handed in would be silent about a slip of the pen.
fn no_value(label: &str) -> minijinja::Error {
    let (zh, en) = (format!("“{label}”这一项用了没有的名字"), format!("the item \"{label}\" uses a name that does not exist"));
    no_such_name(zh, en)
}

fn add_lists(env: &mut Environment<'static>, shared: &Arc<Shared>) {
    let s = shared.clone();
    env.add_function("details", move |state: &mut State, pairs: Value, kwargs: Kwargs| -> Outcome {
        let columns: Option<u8> = kwargs.get("columns")?;
        kwargs.assert_all_used()?;
        let mut out = Vec::new();
        for pair in pairs.try_iter()? {
            let label = shown(&pair.get_item_by_index(0)?)?;
            let value = pair.get_item_by_index(1)?;
            if value.is_undefined() {
                return Err(no_value(&label));
            }
            if value.is_none() || value.as_str() == Some("") {
                continue;
            }
            let source = match value.kind() {
                ValueKind::Map => value.get_attr("source").unwrap_or_default(),
                _ => pair.get_item_by_index(2).unwrap_or_default(),
            };
            let source = if source.is_none() || source.is_undefined() { String::new() } else { markdown(&source)? };
            out.push((label, markdown(&value)?, source));
        }
        block(state, &s, Request::Facts { columns: columns.unwrap_or(2).clamp(1, 2), pairs: out })
    });
    let s = shared.clone();
    env.add_function("tiles", move |state: &mut State, tiles: Value| -> Outcome {
        let mut out = Vec::new();
        for tile in tiles.try_iter()? {
            let parts = tile.len().unwrap_or(0);
            let part = |i| tile.get_item_by_index(i).ok().filter(|v| !v.is_undefined()).map(|v| shown(&v)).transpose().map(Option::unwrap_or_default);
            if (0..parts).any(|i| tile.get_item_by_index(i).is_ok_and(|v| v.is_undefined())) {
                return Err(no_value(&part(0)?));
            }
            out.push((part(0)?, part(1)?, part(2)?));
        }
        block(state, &s, Request::Tiles(out))
    });
    let s = shared.clone();
    env.add_function("signature", move |state: &mut State, labels: Vec<String>| block(state, &s, Request::Signature(labels)));
    let s = shared.clone();
    env.add_function("contents", move |state: &mut State, depth: Option<u8>| block(state, &s, Request::Contents(depth.unwrap_or(1))));
    let s = shared.clone();
    env.add_function("exhibit_figures", move |state: &mut State, kinds: Vec<String>, kwargs: Kwargs| -> Outcome {
        let per_order: Option<usize> = kwargs.get("per_order")?;
        let most: Option<usize> = kwargs.get("most")?;
        kwargs.assert_all_used()?;
        let mut wanted = Vec::new();
        for name in &kinds {
            wanted.push(Kind::from_name(name).ok_or_else(|| {
                let near = crate::text::nearest::nearest(name, Kind::ALL.into_iter().map(Kind::as_str)).unwrap_or("waybill");
                refuse(format!("没有证据种类 {name}，是不是 {near}？"), format!("no kind of evidence {name}; did you mean {near}?"))
            })?);
        }
        if s.annex.load(Ordering::Relaxed) {
            return Err(refuse(
                "exhibit_figures 只能用在申诉书里；附册用 pictures(order)",
                "exhibit_figures belongs in the book; in the annex use pictures(order)",
            ));
        }
        let mut claims = s.claims.lock().unwrap_or_else(PoisonError::into_inner);
        let mut of_order: BTreeMap<usize, usize> = BTreeMap::new();
        let mut figures = Vec::new();
        for (i, e) in s.exhibits.iter().enumerate() {
            let count = e.order.map_or(0, |o| of_order.get(&o).copied().unwrap_or(0));
            let full = most.is_some_and(|m| figures.len() >= m) || per_order.is_some_and(|p| count >= p);
            if full || !e.figure || !wanted.contains(&e.kind) || !claims.insert(i) {
                continue;
            }
            if let Some(order) = e.order {
                of_order.insert(order, count + 1);
            }
            figures.push(i);
        }
        drop(claims);
        block(state, &s, Request::Figures(figures))
    });
}

/// The anchor that a value names: a text, or an order or exhibit that has one.
fn anchor(shared: &Shared, value: &Value) -> Result<Anchor, Error> {
    let name = match value.kind() {
        ValueKind::Map => value.get_attr("anchor").ok().filter(|v| !v.is_undefined()).map(|v| v.to_string()).unwrap_or_default(),
        _ => value.to_string(),
    };
    if shared.anchors.contains(&name) {
        return Ok(Anchor(name));
    }
    if shared.unplaced.contains(&name) {
        return Err(refuse(
            format!("没有可以引用的 {name}：book.toml 里没有 each = \"order\" 的小节；先判断 {{% if sections.order %}}"),
            format!("there is nothing called {name} to refer to: book.toml has no section with each = \"order\"; ask {{% if sections.order %}} first"),
        ));
    }
    let near = crate::text::nearest::nearest(&name, shared.anchors.iter().map(String::as_str));
    let (zh, en) = near.map_or_else(Default::default, |n| (format!("，是不是 {n}？"), format!("; did you mean {n}?")));
    Err(refuse(format!("没有可以引用的 {name}{zh}"), format!("there is nothing called {name} to refer to{en}")))
}

fn page_ref(target: Anchor, end: Option<Anchor>, style: Style) -> Inline {
    Inline::Ref { target, end, show: RefText::Page, style }
}

fn exhibit_ref(shared: &Shared, number: &str, style: Style) -> Result<Inline, Error> {
    let Some(e) = shared.exhibits.iter().find(|e| e.number == number) else {
        let near = crate::text::nearest::nearest(number, shared.exhibits.iter().map(|e| e.number.as_str()));
        let (zh, en) = near.map_or_else(Default::default, |n| (format!("，是不是 {n}？"), format!("; did you mean {n}?")));
        return Err(refuse(format!("没有证据 {number}{zh}"), format!("there is no exhibit {number}{en}")));
    };
    let text = shared.words.get("exhibit").map_or_else(String::new, |w| crate::profile::lang::fill(w, &[("n", number)]));
    Ok(Inline::Ref { target: Anchor(e.anchor.clone()), end: None, show: RefText::Text(text), style })
}

fn add_references(env: &mut Environment<'static>, shared: &Arc<Shared>) {
    let s = shared.clone();
    env.add_function("page", move |target: Value, end: Option<Value>| -> Outcome {
        let end = end.map(|e| anchor(&s, &e)).transpose()?;
        Ok(inline(&s, vec![page_ref(anchor(&s, &target)?, end, INK)]))
    });
    let s = shared.clone();
    env.add_function("label", move |target: Value| -> Outcome {
        Ok(inline(&s, vec![Inline::Ref { target: anchor(&s, &target)?, end: None, show: RefText::Label, style: INK }]))
    });
    let s = shared.clone();
    env.add_function("exhibit", move |number: Value| -> Outcome {
        let number = match number.kind() {
            ValueKind::Map => number.get_attr("number")?.to_string(),
            _ => number.to_string(),
        };
        Ok(inline(&s, vec![exhibit_ref(&s, &number, INK)?]))
    });
    let s = shared.clone();
    env.add_function("cite", move |targets: Rest<Value>| -> Outcome {
        let style = Style { small: true, ..INK };
        let word = |key: &str| s.words.get(key).cloned().unwrap_or_default();
        let mut out = vec![Inline::Text(word("cite-open"), style)];
        for target in targets.iter().filter(|t| !t.is_none()) {
            if out.len() > 1 {
                out.push(Inline::Text(word("cite-between"), style));
            }
            if target.kind() == ValueKind::Seq {
                let (first, last) = (target.get_item_by_index(0)?, target.get_item_by_index(1)?);
                out.push(page_ref(anchor(&s, &first)?, Some(anchor(&s, &last)?), style));
                continue;
            }
            // an exhibit is cited by its number and its page
            let number = target.get_attr("number").ok().filter(|n| !n.is_undefined() && !n.is_none()).map(|n| n.to_string());
            match number.filter(|_| target.kind() == ValueKind::Map) {
                Some(number) => {
                    out.push(exhibit_ref(&s, &number, style)?);
                    out.push(Inline::Text(word("cite-page"), style));
                    out.push(page_ref(anchor(&s, target)?, None, style));
                }
                None => out.push(page_ref(anchor(&s, target)?, None, style)),
            }
        }
        if out.len() == 1 {
            return Ok(Value::from_safe_string(String::new()));
        }
        out.push(Inline::Text(word("cite-close"), style));
        Ok(inline(&s, out))
    });
    let s = shared.clone();
    env.add_function("small", move |text: String| -> Outcome {
        Ok(inline(&s, vec![Inline::Text(printable(text)?, Style { small: true, muted: true, ..PLAIN })]))
    });
    let s = shared.clone();
    // a few words that never part at the end of a line
    env.add_function("keep", move |text: String| -> Outcome { Ok(inline(&s, vec![Inline::Text(printable(text)?, WHOLE)])) });
    env.add_function("plural", |n: usize, one: String, many: String| format!("{n} {}", if n == 1 { one } else { many }));
    let s = shared.clone();
    // the only way to say "all": it is said when, and only when, it is so
    env.add_function("of", move |n: usize, m: usize| -> Outcome {
        let key = match (n, m) {
            _ if n > m => return Err(refuse(format!("of({n}, {m})：部分不能大于总数"), format!("of({n}, {m}): a part cannot exceed the whole"))),
            (0, _) => "of-none",
            (1, 1) => "of-one",
            _ if n == m => "of-all",
            _ => "of-part",
        };
        let word = s.words.get(key).map_or("", String::as_str);
        Ok(Value::from(crate::profile::lang::fill(word, &[("n", &n.to_string()), ("m", &m.to_string())])))
    });
    let s = shared.clone();
    env.add_function("found", move |code: String| -> Outcome {
        if crate::finding::Code::from_name(&code).is_none() {
            let near = crate::text::nearest::nearest(&code, crate::finding::Code::ALL.iter().map(|c| c.as_str())).unwrap_or("");
            return Err(refuse(format!("没有检查代码 {code}，是不是 {near}？"), format!("there is no finding code {code}; did you mean {near}?")));
        }
        Ok(Value::from(s.found.get(code.as_str()).copied().unwrap_or(0)))
    });
}
