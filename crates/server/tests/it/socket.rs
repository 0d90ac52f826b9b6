//! On a real socket: answers, lets what has begun be finished, and goes.

use std::time::Duration;

use server::Server;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::oneshot;

use crate::support::house;

#[tokio::test]
async fn a_server_told_to_stop_ends_live_streams_and_goes() {
    let house = house().await;
    let browser = house.signed_in("anna").await;
    let session = browser.cookies["segue-session"].clone();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let (stop, stopped) = oneshot::channel::<()>();
    let serving = tokio::spawn(Server::new(house.app.clone()).serve(listener, async move {
        let _told = stopped.await;
    }));
    let mut stream = TcpStream::connect(address).await.unwrap();
    let request =
        format!("GET /events HTTP/1.1\r\nhost: {address}\r\ncookie: segue-session={session}\r\n\r\n");
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut heard = String::new();
    let mut buffer = [0; 4096];
    while !heard.contains("event: beat") {
        let read = stream.read(&mut buffer).await.unwrap();
        assert!(read > 0, "{heard}");
        heard.push_str(&String::from_utf8_lossy(&buffer[..read]));
    }
    stop.send(()).unwrap();
    let gone = tokio::time::timeout(Duration::from_secs(5), serving).await;
    gone.expect("it goes without waiting for the stream's listener").unwrap().unwrap();
    assert!(TcpStream::connect(address).await.is_err());
}

#[tokio::test]
async fn a_connection_that_says_nothing_is_closed() {
    let house = house().await;
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let serving = tokio::spawn(Server::new(house.app.clone()).serve(listener, std::future::pending()));
    let mut slow = TcpStream::connect(address).await.unwrap();
    slow.write_all(b"GET /healthz HTTP/1.1\r\nhost: x\r\nx-slow: ").await.unwrap();
    // A quick reader proves that the server has taken both connections; only then time is made to pass.
    let mut quick = TcpStream::connect(address).await.unwrap();
    quick.write_all(b"GET /healthz HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n").await.unwrap();
    let mut answer = String::new();
    quick.read_to_string(&mut answer).await.unwrap();
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    tokio::time::pause();
    tokio::time::advance(Duration::from_secs(server::HEAD_TIME_MAX_SECONDS + 1)).await;
    tokio::time::resume();
    let mut rest = Vec::new();
    let closed = tokio::time::timeout(Duration::from_secs(5), slow.read_to_end(&mut rest)).await;
    assert!(closed.is_ok(), "it is not kept waiting for");
    serving.abort();
}
