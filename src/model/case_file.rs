//! Names with a meaning of their own at the root of a case. Windows and macOS open `Case.toml` as case.toml, so that upper and lower case count alike
//! everywhere: the same folder is the same case on every machine.

/// The settings' own file.
pub const CASE_FILE: &str = "case.toml";
/// The folder of the case's own templates: instructions to us, not evidence.
pub const TEMPLATES: &str = "templates";

/// Is the path, relative to the case, that of its settings.
pub fn is_case_file(path: &str) -> bool {
    path.eq_ignore_ascii_case(CASE_FILE)
}

/// Is it the name of the folder of a case's own templates.
pub fn is_templates(name: &str) -> bool {
    name.eq_ignore_ascii_case(TEMPLATES)
}
