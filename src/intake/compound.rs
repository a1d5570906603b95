//! Are the sector chains of a compound file (.xls) without a circle? calamine follows a chain to its end, and a circle has none: it would fill the memory.
//!
//! Offsets of the header and reserved sector numbers as in [MS-CFB] 2.1 and 2.2.

/// Numbers from here on end a chain or mean no sector of a stream.
const RESERVED: u32 = 0xffff_fffa;

/// Every chain of sectors, and of the small sectors within the root's stream, comes to an end.
pub(super) fn chains_end(bytes: &[u8]) -> bool {
    let shift = match bytes.get(30..32) {
        Some([9, 0]) => 9,
        Some([12, 0]) => 12,
        // calamine refuses these
        _ => return true,
    };
    let sector = |id: u32| -> &[u8] {
        let from = (id as usize + 1) << shift;
        bytes.get(from.min(bytes.len())..(from + (1 << shift)).min(bytes.len())).unwrap_or_default()
    };
    let most = bytes.len() >> shift;
    let mut tables: Vec<u32> = numbers(bytes.get(76..512).unwrap_or_default()).collect();
    let mut next = number(bytes, 68);
    // the list of allocation tables is a chain of its own; the last number of each sector names the next
    for _ in 0..=most {
        let Some(id) = next.filter(|id| *id < RESERVED) else { break };
        tables.extend(numbers(sector(id)));
        next = tables.pop();
    }
    tables.retain(|id| *id < RESERVED);
    tables.truncate(most);
    let allocation: Vec<u32> = tables.iter().flat_map(|id| numbers(sector(*id))).collect();
    if !ends(&allocation) {
        return false;
    }
    let mut small = Vec::new();
    let mut next = number(bytes, 60);
    for _ in 0..=most {
        let Some(id) = next.filter(|id| *id < RESERVED) else { break };
        small.extend(numbers(sector(id)));
        next = allocation.get(id as usize).copied();
    }
    ends(&small)
}

fn number(bytes: &[u8], at: usize) -> Option<u32> {
    bytes.get(at..at + 4).and_then(|four| numbers(four).next())
}

fn numbers(bytes: &[u8]) -> impl Iterator<Item = u32> {
    bytes.as_chunks::<4>().0.iter().map(|four| u32::from_le_bytes(*four))
}

/// Following the numbers from any place comes to one that names no other.
fn ends(next: &[u32]) -> bool {
    // which walk has been here; 0: none
    let mut walked = vec![0_u32; next.len()];
    for (walk, start) in (1_u32..).zip(0..next.len()) {
        let mut at = start;
        while let (Some(by), Some(to)) = (walked.get_mut(at), next.get(at)) {
            if *by == walk {
                return false;
            }
            if *by != 0 {
                break;
            }
            *by = walk;
            at = *to as usize;
        }
    }
    true
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::{Cursor, Write};

    fn book() -> Vec<u8> {
        let mut file = cfb::CompoundFile::create(Cursor::new(Vec::new())).unwrap();
        file.create_stream("/Workbook").unwrap().write_all(&[7; 9000]).unwrap();
        file.create_stream("/small").unwrap().write_all(&[7; 300]).unwrap();
        file.into_inner().into_inner()
    }

    #[test]
    fn a_circle_of_sectors_is_seen() {
        let whole = book();
        assert!(chains_end(&whole));
        assert!(chains_end(b"") && chains_end(&whole[..40]) && chains_end(&whole[..700]));
        assert!(ends(&[1, 2, u32::MAX]) && ends(&[u32::MAX, 0, 1]) && !ends(&[1, 2, 0]) && !ends(&[5, 1]) && ends(&[9]));
        // somewhere in the allocation table a chain is bent back to its beginning
        let shift = u32::from(whole[30]);
        let table = (u32::from_le_bytes(whole[76..80].try_into().unwrap()) as usize + 1) << shift;
        let bent = (0..20_usize).filter(|i| {
            let mut bytes = whole.clone();
            bytes[table + 4 * i..table + 4 * i + 4].copy_from_slice(&(*i as u32).to_le_bytes());
            !chains_end(&bytes)
        });
        assert_eq!(bent.count(), 20);
    }
}
