//! A desk of its own for each test: an empty folder, no environment, and the built binary.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use serde_json::Value;
use tempfile::TempDir;

pub(crate) const BINARY: &str = env!("CARGO_BIN_EXE_segue");
/// Above this, something hangs.
const ANSWER_WITHIN: std::time::Duration = std::time::Duration::from_secs(60);

/// A file of the repository.
pub(crate) fn file(name: &str) -> String {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    root.join(name).canonicalize().unwrap_or_else(|_| panic!("{name}")).display().to_string()
}

/// A file of the sample hospital.
pub(crate) fn sample(name: &str) -> String {
    file(&format!("crates/segue/demo/{name}"))
}

/// What a command did.
#[derive(Debug)]
pub(crate) struct Ran {
    pub(crate) code: i32,
    pub(crate) out: String,
    pub(crate) err: String,
}

impl Ran {
    /// The results, one JSON object a line.
    pub(crate) fn lines(&self) -> Vec<Value> {
        let parse = |line: &str| {
            let value: Value =
                serde_json::from_str(line).unwrap_or_else(|_| panic!("not JSON: {line}\n{self:?}"));
            assert!(value.is_object(), "not an object: {line}");
            value
        };
        self.out.lines().map(parse).collect()
    }

    /// The only result.
    pub(crate) fn line(&self) -> Value {
        let lines = self.lines();
        assert_eq!(lines.len(), 1, "{self:?}");
        lines.into_iter().next().unwrap()
    }

    /// The same, when it ended well.
    #[track_caller]
    pub(crate) fn fine(self) -> Ran {
        assert_eq!(self.code, 0, "{self:?}");
        self
    }

    /// The same, when it was refused or failed.
    #[track_caller]
    pub(crate) fn refused(self) -> Ran {
        assert_eq!(self.code, 1, "{self:?}");
        assert!(!self.err.trim().is_empty(), "a refusal says why: {self:?}");
        self
    }
}

/// Somebody at an empty folder.
pub(crate) struct Desk {
    folder: TempDir,
}

impl Desk {
    pub(crate) fn new() -> Desk {
        Desk { folder: TempDir::new().unwrap() }
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub(crate) fn text(&self, name: &str) -> String {
        self.path(name).display().to_string()
    }

    /// Puts a file on the desk, and says where.
    pub(crate) fn write(&self, name: &str, content: &str) -> String {
        std::fs::create_dir_all(self.path(name).parent().unwrap()).unwrap();
        std::fs::write(self.path(name), content).unwrap();
        self.text(name)
    }

    fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::new(BINARY);
        command
            .args(args)
            .current_dir(self.folder.path())
            .env_clear()
            .env("USER", "tester")
            .env("SEGUE_LOG", "warn");
        command.stdin(Stdio::null());
        command
    }

    /// Runs a command on this desk's own journal.
    pub(crate) fn run(&self, args: &[&str]) -> Ran {
        let output = self.command(args).output().unwrap();
        Ran {
            code: output.status.code().unwrap_or(-1),
            out: String::from_utf8(output.stdout).unwrap(),
            err: String::from_utf8_lossy(&output.stderr).into_owned(),
        }
    }

    /// The same, with `--json`.
    pub(crate) fn json(&self, args: &[&str]) -> Ran {
        let mut all = args.to_vec();
        all.push("--json");
        self.run(&all)
    }

    /// The sample hospital's devices and advisories, without its feeds.
    pub(crate) fn with_sample(self) -> Desk {
        self.run(&["import", "inventory", &sample("devices.csv")]).fine();
        self.run(&["import", "advisories", &sample("advisories")]).fine();
        self
    }

    /// Starts a server on this desk's journal and waits until it can be asked.
    pub(crate) fn serve(&self) -> Served {
        self.start(&["serve", "--listen", "127.0.0.1:0", "--json"])
    }

    pub(crate) fn start(&self, args: &[&str]) -> Served {
        let mut child = self.command(args).stdout(Stdio::piped()).stderr(Stdio::inherit()).spawn().unwrap();
        let mut line = String::new();
        let mut stdout = BufReader::new(child.stdout.take().unwrap());
        stdout.read_line(&mut line).unwrap();
        let said: Value = serde_json::from_str(&line).unwrap_or_else(|_| panic!("the server said {line:?}"));
        let address =
            said["url"].as_str().unwrap().trim_start_matches("http://").trim_end_matches('/').to_owned();
        Served { child, address, said }
    }
}

/// A running server; ends with its test.
pub(crate) struct Served {
    child: Child,
    address: String,
    pub(crate) said: Value,
}

impl Drop for Served {
    fn drop(&mut self) {
        let _already_over = self.child.kill();
        let _already_over = self.child.wait();
    }
}

/// An answer of the server.
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: String,
}

impl Answer {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_else(|_| panic!("{} {}", self.status, self.body))
    }

    pub(crate) fn csrf(&self) -> String {
        let (_, rest) = self.body.split_once("name=\"csrf\" value=\"").expect("a form");
        rest.split('"').next().unwrap().to_owned()
    }
}

impl Served {
    /// Tells it to stop and waits until it has.
    pub(crate) fn stop(mut self) {
        let told = Command::new("kill").arg("-TERM").arg(self.child.id().to_string()).status().unwrap();
        assert!(told.success());
        assert!(self.child.wait().unwrap().success(), "a server that is told to stop ends well");
    }

    fn send(&self, head: &str, body: &[u8]) -> TcpStream {
        let mut stream = TcpStream::connect(&self.address).unwrap();
        stream.set_read_timeout(Some(ANSWER_WITHIN)).unwrap();
        stream.write_all(head.as_bytes()).unwrap();
        stream.write_all(body).unwrap();
        stream
    }

    fn ask(&self, head: &str, body: &[u8]) -> Answer {
        let mut bytes = Vec::new();
        self.send(head, body).read_to_end(&mut bytes).unwrap();
        let text = String::from_utf8_lossy(&bytes).into_owned();
        let (head, body) = text.split_once("\r\n\r\n").unwrap_or((&text, ""));
        let mut lines = head.lines();
        let status = lines.next().and_then(|line| line.split(' ').nth(1)?.parse().ok()).unwrap_or(0);
        let header =
            |line: &str| line.split_once(": ").map(|(name, value)| (name.to_lowercase(), value.to_owned()));
        Answer { status, headers: lines.filter_map(header).collect(), body: body.to_owned() }
    }
}

/// Somebody before a browser.
#[derive(Clone, Default)]
pub(crate) struct Person {
    cookies: std::collections::BTreeMap<String, String>,
}

impl Person {
    fn head(&self, served: &Served, method: &str, path: &str, more: &str) -> String {
        let cookies: Vec<String> =
            self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let (host, cookies) = (&served.address, cookies.join("; "));
        // HTTP/1.0: the end of the connection is the end of the answer.
        format!("{method} {path} HTTP/1.0\r\nHost: {host}\r\nCookie: {cookies}\r\n{more}\r\n")
    }

    fn keep(&mut self, answer: &Answer) {
        for (_, cookie) in answer.headers.iter().filter(|(name, _)| name == "set-cookie") {
            let (name, value) = cookie.split(';').next().unwrap().split_once('=').unwrap();
            self.cookies.insert(name.to_owned(), value.to_owned());
        }
    }

    pub(crate) fn get(&mut self, served: &Served, path: &str) -> Answer {
        let answer = served.ask(&self.head(served, "GET", path, ""), b"");
        self.keep(&answer);
        answer
    }

    pub(crate) fn post(&mut self, served: &Served, path: &str, kind: &str, body: &[u8]) -> Answer {
        let more = format!("Content-Type: {kind}\r\nContent-Length: {}\r\n", body.len());
        let answer = served.ask(&self.head(served, "POST", path, &more), body);
        self.keep(&answer);
        answer
    }

    /// Posts a form with the token of the page it stands on. Values here need no escaping but spaces.
    pub(crate) fn form(
        &mut self,
        served: &Served,
        page: &str,
        path: &str,
        fields: &[(&str, &str)],
    ) -> Answer {
        let mut body = format!("csrf={}", self.get(served, page).csrf());
        for (name, value) in fields {
            body.push_str(&format!("&{name}={}", value.replace(' ', "+")));
        }
        self.post(served, path, "application/x-www-form-urlencoded", body.as_bytes())
    }

    /// Signs the first admin in and chooses a password.
    pub(crate) fn first_admin(served: &Served) -> Person {
        let mut person = Person::default();
        let once = served.said["one_time_password"].as_str().expect("a first start").to_owned();
        let own = "a quiet night on ward 5";
        let answer = person.form(served, "/sign-in", "/sign-in", &[("name", "admin"), ("password", &once)]);
        assert_eq!(answer.status, 303, "{}", answer.body);
        let fields = [("current", once.as_str()), ("new", own), ("again", own)];
        let answer = person.form(served, "/password", "/password", &fields);
        assert_eq!(answer.status, 303, "{}", answer.body);
        person
    }

    /// Listens to what changes; the first line has arrived when this returns.
    pub(crate) fn listen(&self, served: &Served) -> Listening {
        let mut lines = BufReader::new(served.send(&self.head(served, "GET", "/events", ""), b""));
        let mut line = String::new();
        while !line.starts_with("event: beat") {
            line.clear();
            assert!(lines.read_line(&mut line).unwrap() > 0, "the stream has begun");
        }
        Listening(lines)
    }
}

/// The stream of changes.
pub(crate) struct Listening(BufReader<TcpStream>);

impl Listening {
    /// Waits until `topic` has changed.
    pub(crate) fn until(&mut self, topic: &str) {
        let wanted = format!("\"topic\":\"{topic}\"");
        let mut line = String::new();
        while !line.contains(&wanted) {
            line.clear();
            assert!(self.0.read_line(&mut line).unwrap() > 0, "the stream goes on");
        }
    }
}
