//! What the running processes say: which of them still use deleted libraries, whether one of a name runs.

use std::collections::BTreeSet;
use std::fs::File;
use std::io::{BufRead, BufReader, Read};
use std::path::Path;

use model::host::{PendingRestart, Reading, RestartOf};

use crate::core::cut;

/// Longest map of one process that is read.
const MAPS_MAX_BYTES: u64 = 16 * 1024 * 1024;
/// Most processes and services that are named.
const NAMED_MAX: usize = 100;

/// The numbers of the processes.
fn numbers(root: &Path) -> std::io::Result<Vec<u32>> {
    let entries = std::fs::read_dir(root.join("proc"))?;
    Ok(entries.flatten().filter_map(|entry| entry.file_name().to_str()?.parse().ok()).collect())
}

/// The name of a process.
fn name(root: &Path, number: u32) -> Option<String> {
    super::system::short_file(&root.join(format!("proc/{number}/comm"))).ok()
}

/// Does a process of this name run? How many.
///
/// # Errors
/// The processes cannot be listed.
pub fn count(root: &Path, wanted: &str) -> std::io::Result<usize> {
    let cut: String = wanted.chars().take(15).collect(); // The kernel keeps 15 characters.
    Ok(numbers(root)?
        .into_iter()
        .filter(|number| name(root, *number).is_some_and(|name| name == cut))
        .count())
}

/// A line of a process's map that names a program or library which is no longer on disk.
pub fn is_deleted_library(line: &str) -> Option<&str> {
    let mut fields = line.splitn(6, ' ');
    let rights = fields.nth(1)?;
    let path = fields.nth(3)?.trim();
    let path = path.strip_suffix(" (deleted)")?;
    let temporary = [
        "/memfd:",
        "/dev/",
        "/SYSV",
        "/tmp/",
        "/var/tmp/",
        "/run/",
        "/var/run/",
        "/proc/",
        "/home/",
        "/root/",
    ];
    let library = path.starts_with('/') && !temporary.iter().any(|start| path.starts_with(start));
    let code = rights.contains('x') || path.contains(".so");
    (library && code).then_some(path)
}

/// Which processes still use libraries or programs that were replaced on disk.
pub fn deleted_libraries(root: &Path) -> Reading {
    let numbers = match numbers(root) {
        Ok(numbers) => numbers,
        Err(error) => return Reading::Unknown(cut(format!("the processes cannot be listed: {error}"))),
    };
    let (mut old, mut services, mut closed) = (BTreeSet::new(), BTreeSet::new(), 0_u32);
    for number in numbers {
        match uses_deleted(root, number) {
            Ok(None) => {}
            Ok(Some(_)) if is_of_early_boot(root, number) => {}
            Ok(Some(library)) => {
                old.insert(format!("{} ({library})", name(root, number).unwrap_or_default()));
                services.extend(service_of(root, number));
            }
            Err(error) if error.kind() == std::io::ErrorKind::PermissionDenied => closed += 1,
            Err(_gone) => {} // It ended while we looked.
        }
    }
    if !old.is_empty() {
        let names: Vec<String> = old.into_iter().take(NAMED_MAX).collect();
        let of = RestartOf::Services(services.into_iter().take(NAMED_MAX).collect());
        return Reading::Pending(PendingRestart { of, reason: cut(names.join(", ")) });
    }
    if closed > 0 {
        return Reading::Unknown(cut(format!(
            "{closed} processes cannot be read; the agent must run as root"
        )));
    }
    Reading::Clear
}

fn uses_deleted(root: &Path, number: u32) -> std::io::Result<Option<String>> {
    let maps = File::open(root.join(format!("proc/{number}/maps")))?.take(MAPS_MAX_BYTES);
    for line in BufReader::new(maps).split(b'\n') {
        if let Some(library) = is_deleted_library(&String::from_utf8_lossy(&line?)) {
            return Ok(Some(library.to_owned()));
        }
    }
    Ok(None)
}

/// Is it a process of the early boot (initramfs) that goes on beside the system that was booted, as the daemons of storage do? Its files are deleted at every
/// boot when the system takes over, by no patch, and no restart brings them back. Where the system itself runs from there every process counts.
fn is_of_early_boot(root: &Path, number: u32) -> bool {
    let runs_from_rootfs = |number: u32| {
        // Where that cannot be read it counts as one of the system's.
        let mounts = super::system::short_file(&root.join(format!("proc/{number}/mountinfo")));
        mounts.is_ok_and(|mounts| kind_of_root(&mounts) == Some("rootfs"))
    };
    runs_from_rootfs(number) && !runs_from_rootfs(1)
}

/// The kind of file system that a process has as its root, from its mounts (proc(5): the fifth field is where it is mounted, the kind follows the dash). The last
/// that was mounted there is the one that is seen.
fn kind_of_root(mounts: &str) -> Option<&str> {
    let of_root = mounts.lines().rev().find(|line| line.split(' ').nth(4) == Some("/"))?;
    of_root.split_once(" - ")?.1.split(' ').next()
}

/// The service that a process belongs to, by its control group.
fn service_of(root: &Path, number: u32) -> Option<Box<str>> {
    let groups = super::system::short_file(&root.join(format!("proc/{number}/cgroup"))).ok()?;
    let service = |line: &'_ str| line.rsplit('/').find(|part| part.ends_with(".service")).map(str::to_owned);
    groups.lines().find_map(service).map(cut)
}
