//! What a template prints when it names a value: the value itself where it comes with its source; a group of values or a list is refused, as what is handed
//! in must not hold the way a program writes them.

use super::engine::refuse;
use super::tokens::UNPRINTABLE;
use minijinja::Error;
use minijinja::value::{Enumerator, Object, ObjectRepr, Value, ValueKind};
use std::fmt;
use std::sync::Arc;

/// A value with where it comes from: `order.buyer` prints the value, `order.buyer.source` its source.
#[derive(Debug)]
struct Sourced {
    value: Value,
    source: Value,
}

impl Object for Sourced {
    fn get_value(self: &Arc<Self>, key: &Value) -> Option<Value> {
        match key.as_str()? {
            "value" => Some(self.value.clone()),
            "source" => Some(self.source.clone()),
            _ => None,
        }
    }

    fn enumerate(self: &Arc<Self>) -> Enumerator {
        Enumerator::Str(&["value", "source"])
    }

    fn render(self: &Arc<Self>, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.value, f)
    }
}

/// Values by name, which print as nothing that could be handed in: [`shown`] sees it.
struct Fields(Vec<(String, Value)>);

impl fmt::Debug for Fields {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_fmt(format_args!("{UNPRINTABLE}"))
    }
}

impl Object for Fields {
    fn get_value(self: &Arc<Self>, key: &Value) -> Option<Value> {
        let name = key.as_str()?;
        self.0.iter().find(|(key, _)| key == name).map(|(_, value)| value.clone())
    }

    fn enumerate(self: &Arc<Self>) -> Enumerator {
        Enumerator::Values(self.0.iter().map(|(key, _)| Value::from(key.as_str())).collect())
    }

    fn render(self: &Arc<Self>, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self, f)
    }
}

/// The same for a list.
struct Items(Vec<Value>);

impl fmt::Debug for Items {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_fmt(format_args!("{UNPRINTABLE}"))
    }
}

impl Object for Items {
    fn repr(self: &Arc<Self>) -> ObjectRepr {
        ObjectRepr::Seq
    }

    fn get_value(self: &Arc<Self>, key: &Value) -> Option<Value> {
        self.0.get(key.as_usize()?).cloned()
    }

    fn enumerate(self: &Arc<Self>) -> Enumerator {
        Enumerator::Seq(self.0.len())
    }

    fn render(self: &Arc<Self>, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self, f)
    }
}

/// A value with its source.
pub(super) fn sourced(value: Value, source: Value) -> Value {
    Value::from_object(Sourced { value, source })
}

/// Values by name.
pub(super) fn fields(pairs: impl IntoIterator<Item = (String, Value)>) -> Value {
    Value::from_object(Fields(pairs.into_iter().collect()))
}

/// A list.
pub(super) fn list(items: impl IntoIterator<Item = Value>) -> Value {
    Value::from_object(Items(items.into_iter().collect()))
}

/// The text that a value prints as.
///
/// # Errors
/// It is a group of values or a list, or was made of one (`"…" ~ order.goods`).
pub(super) fn shown(value: &Value) -> Result<String, Error> {
    match value.kind() {
        ValueKind::Map => {
            let names: Vec<String> = value.try_iter().into_iter().flatten().map(|k| k.to_string()).collect();
            match value.get_attr("value").ok().filter(|v| !v.is_undefined() && names.iter().any(|n| n == "source")) {
                Some(inner) => Ok(inner.to_string()),
                None => Err(group(&names)),
            }
        }
        ValueKind::Seq | ValueKind::Iterable => Err(refuse(
            "这里要印的是一个列表，不是一个值；写 {% for x in … %}，文字的列表也可以写 |join(\"、\")",
            "what is printed here is a list, not a value; write {% for x in … %}, or |join(\", \") for a list of texts",
        )),
        _ => printable(value.to_string()),
    }
}

/// The text, if nothing that cannot be printed was joined into it.
///
/// # Errors
/// As [`shown`].
pub(super) fn printable(text: String) -> Result<String, Error> {
    if text.contains(UNPRINTABLE) {
        return Err(refuse(
            "这段文字里接进了一组值或一个列表；写出其中的一个值，列表写 {% for x in … %}",
            "a group of values or a list was joined into this text; name one value of it, and write {% for x in … %} for a list",
        ));
    }
    Ok(text)
}

fn group(names: &[String]) -> Error {
    let first = names.iter().find(|n| *n == "shown").or(names.first()).map_or("", String::as_str);
    let list = |between: &str| names.iter().take(12).map(String::as_str).collect::<Vec<_>>().join(between);
    refuse(
        format!("这里要印的是一组值（{}），不是一个值；写出其中一项，例如在后面加 .{first}", list("、")),
        format!("what is printed here is a group of values ({}), not a value; name one of them, as in .{first}", list(", ")),
    )
}
