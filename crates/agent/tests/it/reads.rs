//! What other programs print, as recorded, and what the agent makes of it.

use agent::linux::run::Ran;
use agent::linux::{apt_read, dnf, needrestart, processes};
use model::host::{Reading, RestartOf};

fn pending(reading: &Reading) -> (&RestartOf, &str) {
    match reading {
        Reading::Pending(pending) => (&pending.of, &pending.reason),
        other => panic!("a pending restart, and not {other:?}"),
    }
}

fn unknown(reading: &Reading) -> &str {
    match reading {
        Reading::Unknown(why) => why,
        other => panic!("unknown, and not {other:?}"),
    }
}

#[test]
fn packages_that_are_there_by_half_are_never_taken_for_whole() {
    let text = "ii \tdpkg\tamd64\t1.21.22\nii \tlibc6\tamd64\t2.36-9+deb12u8\nii \tlibc6\ti386\t2.36-9+deb12u8\n\
                rc \told-thing\tamd64\t1.0\niF \tviewer\tall\t2.0\niU \tcodec\tamd64\t2.0\nit \tman-db\tamd64\t2.11\nhi \theld\tamd64\t7\n";
    let found = apt_read::installed(text);
    assert_eq!(&*found["libc6"], "2.36-9+deb12u8");
    assert_eq!(&*found["libc6:i386"], "2.36-9+deb12u8");
    assert!(!found.contains_key("old-thing"), "only its configuration is left");
    assert_eq!(&*found["viewer"], "2.0 (half configured)");
    assert_eq!(&*found["codec"], "2.0 (unpacked only)");
    assert_eq!((&*found["man-db"], &*found["held"]), ("2.11", "7"));
}

#[test]
fn upgrades_are_read_with_origin_and_size_and_new_packages_are_none() {
    let text = "NOTE: This is only a simulation!\nReading package lists...\nThe following packages will be upgraded:\n  libc6 openssl\n\
                Inst libc6 [2.36-9+deb12u8] (2.36-9+deb12u9 Debian:12.9/stable, Debian-Security:12/stable-security [amd64])\n\
                Inst linux-image-6.1.0-30-amd64 (6.1.124-1 Debian:12.9/stable [amd64])\n\
                Inst openssl [3.0.14-1] (3.0.15-1 Debian-Security:12/stable-security [amd64]) []\nConf libc6 (2.36-9+deb12u9 Debian:12.9/stable [amd64])\n";
    let found = apt_read::offered(text);
    assert_eq!(found.len(), 2);
    assert_eq!(&*found[0].package, "libc6");
    assert_eq!((&*found[0].from, &*found[0].to), ("2.36-9+deb12u8", "2.36-9+deb12u9"));
    assert_eq!(&*found[0].origin, "Debian:12.9/stable, Debian-Security:12/stable-security");
    let shown = "Package: libc6\nVersion: 2.36-9+deb12u9\nSize: 2757000\nDescription: x\n\nPackage: openssl\nVersion: 3.0.15-1\nSize: 1\n";
    let sizes = apt_read::sizes(shown);
    assert_eq!(sizes[&("libc6".into(), "2.36-9+deb12u9".into())], 2_757_000);
}

#[test]
fn needrestart_says_clear_only_where_it_says_so() {
    let clear = "NEEDRESTART-VER: 3.6\nNEEDRESTART-KCUR: 6.1.0-25-amd64\nNEEDRESTART-KEXP: 6.1.0-25-amd64\nNEEDRESTART-KSTA: 1\n";
    assert_eq!(needrestart::read(clear), (Reading::Clear, Reading::Clear));
    let old = clear.replace("KSTA: 1", "KSTA: 3").replace("KEXP: 6.1.0-25", "KEXP: 6.1.0-30");
    let old = old
        + "NEEDRESTART-SVC: ssh.service\nNEEDRESTART-SVC: viewer.service\nNEEDRESTART-SESS: root @ user manager service\n";
    let (kernel, services) = needrestart::read(&old);
    let (of, why) = pending(&kernel);
    assert_eq!(*of, RestartOf::Host);
    assert_eq!(why, "kernel 6.1.0-25-amd64 runs, 6.1.0-30-amd64 is installed: a newer version");
    let (of, why) = pending(&services);
    assert_eq!(*of, RestartOf::Services(vec!["ssh.service".into(), "viewer.service".into()]));
    assert!(why.contains("sessions: root @ user manager service"), "{why}");
    for (status, says) in [("0", "cannot tell"), ("9", "not known: 9")] {
        let (kernel, _) = needrestart::read(&clear.replace("KSTA: 1", &format!("KSTA: {status}")));
        assert!(unknown(&kernel).contains(says), "{kernel:?}");
    }
    let (kernel, services) = needrestart::read("NEEDRESTART-VER: 3.6\n");
    assert!(unknown(&kernel).contains("says nothing of the kernel"));
    assert_eq!(services, Reading::Clear);
    let (kernel, services) = needrestart::read("Can't locate Module/Find.pm in @INC\n");
    assert_eq!((unknown(&kernel), unknown(&services)).0, unknown(&services));
    let microcode = clear.to_owned() + "NEEDRESTART-UCSTA: 2\n";
    assert_eq!(*pending(&needrestart::read(&microcode).0).0, RestartOf::Host);
}

#[test]
fn rpm_and_dnf_are_read_as_they_print() {
    let text = "openssl-libs\t1\t3.0.7-27.el9\tx86_64\nglibc\t0\t2.34-100.el9\tx86_64\nglibc\t0\t2.34-100.el9\ti686\n\
                gpg-pubkey\t0\tfd431d51-4ae0493b\t(none)\n";
    let found = dnf::installed(text);
    assert_eq!(&*found["openssl-libs"], "1:3.0.7-27.el9");
    assert_eq!((&*found["glibc"], &*found["glibc.i686"]), ("2.34-100.el9", "2.34-100.el9"));
    assert_eq!(found.len(), 3);
    let text = "\nopenssl-libs.x86_64        1:3.0.7-28.el9_4       rhel-9-baseos\nnever-there.x86_64  1  x\nObsoleting Packages\nglibc.x86_64 2.35 other\n";
    let offered = dnf::offered(text, &found);
    assert_eq!(offered.len(), 1, "{offered:?}");
    assert_eq!((&*offered[0].from, &*offered[0].to), ("1:3.0.7-27.el9", "1:3.0.7-28.el9_4"));
}

#[test]
fn dnf_needs_restarting_is_clear_only_with_status_0() {
    let ran = |status, out: &str, err: &str| Ran { status: Some(status), out: out.into(), err: err.into() };
    assert_eq!(
        dnf::needs_restarting(&ran(0, "No core libraries or services have been updated.\n", "")),
        Reading::Clear
    );
    let out = "Core libraries or services have been updated since boot-up:\n  * glibc\n  * kernel\n\nReboot is required to fully utilize these updates.\n";
    let reading = dnf::needs_restarting(&ran(1, out, ""));
    assert_eq!(pending(&reading), (&RestartOf::Host, "glibc, kernel"));
    let missing = dnf::needs_restarting(&ran(
        1,
        "",
        "No such command: needs-restarting. Please use /usr/bin/dnf --help",
    ));
    assert!(unknown(&missing).contains("dnf install dnf-utils"), "{missing:?}");
    assert_eq!(dnf::checked(&ran(0, "", "")), Reading::Clear);
    assert!(matches!(
        dnf::checked(&ran(1, "glibc-2.34 has missing requires of x\n", "")),
        Reading::Pending(_)
    ));
    assert!(matches!(dnf::checked(&ran(1, "", "cannot open Packages database")), Reading::Unknown(_)));
}

#[test]
fn deleted_libraries_are_told_from_what_programs_delete_all_the_time() {
    let line =
        |rights: &str, path: &str| format!("7f1c2a000000-7f1c2a028000 {rights} 00000000 fe:01 131 {path}");
    let old = line("r-xp", "                        /usr/lib/x86_64-linux-gnu/libc.so.6 (deleted)");
    assert_eq!(processes::is_deleted_library(&old), Some("/usr/lib/x86_64-linux-gnu/libc.so.6"));
    for fine in [
        line("r-xp", "/usr/lib/x86_64-linux-gnu/libc.so.6"),
        line("rw-s", "/memfd:pulseaudio (deleted)"),
        line("rw-s", "/dev/zero (deleted)"),
        line("rw-p", "/var/lib/app/cache.db (deleted)"),
        line("r-xp", "/tmp/.x/lib.so (deleted)"),
        line("rw-p", ""),
        String::new(),
    ] {
        assert_eq!(processes::is_deleted_library(&fine), None, "{fine}");
    }
}

/// A machine whose processes are these: number, kind of file system at their root, a library that they use.
fn running(processes: &[(u32, &str, &str)]) -> tempfile::TempDir {
    let root = tempfile::tempdir().unwrap();
    for (number, kind, library) in processes {
        let process = root.path().join(format!("proc/{number}"));
        std::fs::create_dir_all(&process).unwrap();
        let put = |file: &str, text: String| std::fs::write(process.join(file), text).unwrap();
        put("comm", format!("process-{number}\n"));
        put("maps", format!("7f1c2a000000-7f1c2a028000 r-xp 00000000 fe:01 131 {library}\n"));
        put(
            "mountinfo",
            format!("1 1 0:2 / / rw - {kind} {kind} rw\n23 27 0:21 / /proc rw shared:12 - proc proc rw\n"),
        );
    }
    root
}

#[test]
fn what_runs_on_from_the_early_boot_waits_for_no_restart_and_what_uses_a_replaced_library_does() {
    let (whole, deleted) = ("/usr/lib/libc.so.6", "/usr/lib/libc.so.6 (deleted)");
    // The daemon of a storage array, begun before the system's own disk was there, beside a system that is well.
    let early = running(&[(1, "ext4", whole), (105, "rootfs", deleted)]);
    assert_eq!(processes::deleted_libraries(early.path()), Reading::Clear);
    let both = running(&[(1, "ext4", whole), (105, "rootfs", deleted), (300, "ext4", deleted)]);
    assert_eq!(pending(&processes::deleted_libraries(both.path())).1, "process-300 (/usr/lib/libc.so.6)");
    let container = running(&[(1, "ext4", whole), (300, "overlay", deleted)]);
    pending(&processes::deleted_libraries(container.path()));
    // A machine that has no disk and runs from there altogether.
    let diskless = running(&[(1, "rootfs", whole), (105, "rootfs", deleted)]);
    pending(&processes::deleted_libraries(diskless.path()));
    // Where a process says nothing of its root it counts.
    let silent = running(&[(1, "ext4", whole), (105, "rootfs", deleted)]);
    std::fs::remove_file(silent.path().join("proc/105/mountinfo")).unwrap();
    pending(&processes::deleted_libraries(silent.path()));
}
