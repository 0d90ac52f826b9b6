//! Which devices, vulnerabilities and verdicts are asked for.

use exposure::Verdict;
use exposure::rank::Tier;

use crate::register::DeviceView;

/// Which devices, vulnerabilities and verdicts to show.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Filter {
    /// Part of asset tag, maker, model, version, unit or serial number; in any case.
    pub text: Option<String>,
    /// Care unit, exactly; empty for devices without one.
    pub unit: Option<String>,
    /// Site, exactly; empty for devices without one.
    pub site: Option<String>,
    /// Maker, exactly.
    pub maker: Option<String>,
    /// Model, exactly.
    pub model: Option<String>,
    /// Asset tag, exactly.
    pub device: Option<String>,
    /// Part of the vulnerability's name, in any case.
    pub vulnerability: Option<String>,
    /// The vulnerability's name, exactly.
    pub cve: Option<String>,
    /// Only vulnerabilities that this rule ranks.
    pub tier: Option<Tier>,
    /// Only pairs of this verdict.
    pub verdict: Option<Verdict>,
}

impl Filter {
    /// Lets every device through.
    pub fn all_devices(&self) -> bool {
        [&self.text, &self.unit, &self.site, &self.maker, &self.model, &self.device]
            .iter()
            .all(|wanted| wanted.is_none())
    }

    /// Lets every vulnerability through.
    pub fn all_vulnerabilities(&self) -> bool {
        self.vulnerability.is_none() && self.cve.is_none() && self.tier.is_none()
    }

    /// Does a device pass?
    pub fn passes(&self, device: &DeviceView<'_>) -> bool {
        let is = |wanted: &Option<String>, got: Option<&str>| {
            wanted.as_deref().is_none_or(|wanted| got.unwrap_or("") == wanted)
        };
        is(&self.unit, device.unit())
            && is(&self.site, device.site())
            && is(&self.maker, Some(device.manufacturer()))
            && is(&self.model, Some(device.model()))
            && is(&self.device, Some(device.asset_tag()))
            && self.text.as_deref().is_none_or(|text| contains_text(device, &text.to_lowercase()))
    }

    /// Does a vulnerability of this name pass? Its tier is looked at elsewhere.
    pub fn passes_vulnerability(&self, name: &str) -> bool {
        self.cve.as_deref().is_none_or(|wanted| wanted == name)
            && self.vulnerability.as_deref().is_none_or(|wanted| holds(name, &wanted.to_lowercase()))
    }

    /// Does a pair of this verdict pass?
    pub fn passes_verdict(&self, verdict: Verdict) -> bool {
        self.verdict.is_none_or(|wanted| wanted == verdict)
    }
}

fn contains_text(device: &DeviceView<'_>, lower: &str) -> bool {
    [
        Some(device.asset_tag()),
        Some(device.manufacturer()),
        Some(device.model()),
        device.software_version(),
        device.unit(),
        device.serial_number(),
    ]
    .into_iter()
    .flatten()
    .any(|field| holds(field, lower))
}

/// Does `text`, in any case, hold `lower`, which is in lower case?
pub(super) fn holds(text: &str, lower: &str) -> bool {
    if lower.is_empty() {
        return true;
    }
    if text.is_ascii() {
        text.as_bytes().windows(lower.len()).any(|window| window.eq_ignore_ascii_case(lower.as_bytes()))
    } else {
        text.to_lowercase().contains(lower)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_found_in_any_case_and_any_script() {
        assert!(holds("IntelliVue MX750", "vue mx"));
        assert!(holds("Dräger", "drä") && holds("DRÄGER", "drä"));
        assert!(!holds("Drager", "drä") && !holds("", "a") && holds("", ""));
    }
}
