//! `segue account …`

use hospital::Command;
use model::ids::{AccountId, UnitId};
use model::people::Role;
use serde_json::json;
use server::front::hash;

use super::Failed;
use crate::args::{AccountCommand, RoleArg};
use crate::config::Config;
use crate::out::{Out, say};
use crate::place::{actor, now, open_node};

pub(super) async fn account(config: &Config, command: AccountCommand, out: &mut Out) -> Result<(), Failed> {
    let node = open_node(config).await?;
    let id = |name: &str| AccountId::new(name).map_err(Failed::from_error);
    let (command, password) = match command {
        AccountCommand::List => {
            return node.read(|state| {
                for known in state.people().accounts.values() {
                    let value = json!({"account": known.id, "role": known.role.word(), "must_change": known.must_change, "units": known.units});
                    let units: Vec<&str> = known.units.iter().map(|unit| unit.as_str()).collect();
                    out.result(&value, || format!("{}  {}  {}", known.id, known.role.word(), units.join(" ")).trim_end().to_owned())?;
                }
                Ok(())
            });
        }
        AccountCommand::Open { name, role, units } => {
            let (password, password_hash) = one_time_password()?;
            let (account, role, must_change) = (id(&name)?, role_of(role), true);
            let command = match (units.is_empty(), role) {
                (true, _) => Command::OpenAccount { account, role, password_hash, must_change },
                (false, Role::Ward) => {
                    Command::OpenWardAccount { account, units: units_of(&units)?, password_hash, must_change }
                }
                (false, Role::Reader | Role::Engineer | Role::Admin) => {
                    return Err(Failed::Refused("--unit is for --role ward only".to_owned()));
                }
            };
            (command, Some(password))
        }
        AccountCommand::Bind { name, units } => {
            (Command::BindAccount { account: id(&name)?, units: units_of(&units)? }, None)
        }
        AccountCommand::Reset { name } => {
            let (password, password_hash) = one_time_password()?;
            let command = Command::SetPassword {
                account: id(&name)?,
                password_hash,
                must_change: true,
                keep_session: None,
            };
            (command, Some(password))
        }
        AccountCommand::Close { name } => (Command::CloseAccount { account: id(&name)? }, None),
    };
    let done = node.command(command, &actor(), now()).await.map_err(Failed::from_error)?;
    out.result(&json!({"seq": done.seq, "one_time_password": password}), || match &password {
        Some(password) => format!("One-time password: {password}"),
        None => format!("Recorded as entry {}.", done.seq),
    })?;
    if password.is_some() {
        say("It must be changed at the first sign-in; it is shown only here.");
    }
    Ok(())
}

fn role_of(role: RoleArg) -> Role {
    match role {
        RoleArg::Reader => Role::Reader,
        RoleArg::Ward => Role::Ward,
        RoleArg::Engineer => Role::Engineer,
        RoleArg::Admin => Role::Admin,
    }
}

fn units_of(names: &[String]) -> Result<Vec<UnitId>, Failed> {
    names.iter().map(|name| UnitId::new(name).map_err(Failed::from_error)).collect()
}

fn one_time_password() -> Result<(String, Box<str>), Failed> {
    let password = server::front::one_time_password();
    let hashed = hash(&password).map_err(Failed::from_error)?;
    Ok((password, hashed))
}
