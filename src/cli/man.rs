//! The manual page: all commands on one, in the words that `--help` has.

use clap::Command;
use clap_mangen::Man;
use std::io;

/// The page as roff.
///
/// # Errors
/// None that writing into memory could not have.
pub fn page(command: &Command) -> io::Result<Vec<u8>> {
    let mut page = Vec::new();
    let man = Man::new(command.clone());
    man.render_title(&mut page)?;
    man.render_name_section(&mut page)?;
    man.render_synopsis_section(&mut page)?;
    man.render_description_section(&mut page)?;
    man.render_options_section(&mut page)?;
    commands(command, command.get_name(), &mut page)?;
    let mut last = Vec::new();
    man.render_extra_section(&mut last)?;
    man.render_version_section(&mut last)?;
    page.extend(named(&last));
    Ok(page)
}

/// Those below a command, each with a section of its own.
fn commands(command: &Command, path: &str, page: &mut Vec<u8>) -> io::Result<()> {
    for below in command.get_subcommands() {
        let path = format!("{path} {}", below.get_name());
        // general options stand once, above
        let own = below.clone().bin_name(path.clone()).mut_args(|arg| if arg.is_global_set() || arg.get_id() == "help" { arg.hide(true) } else { arg });
        let man = Man::new(own);
        let mut sections = Vec::new();
        man.render_synopsis_section(&mut sections)?;
        if below.get_arguments().any(|arg| !arg.is_global_set() && arg.get_id() != "help") {
            man.render_options_section(&mut sections)?;
        }
        if below.get_after_help().is_some() {
            man.render_extra_section(&mut sections)?;
        }
        page.extend(format!(".SH \"{}\"\n", path.to_uppercase()).bytes());
        let mut about = Vec::new();
        man.render_description_section(&mut about)?;
        // the section's own heading says what it describes
        let about = String::from_utf8_lossy(&about).replace(".SH DESCRIPTION\n", "");
        page.extend(about.bytes());
        page.extend(String::from_utf8_lossy(&named(&sections)).replace(".SH ", ".SS ").bytes());
        commands(below, &path, page)?;
    }
    Ok(())
}

/// What clap calls extra are examples.
fn named(sections: &[u8]) -> Vec<u8> {
    String::from_utf8_lossy(sections).replace(".SH EXTRA\n", ".SH EXAMPLES\n").into_bytes()
}
