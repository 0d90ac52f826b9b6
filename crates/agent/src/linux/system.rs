//! What the kernel and a few files say: boot, system, kernels, disk, power. Everything below a root that tests choose.

use std::path::Path;

use model::Time;
use model::host::{Boot, PendingRestart, Power, Reading, RestartOf, SystemFamily, SystemVersion};

use super::packages::Installed;
use crate::core::cut;

/// Free space is told in steps of so much, so that it does not change all the time; rounded down.
const DISK_STEP_BYTES: u64 = 256 * 1024 * 1024;
/// Longest file that is read whole.
const FILE_MAX_BYTES: u64 = 1024 * 1024;

/// Reads a short file as text without its line end.
///
/// # Errors
/// It cannot be read; the text names the file.
pub fn short_file(path: &Path) -> Result<String, String> {
    use std::io::Read;
    let mut text = Vec::new();
    let read = std::fs::File::open(path).and_then(|file| file.take(FILE_MAX_BYTES).read_to_end(&mut text));
    read.map_err(|error| format!("{}: {error}", path.display()))?;
    Ok(String::from_utf8_lossy(&text).trim().to_owned())
}

/// The boot: the kernel's identifier, and when it began on the host's clock.
///
/// # Errors
/// The kernel does not say.
pub fn boot(root: &Path) -> Result<Boot, String> {
    let id = short_file(&root.join("proc/sys/kernel/random/boot_id"))?;
    let stat = short_file(&root.join("proc/stat"))?;
    let began = stat.lines().find_map(|line| line.strip_prefix("btime ")?.trim().parse::<i64>().ok());
    let seconds = began.ok_or("proc/stat has no btime")?;
    Ok(Boot { id: id.into(), began_at: Time(seconds.saturating_mul(1_000_000)) })
}

/// System and kernels.
///
/// # Errors
/// The kernel does not say which it is.
pub fn version(root: &Path, family: SystemFamily, installed: &Installed) -> Result<SystemVersion, String> {
    let release = short_file(&root.join("etc/os-release")).unwrap_or_default();
    let name = release.lines().find_map(|line| line.strip_prefix("PRETTY_NAME="));
    let name = name.map_or_else(|| "Linux".to_owned(), |name| name.trim_matches(['"', '\'']).to_owned());
    let running = short_file(&root.join("proc/sys/kernel/osrelease"))?;
    let kernel_installed = newest_kernel(root, installed).map(Into::into);
    Ok(SystemVersion { family, name: name.into(), kernel_running: running.into(), kernel_installed })
}

/// The newest kernel that is installed: by its package, or by its file where no package names one.
pub fn newest_kernel(root: &Path, installed: &Installed) -> Option<String> {
    let by_package = installed.iter().filter_map(|(name, version)| {
        if version.contains(' ') {
            return None; // There by half.
        }
        let name = name.split(':').next().unwrap_or(name);
        let debian =
            name.strip_prefix("linux-image-").filter(|rest| rest.starts_with(|c: char| c.is_ascii_digit()));
        debian.map(|rest| rest.trim_end_matches("-unsigned").to_owned())
    });
    let newest = by_package.max_by(|a, b| natural(a).cmp(&natural(b)));
    newest.or_else(|| {
        let files = std::fs::read_dir(root.join("boot")).ok()?.flatten();
        let release = |name: String| {
            let release = name.strip_prefix("vmlinuz-")?.to_owned();
            (!release.contains("rescue") && release.starts_with(|c: char| c.is_ascii_digit()))
                .then_some(release)
        };
        let releases = files.filter_map(|entry| release(entry.file_name().to_string_lossy().into_owned()));
        releases.max_by(|a, b| natural(a).cmp(&natural(b)))
    })
}

/// A release in parts that compare as people read them: 6.1.0-9 comes before 6.1.0-25.
fn natural(text: &str) -> Vec<(u64, String)> {
    let mut parts = Vec::new();
    let mut rest = text;
    while !rest.is_empty() {
        let digits = rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len());
        let (number, after) = rest.split_at(digits);
        let words = after.find(|c: char| c.is_ascii_digit()).unwrap_or(after.len());
        let (word, after) = after.split_at(words);
        parts.push((number.parse().unwrap_or(0), word.to_owned()));
        rest = after;
    }
    parts
}

/// The kernel that runs against the newest one installed, by release and by the version of its package.
pub fn kernel(root: &Path, system: &SystemVersion, installed: &Installed) -> Reading {
    let host = |reason: String| Reading::Pending(PendingRestart { of: RestartOf::Host, reason: cut(reason) });
    let running = &*system.kernel_running;
    let Some(newest) = system.kernel_installed.as_deref() else {
        return Reading::Unknown(
            "no installed kernel was found, neither a package nor a file in /boot".into(),
        );
    };
    if natural(newest) > natural(running) {
        return host(format!("kernel {running} runs, {newest} is installed"));
    }
    // The same release may come in a newer build of its package; the running kernel says which build it is.
    let built = short_file(&root.join("proc/sys/kernel/version")).unwrap_or_default();
    let build = built.split_once("Debian ").and_then(|(_, rest)| rest.split_whitespace().next());
    let package = installed.get(format!("linux-image-{running}").as_str());
    match (build, package) {
        (Some(build), Some(package)) if build != &**package => {
            host(format!("kernel {running} runs in build {build}, {package} is installed"))
        }
        _ => Reading::Clear,
    }
}

/// Free bytes where packages are fetched and installed: the least of both, rounded down.
pub fn disk_free_bytes(root: &Path) -> Option<u64> {
    let free = |path: &str| {
        let stat = rustix::fs::statvfs(root.join(path)).ok()?;
        Some(stat.f_bavail.saturating_mul(stat.f_frsize))
    };
    let least = ["", "var/cache", "usr"].into_iter().filter_map(free).min()?;
    // Below one step the exact number matters, and it is told.
    Some(if least < DISK_STEP_BYTES { least } else { least / DISK_STEP_BYTES * DISK_STEP_BYTES })
}

/// Where the power comes from: mains if a mains supply is on, battery if only batteries are there, else unknown.
pub fn power(root: &Path) -> Power {
    let Ok(supplies) = std::fs::read_dir(root.join("sys/class/power_supply")) else { return Power::Unknown };
    let (mut mains_there, mut mains_on, mut discharging) = (false, false, false);
    for supply in supplies.flatten() {
        let read = |name: &str| short_file(&supply.path().join(name)).unwrap_or_default();
        match &*read("type") {
            "Mains" | "USB" | "USB_C" | "USB_PD" => {
                mains_there |= read("type") == "Mains";
                mains_on |= read("online") == "1";
            }
            // A mouse's battery has the scope of a device.
            "Battery" if read("scope") != "Device" => discharging |= read("status") == "Discharging",
            "UPS" => discharging |= read("status") == "Discharging",
            _ => {}
        }
    }
    match (mains_on, discharging || mains_there) {
        (true, _) => Power::Mains,
        (false, true) => Power::Battery,
        (false, false) => Power::Unknown,
    }
}
