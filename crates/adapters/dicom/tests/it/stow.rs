//! What archives say of what they were sent. Nothing is believed stored that the answer does not name.

use std::io::Read;

use adapter_dicom::element::Coding;
use adapter_dicom::object::File;
use adapter_dicom::web::{Multipart, Stored};

use crate::files::{EXPLICIT, UID, answer, answering, around, file, image, names};

const JSON: &str = "Content-Type: application/dicom+json\r\n";
const OTHER: &str = "2.25.4711.1.1.2";

fn two() -> [Vec<u8>; 2] {
    [file(&image()), around(&image().coded(Coding::Explicit), OTHER, EXPLICIT)]
}

fn stored(status: &str, body: &str) -> Result<(Stored, Vec<Box<str>>), String> {
    let bytes = answer(status, JSON, body.as_bytes());
    let (client, _asked) = answering(move |stream| stream.write_all(&bytes).unwrap());
    let files = two();
    let files: Vec<File<'_>> = files.iter().map(|bytes| File::read(bytes).unwrap()).collect();
    let stored = client.stow(Some(&names().0), &files).map_err(|error| error.to_string())?;
    let lacks = stored.lacks(&files);
    Ok((stored, lacks))
}

fn sequence(tag: &str, items: &[&str]) -> String {
    format!("\"{tag}\":{{\"vr\":\"SQ\",\"Value\":[{}]}}", items.join(","))
}

fn item(uid: &str, more: &str) -> String {
    format!("{{\"00081155\":{{\"vr\":\"UI\",\"Value\":[\"{uid}\"]}}{more}}}")
}

#[test]
fn objects_go_as_they_are_in_parts_of_which_none_holds_the_boundary() {
    let body = format!("{{{}}}", sequence("00081199", &[&item(UID, ""), &item(OTHER, "")]));
    let bytes = answer("200 OK", JSON, body.as_bytes());
    let (client, asked) = answering(move |stream| stream.write_all(&bytes).unwrap());
    let mut files = two();
    // An object that holds the boundary that would have been taken.
    let at = files[0].len() - 30;
    files[0].splice(at..at, b"\r\n--segue-part-0--".iter().copied());
    let sent: Vec<File<'_>> = files.iter().map(|bytes| File::read(bytes).unwrap()).collect();
    assert!(client.stow(None, &sent).unwrap().lacks(&sent).is_empty());
    let asked = asked.join().unwrap();
    let head = asked.windows(4).position(|at| at == b"\r\n\r\n").unwrap() + 4;
    let text = String::from_utf8_lossy(&asked[..head]).into_owned();
    assert!(text.starts_with("POST /dicom-web/studies HTTP/1.1"), "{text}");
    let kind = text.lines().find_map(|line| line.strip_prefix("content-type: ")).unwrap();
    let mut parts = Multipart::new(&asked[head..], kind, "application/dicom").unwrap();
    for file in &files {
        let mut bytes = Vec::new();
        parts.next_part().unwrap().unwrap().read_to_end(&mut bytes).unwrap();
        assert_eq!(&bytes, file);
    }
    assert!(parts.next_part().unwrap().is_none());
}

#[test]
fn what_an_answer_of_success_does_not_name_is_not_believed_to_be_stored() {
    for body in ["", "{}", "[]", "{\"00081199\":{\"vr\":\"SQ\"}}"] {
        let (_, lacks) = stored("200 OK", body).unwrap();
        assert_eq!(lacks, [UID.into(), OTHER.into()], "{body}");
    }
    let (_, lacks) =
        stored("200 OK", &format!("[{{{}}}]", sequence("00081199", &[&item(OTHER, "")]))).unwrap();
    assert_eq!(lacks, [UID.into()]);
}

#[test]
fn some_stored_and_some_refused_are_told_apart_with_their_reasons() {
    let warned = item(UID, ",\"00081196\":{\"vr\":\"US\",\"Value\":[45056]}");
    let refused = item(OTHER, ",\"00081197\":{\"vr\":\"US\",\"Value\":[49442]}");
    let body = format!("{{{},{}}}", sequence("00081199", &[&warned]), sequence("00081198", &[&refused]));
    let (said, lacks) = stored("202 Accepted", &body).unwrap();
    assert_eq!((said.status, lacks), (202, vec![OTHER.into()]));
    assert_eq!((&*said.kept[0].uid, said.kept[0].warning), (UID, Some(0xB000)));
    assert_eq!(said.not_kept[0].to_string(), format!("{OTHER}: C122 (the transfer syntax is not supported)"));
}

#[test]
fn an_object_that_is_named_as_stored_and_as_refused_is_not_believed() {
    let body = format!(
        "{{{},{}}}",
        sequence("00081199", &[&item(UID, "")]),
        sequence("00081198", &[&item(UID, "")])
    );
    assert_eq!(stored("200 OK", &body).unwrap().1, [UID.into(), OTHER.into()]);
}

#[test]
fn a_conflict_names_what_was_refused_and_an_error_says_nothing_of_any() {
    let refused = "{\"00081197\":{\"vr\":\"US\",\"Value\":[272]}}";
    let body = format!("{{{}}}", sequence("0008119A", &[refused]));
    let (said, lacks) = stored("409 Conflict", &body).unwrap();
    assert_eq!((said.status, lacks.len()), (409, 2));
    assert_eq!(said.not_kept[0].to_string(), "an object that it could not read: 0110 (processing failure)");
    for status in
        ["400 Bad Request", "500 Internal Server Error", "201 Created", "204 No Content", "302 Found"]
    {
        let error = stored(status, "").unwrap_err();
        assert!(error.contains(&format!("answered {}", &status[..3])), "{error}");
    }
}

#[test]
fn an_answer_that_is_something_else_is_named_and_believed_in_nothing() {
    for body in ["<html>", "{\"00081199\":", "{\"00081199\":{\"Value\":[1]}}", "[[1]]", "\"stored\""] {
        let error = stored("200 OK", body).unwrap_err();
        assert!(error.contains("answered 200 and not what it has stored"), "{error}");
        assert!(error.len() < 400, "{error}");
    }
    let bomb = format!("{{\"00081199\":{{\"Value\":[{}{{}}]}}}}", "{},".repeat(2_000_000));
    assert!(stored("200 OK", &bomb).unwrap_err().contains("more than 4194304 bytes"));
}
