//! Archives that answer badly when objects are fetched: each ends in a sentence, and never in content.

use std::io::Read;

use adapter_dicom::element::Coding;
use adapter_dicom::source::Reads;
use adapter_dicom::web::{Client, Of};
use archive::{Content, Instance};

use crate::files::{UID, answer, answering, around, file, image, names};

const MULTIPART: &str = "Content-Type: multipart/related; type=\"application/dicom\"; boundary=b\r\n";

fn object() -> Instance {
    let (study, series, uid) = names();
    Instance { uid, series, study, arrived: None, content: None }
}

fn in_parts(files: &[Vec<u8>]) -> Vec<u8> {
    let mut body = Vec::new();
    for file in files {
        body.extend(b"\r\n--b\r\nContent-Type: application/dicom\r\n\r\n");
        body.extend(file);
    }
    body.extend(b"\r\n--b--");
    body
}

fn read(bytes: Vec<u8>) -> Result<Content, Box<str>> {
    let (mut client, _asked) = answering(move |stream| {
        let _ = stream.write_all(&bytes);
    });
    Reads::content(&mut client, &object())
}

fn refused(bytes: Vec<u8>, says: &str) {
    let error = read(bytes).unwrap_err();
    assert!(error.starts_with(UID) && error.contains(says), "{error}");
}

#[test]
fn an_object_is_asked_for_as_it_is_kept_and_read_from_the_part_it_comes_in() {
    let bytes = answer("200 OK", MULTIPART, &in_parts(&[file(&image())]));
    let (mut client, asked) = answering(move |stream| stream.write_all(&bytes).unwrap());
    assert!(Reads::content(&mut client, &object()).is_ok());
    let asked = String::from_utf8(asked.join().unwrap()).unwrap();
    let path = "GET /dicom-web/studies/2.25.4711.1/series/2.25.4711.1.1/instances/2.25.4711.1.1.1 HTTP/1.1";
    assert!(asked.starts_with(path), "{asked}");
    assert!(asked.contains("transfer-syntax=*"), "{asked}");
}

#[test]
fn an_answer_that_is_cut_short_anywhere_is_no_content() {
    let whole = answer("200 OK", MULTIPART, &in_parts(&[file(&image())]));
    let body = whole.len() - in_parts(&[file(&image())]).len();
    for end in (body..whole.len()).step_by(7).chain([whole.len() - 1]) {
        refused(whole[..end].to_vec(), "cut short");
    }
}

#[test]
fn what_the_archive_itself_says_is_not_all_is_no_content() {
    refused(answer("206 Partial Content", MULTIPART, &in_parts(&[file(&image())])), "not all of it");
}

#[test]
fn no_object_two_objects_or_another_one_is_no_content() {
    refused(answer("200 OK", MULTIPART, &in_parts(&[])), "holds no object");
    refused(answer("200 OK", MULTIPART, &in_parts(&[file(&image()), file(&image())])), "several came");
    let other = around(&image().coded(Coding::Explicit), "2.25.4711.9", crate::files::EXPLICIT);
    refused(answer("200 OK", MULTIPART, &in_parts(&[other])), "was asked for, and 2.25.4711.9 came");
}

#[test]
fn something_else_than_parts_is_named() {
    refused(answer("200 OK", "Content-Type: text/html\r\n", b"<html>"), "it is \"text/html");
    refused(answer("200 OK", "", b"x"), "content type");
    refused(
        answer("404 Not Found", "Content-Type: text/plain\r\n", b"no such\nobject"),
        "answered 404: no such object",
    );
    refused(answer("302 Found", "Location: http://elsewhere.example/\r\n", b""), "answered 302");
    refused(answer("200 OK", MULTIPART, &[0; 4_096]), "cut short");
}

#[test]
fn a_length_that_lies_is_found_out_before_memory_is_taken() {
    // The pixel data claims four gigabytes, and so does the head of the file.
    let mut pixels = file(&image());
    let at = pixels.len() - 14;
    pixels[at..at + 4].copy_from_slice(&0xFFFF_FFF0u32.to_le_bytes());
    refused(answer("200 OK", MULTIPART, &in_parts(&[pixels])), "cut short");
    let mut head = file(&image());
    head[140..144].copy_from_slice(&0xFFFF_FFF0u32.to_le_bytes());
    refused(answer("200 OK", MULTIPART, &in_parts(&[head])), "claims 4294967280 bytes");
    let long =
        answer("200 OK", &format!("{MULTIPART}Content-Length: 99999999\r\n"), &in_parts(&[file(&image())]));
    let (client, _asked) = answering(move |stream| stream.write_all(&long).unwrap());
    assert!(counted(&client).is_ok(), "after the closing delimiter nothing is waited for");
}

fn counted(client: &Client) -> Result<Vec<usize>, String> {
    let (study, _, _) = names();
    let mut objects = client.wado(Of::Study(&study)).map_err(|error| error.to_string())?;
    let mut found = Vec::new();
    while let Some(mut part) = objects.next_part().map_err(|error| error.to_string())? {
        let mut bytes = Vec::new();
        part.read_to_end(&mut bytes).map_err(|error| error.to_string())?;
        found.push(bytes.len());
    }
    assert_eq!(objects.count(), found.len() as u64);
    Ok(found)
}

#[test]
fn an_answer_without_end_is_read_in_bounded_memory_until_it_breaks() {
    let (client, _asked) = answering(|stream| {
        stream.write_all(&answer("200 OK", MULTIPART, b"--b\r\n\r\n")).unwrap();
        for _ in 0..512 {
            if stream.write_all(&[7; 65_536]).is_err() {
                return;
            }
        }
    });
    let (study, _, _) = names();
    let mut objects = client.wado(Of::Study(&study)).unwrap();
    let mut part = objects.next_part().unwrap().unwrap();
    let error = std::io::copy(&mut part, &mut std::io::sink()).unwrap_err();
    assert!(error.to_string().contains("cut short at byte 33554439"), "{error}");
    assert!(objects.next_part().is_err());
}

#[test]
fn the_objects_of_an_examination_come_one_after_another_and_every_header_is_kept() {
    let sizes = [file(&image()).len(); 3];
    let headers = format!("{MULTIPART}Warning: 299 a \"not all\"\r\nWarning: 299 b \"slow\"\r\n");
    let bytes = answer("200 OK", &headers, &in_parts(&vec![file(&image()); 3]));
    let (client, _asked) = answering(move |stream| stream.write_all(&bytes).unwrap());
    let (study, series, _) = names();
    let mut objects = client.wado(Of::Series(&study, &series)).unwrap();
    assert_eq!(objects.headers.all("warning").count(), 2);
    for size in sizes {
        let mut part = objects.next_part().unwrap().unwrap();
        assert_eq!(std::io::copy(&mut part, &mut std::io::sink()).unwrap(), size as u64);
    }
    assert!(objects.next_part().unwrap().is_none());
}

#[test]
fn a_frame_comes_without_a_file_around_it() {
    let headers = "Content-Type: multipart/related; type=\"application/octet-stream\"; boundary=b\r\n";
    let bytes = answer("200 OK", headers, &in_parts(&[vec![1, 2, 3]]));
    let (client, asked) = answering(move |stream| stream.write_all(&bytes).unwrap());
    let (study, series, instance) = names();
    let mut frame = client.wado_frame((&study, &series, &instance), 1).unwrap();
    let mut bytes = Vec::new();
    frame.next_part().unwrap().unwrap().read_to_end(&mut bytes).unwrap();
    assert_eq!(bytes, [1, 2, 3]);
    assert!(String::from_utf8(asked.join().unwrap()).unwrap().contains("/frames/1 HTTP/1.1"));
}
