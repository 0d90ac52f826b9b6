//! Starts and ends emulated machines. Emulation only (`accel tcg`): nested KVM starts on many CI machines and then fails.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};

use crate::guest::Guest;

/// An emulated machine is up after 11 s alone and 32 s beside another on two cores; this is for a loaded one.
const BOOT_TIME_MAX: Duration = Duration::from_secs(300);
/// A clean power-off takes 5 s alone.
const POWER_OFF_TIME_MAX: Duration = Duration::from_secs(60);
const MEMORY_MIB: &str = "512";
const DISK: &str = "disk.raw";

/// A running machine; it is ended when this is dropped.
pub(crate) struct Machine {
    pub(crate) name: String,
    pub(crate) guest: Guest,
    folder: PathBuf,
    qemu: Child,
}

impl Machine {
    /// Starts a machine on a fresh copy of the image and waits until it answers.
    pub(crate) fn start(work: &Path, image: &str, name: &str) -> Result<Machine> {
        let image = work.join("images").join(image);
        let folder = work.join("machines").join(name);
        std::fs::create_dir_all(&folder)?;
        // A copy instead of an overlay: it is made in a second, and `qemu-img` need not be on the machine.
        let copied = Command::new("cp")
            .args(["--sparse=always", "--reflink=auto"])
            .args([image.join("root.raw"), folder.join(DISK)])
            .status()
            .context("cp did not start")?;
        if !copied.success() {
            bail!("no disk could be made for {name}: {copied}");
        }
        let socket = folder.join("guest.sock");
        if socket.exists() {
            std::fs::remove_file(&socket)?;
        }
        let qemu = boot(&image, &folder, name, &socket)?;
        let machine = Machine { name: name.to_owned(), guest: Guest::at(socket), folder, qemu };
        machine.guest.wait_boot(BOOT_TIME_MAX, None).with_context(|| machine.console())?;
        Ok(machine)
    }

    /// The last lines of the machine's console, for whoever must find out why.
    pub(crate) fn console(&self) -> String {
        let text = std::fs::read(self.folder.join("console.log")).unwrap_or_default();
        let text = String::from_utf8_lossy(&text);
        let lines: Vec<&str> = text.lines().rev().take(20).collect();
        format!("console of {}:\n{}", self.name, lines.into_iter().rev().collect::<Vec<_>>().join("\n"))
    }

    /// Powers the machine off, and ends it when it does not.
    pub(crate) fn stop(mut self) -> Result<()> {
        self.guest.power_off()?;
        let deadline = Instant::now() + POWER_OFF_TIME_MAX;
        while self.qemu.try_wait()?.is_none() && Instant::now() < deadline {
            std::thread::sleep(Duration::from_millis(100));
        }
        Ok(())
    }
}

impl Drop for Machine {
    fn drop(&mut self) {
        // It may have ended by itself; then there is nothing to end.
        let _ = self.qemu.kill();
        let _ = self.qemu.wait();
    }
}

fn boot(image: &Path, folder: &Path, name: &str, socket: &Path) -> Result<Child> {
    let log = File::create(folder.join("qemu.log"))?;
    let kernel_line = format!(
        "root=/dev/vda rootfstype=ext4 rw console=ttyS0 quiet loglevel=4 mitigations=off nokaslr audit=0 tsc=unstable \
         nowatchdog random.trust_cpu=on net.ifnames=0 fsck.mode=skip raid=noautodetect systemd.hostname={name}"
    );
    let mut qemu = Command::new("qemu-system-x86_64");
    qemu.args([
        "-name",
        name,
        "-machine",
        "q35,vmport=off,hpet=off",
        "-accel",
        "tcg,thread=multi,tb-size=256",
    ])
    .args(["-cpu", "max,la57=off", "-smp", "2", "-m", MEMORY_MIB, "-nodefaults", "-display", "none"])
    .args(["-serial", &format!("file:{}", folder.join("console.log").display())])
    .arg("-kernel")
    .arg(image.join("vmlinuz"))
    .arg("-initrd")
    .arg(image.join("initrd"))
    .args(["-append", &kernel_line])
    // The host's flushes are skipped; a crash of the guest still behaves like a crash.
    .args(["-drive", &format!("file={},if=virtio,format=raw,cache=unsafe", folder.join(DISK).display())])
    .args(["-netdev", "user,id=n0", "-device", "virtio-net-pci,netdev=n0,romfile="])
    .args(["-device", "virtio-rng-pci", "-device", "virtio-serial-pci"])
    .args(["-chardev", &format!("socket,path={},server=on,wait=off,id=qga", socket.display())])
    .args(["-device", "virtserialport,chardev=qga,name=org.qemu.guest_agent.0"])
    .stdin(Stdio::null())
    .stdout(log.try_clone()?)
    .stderr(log);
    qemu.spawn().context("qemu-system-x86_64 did not start")
}
