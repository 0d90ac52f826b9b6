//! Serves the house front with made-up accounts in memory, for looking at it: `cargo run -p server --example styleguide`.

use std::sync::Arc;

use model::Time;
use model::ids::AccountId;
use model::people::Role;
use server::front::{Account, Accounts, MemoryAccounts, NewAccount, hash};
use server::live::Topic;
use server::{AppState, Server, Settings};

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    server::http::logs::start("info");
    let accounts = Arc::new(MemoryAccounts::default());
    for (name, role) in [("anna", Role::Admin), ("erik", Role::Engineer), ("lisa", Role::Reader)] {
        let account = Account {
            name: AccountId::new(name)?,
            password_hash: hash("a quiet night on ward 5")?,
            role,
            must_change: false,
        };
        accounts.create(NewAccount { account, at: Time(0) }).await?;
    }
    let settings = Settings {
        hospital: "Norrvik hospital".to_owned(),
        time_zone: "Europe/Stockholm".to_owned(),
        ..Settings::default()
    };
    let app = AppState::new(settings, accounts)?;
    app.set_ready(true);
    // Something changes every few seconds, so that the live parts can be seen at work.
    let live = app.live.clone();
    tokio::spawn(async move {
        for version in 1.. {
            tokio::time::sleep(std::time::Duration::from_secs(5)).await;
            live.publish(Topic::Devices, version);
        }
    });
    let listener = tokio::net::TcpListener::bind("127.0.0.1:7227").await?;
    let stop = async {
        let _ctrl_c = tokio::signal::ctrl_c().await;
    };
    Server::new(app).serve(listener, stop).await?;
    Ok(())
}
