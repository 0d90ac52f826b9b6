//! A patch night in a test's hands, served over HTTP: the browser tests say on standard input how the clock moves and what the
//! hosts do, one line at a time, and each line is answered on standard output once it is done. What people do, they do in the browser.
//!
//! The hospital, its people and its hosts are those of `tests/it/night.rs`; everybody's password is `PASSWORD` of `tests/it/support.rs`.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)] // a test's program that cannot go on stops
#![allow(clippy::print_stdout)] // its answers go there

#[path = "../tests/it/filled.rs"]
mod filled;
#[path = "../tests/it/filled_advisories.rs"]
mod filled_advisories;
#[path = "../tests/it/night.rs"]
mod night;
#[path = "../tests/it/support.rs"]
#[allow(dead_code)] // the tests' browser is not needed where a real one is
mod support;

use std::sync::Arc;

use model::order::Order;
use node::Node;
use server::live::Topic;
use server::{AppState, Server};

/// What the hosts were left at by an earlier line.
#[derive(Default)]
struct Running {
    order: Option<(String, Order)>,
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut night = night::hospital().await;
    let app = night.house.app.clone();
    app.set_ready(true);
    tokio::spawn(tell(Arc::clone(&app.domain.node), app.clone()));
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
    let address = listener.local_addr()?;
    let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
    let serving = tokio::spawn(Server::new(app).serve(listener, async {
        let _closed = stopped.await;
    }));
    println!("http://{address} {}", support::PASSWORD);
    let (said, mut lines) = tokio::sync::mpsc::channel::<String>(1);
    std::thread::spawn(move || {
        for line in std::io::stdin().lines().map_while(Result::ok) {
            if said.blocking_send(line).is_err() {
                return;
            }
        }
    });
    let mut running = Running::default();
    while let Some(line) = lines.recv().await {
        match obey(&mut night, &mut running, &line).await {
            Ok(answer) => println!("{answer}"),
            Err(wrong) => println!("wrong: {wrong}"),
        }
    }
    let _ended = stop.send(());
    serving.await??;
    Ok(())
}

/// Does what a line says; what there is to say about it.
async fn obey(night: &mut night::Night, running: &mut Running, line: &str) -> Result<String, String> {
    let words: Vec<&str> = line.split_whitespace().collect();
    match words.as_slice() {
        ["plan"] => return serde_json::to_string(&night::plan()).map_err(|error| error.to_string()),
        ["drive"] => {
            if night.house.app.domain.node.read(|state| state.night().lease().is_none()) {
                night.take_lease().await;
            }
            night.drive().await;
        }
        ["evening"] => {
            night.evening();
            night.report_all().await;
            night.drive().await;
        }
        ["play", host] => {
            night.play(host, None).await;
        }
        ["play", host, "until", action] => {
            let order = night.play(host, Some(action)).await.ok_or("no such order came")?;
            running.order = Some(((*host).to_owned(), order));
        }
        ["finish"] => {
            let (host, order) = running.order.take().ok_or("no order is running")?;
            night.house.clock.advance(180);
            night.finish(&host, &order).await;
        }
        ["second-stage"] => night.second_stage().await,
        ["watch", "until", minutes] => {
            let minutes: i64 = minutes.parse().map_err(|_| "not a number of minutes")?;
            night.watch_until(minutes * 60).await;
        }
        ["wait", minutes] => {
            let minutes: i64 = minutes.parse().map_err(|_| "not a number of minutes")?;
            night.house.clock.advance(minutes * 60);
            night.drive().await;
        }
        _ => return Err(format!("{line:?} is nothing that happens in a night")),
    }
    Ok("done".to_owned())
}

/// Tells the open pages that something changed.
async fn tell(node: Arc<Node>, app: AppState) {
    let mut changes = node.changes();
    while changes.recv().await.is_ok() {
        for topic in Topic::ALL {
            app.live.publish(topic, node.version());
        }
    }
}
