//! A hospital with one ward: its description, its people, and the real `segue serve`, asked over HTTP and told on the command line.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use anyhow::{Context, Result, anyhow, bail};
use serde_json::Value;

/// The unit whose beds the two machines serve.
pub(crate) const UNIT: &str = "WARD-4";
/// An answer of the server takes no longer.
const ANSWER_TIME_MAX: Duration = Duration::from_secs(60);

const CONFIGURATION: &str =
    "hospital = \"Northgate\"\nagents_names = [\"10.0.2.2\"]\nagents_check_in_seconds = 5\n";
const DEVICES: &str = "asset_tag,manufacturer,model,unit,device_type,installer
STATION-4,Nordpuls,Vakta 60,WARD-4,Central station,staff
RELAY-4,Klangfors,Larmbrygga,WARD-4,Alarm server,staff
";
const HOSPITAL: &str = r#"
[[sites]]
id = "north"
name = "Northgate Hospital"
time_zone = "Europe/Stockholm"
[[buildings]]
id = "N-A"
site = "north"
name = "Building A"
[[units]]
id = "WARD-4"
building = "N-A"
name = "Ward 4, telemetry"
phone = "5504"
[[beds]]
id = "W4-01"
unit = "WARD-4"
telemetry = true
[[services]]
id = "central-4"
kind = "central_monitoring"
name = "Central monitoring, ward 4"
beds = ["W4-01"]
redundancy = { carriers = ["STATION-4"], needed = 1 }
[[services]]
id = "alarms-4"
kind = "alarm_detection"
name = "Alarms, ward 4"
beds = ["W4-01"]
redundancy = { carriers = ["RELAY-4"], needed = 1 }
[[probes]]
id = "relay-runs"
service = "alarms-4"
host = "RELAY-4"
timeout_seconds = 10
try = { process = { name = "alarm-relayd" } }
"#;

/// The hospital's folder and its server.
pub(crate) struct Site {
    segue: PathBuf,
    folder: PathBuf,
    server: Child,
    pub(crate) reader: Reader,
    /// Port of the gateway on this machine.
    pub(crate) agents_port: u16,
    pub(crate) authority_sha256: String,
}

impl Site {
    /// Describes the hospital, opens accounts, starts the server and signs in.
    pub(crate) fn start(work: &Path, segue: &Path) -> Result<Site> {
        let folder = work.join("site");
        if folder.exists() {
            std::fs::remove_dir_all(&folder)?;
        }
        std::fs::create_dir_all(&folder)?;
        let files = [("segue.toml", CONFIGURATION), ("hospital.toml", HOSPITAL), ("devices.csv", DEVICES)];
        for (name, text) in files {
            std::fs::write(folder.join(name), text)?;
        }
        let segue = segue.canonicalize().with_context(|| segue.display().to_string())?;
        told(&segue, &folder, &["import", "hospital", "hospital.toml"])?;
        told(&segue, &folder, &["import", "inventory", "devices.csv", "--yes"])?;
        let mut server = command(&segue, &folder, &["serve", "--listen", "127.0.0.1:0"])
            .stdout(Stdio::piped())
            .stderr(File::create(folder.join("serve.log"))?)
            .spawn()?;
        let mut line = String::new();
        let stdout = server.stdout.take().context("the server has no output")?;
        BufReader::new(stdout).read_line(&mut line)?;
        let said: Value = serde_json::from_str(&line).with_context(|| format!("the server said {line:?}"))?;
        let text =
            |key: &str| said.get(key).and_then(Value::as_str).map(str::to_owned).context(key.to_owned());
        let address = text("url")?.trim_start_matches("http://").trim_end_matches('/').to_owned();
        let agents_port = text("agents")?.rsplit(':').next().unwrap_or_default().parse()?;
        let mut reader = Reader { address, cookies: BTreeMap::new() };
        reader.sign_in(&text("one_time_password")?)?;
        let people = [
            ("anna", "engineer"),
            ("erik", "engineer"),
            ("lars", "engineer"),
            ("karin", "ward"),
            ("moa", "ward"),
        ];
        for (name, role) in people {
            told(&segue, &folder, &["account", "open", name, "--role", role])?;
        }
        let authority_sha256 = text("authority_sha256")?;
        Ok(Site { segue, folder, server, reader, agents_port, authority_sha256 })
    }

    /// Carries a command out; each line of its result.
    pub(crate) fn told(&self, args: &[&str]) -> Result<Vec<Value>> {
        told(&self.segue, &self.folder, args)
    }

    /// What the server said last on its error stream, but for the requests that it answered well: the board is looked at all the time.
    pub(crate) fn said(&self) -> String {
        let text = std::fs::read(self.folder.join("serve.log")).unwrap_or_default();
        let text = String::from_utf8_lossy(&text);
        let lines: Vec<&str> =
            text.lines().rev().filter(|line| !line.contains("\"status\":200")).take(40).collect();
        format!("the server: {}", lines.into_iter().rev().collect::<Vec<_>>().join("\n"))
    }

    /// Puts a file beside the hospital's others.
    pub(crate) fn write(&self, name: &str, text: &str) -> Result<()> {
        Ok(std::fs::write(self.folder.join(name), text)?)
    }
}

impl Drop for Site {
    fn drop(&mut self) {
        let _already_over = self.server.kill();
        let _already_over = self.server.wait();
    }
}

fn command(segue: &Path, folder: &Path, args: &[&str]) -> Command {
    let mut command = Command::new(segue);
    command.args(args).arg("--json").current_dir(folder).env_clear().env("USER", "vm").stdin(Stdio::null());
    command
}

fn told(segue: &Path, folder: &Path, args: &[&str]) -> Result<Vec<Value>> {
    let done = command(segue, folder, args).output().context("segue did not start")?;
    if !done.status.success() {
        bail!("segue {}: {}", args.join(" "), String::from_utf8_lossy(&done.stderr));
    }
    let lines = String::from_utf8(done.stdout)?;
    lines.lines().map(|line| serde_json::from_str(line).map_err(Into::into)).collect()
}

/// Somebody who is signed in.
#[derive(Clone)]
pub(crate) struct Reader {
    address: String,
    cookies: BTreeMap<String, String>,
}

impl Reader {
    fn ask(&mut self, method: &str, path: &str, body: &str) -> Result<String> {
        let cookies: Vec<String> =
            self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
        // HTTP/1.0: the end of the connection is the end of the answer.
        let head = format!(
            "{method} {path} HTTP/1.0\r\nHost: {}\r\nCookie: {}\r\n\
             Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {}\r\n\r\n",
            self.address,
            cookies.join("; "),
            body.len()
        );
        let mut stream = TcpStream::connect(&self.address).context("the server is not there")?;
        stream.set_read_timeout(Some(ANSWER_TIME_MAX))?;
        stream.write_all(head.as_bytes())?;
        stream.write_all(body.as_bytes())?;
        let mut bytes = Vec::new();
        stream.read_to_end(&mut bytes)?;
        let text = String::from_utf8_lossy(&bytes).into_owned();
        let (head, body) = text.split_once("\r\n\r\n").context("no answer")?;
        let mut lines = head.lines();
        let status = lines.next().and_then(|line| line.split(' ').nth(1)).unwrap_or_default();
        if !matches!(status, "200" | "303") {
            bail!("{method} {path}: {status} {body}");
        }
        for line in lines {
            if let Some((name, value)) = line.split_once(": ")
                && name.eq_ignore_ascii_case("set-cookie")
                && let Some((name, value)) = value.split(';').next().and_then(|cookie| cookie.split_once('='))
            {
                self.cookies.insert(name.to_owned(), value.to_owned());
            }
        }
        Ok(body.to_owned())
    }

    fn sign_in(&mut self, once: &str) -> Result<()> {
        let own = "a+quiet+night+on+ward+4";
        let csrf = self.csrf("/sign-in")?;
        self.ask("POST", "/sign-in", &format!("csrf={csrf}&name=admin&password={once}"))?;
        let csrf = self.csrf("/password")?;
        self.ask("POST", "/password", &format!("csrf={csrf}&current={once}&new={own}&again={own}"))?;
        Ok(())
    }

    fn csrf(&mut self, page: &str) -> Result<String> {
        let body = self.ask("GET", page, "")?;
        let found = body.split_once("name=\"csrf\" value=\"").and_then(|(_, rest)| rest.split('"').next());
        found.map(str::to_owned).ok_or_else(|| anyhow!("{page} has no form"))
    }

    /// A page.
    pub(crate) fn page(&mut self, path: &str) -> Result<String> {
        self.ask("GET", path, "")
    }

    /// An answer of the API.
    pub(crate) fn get(&mut self, path: &str) -> Result<Value> {
        Ok(serde_json::from_str(&self.ask("GET", path, "")?)?)
    }
}
