//! Reads what dpkg and apt print. Pure; any input gives an answer.

use std::collections::BTreeMap;

use model::host::AvailablePatch;

use super::packages::Installed;

/// Lines of `dpkg-query -W` as status, name, architecture and version with tabs between. A package of another
/// architecture than dpkg's own has it behind its name.
pub fn installed(text: &str) -> Installed {
    let parts = |line: &'_ str| -> Option<[String; 4]> {
        let mut parts = line.split('\t').map(|part| part.trim().to_owned());
        Some([parts.next()?, parts.next()?, parts.next()?, parts.next()?])
    };
    let lines: Vec<[String; 4]> = text.lines().filter_map(parts).collect();
    let native =
        lines.iter().find(|[_, name, ..]| name == "dpkg").map(|[_, _, architecture, _]| architecture.clone());
    let mut found = Installed::new();
    for [status, name, architecture, version] in lines {
        let state = match status.chars().nth(1) {
            Some('i' | 't' | 'W') => "",
            Some('U') => " (unpacked only)",
            Some('F') => " (half configured)",
            Some('H') => " (half installed)",
            // Not installed, or only its configuration is left.
            Some(_) | None => continue,
        };
        let at_home = architecture == "all" || native.as_ref().is_none_or(|native| *native == architecture);
        let name = if at_home { name } else { format!("{name}:{architecture}") };
        if !name.is_empty() && !version.is_empty() {
            found.insert(name.into(), format!("{version}{state}").into());
        }
    }
    found
}

/// The upgrades that `apt-get -s dist-upgrade` would make: lines such as
/// `Inst libc6 [2.36-9] (2.36-9+deb12u9 Debian:12.9/stable, Debian-Security:12/stable-security [amd64])`.
/// Packages that would be new are no patches of what is there.
pub fn offered(text: &str) -> Vec<AvailablePatch> {
    let mut found: Vec<AvailablePatch> = text.lines().filter_map(offer).collect();
    found.sort();
    found.dedup_by(|a, b| a.package == b.package && a.to == b.to);
    found
}

fn offer(line: &str) -> Option<AvailablePatch> {
    let (package, rest) = line.trim().strip_prefix("Inst ")?.split_once(' ')?;
    let (from, rest) = rest.trim_start().strip_prefix('[')?.split_once(']')?;
    let (inside, _) = rest.trim_start().strip_prefix('(')?.split_once(')')?;
    let (to, origin) = inside.trim().split_once(' ').unwrap_or((inside.trim(), ""));
    let origin = origin.rsplit_once('[').map_or(origin, |(origin, _)| origin).trim();
    if package.is_empty() || to.is_empty() {
        return None;
    }
    Some(AvailablePatch {
        package: package.into(),
        from: from.into(),
        to: to.into(),
        size_bytes: None,
        origin: origin.into(),
    })
}

/// Download sizes from `apt-cache show`, by package and version.
pub fn sizes(text: &str) -> BTreeMap<(Box<str>, Box<str>), u64> {
    let mut found = BTreeMap::new();
    for record in text.split("\n\n") {
        let field = |name: &str| {
            let value = |line: &'_ str| {
                line.strip_prefix(name)?.strip_prefix(':').map(|value| value.trim().to_owned())
            };
            record.lines().find_map(value)
        };
        if let (Some(package), Some(version), Some(size)) =
            (field("Package"), field("Version"), field("Size").and_then(|size| size.parse().ok()))
        {
            found.insert((package.into(), version.into()), size);
        }
    }
    found
}
