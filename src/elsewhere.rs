//! What other cases hand in: the bags of earlier results beside this one's, and the other cases of a batch. In: the folder of results, or judged cases. Out:
//! for the files of a case, which other case uses the same bytes, and for which orders. Whether that is wrong is judged in `assess`.

use crate::bundle::swap::MARKER;
use crate::finding::{Code, Finding, Findings};
use crate::model::case::Case;
use crate::model::evidence::{Matching, Strength, UsedElsewhere};
use crate::model::file::Sha256;
use crate::pipeline::Checked;
use crate::verify;
use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet};
use std::fs::{self, File};
use std::io::Read as _;
use std::path::{Path, PathBuf};

/// Results looked at; an agency keeps a few hundred.
const MOST_RESULTS: usize = 5_000;
/// Bytes of a list of ours that are read: far more than thousands of orders need.
const MOST_BYTES: u64 = 256 * 1024 * 1024;

/// Files by their SHA-256 (hexadecimal) with who hands them in.
#[derive(Debug, Default, Clone)]
pub struct Ledger {
    uses: BTreeMap<String, Vec<Use>>,
    /// Bags that could not be read, by case.
    unread: BTreeSet<String>,
}

/// A file as another case uses it.
#[derive(Debug, Clone)]
struct Use {
    case: String,
    path: String,
    /// Ids of main orders.
    orders: BTreeSet<String>,
    buyers: Buyers,
}

#[derive(Debug, Clone)]
enum Buyers {
    Known(BTreeSet<String>),
    /// The result's `private/findings.json` tells them; read only when a file is met again.
    In(PathBuf),
}

/// `data/manifest.json` as far as it is needed; unknown keys are a newer version's.
#[derive(Deserialize)]
struct Manifest {
    case: Named,
    files: Vec<Listed>,
}

#[derive(Deserialize)]
struct Named {
    id: String,
}

#[derive(Deserialize)]
struct Listed {
    original_path: String,
    sha256: String,
    extract: Option<serde::de::IgnoredAny>,
    exhibits: Vec<Exhibit>,
}

#[derive(Deserialize)]
struct Exhibit {
    orders: Vec<String>,
}

/// `private/findings.json` as far as it is needed.
#[derive(Deserialize)]
struct Told {
    orders: Vec<ToldOrder>,
}

#[derive(Deserialize)]
struct ToldOrder {
    id: String,
    main_id: Option<String>,
    buyer: Option<String>,
}

fn name_of(folder: &Path) -> String {
    folder.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default()
}

impl Ledger {
    /// The bags in a folder of results. A folder that is not there, or not ours, holds none.
    pub fn of_results(results: &Path) -> Ledger {
        let mut ledger = Ledger::default();
        if !results.join(MARKER).exists() {
            return ledger;
        }
        // hidden ones are results that are being written, or that a killed run left unfinished
        let hidden = |entry: &fs::DirEntry| entry.file_name().to_string_lossy().starts_with('.');
        let Ok(entries) = fs::read_dir(results) else {
            ledger.unread.insert(name_of(results));
            return ledger;
        };
        let mut folders: Vec<PathBuf> = entries.flatten().filter(|e| !hidden(e)).map(|e| e.path()).filter(|p| p.is_dir()).collect();
        folders.sort();
        ledger.unread.extend(folders.drain(MOST_RESULTS.min(folders.len())..).map(|folder| name_of(&folder)).take(1));
        for folder in folders {
            let bags = match fs::read_dir(folder.join("bundle")) {
                Ok(bags) => bags,
                // not built: only the private part was written
                Err(e) if e.kind() == std::io::ErrorKind::NotFound => continue,
                Err(_) => {
                    ledger.unread.insert(name_of(&folder));
                    continue;
                }
            };
            let mut zips: Vec<PathBuf> = bags.flatten().map(|e| e.path()).collect();
            zips.retain(|p| p.extension().is_some_and(|e| e == "zip"));
            zips.sort();
            for zip in zips {
                match verify::manifest(&zip, MOST_BYTES).and_then(|text| serde_json::from_str::<Manifest>(&text).ok()) {
                    Some(manifest) => ledger.add_bag(manifest, &folder),
                    None => {
                        ledger.unread.insert(name_of(&folder));
                    }
                }
            }
        }
        ledger
    }

    fn add_bag(&mut self, manifest: Manifest, folder: &Path) {
        // an extract holds rows of many orders; those of others are told by the rows' own rules
        for file in manifest.files.into_iter().filter(|f| f.extract.is_none()) {
            let orders: BTreeSet<String> = file.exhibits.into_iter().flat_map(|e| e.orders).collect();
            if !orders.is_empty() {
                let buyers = Buyers::In(folder.join("private").join("findings.json"));
                self.uses.entry(file.sha256).or_default().push(Use { case: manifest.case.id.clone(), path: file.original_path, orders, buyers });
            }
        }
    }

    /// Forgets what is known of a case: it is about to be built anew.
    pub fn forget(&mut self, case: &str) {
        self.uses.values_mut().for_each(|uses| uses.retain(|u| u.case != case));
        self.unread.remove(case);
    }

    /// Adds what a judged case would hand in: the files of its argued orders.
    pub fn add(&mut self, checked: &Checked) {
        let (case, argued) = (&checked.case, |order: usize| checked.assessment.orders.get(order).is_some_and(|o| o.argued()));
        let mut orders: BTreeMap<_, BTreeSet<usize>> = BTreeMap::new();
        for link in checked.matching.links.iter().filter(|l| l.strength >= Strength::Strong && !l.inferred && argued(l.order)) {
            orders.entry(link.file).or_default().insert(link.order);
        }
        for (file, orders) in orders {
            let entry = case.file(file);
            let of = || orders.iter().filter_map(|o| case.orders.get(*o));
            let buyers = of().filter_map(|o| o.buyer.as_ref()).map(|b| b.value.raw().to_owned()).collect();
            self.uses.entry(entry.sha256.to_string()).or_default().push(Use {
                case: case.id.clone(),
                path: entry.path.clone(),
                orders: of().map(|o| o.id.to_string()).collect(),
                buyers: Buyers::Known(buyers),
            });
        }
    }

    /// Takes in what another ledger holds.
    pub fn join(&mut self, other: &Ledger) {
        for (sha256, uses) in &other.uses {
            self.uses.entry(sha256.clone()).or_default().extend(uses.iter().cloned());
        }
        self.unread.extend(other.unread.iter().cloned());
    }

    /// Is there anything to say to the case of this id and with these files: one that stands in another case, a bag that could not be read.
    pub fn meets(&self, case: &str, files: &[Sha256]) -> bool {
        let unread = self.unread.iter().any(|c| c != case);
        unread || files.iter().any(|f| self.uses.get(&f.to_string()).is_some_and(|uses| uses.iter().any(|u| u.case != case)))
    }

    /// Writes into `matching` what other cases use of this one's files; says how many of their bags could not be read.
    pub(crate) fn look_up(&self, case: &Case, matching: &mut Matching, findings: &mut Findings) {
        let unread: Vec<&str> = self.unread.iter().map(String::as_str).filter(|c| *c != case.id).collect();
        if !unread.is_empty() {
            findings.push(Finding::new(Code::NotCheckable).variant("other-case").with("count", unread.len()).with_list("cases", unread));
        }
        let mut told: BTreeMap<&Path, BTreeMap<String, String>> = BTreeMap::new();
        for entry in case.files.iter().filter(|f| f.same_as.is_none() && f.bytes > 0) {
            for other in self.uses.get(&entry.sha256.to_string()).into_iter().flatten().filter(|u| u.case != case.id) {
                let buyers = match &other.buyers {
                    Buyers::Known(buyers) => buyers.clone(),
                    Buyers::In(path) => {
                        let told = told.entry(path).or_insert_with(|| buyers_in(path));
                        other.orders.iter().filter_map(|id| told.get(id).cloned()).collect()
                    }
                };
                let (case, path, orders) = (other.case.clone(), other.path.clone(), other.orders.clone());
                matching.elsewhere.push(UsedElsewhere { file: entry.id, case, path, orders, buyers });
            }
        }
    }
}

/// Order id → buyer, as an earlier result's private list tells it; nothing where it is gone.
fn buyers_in(path: &Path) -> BTreeMap<String, String> {
    let mut text = String::new();
    let read = File::open(path).is_ok_and(|f| f.take(MOST_BYTES).read_to_string(&mut text).is_ok());
    let told = Some(text).filter(|_| read).and_then(|t| serde_json::from_str::<Told>(&t).ok());
    let orders = told.into_iter().flat_map(|t| t.orders);
    orders.filter_map(|o| Some((o.main_id.unwrap_or(o.id), o.buyer?))).collect()
}
