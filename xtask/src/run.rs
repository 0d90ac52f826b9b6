//! Runs one program: its lines are shown as they come and handed on to whoever counts, and it ends within its time.

use std::io::{BufRead, BufReader, Read};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;
use std::time::{Duration, Instant};

use anyhow::{Context, Result};

/// How a program ended.
pub(crate) struct Ended {
    /// It exited 0, in time.
    pub(crate) success: bool,
    /// It was ended because its time was up.
    pub(crate) timed_out: bool,
    /// How long it took.
    pub(crate) took: Duration,
}

/// Runs `command` with no input; each line of its output is printed and given to `on_line`.
///
/// When `limit` has passed, the program and everything it started are ended.
///
/// # Errors
/// The program could not be started.
pub(crate) fn run(command: &mut Command, limit: Duration, on_line: &mut dyn FnMut(&str)) -> Result<Ended> {
    let started = Instant::now();
    let name = command.get_program().to_string_lossy().into_owned();
    let mut child = command
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .with_context(|| format!("{name} did not start"))?;
    let (lines, arriving) = mpsc::channel::<String>();
    if let Some(out) = child.stdout.take() {
        forward(out, lines.clone());
    }
    if let Some(err) = child.stderr.take() {
        forward(err, lines.clone());
    }
    drop(lines);
    let mut timed_out = false;
    // Ends when both streams are closed, which is when the program and its children have gone.
    loop {
        let left = limit.saturating_sub(started.elapsed());
        match arriving.recv_timeout(if timed_out { Duration::from_secs(10) } else { left }) {
            Ok(line) => {
                println!("{line}");
                on_line(&line);
            }
            Err(mpsc::RecvTimeoutError::Disconnected) => break,
            Err(mpsc::RecvTimeoutError::Timeout) if timed_out => break,
            Err(mpsc::RecvTimeoutError::Timeout) => {
                timed_out = true;
                eprintln!("{name}: ended after its limit of {} s", limit.as_secs());
                end_with_children(&mut child);
            }
        }
    }
    let status = child.wait().with_context(|| format!("{name} could not be waited for"))?;
    Ok(Ended { success: status.success() && !timed_out, timed_out, took: started.elapsed() })
}

fn forward(stream: impl Read + Send + 'static, lines: mpsc::Sender<String>) {
    std::thread::spawn(move || {
        let mut reader = BufReader::new(stream);
        let mut bytes = Vec::new();
        while reader.read_until(b'\n', &mut bytes).is_ok_and(|read| read > 0) {
            let line = String::from_utf8_lossy(&bytes).trim_end_matches(['\n', '\r']).to_owned();
            bytes.clear();
            if lines.send(line).is_err() {
                break;
            }
        }
    });
}

/// Ends a child and its descendants, by their numbers. Not a process group: Ctrl-C at a terminal must still reach all.
fn end_with_children(child: &mut Child) {
    let mut doomed = vec![child.id()];
    let parents = parents();
    let mut seen = 0;
    while let Some(&parent) = doomed.get(seen) {
        doomed.extend(parents.iter().filter(|(_, of)| *of == parent).map(|(pid, _)| *pid));
        seen += 1;
    }
    for pid in doomed.iter().rev() {
        // The program may be gone already; then there is nothing to end.
        let _ = Command::new("kill").args(["-KILL", &pid.to_string()]).stderr(Stdio::null()).status();
    }
    let _ = child.kill();
}

/// Every process with its parent, from `/proc`; empty where there is no such folder.
fn parents() -> Vec<(u32, u32)> {
    let Ok(entries) = std::fs::read_dir("/proc") else { return Vec::new() };
    entries
        .flatten()
        .filter_map(|entry| {
            let pid: u32 = entry.file_name().to_str()?.parse().ok()?;
            let stat = std::fs::read_to_string(entry.path().join("stat")).ok()?;
            // The name stands in brackets and may hold anything; the parent is the second word after it.
            let parent = stat.rsplit_once(')')?.1.split_whitespace().nth(1)?.parse().ok()?;
            Some((pid, parent))
        })
        .collect()
}

/// Is there a program of this name on the search path?
pub(crate) fn on_path(program: &str) -> bool {
    let Some(path) = std::env::var_os("PATH") else { return false };
    std::env::split_paths(&path).any(|folder| folder.join(program).is_file())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_streams_of_a_program_are_heard() {
        let mut heard = Vec::new();
        let ended =
            run(Command::new("sh").args(["-c", "echo out; echo err >&2; exit 3"]), FAR, &mut |line| {
                heard.push(line.to_owned());
            });
        heard.sort();
        assert_eq!(heard, ["err", "out"]);
        let ended = ended.unwrap();
        assert!(!ended.success && !ended.timed_out);
    }

    #[test]
    fn a_program_that_hangs_is_ended_with_what_it_started() {
        let started = Instant::now();
        let limit = Duration::from_millis(300);
        let ended =
            run(Command::new("sh").args(["-c", "sleep 60 & sleep 61; wait"]), limit, &mut |_| {}).unwrap();
        assert!(ended.timed_out && !ended.success);
        assert!(started.elapsed() < Duration::from_secs(9), "the children held the streams open");
    }

    const FAR: Duration = Duration::from_secs(60);
}
