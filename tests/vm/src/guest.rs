//! Speaks with a machine through QEMU's guest agent: no network, no keys, and it works when the machine's network does not.
//! Protocol: one JSON object a line; `guest-sync-delimited` (QEMU guest agent reference) clears what an earlier, broken-off
//! call left behind.

use std::io::{BufRead, BufReader, Write};
use std::os::unix::net::UnixStream;
use std::path::PathBuf;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, anyhow, bail};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use serde_json::{Value, json};

/// One call to the guest agent; the emulated machine is slow.
const CALL_TIME_MAX: Duration = Duration::from_secs(20);
/// A command in the guest, where nothing else is said.
pub(crate) const COMMAND_TIME_MAX: Duration = Duration::from_secs(900);
/// Bytes written to a file of the guest in one call.
const WRITE_MAX_BYTES: usize = 48 << 10;
/// Pause between two looks at something that takes a while.
const LOOK_AGAIN: Duration = Duration::from_millis(150);
/// Longest line taken from the guest agent.
const LINE_MAX_BYTES: u64 = 64 << 20;

/// A machine's guest agent.
#[derive(Clone, Debug)]
pub(crate) struct Guest {
    socket: PathBuf,
}

/// How a command in the guest ended.
#[derive(Clone, Debug)]
pub(crate) struct Ran {
    pub(crate) status: i64,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

static TAG: AtomicU64 = AtomicU64::new(1);

impl Guest {
    /// The agent behind this socket.
    pub(crate) fn at(socket: PathBuf) -> Guest {
        Guest { socket }
    }

    /// One call on a connection of its own: the channel drops at every restart.
    fn call(&self, execute: &str, arguments: &Value, answers: bool) -> Result<Value> {
        let mut stream = UnixStream::connect(&self.socket).context("the machine's channel is closed")?;
        stream.set_read_timeout(Some(CALL_TIME_MAX))?;
        stream.set_write_timeout(Some(CALL_TIME_MAX))?;
        let mut lines = BufReader::new(stream.try_clone()?);
        let tag = TAG.fetch_add(1, Ordering::Relaxed) | (u64::from(std::process::id()) << 20);
        let sync = json!({"execute": "guest-sync-delimited", "arguments": {"id": tag}});
        stream.write_all(b"\xff")?;
        stream.write_all(format!("{sync}\n").as_bytes())?;
        loop {
            let line = read_line(&mut lines)?;
            let text = line.rsplit(|byte| *byte == 0xff).next().unwrap_or_default();
            let answer: Option<Value> = serde_json::from_slice(text).ok();
            if answer.is_some_and(|answer| answer.get("return") == Some(&json!(tag))) {
                break;
            }
        }
        stream.write_all(format!("{}\n", json!({"execute": execute, "arguments": arguments})).as_bytes())?;
        if !answers {
            return Ok(Value::Null);
        }
        let mut answer: Value = serde_json::from_slice(&read_line(&mut lines)?)?;
        match answer.get_mut("return") {
            Some(value) => Ok(value.take()),
            None => Err(anyhow!("{execute}: {answer}")),
        }
    }

    /// Runs a shell command and waits for its end; an end with another status than 0 is no error here.
    pub(crate) fn run(&self, shell: &str, limit: Duration) -> Result<Ran> {
        let arguments = json!({
            "path": "/bin/sh", "arg": ["-c", shell], "capture-output": true,
            "env": ["PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "HOME=/root", "LANG=C.UTF-8",
                    "DEBIAN_FRONTEND=noninteractive"],
        });
        let started = self.call("guest-exec", &arguments, true)?;
        let deadline = Instant::now() + limit;
        loop {
            let status = self.call("guest-exec-status", &json!({"pid": started.get("pid")}), true)?;
            if status.get("exited") == Some(&Value::Bool(true)) {
                let text = |key: &str| {
                    let bytes =
                        status.get(key).and_then(Value::as_str).and_then(|text| BASE64.decode(text).ok());
                    String::from_utf8_lossy(&bytes.unwrap_or_default()).into_owned()
                };
                let code = status.get("exitcode").and_then(Value::as_i64).unwrap_or(-1);
                return Ok(Ran { status: code, stdout: text("out-data"), stderr: text("err-data") });
            }
            if Instant::now() > deadline {
                bail!("{shell}: still running after {} s", limit.as_secs());
            }
            std::thread::sleep(LOOK_AGAIN);
        }
    }

    /// Runs a shell command that must succeed; its output without the last line end.
    pub(crate) fn ok(&self, shell: &str) -> Result<String> {
        let ran = self.run(shell, COMMAND_TIME_MAX)?;
        if ran.status != 0 {
            bail!("{shell}: status {}\n{}{}", ran.status, ran.stdout, ran.stderr);
        }
        Ok(ran.stdout.trim_end().to_owned())
    }

    /// The identifier of the boot that the machine is in: another one is a restart, nothing else is.
    pub(crate) fn boot_id(&self) -> Result<String> {
        let arguments = json!({"path": "/proc/sys/kernel/random/boot_id", "mode": "r"});
        let handle = self.call("guest-file-open", &arguments, true)?;
        let read = self.call("guest-file-read", &json!({"handle": handle, "count": 256}), true);
        self.call("guest-file-close", &json!({"handle": handle}), true)?;
        let text =
            read?.get("buf-b64").and_then(Value::as_str).map(|text| BASE64.decode(text)).transpose()?;
        let id = String::from_utf8(text.unwrap_or_default())?.trim().to_owned();
        if id.is_empty() { Err(anyhow!("the boot has no identifier")) } else { Ok(id) }
    }

    /// Waits until the machine answers, in another boot than `not` where one is given.
    pub(crate) fn wait_boot(&self, limit: Duration, not: Option<&str>) -> Result<String> {
        let deadline = Instant::now() + limit;
        loop {
            match self.boot_id() {
                Ok(id) if Some(id.as_str()) != not => return Ok(id),
                Ok(_) | Err(_) if Instant::now() > deadline => {
                    bail!("the machine is not up after {} s", limit.as_secs())
                }
                Ok(_) | Err(_) => std::thread::sleep(LOOK_AGAIN),
            }
        }
    }

    /// Writes a file in the guest.
    pub(crate) fn put(&self, bytes: &[u8], path: &str) -> Result<()> {
        let handle = self.call("guest-file-open", &json!({"path": path, "mode": "w"}), true)?;
        for part in bytes.chunks(WRITE_MAX_BYTES) {
            let arguments = json!({"handle": handle, "buf-b64": BASE64.encode(part)});
            self.call("guest-file-write", &arguments, true)?;
        }
        self.call("guest-file-close", &json!({"handle": handle}), true).map(drop)
    }

    /// Asks the machine to power off; it gives no answer.
    pub(crate) fn power_off(&self) -> Result<()> {
        self.call("guest-shutdown", &json!({"mode": "powerdown"}), false).map(drop)
    }
}

fn read_line(lines: &mut BufReader<UnixStream>) -> Result<Vec<u8>> {
    let mut line = Vec::new();
    let read = std::io::Read::take(lines, LINE_MAX_BYTES).read_until(b'\n', &mut line)?;
    if read == 0 { Err(anyhow!("the machine closed its channel")) } else { Ok(line) }
}
