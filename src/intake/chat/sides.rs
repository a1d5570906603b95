//! Whose side a speaker is on. Told by the shop's names, by sub-accounts, by the counterpart that a file's head names, and by who alone talks with
//! everybody; who cannot be told stays unknown.

use super::Said;
use crate::model::record::ChatRole;
use std::collections::{BTreeMap, BTreeSet};

/// Who speaks for the seller in a file.
#[derive(Debug, Default)]
pub(super) struct Sellers {
    nicks: BTreeSet<String>,
    /// The only buyer, where the file names its counterpart.
    counterpart: Option<String>,
}

impl Sellers {
    /// Tells the sellers among the speakers. `sub_accounts`: a colon in a nick marks an account of the shop (`店铺名:客服小美`), as on Taobao.
    pub(super) fn among(messages: &[Said], names: &[String], sub_accounts: bool) -> Sellers {
        let names: Vec<String> = names.iter().map(|n| n.trim().to_lowercase()).filter(|n| n.chars().count() >= 2).collect();
        let people: BTreeSet<&str> =
            messages.iter().flat_map(|m| [Some(m.said.speaker.as_str()), m.to.as_deref()]).flatten().filter(|n| !n.is_empty()).collect();
        let account = |nick: &str| if sub_accounts { main_account(nick).map(str::to_owned) } else { None };
        let exact = |nick: &str| {
            let (nick, main) = (nick.to_lowercase(), account(nick).map(|m| m.to_lowercase()));
            names.iter().any(|n| *n == nick || main.as_ref() == Some(n))
        };
        let mut nicks: BTreeSet<String> = people.iter().filter(|n| exact(n) || account(n).is_some()).map(|n| (*n).to_owned()).collect();
        // a nick that only holds the shop's name counts when no nick is the shop's: 禾家的老顾客 is a buyer of 禾家
        if nicks.is_empty() {
            let holds = |nick: &str| names.iter().any(|n| nick.to_lowercase().contains(n.as_str()));
            nicks = people.iter().filter(|n| holds(n)).map(|n| (*n).to_owned()).collect();
        }
        // the main account of a sub-account that speaks here is the seller, too
        let mains: BTreeSet<String> = nicks.iter().filter_map(|n| account(n)).collect();
        nicks.extend(people.iter().filter(|n| mains.contains(**n)).map(|n| (*n).to_owned()));
        if nicks.is_empty() {
            nicks.extend(the_one_who_talks_with_all(messages));
        }
        Sellers { nicks, counterpart: None }
    }

    /// The sellers of a file that names its counterpart: everybody else.
    pub(super) fn against(counterpart: &str, messages: &[Said]) -> Sellers {
        let others: BTreeSet<String> = messages.iter().map(|m| m.said.speaker.clone()).filter(|n| !n.is_empty() && n != counterpart).collect();
        // with more than two speakers it is a group, where not everybody else is the seller
        let nicks = if others.len() <= 1 { others } else { BTreeSet::new() };
        Sellers { nicks, counterpart: Some(counterpart.to_owned()) }
    }

    pub(super) fn role(&self, nick: &str) -> ChatRole {
        if self.nicks.contains(nick) {
            ChatRole::Seller
        } else if self.counterpart.as_deref() == Some(nick) || (self.counterpart.is_none() && !self.nicks.is_empty() && !nick.is_empty()) {
            ChatRole::Buyer
        } else {
            ChatRole::Unknown
        }
    }
}

/// The part before the colon of a sub-account.
fn main_account(nick: &str) -> Option<&str> {
    let (main, sub) = nick.split_once([':', '：'])?;
    (!main.trim().is_empty() && !sub.trim().is_empty()).then(|| main.trim())
}

/// Among three or more speakers, the only one whom each of the others speaks next to: several buyers write to one shop, never to one another.
fn the_one_who_talks_with_all(messages: &[Said]) -> Option<String> {
    let mut beside: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    let mut before: Option<&str> = None;
    for speaker in messages.iter().filter(|m| m.said.role != ChatRole::System).map(|m| m.said.speaker.as_str()).filter(|n| !n.is_empty()) {
        beside.entry(speaker).or_default();
        if let Some(last) = before.filter(|l| *l != speaker) {
            beside.entry(last).or_default().insert(speaker);
            beside.entry(speaker).or_default().insert(last);
        }
        before = Some(speaker);
    }
    let all = beside.len();
    if all < 3 {
        return None;
    }
    let centre: Vec<&str> = beside.iter().filter(|(_, others)| others.len() == all - 1).map(|(name, _)| *name).collect();
    match centre.as_slice() {
        // what two buyers wrote one below the other (their files were pasted together) does not make one of them the shop
        [only] => Some((*only).to_owned()),
        _ => None,
    }
}
