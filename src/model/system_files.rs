//! What systems, file managers and network drives leave in folders by themselves: nobody put it there, and it says nothing about an order.

/// Files by their names in lower case.
const FILES: [&str; 5] = ["thumbs.db", "ehthumbs.db", "desktop.ini", ".ds_store", "icon\r"];
/// Folders by their names in lower case: bins with what was deleted (Windows, Synology, QNAP), indexes and pictures made for a preview.
const FOLDERS: [&str; 6] = ["__macosx", "$recycle.bin", "system volume information", "#recycle", "@recycle", "@eadir"];

/// Is it a name, of a file or a folder, that a system gives.
pub fn is_one(name: &str) -> bool {
    let name = name.to_lowercase();
    FILES.contains(&name.as_str()) || FOLDERS.contains(&name.as_str())
}

/// Is it what macOS puts beside a file on a disk that keeps no second stream (`._photo.jpg`).
pub fn is_apple_double(name: &str) -> bool {
    name.starts_with("._")
}

/// Is it a folder's name that a system gives.
pub fn is_folder(name: &str) -> bool {
    FOLDERS.contains(&name.to_lowercase().as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_whole_names_are_a_systems() {
        assert!(["Thumbs.db", "Icon\r", "Desktop.INI", "$RECYCLE.BIN", "@eaDir"].into_iter().all(is_one));
        assert!(!["Icon", "Thumbs.db.png", "recycle", ""].into_iter().any(is_one));
        assert!(is_folder("System Volume Information") && !is_folder("thumbs.db"));
    }
}
