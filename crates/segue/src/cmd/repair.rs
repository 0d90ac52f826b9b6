//! `segue repair archive A B`: what B lacks is sent to it again by A; then both are compared again, and only that says what came of it.

use std::process::ExitCode;

use adapter_dicom::source::{NotSent, send_again};
use archive::{StudyUid, Tier, Verdict};
use serde_json::json;
use server::importer::Watch;

use super::Failed;
use super::compare::{compared, day};
use super::compared::{Compared, many};
use crate::archives::known;
use crate::args::Repair;
use crate::config::Config;
use crate::out::{Out, progress, say, stopped_by_ctrl_c};

pub(super) async fn run(config: &Config, asked: Repair, out: &mut Out) -> Result<ExitCode, Failed> {
    let Repair::Archive { a, b, since, yes } = asked;
    let since = since.as_deref().map(day).transpose()?;
    // Found out before anything is asked: whether A can be told to send, and to whom.
    let (from, pace) = (known(&config.archives, &a)?.sender(&a)?, known(&config.archives, &a)?.pace());
    let to = known(&config.archives, &b)?.receiver(&b)?;
    let before = compared(config, &a, &b, since, Tier::Identity).await?;
    let lacks: Vec<StudyUid> = match &before.verdict {
        Verdict::Proven(proven) => proven.a_only.iter().map(|missing| missing.study.uid.clone()).collect(),
        // Without a proof nobody knows what is missing; what is known to be is not all.
        Verdict::Unproven { .. } => Vec::new(),
    };
    if lacks.is_empty() || !yes {
        out.result(&before.value(), || before.text().join("\n"))?;
        if !lacks.is_empty() {
            say(&format!(
                "{} would be sent from {a} to {b}, newest first; nothing was sent: say --yes",
                many(lacks.len() as u64, "examination")
            ));
        }
        return Ok(before.code());
    }
    let watch = Watch::default();
    let bar = progress(&watch, "examinations sent");
    let stopping = stopped_by_ctrl_c(&watch);
    let sent = tokio::task::spawn_blocking(move || {
        let go_on = |sending: adapter_dicom::source::Sending| {
            watch.report(sending.studies, sending.of);
            !watch.is_stopped()
        };
        send_again(&from, &to, &lacks, pace, &go_on)
    });
    let not_sent = sent.await.map_err(Failed::from_error)?.map_err(Failed::from_error)?;
    drop((stopping, bar));
    let after = compared(config, &a, &b, since, Tier::Identity).await?;
    tell(&before, &after, &not_sent, out)?;
    Ok(after.code())
}

fn tell(before: &Compared, after: &Compared, not_sent: &[NotSent], out: &mut Out) -> Result<(), Failed> {
    let named: Vec<_> = not_sent.iter().map(|one| json!({"study": one.study, "says": one.says})).collect();
    let value = json!({"before": before.value(), "not_sent": named, "after": after.value()});
    out.result(&value, || {
        let mut lines = vec!["Before:".to_owned()];
        lines.extend(before.text());
        lines.extend(not_sent.iter().map(|one| format!("Not sent whole: {}: {}", one.study, one.says)));
        lines.push("After:".to_owned());
        lines.extend(after.text());
        lines.join("\n")
    })?;
    Ok(())
}
