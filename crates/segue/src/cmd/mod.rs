//! The commands. Each reads its arguments, uses the node, prints results; what failed is one sentence.

mod account;
mod advisories;
mod alias;
mod archive_agent;
mod audit;
mod backup;
mod bundle;
mod campaign;
mod compare;
mod compared;
mod demo;
mod expected;
mod explain;
mod exposures;
mod host;
mod import;
mod incident;
mod outage;
mod plan;
mod prefetch;
mod probe;
mod register;
mod repair;
mod serve;
mod settings;
mod watch;

use std::process::ExitCode;

use crate::args::{Args, Command, ConfigCommand};
use crate::config::Config;
use crate::out::Out;

/// Why a command did not do what it was asked.
#[derive(Debug)]
pub(crate) enum Failed {
    /// Refused or failed: exit status 1.
    Refused(String),
    /// Everything has been said already: exit status 1.
    Said,
}

impl Failed {
    /// Any error, with its causes.
    pub(crate) fn from_error(error: impl std::error::Error) -> Failed {
        Failed::Refused(crate::imports::chain(&error))
    }

    /// For a person.
    pub(crate) fn sentence(&self) -> String {
        match self {
            Failed::Refused(text) => text.clone(),
            Failed::Said => "nothing more was done".to_owned(),
        }
    }

    /// Exit status.
    pub(crate) fn code(&self) -> u8 {
        match self {
            Failed::Refused(_) | Failed::Said => 1,
        }
    }
}

impl From<std::io::Error> for Failed {
    fn from(error: std::io::Error) -> Failed {
        Failed::Refused(error.to_string())
    }
}

/// Runs what the command line asks for.
pub(crate) async fn run(args: Args) -> Result<ExitCode, Failed> {
    let config = Config::read(&args.common)?;
    let mut out = Out::new(args.common.json);
    match args.command {
        Command::Serve(serve) => serve::serve(&config, &serve, &mut out).await?,
        Command::Demo(demo) => demo::demo(&config, &args.common, &demo, &mut out).await?,
        Command::Import(import) => import::import(&config, import, &mut out).await?,
        Command::Exposures(only) => exposures::exposures(&config, &only, &mut out).await?,
        Command::Devices { device } => register::devices(&config, device.as_deref(), &mut out).await?,
        Command::Retire { asset_tag, reason } => {
            register::retire(&config, &asset_tag, &reason, &mut out).await?
        }
        Command::Advisories(command) => advisories::advisories(&config, command, &mut out).await?,
        Command::Alias(command) => alias::alias(&config, command, &mut out).await?,
        Command::Account(command) => account::account(&config, command, &mut out).await?,
        Command::Agent { args } => return Ok(agent::shell::cli::main(args)),
        Command::Audit(command) => audit::audit(&config, command, &mut out).await?,
        Command::Backup { file } => backup::backup(&config, &file, &mut out).await?,
        Command::Restore { file } => backup::restore(&config, &file, &mut out).await?,
        Command::Host(command) => host::host(&config, command, &mut out).await?,
        Command::Check(args) => explain::check(&config, &args, &mut out).await?,
        Command::Explain(args) => explain::explain_host(&config, &args, &mut out).await?,
        Command::Plan { command: Some(command), .. } => plan::plan(&config, command, &mut out).await?,
        Command::Plan { command: None, campaign } => {
            let code = campaign::plan(&config, &campaign, &mut out).await?;
            out.flush()?;
            return Ok(code);
        }
        Command::Bundle(asked) => bundle::bundle(&config, asked, &mut out).await?,
        Command::Outage(command) => outage::outage(&config, command, &mut out).await?,
        Command::Incident(command) => incident::incident(&config, command, &mut out).await?,
        Command::Archive(asked) => archive_agent::run(&config, asked, &mut out).await?,
        Command::Compare(asked) => {
            let code = compare::run(&config, asked, &mut out).await?;
            out.flush()?;
            return Ok(code);
        }
        Command::Repair(asked) => {
            let code = repair::run(&config, asked, &mut out).await?;
            out.flush()?;
            return Ok(code);
        }
        Command::Prefetch(asked) => {
            let code = prefetch::run(&config, asked, &mut out).await?;
            out.flush()?;
            return Ok(code);
        }
        Command::Probe(asked) => {
            let code = probe::run(&config, asked, &mut out).await?;
            out.flush()?;
            return Ok(code);
        }
        Command::Watch(asked) => {
            let code = watch::run(&config, asked, &mut out).await?;
            out.flush()?;
            return Ok(code);
        }
        Command::Manifest(command) => {
            let code = settings::manifest(command, &mut out)?;
            out.flush()?;
            return Ok(code);
        }
        Command::Codes(command) => {
            let code = settings::codes(command, &mut out)?;
            out.flush()?;
            return Ok(code);
        }
        Command::Config(ConfigCommand::Check) => out.result(&config, || shown(&config))?,
    }
    out.flush()?;
    Ok(ExitCode::SUCCESS)
}

fn shown(config: &Config) -> String {
    let journal = config.journal_in_words();
    format!(
        "The configuration holds.\n  journal    {journal}\n  site       {}\n  listen     {}\n  hospital   {}\n  time zone  {}\n  language   {}\n  tls        {}",
        config.site, config.listen, config.hospital, config.time_zone, config.language, config.tls
    )
}
