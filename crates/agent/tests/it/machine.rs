//! A folder that looks like a Debian host, with programs that only write down what they are asked for, and the real agent
//! program on it.

use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

use crate::server::{Gateway, TOKEN};

pub(crate) struct Machine {
    folder: tempfile::TempDir,
    boots: u32,
}

const PROGRAMS: [(&str, &str); 6] = [
    (
        "dpkg-query",
        r#"[ "$1" = --version ] && exit 0
printf 'ii \tdpkg\tamd64\t1.21\n'
printf 'ii \tlinux-image-6.1.0-25-amd64\tamd64\t6.1.106-3\n'
for p in viewer codec; do [ -e "$HOST/installed/$p" ] && printf 'ii \t%s\tamd64\t%s\n' $p "$(cat "$HOST/installed/$p")"; done
exit 0"#,
    ),
    (
        "apt-get",
        r#"case "$1" in
update) exit 0;;
-s) for p in viewer codec; do v=$(cat "$HOST/installed/$p"); [ "$v" = 2.0 ] || echo "Inst $p [$v] (2.0 Clinic:1/stable [amd64])"; done; exit 0;;
install)
  echo "$*" >> "$HOST/apt-get.calls"
  case "$*" in *--download-only*) exit 0;; esac
  while [ -e "$HOST/apt-get.waits" ]; do sleep 0.05; done
  for word; do case "$word" in *=*::*|*::*) ;; *=*) echo "${word#*=}" > "$HOST/installed/${word%%=*}";; esac; done
  exit 0;;
esac
exit 9"#,
    ),
    ("apt-cache", "exit 0"),
    ("dpkg", "exit 0"),
    (
        "needrestart",
        r#"printf 'NEEDRESTART-VER: 3.6\nNEEDRESTART-KCUR: 6.1.0-25-amd64\nNEEDRESTART-KEXP: 6.1.0-25-amd64\nNEEDRESTART-KSTA: 1\n'"#,
    ),
    (
        "systemctl",
        r#"echo "$*" >> "$HOST/systemctl.calls"
case "$1" in
show) printf 'InvocationID=%s\nActiveState=active\n' "$(cat "$HOST/service.run")";;
restart) echo "run-$$" > "$HOST/service.run";;
esac
exit 0"#,
    ),
];

impl Machine {
    pub(crate) fn new() -> Machine {
        let folder = tempfile::tempdir().unwrap();
        let machine = Machine { folder, boots: 0 };
        for part in ["bin", "installed", "root/proc/sys/kernel/random", "root/run", "root/etc", "root/boot"] {
            std::fs::create_dir_all(machine.path(part)).unwrap();
        }
        for (name, script) in PROGRAMS {
            let path = machine.path("bin").join(name);
            let host = machine.folder.path().display();
            std::fs::write(&path, format!("#!/bin/sh\nHOST='{host}'\n{script}\n")).unwrap();
            std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o755)).unwrap();
        }
        for package in ["viewer", "codec"] {
            machine.write(&format!("installed/{package}"), "1.0\n");
        }
        machine.write("service.run", "run-0\n");
        machine.write("root/proc/stat", "cpu 1\nbtime 1780000000\n");
        machine.write("root/proc/sys/kernel/osrelease", "6.1.0-25-amd64\n");
        machine.write("root/proc/sys/kernel/version", "#1 SMP Debian 6.1.106-3 (2024-08-26)\n");
        machine.write("root/etc/os-release", "PRETTY_NAME=\"Debian GNU/Linux 12 (bookworm)\"\n");
        let mut machine = machine;
        machine.new_boot();
        machine
    }

    pub(crate) fn path(&self, part: &str) -> PathBuf {
        self.folder.path().join(part)
    }

    pub(crate) fn write(&self, part: &str, text: &str) {
        std::fs::write(self.path(part), text).unwrap();
    }

    pub(crate) fn state(&self) -> PathBuf {
        self.path("state")
    }

    pub(crate) fn new_boot(&mut self) {
        self.boots += 1;
        self.write("root/proc/sys/kernel/random/boot_id", &format!("boot-{}\n", self.boots));
    }

    /// Lines that a program wrote down, without those that only ask.
    pub(crate) fn calls(&self, program: &str) -> Vec<String> {
        let text = std::fs::read_to_string(self.path(&format!("{program}.calls"))).unwrap_or_default();
        text.lines().filter(|line| !line.starts_with("show")).map(str::to_owned).collect()
    }

    pub(crate) fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_segue-agent"));
        let path = format!("{}:/usr/bin:/bin", self.path("bin").display());
        command.args(args).arg("--state").arg(self.state());
        command.env_clear().env("PATH", path).stdin(Stdio::null());
        command
    }

    pub(crate) fn output(&self, args: &[&str]) -> Output {
        self.command(args).output().unwrap()
    }

    /// Enrols, trusting the authority's certificate in a file.
    pub(crate) fn enrol(&self, gateway: &Gateway) {
        self.write("ca.pem", &gateway.ca_pem);
        let (url, ca) = (gateway.url(), self.path("ca.pem"));
        let done = self.output(&["enrol", "--server", &url, "--token", TOKEN, "--ca", ca.to_str().unwrap()]);
        assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    }

    /// Starts the service; it dies by itself after so many records, if a number is given.
    pub(crate) fn start(&self, dies_after: Option<u32>) -> Agent {
        let root = self.path("root");
        let mut command = self.command(&["run", "--observe-seconds", "1", "--root", root.to_str().unwrap()]);
        if let Some(records) = dies_after {
            command.env("SEGUE_AGENT_DIES_AFTER", records.to_string());
        }
        let log = std::fs::OpenOptions::new().create(true).append(true).open(self.path("agent.out")).unwrap();
        let process = command.stdout(log.try_clone().unwrap()).stderr(log).spawn().unwrap();
        Agent { process }
    }

    pub(crate) fn said(&self) -> String {
        std::fs::read_to_string(self.path("agent.out")).unwrap_or_default()
    }
}

/// The running program; it is killed, as by `kill -9`, when it goes out of scope.
pub(crate) struct Agent {
    process: Child,
}

impl Agent {
    pub(crate) fn has_ended(&mut self) -> bool {
        self.process.try_wait().unwrap().is_some()
    }

    pub(crate) fn kill(mut self) {
        self.process.kill().unwrap();
        self.process.wait().unwrap();
    }
}

impl Drop for Agent {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// Waits for a condition; two minutes are for a machine on which much else runs.
pub(crate) fn wait_until(what: &str, machine: &Machine, mut holds: impl FnMut() -> bool) {
    let until = Instant::now() + Duration::from_secs(120);
    while !holds() {
        assert!(Instant::now() < until, "{what} did not come; the agent said:\n{}", machine.said());
        std::thread::sleep(Duration::from_millis(20));
    }
}

/// The mode of a file.
pub(crate) fn mode(path: &Path) -> u32 {
    std::fs::metadata(path).unwrap().permissions().mode() & 0o777
}
