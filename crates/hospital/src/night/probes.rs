//! Declared function probes, found by name and by the host that runs them: every check-in asks for those of one host. What must
//! not live here: what a probe showed.

use std::collections::{BTreeMap, BTreeSet};

use model::AssetTag;
use model::ids::ProbeId;
use model::probe::Probe;

/// Declared probes.
#[derive(Default)]
pub(crate) struct Probes {
    all: BTreeMap<ProbeId, Probe>,
    of_host: BTreeMap<AssetTag, BTreeSet<ProbeId>>,
}

impl Probes {
    /// A probe is declared, or declared anew.
    pub(crate) fn declare(&mut self, probe: Probe) {
        if let Some(before) = self.all.get(&probe.id)
            && let Some(known) = self.of_host.get_mut(&before.host)
        {
            known.remove(&probe.id);
        }
        self.of_host.entry(probe.host.clone()).or_default().insert(probe.id.clone());
        self.all.insert(probe.id.clone(), probe);
    }

    /// All of them, by name.
    pub(crate) fn all(&self) -> &BTreeMap<ProbeId, Probe> {
        &self.all
    }

    /// Those that a host runs, by name.
    pub(crate) fn of(&self, host: &AssetTag) -> impl Iterator<Item = &Probe> {
        let names = self.of_host.get(host).into_iter().flatten();
        names.filter_map(|name| self.all.get(name))
    }
}

impl FromIterator<Probe> for Probes {
    fn from_iter<I: IntoIterator<Item = Probe>>(list: I) -> Probes {
        let mut probes = Probes::default();
        list.into_iter().for_each(|probe| probes.declare(probe));
        probes
    }
}

#[cfg(test)]
mod tests {
    use model::ids::ServiceId;
    use model::probe::ProbeKind;

    use super::*;

    #[test]
    fn a_probe_that_is_declared_anew_for_another_host_is_run_by_that_one_alone() {
        let (old, new) = (AssetTag::new("CMS-5-A").unwrap(), AssetTag::new("CMS-5-B").unwrap());
        let probe = |host: &AssetTag| Probe {
            id: ProbeId::new("port").unwrap(),
            service: ServiceId::new("monitoring").unwrap(),
            host: host.clone(),
            tries: ProbeKind::Tcp { address: "127.0.0.1".into(), port: 104 },
            timeout_seconds: 10,
        };
        let mut probes: Probes = [probe(&old)].into_iter().collect();
        assert_eq!((probes.of(&old).count(), probes.of(&new).count()), (1, 0));
        probes.declare(probe(&new));
        assert_eq!((probes.of(&old).count(), probes.of(&new).count(), probes.all().len()), (0, 1, 1));
    }
}
