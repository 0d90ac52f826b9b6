//! What a command needs on the machine: is it there, and if not, install it (root on Debian) or name what to install.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail};

use crate::run::on_path;

/// Something a command needs and the Debian packages that bring it.
pub(crate) struct Need {
    /// What it is, for people.
    pub(crate) what: &'static str,
    /// Debian 12 packages.
    pub(crate) debian: &'static [&'static str],
    /// Is it there?
    pub(crate) there: fn() -> bool,
}

/// A C compiler: SQLite and the TLS library are built from C.
pub(crate) const C_COMPILER: Need =
    Need { what: "a C compiler (cc)", debian: &["gcc", "libc6-dev"], there: || on_path("cc") };

/// What the whole of Segue is built with: the planner's solver, HiGHS, is C++ that cmake builds and libclang reads.
pub(crate) const BUILD_TOOLS: Need = Need {
    what: "a C and C++ compiler (cc, c++), cmake and libclang",
    debian: &["gcc", "g++", "libc6-dev", "cmake", "libclang-dev"],
    there: || ["cc", "c++", "cmake"].into_iter().all(on_path) && libclang_is_there(),
};

/// Chromium; `SEGUE_CHROMIUM` names another one.
pub(crate) const CHROMIUM: Need =
    Need { what: "Chromium", debian: &["chromium"], there: || chromium().is_some() };

/// Any fonts: without them pages have no text to measure.
pub(crate) const FONTS: Need = Need {
    what: "fonts",
    debian: &["fonts-dejavu-core"],
    there: || Path::new("/usr/share/fonts/truetype").is_dir(),
};

/// Node, for the browser tests only.
pub(crate) const NODE: Need = Need { what: "node 18 or newer", debian: &["nodejs"], there: node_is_recent };

/// npm, which fetches the two packages of the browser tests.
pub(crate) const NPM: Need = Need { what: "npm", debian: &["npm"], there: || on_path("npm") };

/// PostgreSQL's server programs; the tests start their own clusters.
pub(crate) const POSTGRES: Need = Need {
    what: "PostgreSQL's server programs (initdb)",
    debian: &["postgresql"],
    there: || initdb().is_some(),
};

/// A real image archive with its web services; the tests start their own, on free ports.
pub(crate) const ORTHANC: Need = Need {
    what: "Orthanc and its DICOMweb plugin",
    debian: &["orthanc", "orthanc-dicomweb"],
    there: || {
        ["/usr/sbin/Orthanc", "/usr/share/orthanc/plugins/libOrthancDicomWeb.so"]
            .into_iter()
            .all(|path| Path::new(path).exists())
    },
};

/// Python with virtual environments, for the comparison with a Python package.
pub(crate) const PYTHON: Need =
    Need { what: "python3 with venv", debian: &["python3", "python3-venv"], there: python_has_venv };

/// The emulator for real machines that restart.
pub(crate) const QEMU: Need =
    Need { what: "QEMU for x86-64", debian: &["qemu-system-x86"], there: || on_path("qemu-system-x86_64") };

/// What makes a Debian image from packages, and its file system.
pub(crate) const DEBOOTSTRAP: Need = Need {
    what: "debootstrap and mkfs.ext4",
    debian: &["debootstrap", "e2fsprogs"],
    there: || ["debootstrap", "mkfs.ext4"].into_iter().all(on_path_or_sbin),
};

/// What makes a signed repository of Debian packages.
pub(crate) const REPOSITORY: Need = Need {
    what: "dpkg-scanpackages, apt-ftparchive, gpg and strip",
    debian: &["dpkg-dev", "apt-utils", "gnupg", "binutils"],
    there: || ["dpkg-scanpackages", "apt-ftparchive", "gpg", "strip"].into_iter().all(on_path),
};

/// Checks the rig's shell scripts.
pub(crate) const SHELLCHECK: Need =
    Need { what: "shellcheck", debian: &["shellcheck"], there: || on_path("shellcheck") };

/// Debian keeps administrators' programs in folders that are not on everybody's search path.
fn on_path_or_sbin(program: &str) -> bool {
    on_path(program) || ["/usr/sbin", "/sbin"].iter().any(|folder| Path::new(folder).join(program).is_file())
}

/// Makes sure that everything in `needs` is there.
///
/// # Errors
/// Something is missing and cannot be installed from here; the message names the packages and the command.
pub(crate) fn ensure(needs: &[&Need]) -> Result<()> {
    let missing: Vec<&Need> = needs.iter().copied().filter(|need| !(need.there)()).collect();
    if missing.is_empty() {
        return Ok(());
    }
    let what = missing.iter().map(|need| need.what).collect::<Vec<_>>().join(", ");
    let packages: Vec<&str> = missing.iter().flat_map(|need| need.debian.iter().copied()).collect();
    if !on_path("apt-get") || !is_root() {
        bail!(
            "missing: {what}.\nInstall it, on Debian 12 with:\n    sudo apt-get update && sudo apt-get install \
             --no-install-recommends {}\nand run the command again. (As root on Debian this is done for you.)",
            packages.join(" ")
        );
    }
    eprintln!("missing: {what}; installing {}", packages.join(" "));
    if packages.contains(&"postgresql") {
        no_default_cluster()?;
    }
    install(&packages)?;
    for need in missing {
        if !(need.there)() {
            bail!("{} is still missing after installing {}", need.what, need.debian.join(" "));
        }
    }
    Ok(())
}

/// Debian's PostgreSQL package starts a server of its own unless told otherwise before it is installed.
fn no_default_cluster() -> Result<()> {
    install(&["postgresql-common"])?;
    let path = Path::new("/etc/postgresql-common/createcluster.conf");
    let text = std::fs::read_to_string(path).unwrap_or_default();
    let rest =
        text.lines().filter(|line| !line.trim_start_matches(['#', ' ']).starts_with("create_main_cluster"));
    let told = rest.chain(["create_main_cluster = false"]).collect::<Vec<_>>().join("\n") + "\n";
    std::fs::write(path, told).with_context(|| format!("{} could not be written", path.display()))
}

fn install(packages: &[&str]) -> Result<()> {
    let apt = |args: &[&str]| {
        Command::new("apt-get")
            .args(["-qq", "-o", "DPkg::Lock::Timeout=300", "-o", "Dpkg::Use-Pty=0"])
            .args(args)
            // RUNLEVEL=1 keeps packages from starting their services.
            .envs([("DEBIAN_FRONTEND", "noninteractive"), ("RUNLEVEL", "1")])
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .status()
            .context("apt-get did not start")
    };
    let mut args = vec!["install", "-y", "--no-install-recommends"];
    args.extend(packages);
    // The lists may be absent (a fresh container) or old: fetch them only when the first try fails.
    if !apt(&args)?.success() {
        eprintln!("apt-get install failed; fetching the package lists and trying once more");
        apt(&["update"])?;
        if !apt(&args)?.success() {
            bail!("apt-get could not install {}", packages.join(" "));
        }
    }
    Ok(())
}

fn is_root() -> bool {
    output("id", &["-u"]).is_some_and(|id| id.trim() == "0")
}

/// The Chromium that the browser tests drive.
pub(crate) fn chromium() -> Option<PathBuf> {
    if let Some(named) = std::env::var_os("SEGUE_CHROMIUM") {
        return Some(PathBuf::from(named)).filter(|path| path.is_file());
    }
    ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"]
        .into_iter()
        .map(PathBuf::from)
        .find(|path| path.is_file())
}

fn node_is_recent() -> bool {
    let version = output("node", &["--version"]).unwrap_or_default();
    let major = version.trim().trim_start_matches('v').split('.').next().and_then(|n| n.parse::<u32>().ok());
    major.is_some_and(|major| major >= 18)
}

/// Debian keeps `initdb` off the search path, in a folder for each version.
fn initdb() -> Option<PathBuf> {
    let debian = std::fs::read_dir("/usr/lib/postgresql").ok().into_iter().flatten().flatten();
    let mut found = debian.map(|entry| entry.path().join("bin/initdb")).filter(|path| path.is_file());
    found.next().or_else(|| on_path("initdb").then(|| PathBuf::from("initdb")))
}

/// Where bindgen looks too: the folder that `LIBCLANG_PATH` names, and those of Debian.
fn libclang_is_there() -> bool {
    let versions = std::fs::read_dir("/usr/lib").into_iter().flatten().flatten();
    let versions = versions.filter(|entry| entry.file_name().to_string_lossy().starts_with("llvm"));
    let folders = std::env::var_os("LIBCLANG_PATH").map(PathBuf::from).into_iter();
    let folders = folders.chain(versions.map(|entry| entry.path().join("lib")));
    let is_it =
        |name: &str| name.starts_with("libclang.so") || name.starts_with("libclang-") && name.contains(".so");
    // libclang-cpp is the C++ library of the same project, which bindgen cannot use.
    let is_it = |name: &str| is_it(name) && !name.starts_with("libclang-cpp");
    folders
        .flat_map(|folder| std::fs::read_dir(folder).into_iter().flatten().flatten())
        .any(|entry| is_it(&entry.file_name().to_string_lossy()))
}

fn python_has_venv() -> bool {
    output("python3", &["-c", "import venv, ensurepip"]).is_some()
}

fn output(program: &str, args: &[&str]) -> Option<String> {
    let output = Command::new(program).args(args).stdin(Stdio::null()).stderr(Stdio::null()).output().ok()?;
    output.status.success().then(|| String::from_utf8_lossy(&output.stdout).into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_there_needs_nothing() {
        const SHELL: Need = Need { what: "a shell", debian: &["dash"], there: || true };
        assert!(ensure(&[&SHELL]).is_ok());
    }
}
