//! Serves the house front with made-up accounts in memory, for looking at it: `cargo run -p server --example styleguide`.

use std::sync::Arc;

use model::Time;
use model::ids::AccountId;
use model::people::Role;
use server::archives::NoArchives;
use server::front::{Account, Accounts, MemoryAccounts, NewAccount, hash};
use server::importer::{ImportError, Imported, Importer, Preview, Upload, Watch};
use server::live::Topic;
use server::{AppState, Domain, Server, Settings};

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
    let app = AppState::new(settings, accounts, empty_hospital().await?)?;
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

/// A hospital in memory of which nothing is known.
async fn empty_hospital() -> Result<Domain, Box<dyn std::error::Error>> {
    let journal = journal::open(&journal::Location::Memory).await?;
    let opened = node::Node::open(journal, journal::StreamName::new("main")?, false).await?;
    Ok(Domain { node: opened.node, importer: Arc::new(NoReaders), archives: Arc::new(NoArchives) })
}

/// Reads no file.
struct NoReaders;

#[async_trait::async_trait]
impl Importer for NoReaders {
    async fn preview(&self, _: Upload, _: Time, _: Watch) -> Result<Preview, ImportError> {
        Ok(Preview::default())
    }

    async fn import(&self, _: Upload, _: String, _: Time, _: Watch) -> Result<Imported, ImportError> {
        Err(ImportError::Failed("there is no reader here".to_owned()))
    }
}
