//! Steps of a run: what each was, how it ended and how long it took; and the summary at the end.

use std::process::Command;
use std::time::{Duration, Instant};

use crate::count::{Count, Words};
use crate::run;

/// Everything that was run, in order.
pub(crate) struct Report {
    started: Instant,
    deadline: Duration,
    steps: Vec<Step>,
}

struct Step {
    name: String,
    count: Count,
    took: Duration,
    note: String,
}

impl Report {
    /// An empty report; no step may still run after `deadline`.
    pub(crate) fn new(deadline: Duration) -> Report {
        Report { started: Instant::now(), deadline, steps: Vec::new() }
    }

    /// Runs one step and records it. `true` when it succeeded.
    pub(crate) fn step(&mut self, name: &str, words: Words, limit: Duration, command: &mut Command) -> bool {
        println!("\n=== {name}: {}", shown(command));
        let left = self.deadline.saturating_sub(self.started.elapsed());
        let mut count = Count::default();
        let ended = run::run(command, limit.min(left), &mut |line| count.read(words, line));
        let (success, took, mut note) = match ended {
            Ok(ended) if ended.timed_out => (false, ended.took, "time limit".to_owned()),
            Ok(ended) => (ended.success, ended.took, String::new()),
            Err(error) => (false, Duration::ZERO, format!("{error:#}")),
        };
        if words == Words::Step {
            count = if success { Count { passed: 1, failed: 0 } } else { Count { passed: 0, failed: 1 } };
        } else if success && count == Count::default() {
            // A filter that matches nothing, or a runner whose words have changed, must not look like success.
            count.failed = 1;
            note = "no test was run".to_owned();
        } else if !success && count.failed == 0 {
            count.failed = 1;
            if note.is_empty() {
                note = "ended with an error before its tests had run".to_owned();
            }
        }
        let success = success && count.failed == 0;
        println!("=== {name}: {} in {}", if success { "ok" } else { "FAILED" }, seconds(took));
        self.steps.push(Step { name: name.to_owned(), count, took, note });
        success
    }

    /// Records a step that could not be run, and why; it counts as failed.
    pub(crate) fn not_run(&mut self, name: &str, why: &str) {
        println!("\n=== {name}: NOT RUN: {why}");
        self.steps.push(Step {
            name: name.to_owned(),
            count: Count { passed: 0, failed: 1 },
            took: Duration::ZERO,
            note: format!("not run: {why}"),
        });
    }

    /// Prints the table of steps and, last, the totals. `true` when nothing failed.
    pub(crate) fn finish(self) -> bool {
        println!("\n{:<22}{:>9}{:>9}{:>10}", "step", "passed", "failed", "time");
        let mut total = Count::default();
        for step in &self.steps {
            total.passed += step.count.passed;
            total.failed += step.count.failed;
            println!(
                "{:<22}{:>9}{:>9}{:>10}  {}",
                step.name,
                step.count.passed,
                step.count.failed,
                seconds(step.took),
                step.note
            );
        }
        println!("{:<40}{:>10}", "in all", seconds(self.started.elapsed()));
        println!("{} passed, {} failed", total.passed, total.failed);
        total.failed == 0
    }
}

fn seconds(took: Duration) -> String {
    format!("{}.{} s", took.as_secs(), took.subsec_millis() / 100)
}

/// The command as one would type it.
fn shown(command: &Command) -> String {
    let mut text: Vec<String> = command
        .get_envs()
        .filter_map(|(key, value)| Some(format!("{}={}", key.to_str()?, value?.to_str()?)))
        .collect();
    let program = std::path::Path::new(command.get_program());
    text.push(program.file_name().map_or_else(String::new, |name| name.to_string_lossy().into_owned()));
    text.extend(command.get_args().map(|arg| arg.to_string_lossy().into_owned()));
    text.join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    const FAR: Duration = Duration::from_secs(60);

    #[test]
    fn a_runner_that_ran_nothing_is_a_failure() {
        let mut report = Report::new(FAR);
        assert!(!report.step("unit", Words::CargoTest, FAR, &mut Command::new("true")));
        assert!(!report.finish());
    }

    #[test]
    fn a_runner_that_broke_down_is_a_failure_even_when_its_tests_passed() {
        let mut report = Report::new(FAR);
        let mut command = Command::new("sh");
        command.args(["-c", "echo 'test result: ok. 2 passed; 0 failed'; exit 101"]);
        assert!(!report.step("unit", Words::CargoTest, FAR, &mut command));
    }

    #[test]
    fn passed_tests_make_a_step_ok() {
        let mut report = Report::new(FAR);
        let mut command = Command::new("sh");
        command.args(["-c", "echo 'test result: ok. 2 passed; 0 failed'"]);
        assert!(report.step("unit", Words::CargoTest, FAR, &mut command));
        assert!(report.step("fmt", Words::Step, FAR, &mut Command::new("true")));
        assert!(report.finish());
    }
}
