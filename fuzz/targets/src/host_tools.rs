//! What the programs of a host print and what is sent to an agent's listener: whatever the bytes, an answer; and what is not
//! said is never read as *clear*.

use agent::linux::probe::hl7;
use agent::linux::run::Ran;
use agent::linux::{apt_read, dnf, needrestart, processes};
use model::host::{Reading, SAYS_MAX_BYTES};

/// Pieces of the notations.
pub const WORDS: &[&str] = &[
    "NEEDRESTART-VER: 3.6\n",
    "NEEDRESTART-KSTA: 1\n",
    "NEEDRESTART-KSTA: 3\n",
    "NEEDRESTART-KSTA:",
    "NEEDRESTART-SVC: a.service\n",
    "NEEDRESTART-UCSTA: 2\n",
    "Inst ",
    "libc6 [1.0] (2.0 Debian:12/stable [amd64])\n",
    "[",
    "]",
    "(",
    ")",
    "ii \tdpkg\tamd64\t1\n",
    "iF \t",
    "\t",
    "Package: a\nVersion: 1\nSize: 5\n\n",
    "Size: 99999999999999999999\n",
    "Obsoleting Packages\n",
    "Reboot is required",
    " (deleted)",
    "r-xp ",
    "\u{b}MSH|^~\\&|",
    "\u{1c}\r",
    "|",
    "\r",
];

/// Reads `data` as the output of each program and as an HL7 stream.
pub fn target(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    let (kernel, services) = needrestart::read(&text);
    if kernel == Reading::Clear {
        assert!(text.contains("NEEDRESTART-KSTA"), "a kernel is clear only when needrestart says so");
    }
    if services == Reading::Clear {
        assert!(text.contains("NEEDRESTART-VER"), "services are clear only when needrestart ran");
        assert!(!text.lines().any(|line| line.starts_with("NEEDRESTART-SVC: a")), "a service was overlooked");
    }
    for reading in [kernel, services] {
        match reading {
            Reading::Clear => {}
            Reading::Pending(pending) => assert!(pending.reason.len() <= SAYS_MAX_BYTES),
            Reading::Unknown(why) => assert!(!why.is_empty() && why.len() <= SAYS_MAX_BYTES),
        }
    }
    let installed = apt_read::installed(&text);
    assert!(installed.iter().all(|(name, version)| !name.is_empty() && !version.is_empty()));
    for patch in apt_read::offered(&text) {
        assert!(!patch.package.is_empty() && !patch.to.is_empty());
    }
    apt_read::sizes(&text);
    let rpms = dnf::installed(&text);
    for patch in dnf::offered(&text, &rpms) {
        assert!(rpms.contains_key(&patch.package), "a patch of what is not installed");
    }
    for status in [Some(0), Some(1), None] {
        let ran = Ran { status, out: text.to_string(), err: String::new() };
        let clear = dnf::needs_restarting(&ran) == Reading::Clear || dnf::checked(&ran) == Reading::Clear;
        assert!(!clear || status == Some(0), "only status 0 is clear");
    }
    for line in text.lines() {
        processes::is_deleted_library(line);
    }
    let mut kept = data.to_vec();
    while let Some(message) = hl7::next_message(&mut kept) {
        if let Some((answer, _)) = hl7::acknowledge(&message) {
            assert!(answer.starts_with(b"\x0bMSH") && answer.ends_with(b"\r\x1c\r"), "an answer is framed");
        }
    }
    assert!(kept.len() <= data.len());
}
