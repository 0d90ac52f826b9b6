//! For tests and measurements, not part of the program that hospitals run: a throwaway PostgreSQL server with its own
//! folder and its own port on the loopback address, and numbers that only look random.

use crate::hash::Hash;
use std::io::{BufRead, BufReader, Error, Result};
use std::net::TcpListener;
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use tempfile::TempDir;

/// How the journal sets up each connection to its file: durability compares only between equal settings.
pub fn sqlite_settings(file: &Path) -> sqlx::sqlite::SqliteConnectOptions {
    crate::sql::sqlite_settings(file)
}

/// How often a start is tried with another port.
const STARTS_MAX: u32 = 5;

/// A running server; stopped and deleted when dropped.
pub struct PostgresServer {
    folder: TempDir,
    port: u16,
    server: Option<Child>,
    databases: std::sync::atomic::AtomicU32,
}

/// What to do when there is no PostgreSQL on this machine.
pub const INSTALL_HINT: &str = "PostgreSQL's server programs were not found; install them with \
     `apt-get install -y postgresql` (or put `initdb` and `postgres` on the PATH)";

impl PostgresServer {
    /// Starts a server with an empty cluster, or says what is missing.
    pub fn start() -> Result<PostgresServer> {
        let programs = programs().ok_or_else(|| Error::other(INSTALL_HINT))?;
        let folder = tempfile::Builder::new().prefix("segue-postgres-").tempdir()?;
        let cluster = folder.path().join("cluster");
        std::fs::create_dir(&cluster)?;
        std::fs::set_permissions(&cluster, std::fs::Permissions::from_mode(0o700))?;
        if runs_as_root()? {
            // PostgreSQL refuses to run as root; Debian's package brings a user for it.
            std::fs::set_permissions(folder.path(), std::fs::Permissions::from_mode(0o755))?;
            let owned = Command::new("chown").arg("-R").arg("postgres").arg(folder.path()).status()?;
            check(owned.success(), "chown to the user postgres failed")?;
        }
        let made = as_postgres(folder.path(), &programs.join("initdb"))?
            .args(["--username=segue", "--auth=trust", "--encoding=UTF8", "--locale=C", "--no-sync", "-D"])
            .arg(&cluster)
            .output()?;
        check(made.status.success(), &String::from_utf8_lossy(&made.stderr))?;
        let mut server =
            PostgresServer { folder, port: 0, server: None, databases: std::sync::atomic::AtomicU32::new(0) };
        let mut last = Ok(());
        for _ in 0..STARTS_MAX {
            // Bound and let go again: free a moment ago. Should another take it, the next try takes another one.
            server.port = TcpListener::bind(("127.0.0.1", 0))?.local_addr()?.port();
            last = server.run();
            if last.is_ok() {
                return Ok(server);
            }
        }
        last.map(|()| server)
    }

    /// Starts the server program and waits until it says that it is ready.
    fn run(&mut self) -> Result<()> {
        let programs = programs().ok_or_else(|| Error::other(INSTALL_HINT))?;
        let cluster = self.folder.path().join("cluster");
        let mut child = as_postgres(self.folder.path(), &programs.join("postgres"))?
            .arg("-D")
            .arg(&cluster)
            .args(["-p", &self.port.to_string(), "-c", "listen_addresses=127.0.0.1"])
            .args(["-c", "unix_socket_directories=", "-c", "lc_messages=C", "-c", "max_connections=200"])
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()?;
        let log = child.stderr.take().ok_or_else(|| Error::other("the server has no log"))?;
        let mut lines = BufReader::new(log).lines();
        let mut ready = false;
        let mut seen = String::new();
        for line in lines.by_ref() {
            let line = line?;
            ready = line.contains("ready to accept connections");
            seen.push_str(&line);
            seen.push('\n');
            if ready {
                break;
            }
        }
        self.server = Some(child);
        // Nobody else reads the log; unread it would fill its pipe and stop the server.
        std::thread::spawn(move || lines.for_each(drop));
        if !ready {
            self.stop();
        }
        check(ready, &seen)
    }

    /// The address of an existing database of this server.
    pub fn address(&self, database: &str) -> String {
        format!("postgres://segue@127.0.0.1:{}/{database}", self.port)
    }

    /// Makes a new, empty database and returns its address.
    pub fn new_database(&self) -> Result<String> {
        let number = self.databases.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
        let name = format!("d{number}");
        let programs = programs().ok_or_else(|| Error::other(INSTALL_HINT))?;
        let made = Command::new(programs.join("createdb"))
            .args(["-h", "127.0.0.1", "-p", &self.port.to_string(), "-U", "segue", &name])
            .output()?;
        check(made.status.success(), &String::from_utf8_lossy(&made.stderr))?;
        Ok(self.address(&name))
    }

    /// Stops the server at once, without a checkpoint, as a power cut would, and starts it again.
    pub fn crash_and_restart(&mut self) -> Result<()> {
        self.stop();
        self.run()
    }

    /// The server's own process, as its file tells.
    fn signal(&self, name: &str) {
        let file = self.folder.path().join("cluster/postmaster.pid");
        let Ok(text) = std::fs::read_to_string(file) else { return };
        if let Some(pid) = text.lines().next().and_then(|line| line.trim().parse::<u32>().ok()) {
            // Best effort: when it is gone already, that is what is wanted.
            let _ = Command::new("kill").args([&format!("-{name}"), &pid.to_string()]).status();
        }
    }

    fn stop(&mut self) {
        self.signal("QUIT");
        if let Some(mut server) = self.server.take() {
            // Best effort: the child has ended or is ending.
            let _ = server.wait();
        }
    }
}

impl Drop for PostgresServer {
    fn drop(&mut self) {
        self.stop();
    }
}

fn check(holds: bool, otherwise: &str) -> Result<()> {
    if holds { Ok(()) } else { Err(Error::other(otherwise.to_owned())) }
}

fn runs_as_root() -> Result<bool> {
    Ok(std::fs::metadata("/proc/self")?.uid() == 0)
}

/// A command that runs as the user `postgres` when this process is root, else as whoever this is.
fn as_postgres(folder: &Path, program: &Path) -> Result<Command> {
    let mut command;
    if runs_as_root()? {
        command = Command::new("runuser");
        command.args(["-u", "postgres", "--"]).arg(program);
    } else {
        command = Command::new(program);
    }
    command.current_dir(folder);
    Ok(command)
}

/// The folder of PostgreSQL's programs: the newest version that Debian's packages installed, or from the PATH.
fn programs() -> Option<PathBuf> {
    let mut found: Vec<(u32, PathBuf)> = std::fs::read_dir("/usr/lib/postgresql")
        .into_iter()
        .flatten()
        .flatten()
        .filter_map(|version| Some((version.file_name().to_str()?.parse().ok()?, version.path().join("bin"))))
        .filter(|(_, folder)| folder.join("initdb").exists())
        .collect();
    found.sort();
    let on_path = || {
        let path = std::env::var_os("PATH")?;
        std::env::split_paths(&path).find(|folder| folder.join("initdb").exists())
    };
    found.pop().map(|(_, folder)| folder).or_else(on_path)
}

/// A sequence of numbers that looks random and is the same for the same seed.
#[derive(Clone, Debug)]
pub struct Seeded {
    seed: u64,
    drawn: u64,
}

impl Seeded {
    /// Begins the sequence of a seed.
    pub fn new(seed: u64) -> Seeded {
        Seeded { seed, drawn: 0 }
    }

    /// The next 16 bytes: a batch name.
    pub fn bytes(&mut self) -> [u8; 16] {
        self.drawn += 1;
        let hash = Hash::of(&[self.seed.to_be_bytes(), self.drawn.to_be_bytes()].concat());
        let mut bytes = [0; 16];
        bytes.iter_mut().zip(hash.0).for_each(|(to, from)| *to = from);
        bytes
    }

    /// The next number below a limit (which is at least 1).
    pub fn below(&mut self, limit: u64) -> u64 {
        u128::from_be_bytes(self.bytes()).checked_rem(u128::from(limit)).map_or(0, |rest| rest as u64)
    }
}
