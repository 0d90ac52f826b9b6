//! A host on paper: a folder that looks like Debian, with programs that only write down what they are asked for, and the real
//! agent on it. Its packages are those of tests/vm: `ward-fonts` (no restart), `alarm-relay` (its service), `station-base` (its
//! restart arms a second one, when the test says so).

use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};

use tempfile::TempDir;

use crate::support::{BINARY, Served};

const PROGRAMS: [(&str, &str); 6] = [
    (
        "dpkg-query",
        r#"[ "$1" = --version ] && exit 0
printf 'ii \tdpkg\tamd64\t1.21\n'
printf 'ii \tlinux-image-6.1.0-25-amd64\tamd64\t6.1.106-3\n'
for p in $(ls "$HOST/installed"); do printf 'ii \t%s\tamd64\t%s\n' $p "$(cat "$HOST/installed/$p")"; done"#,
    ),
    (
        "apt-get",
        r#"case "$1" in
update) exit 0;;
-s) for p in $(ls "$HOST/installed"); do v=$(cat "$HOST/installed/$p"); [ "$v" = 2.0 ] || echo "Inst $p [$v] (2.0 Clinic:1/stable [amd64])"; done; exit 0;;
install)
  case "$*" in *--download-only*) exit 0;; esac
  for word; do case "$word" in
    *::*) ;;
    *=*)
      echo "$word" >> "$HOST/installs"
      while [ -e "$HOST/install.waits" ]; do sleep 0.05; done
      echo "${word#*=}" > "$HOST/installed/${word%%=*}"
      case "$word" in
        alarm-relay=*) touch "$HOST/relay.old";;
        station-base=*) echo 1 > "$HOST/stage"; touch "$HOST/root/run/reboot-required"; echo station-base > "$HOST/root/run/reboot-required.pkgs";;
      esac;;
  esac; done
  exit 0;;
esac
exit 9"#,
    ),
    ("apt-cache", ""),
    ("dpkg", ""),
    (
        "needrestart",
        r#"printf 'NEEDRESTART-VER: 3.6\nNEEDRESTART-KCUR: 6.1.0-25-amd64\nNEEDRESTART-KEXP: 6.1.0-25-amd64\nNEEDRESTART-KSTA: 1\n'
[ ! -e "$HOST/relay.old" ] || echo 'NEEDRESTART-SVC: alarm-relay.service'"#,
    ),
    (
        "systemctl",
        r#"case "$1" in
show) printf 'InvocationID=%s\nActiveState=active\n' "$(cat "$HOST/service.run")";;
restart) echo "run-$$" > "$HOST/service.run"; rm -f "$HOST/relay.old"; echo "$*" >> "$HOST/restarts";;
reboot) echo reboot >> "$HOST/reboots";;
esac"#,
    ),
];

/// A host and, while it is up, the agent on it.
pub(crate) struct Host {
    pub(crate) tag: &'static str,
    folder: TempDir,
    boots: usize,
    agent: Option<Child>,
}

impl Host {
    /// A host with these packages, each in version 1.0.
    pub(crate) fn new(tag: &'static str, packages: &[&str]) -> Host {
        let mut host = Host { tag, folder: TempDir::new().unwrap(), boots: 0, agent: None };
        for part in ["bin", "installed", "root/proc/sys/kernel/random", "root/run", "root/etc", "root/boot"] {
            std::fs::create_dir_all(host.path(part)).unwrap();
        }
        for (name, script) in PROGRAMS {
            let path = host.path("bin").join(name);
            let folder = host.folder.path().display();
            std::fs::write(&path, format!("#!/bin/sh\nHOST='{folder}'\n{script}\nexit 0\n")).unwrap();
            std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o755)).unwrap();
        }
        packages.iter().for_each(|package| host.write(&format!("installed/{package}"), "1.0\n"));
        host.write("service.run", "run-0\n");
        host.write("root/proc/stat", "cpu 1\nbtime 1780000000\n");
        host.write("root/proc/sys/kernel/osrelease", "6.1.0-25-amd64\n");
        host.write("root/proc/sys/kernel/version", "#1 SMP Debian 6.1.106-3 (2024-08-26)\n");
        host.write("root/etc/os-release", "PRETTY_NAME=\"Debian GNU/Linux 12 (bookworm)\"\n");
        host.boot();
        host
    }

    fn path(&self, part: &str) -> PathBuf {
        self.folder.path().join(part)
    }

    pub(crate) fn write(&self, part: &str, text: &str) {
        std::fs::write(self.path(part), text).unwrap();
    }

    pub(crate) fn remove(&self, part: &str) {
        let _not_there = std::fs::remove_file(self.path(part));
    }

    /// Lines that a program wrote down.
    pub(crate) fn noted(&self, what: &str) -> Vec<String> {
        let text = std::fs::read_to_string(self.path(what)).unwrap_or_default();
        text.lines().map(str::to_owned).collect()
    }

    fn boot(&mut self) {
        self.boots += 1;
        self.write("root/proc/sys/kernel/random/boot_id", &format!("boot-{}\n", self.boots));
        ["root/run/reboot-required", "root/run/reboot-required.pkgs", "relay.old"]
            .iter()
            .for_each(|part| self.remove(part));
    }

    /// What `station-base` does some time after its restart: it asks for another one.
    pub(crate) fn arm_second_restart(&self) {
        assert_eq!(self.noted("stage"), ["1"], "the first restart was for station-base");
        self.write("stage", "2\n");
        self.write("root/run/reboot-required", "");
        self.write("root/run/reboot-required.pkgs", "station-base\n");
    }

    /// What a script sees that trusts the marker file.
    pub(crate) fn plain_look(&self) -> &'static str {
        if self.path("root/run/reboot-required").exists() { "restart required" } else { "green" }
    }

    fn agent(&self, args: &[&str]) -> Command {
        let mut command = Command::new(BINARY);
        let path = format!("{}:/usr/bin:/bin", self.path("bin").display());
        command.arg("agent").args(args).arg("--state").arg(self.path("state"));
        command.env_clear().env("PATH", path).stdin(Stdio::null());
        command
    }

    /// Enrols with a token and the authority's fingerprint.
    pub(crate) fn enrol(&self, served: &Served, token: &str) {
        let text = |key: &str| served.said[key].as_str().unwrap().to_owned();
        let (server, sha256) = (text("agents"), text("authority_sha256"));
        let args = ["enrol", "--server", &server, "--token", token, "--ca-sha256", &sha256];
        let done = self.agent(&args).output().unwrap();
        assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    }

    /// Starts the agent's service.
    pub(crate) fn start(&mut self) {
        let root = self.path("root");
        let mut command = self.agent(&["run", "--observe-seconds", "1", "--root", root.to_str().unwrap()]);
        let log = std::fs::OpenOptions::new().create(true).append(true).open(self.path("agent.out")).unwrap();
        let agent = command.stdout(log.try_clone().unwrap()).stderr(log).spawn().unwrap();
        self.agent = Some(agent);
    }

    /// What the agent said, for whoever must find out why.
    pub(crate) fn said(&self) -> String {
        format!("{}:\n{}", self.tag, self.noted("agent.out").join("\n"))
    }

    /// `kill -9` of the agent.
    pub(crate) fn kill_agent(&mut self) {
        if let Some(mut agent) = self.agent.take() {
            agent.kill().unwrap();
            agent.wait().unwrap();
        }
    }

    /// Goes down and comes up again, if somebody asked for it: the agent ends with the host and starts with it.
    pub(crate) fn restart_if_asked(&mut self) {
        if self.noted("reboots").len() >= self.boots {
            self.kill_agent();
            self.boot();
            self.start();
        }
    }
}

impl Drop for Host {
    fn drop(&mut self) {
        if let Some(agent) = &mut self.agent {
            let _already_over = agent.kill();
            let _already_over = agent.wait();
        }
    }
}
