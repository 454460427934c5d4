//! Parameter sets of a stream, the newest of each id, and the bytes that precede each key frame.

use bytes::Bytes;

use super::limits::{MAX_PARAMETER_SET_BYTES, MAX_PARAMETER_SETS};

/// Start code of every NAL unit that is given out.
pub(super) const START_CODE: [u8; 4] = [0, 0, 0, 1];

/// Kinds of parameter sets, in the order in which decoders need them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum SetKind {
    Vps,
    Sps,
    Pps,
}

/// What is needed of one parameter set.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct ParameterSet {
    pub(super) id: u32,
    /// In a PPS: id of its SPS.
    pub(super) sps_id: u32,
    /// In an SPS: width and height of the shown picture, if they can be read.
    pub(super) size: Option<(u32, u32)>,
    /// In an SPS: whether pictures may be fields.
    pub(super) has_fields: bool,
    /// In a PPS of H.265: reserved bits before the slice type.
    pub(super) n_extra_bits: u32,
}

#[derive(Debug)]
struct StoredSet {
    kind: SetKind,
    set: ParameterSet,
    nal: Bytes,
}

/// The newest parameter set of each kind and id.
#[derive(Debug, Default)]
pub(super) struct ParameterSets {
    /// Sorted by kind, then by when they came.
    sets: Vec<StoredSet>,
    /// All of them as Annex B.
    prefix: Vec<u8>,
}

impl ParameterSets {
    /// Whether this very set is known already; it comes again with each key frame.
    pub(super) fn contains(&self, kind: SetKind, nal: &[u8]) -> bool {
        self.sets
            .iter()
            .any(|stored| stored.kind == kind && stored.nal == nal)
    }

    /// Takes a set in place of the one with its id; refuses what is too long.
    pub(super) fn insert(&mut self, kind: SetKind, set: ParameterSet, nal: &[u8]) -> bool {
        if nal.len() > MAX_PARAMETER_SET_BYTES {
            return false;
        }
        let stored = StoredSet {
            kind,
            set,
            nal: Bytes::copy_from_slice(nal),
        };
        let same = |other: &StoredSet| other.kind == kind && other.set.id == set.id;
        if let Some(at) = self.sets.iter().position(same) {
            self.sets[at] = stored;
        } else {
            let of_kind = |other: &&StoredSet| other.kind == kind;
            if self.sets.iter().filter(of_kind).count() >= MAX_PARAMETER_SETS
                && let Some(oldest) = self.sets.iter().position(|other| other.kind == kind)
            {
                self.sets.remove(oldest);
            }
            let at = self.sets.partition_point(|other| other.kind <= kind);
            self.sets.insert(at, stored);
        }
        self.prefix.clear();
        for stored in &self.sets {
            self.prefix.extend_from_slice(&START_CODE);
            self.prefix.extend_from_slice(&stored.nal);
        }
        true
    }

    /// All sets as Annex B, if there is what every decoder needs: an SPS and a PPS.
    pub(super) fn prefix(&self) -> Option<&[u8]> {
        let has = |kind| self.sets.iter().any(|stored| stored.kind == kind);
        (has(SetKind::Sps) && has(SetKind::Pps)).then_some(&self.prefix)
    }

    pub(super) fn pps(&self, id: u32) -> Option<&ParameterSet> {
        self.find(SetKind::Pps, id)
    }

    /// The SPS that a slice refers to by its PPS; the newest if that is unknown.
    pub(super) fn sps_of(&self, pps_id: Option<u32>) -> Option<&ParameterSet> {
        let named = pps_id.and_then(|id| self.pps(id));
        let sps = named.and_then(|pps| self.find(SetKind::Sps, pps.sps_id));
        sps.or_else(|| {
            let newest = self.sets.iter().rfind(|stored| stored.kind == SetKind::Sps);
            newest.map(|stored| &stored.set)
        })
    }

    fn find(&self, kind: SetKind, id: u32) -> Option<&ParameterSet> {
        let found = |stored: &&StoredSet| stored.kind == kind && stored.set.id == id;
        self.sets.iter().find(found).map(|stored| &stored.set)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn set(id: u32) -> ParameterSet {
        ParameterSet {
            id,
            ..ParameterSet::default()
        }
    }

    #[test]
    fn only_the_newest_set_of_an_id_is_kept() {
        let mut sets = ParameterSets::default();
        sets.insert(SetKind::Pps, set(0), &[0x68, 1]);
        sets.insert(SetKind::Pps, set(37), &[0x68, 2]);
        sets.insert(SetKind::Sps, set(0), &[0x67, 3]);
        assert!(sets.insert(SetKind::Pps, set(0), &[0x68, 4]));

        let prefix = sets.prefix().expect("both kinds are there");

        let expected = [
            0, 0, 0, 1, 0x67, 3, 0, 0, 0, 1, 0x68, 4, 0, 0, 0, 1, 0x68, 2,
        ];
        assert_eq!(prefix, expected);
    }

    #[test]
    fn sets_are_bounded_in_number_and_length() {
        let mut sets = ParameterSets::default();
        for id in 0..300 {
            let nal = [0x68, (id % 256) as u8, (id / 256) as u8];
            assert!(sets.insert(SetKind::Pps, set(id), &nal));
        }

        assert!(!sets.insert(SetKind::Sps, set(0), &[0x67; MAX_PARAMETER_SET_BYTES + 1]));
        assert_eq!(sets.sets.len(), MAX_PARAMETER_SETS);
        assert!(sets.pps(299).is_some() && sets.pps(0).is_none());
        assert!(sets.prefix().is_none());
    }
}
