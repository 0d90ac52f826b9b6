//! Function probes against peers that work, that do not, and that are hostile.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::PathBuf;
use std::time::{Duration, Instant};

use agent::linux::probe::{Probes, hl7};
use model::ids::{ProbeId, ServiceId};
use model::probe::{Probe, ProbeKind, ProbeResult};

use crate::bench::tag;

fn probe(tries: ProbeKind) -> Probe {
    Probe {
        id: ProbeId::new("p").unwrap(),
        service: ServiceId::new("viewing").unwrap(),
        host: tag("CM-07"),
        tries,
        timeout_seconds: 5,
    }
}

fn tried(tries: ProbeKind) -> ProbeResult {
    let mut results = Probes::new(PathBuf::from("/")).try_these(&[probe(tries)]);
    results.pop_first().unwrap().1
}

fn passed(result: &ProbeResult) -> &str {
    match result {
        ProbeResult::Passed(says) => says,
        other => panic!("passed, and not {other:?}"),
    }
}

fn failed(result: &ProbeResult) -> &str {
    match result {
        ProbeResult::Failed(says) => says,
        other => panic!("failed, and not {other:?}"),
    }
}

/// A peer that serves one connection.
fn peer(serve: impl FnOnce(TcpStream) + Send + 'static) -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    std::thread::spawn(move || serve(listener.accept().unwrap().0));
    port
}

fn unit(stream: &mut TcpStream) -> (u8, Vec<u8>) {
    let mut head = [0; 6];
    stream.read_exact(&mut head).unwrap();
    let mut body = vec![0; u32::from_be_bytes([head[2], head[3], head[4], head[5]]) as usize];
    stream.read_exact(&mut body).unwrap();
    (head[0], body)
}

fn send(stream: &mut TcpStream, kind: u8, body: &[u8]) {
    let length = u32::try_from(body.len()).unwrap().to_be_bytes();
    stream.write_all(&[&[kind, 0], &length[..], body].concat()).unwrap();
}

/// A verification SCP that answers the presentation context and the echo as told.
fn archive(context: u8, status: u16) -> u16 {
    peer(move |mut stream| {
        let (kind, asks) = unit(&mut stream);
        assert_eq!(kind, 1);
        assert_eq!(&asks[4..20], b"ARCHIVE         ");
        assert_eq!(&asks[20..36], b"SEGUE           ");
        let mut accept = asks[..68].to_vec();
        let application = b"1.2.840.10008.3.1.1.1";
        accept.extend([0x10, 0, 0, application.len() as u8]);
        accept.extend(application);
        let syntax = b"1.2.840.10008.1.2";
        accept.extend([0x21, 0, 0, 8 + syntax.len() as u8, 1, 0, context, 0, 0x40, 0, 0, syntax.len() as u8]);
        accept.extend(syntax);
        send(&mut stream, 2, &accept);
        if context != 0 {
            return;
        }
        let (kind, asks) = unit(&mut stream);
        assert_eq!(kind, 4);
        // PDV length, context, last command; then the group length and the rest, which must agree.
        assert_eq!(asks[4..6], [1, 3]);
        let group = u32::from_le_bytes(asks[14..18].try_into().unwrap()) as usize;
        assert_eq!(asks.len(), 18 + group);
        let element = |number: u16, value: &[u8]| {
            [&[0, 0], &number.to_le_bytes()[..], &u32::try_from(value.len()).unwrap().to_le_bytes(), value]
                .concat()
        };
        let command = [
            element(0x0002, b"1.2.840.10008.1.1\0"),
            element(0x0100, &0x8030_u16.to_le_bytes()),
            element(0x0120, &1_u16.to_le_bytes()),
            element(0x0800, &0x0101_u16.to_le_bytes()),
            element(0x0900, &status.to_le_bytes()),
        ]
        .concat();
        // In two parts, as a peer may.
        for (control, part) in [(1, &command[..20]), (3, &command[20..])] {
            let length = u32::try_from(part.len() + 2).unwrap().to_be_bytes();
            send(&mut stream, 4, &[&length[..], &[1, control], part].concat());
        }
        let _release = unit(&mut stream);
    })
}

fn echo(port: u16) -> ProbeResult {
    let (called, calling) = ("ARCHIVE".into(), "SEGUE".into());
    tried(ProbeKind::DicomEcho { address: "127.0.0.1".into(), port, called, calling })
}

#[test]
fn an_archive_that_answers_c_echo_works_and_one_that_answers_anything_else_does_not() {
    assert_eq!(passed(&echo(archive(0, 0))), "ARCHIVE answers C-ECHO with Success");
    assert!(failed(&echo(archive(0, 0x0122))).contains("status 0122"));
    assert!(failed(&echo(archive(3, 0))).contains("does not know verification"));
    let rejects = peer(|mut stream| {
        unit(&mut stream);
        send(&mut stream, 3, &[0, 1, 1, 7]);
    });
    assert!(failed(&echo(rejects)).contains("does not know the called AE title"));
    let hostile = peer(|mut stream| {
        unit(&mut stream);
        stream.write_all(&[2, 0, 0xff, 0xff, 0xff, 0xff]).unwrap();
    });
    assert!(failed(&echo(hostile)).contains("announces 4294967295 bytes"));
    let silent = peer(|mut stream| drop(unit(&mut stream)));
    assert!(failed(&echo(silent)).contains("no answer"));
}

fn page(status: &'static str, body: &'static str) -> u16 {
    peer(move |mut stream| {
        let mut asks = [0; 4096];
        let _ = stream.read(&mut asks).unwrap();
        let answer =
            format!("HTTP/1.1 {status}\r\ncontent-length: {}\r\nconnection: close\r\n\r\n{body}", body.len());
        stream.write_all(answer.as_bytes()).unwrap();
    })
}

#[test]
fn a_page_works_when_its_status_and_its_pattern_say_so() {
    let get = |port: u16, pattern: &str| {
        tried(ProbeKind::Http {
            url: format!("http://127.0.0.1:{port}/health").into(),
            pattern: pattern.into(),
        })
    };
    assert_eq!(
        passed(&get(page("200 OK", "monitors: 12"), "monitors: [0-9]+")),
        "the page has \"monitors: 12\""
    );
    assert!(failed(&get(page("200 OK", "no monitors"), "monitors: [0-9]+")).contains("has not the pattern"));
    assert!(failed(&get(page("503 Busy", "monitors: 12"), "")).contains("status 503"));
    assert!(
        matches!(get(page("200 OK", "x"), "("), ProbeResult::NotTried(_)),
        "a pattern that is none was not tried"
    );
}

#[test]
fn processes_and_commands_are_looked_for_without_a_shell() {
    let process = |name: &str| tried(ProbeKind::Process { name: name.into() });
    let own = std::fs::read_to_string("/proc/self/comm").unwrap();
    passed(&process(own.trim()));
    assert_eq!(failed(&process("no-such-process")), "no process no-such-process runs");
    let command = |argv: &[&str], pattern: &str| {
        tried(ProbeKind::Command {
            argv: argv.iter().map(|word| (*word).into()).collect(),
            pattern: pattern.into(),
        })
    };
    assert_eq!(passed(&command(&["echo", "$HOME; ok"], r"\$HOME; ok")), "the output has \"$HOME; ok\"");
    assert!(failed(&command(&["false"], "")).contains("status 1"));
    let began = Instant::now();
    assert!(failed(&command(&["sleep", "60"], "")).contains("did not end within 5 s"));
    assert!(began.elapsed() < Duration::from_secs(40));
}

#[test]
fn an_alarm_path_lives_while_its_messages_come() {
    let listener = hl7::Listener::start("127.0.0.1:0".parse().unwrap()).unwrap();
    assert!(matches!(listener.result(Duration::from_secs(60)), ProbeResult::NotTried(_)), "not yet known");
    let mut sender = TcpStream::connect(listener.address()).unwrap();
    sender.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
    let message = "MSH|^~\\&|MON|ICU|SEGUE|IT|20260101120000||ORU^R40|4711|P|2.6\rPID|1\r";
    sender.write_all(&[b"noise\x0b", message.as_bytes(), b"\x1c\x0d"].concat()).unwrap();
    let mut answer = Vec::new();
    while !answer.ends_with(b"\x1c\x0d") {
        let mut byte = [0];
        sender.read_exact(&mut byte).unwrap();
        answer.push(byte[0]);
    }
    let answer = String::from_utf8(answer).unwrap();
    assert!(
        answer.starts_with("\u{b}MSH|^~\\&|SEGUE|IT|MON|ICU|20260101120000||ACK|4711|P|2.6\rMSA|AA|4711\r"),
        "{answer:?}"
    );
    assert!(passed(&listener.result(Duration::from_secs(60))).starts_with("ORU^R40 came "));
    assert!(failed(&listener.result(Duration::ZERO)).contains("0 s are allowed"));
}

#[test]
fn a_heartbeat_that_was_never_declared_is_not_taken_for_a_dead_one() {
    let result = tried(ProbeKind::Hl7Heartbeat { port: 1, within_seconds: 60 });
    assert_eq!(
        result,
        ProbeResult::NotTried("it was not declared before, so nobody listened or watched".into())
    );
}

#[test]
fn only_lines_that_are_written_while_the_agent_watches_count() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("alarm.log");
    std::fs::write(&path, "alarm sent 1\n").unwrap();
    let log = |within_seconds| ProbeKind::LogLine {
        path: path.to_str().unwrap().into(),
        pattern: "alarm sent [0-9]+".into(),
        within_seconds,
    };
    let probes = Probes::new(PathBuf::from("/"));
    probes.set(vec![probe(log(3_600))]);
    let result = || probes.try_all().pop_first().unwrap().1;
    assert!(matches!(result(), ProbeResult::NotTried(_)), "an old line proves nothing: {:?}", result());
    let wait_for = |line: &str| {
        let until = Instant::now() + Duration::from_secs(60);
        while !matches!(result(), ProbeResult::Passed(says) if says.contains(line)) {
            assert!(Instant::now() < until, "{line}: {:?}", result());
            std::thread::sleep(Duration::from_millis(20));
        }
    };
    let add = |text: &str| {
        let mut file = std::fs::OpenOptions::new().append(true).create(true).open(&path).unwrap();
        file.write_all(text.as_bytes()).unwrap();
    };
    add("something else\nalarm sent 2\n");
    wait_for("alarm sent 2");
    // The log is turned over: the new file is new from its first line.
    std::fs::rename(&path, folder.path().join("alarm.log.1")).unwrap();
    add("alarm sent 3\n");
    wait_for("alarm sent 3");
}
