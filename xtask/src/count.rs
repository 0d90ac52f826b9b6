//! Reads how many tests passed and failed from what the test runners print. Each runner has its own words.

/// Which runner's words to read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Words {
    /// No runner: the step itself is the one thing that passes or fails.
    Step,
    /// `cargo test`: one `test result:` line for each binary.
    CargoTest,
    /// `cargo nextest run`: one `Summary` line.
    Nextest,
    /// `node --test`: `# pass N` and `# fail N`, one block at the end.
    Node,
    /// Our own replay of the fuzz corpora: one `replay result:` line.
    Replay,
}

/// Tests counted so far.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Count {
    /// Tests that passed.
    pub(crate) passed: u64,
    /// Tests that failed, timed out or could not be started.
    pub(crate) failed: u64,
}

impl Count {
    /// Adds what one line of the runner's output says.
    pub(crate) fn read(&mut self, words: Words, line: &str) {
        let line = line.trim();
        match words {
            Words::Step => {}
            Words::CargoTest => {
                if let Some(rest) = line.strip_prefix("test result:") {
                    self.add(rest, &["passed"], &["failed"]);
                }
            }
            Words::Replay => {
                if let Some(rest) = line.strip_prefix("replay result:") {
                    self.add(rest, &["passed"], &["failed"]);
                }
            }
            Words::Nextest => {
                if let Some((_, rest)) =
                    line.strip_prefix("Summary [").and_then(|l| l.split_once("tests run:"))
                {
                    self.add(rest, &["passed"], &["failed", "timed out", "exec failed"]);
                }
            }
            Words::Node => {
                let mut words = line.trim_start_matches(['#', 'ℹ', ' ']).split(' ');
                match (words.next(), words.next().and_then(|n| n.parse::<u64>().ok()), words.next()) {
                    (Some("pass"), Some(n), None) => self.passed += n,
                    (Some("fail" | "cancelled"), Some(n), None) => self.failed += n,
                    _ => {}
                }
            }
        }
    }

    fn add(&mut self, text: &str, passed: &[&str], failed: &[&str]) {
        for part in text.split([';', ',', '.', '(', ')']) {
            // The number stands before its word: `FAILED. 3 passed`.
            let Some((number, word)) = part.trim().split_once(' ') else { continue };
            let Ok(number) = number.parse::<u64>() else { continue };
            if passed.contains(&word) {
                self.passed += number;
            }
            if failed.contains(&word) {
                self.failed += number;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(words: Words, lines: &[&str], passed: u64, failed: u64) {
        let mut count = Count::default();
        for line in lines {
            count.read(words, line);
        }
        assert_eq!(count, Count { passed, failed });
    }

    #[test]
    fn cargo_test_is_summed_over_its_binaries() {
        check(
            Words::CargoTest,
            &[
                "running 3 tests",
                "test result: ok. 3 passed; 0 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.01s",
                "test result: FAILED. 2 passed; 1 failed; 0 ignored; 0 measured; 0 filtered out; finished in 1.20s",
            ],
            5,
            1,
        );
    }

    #[test]
    fn nextest_is_read_from_its_summary() {
        check(Words::Nextest, &["     Summary [   0.005s] 3 tests run: 3 passed, 0 skipped"], 3, 0);
        check(
            Words::Nextest,
            &["Summary [  61.5s] 9 tests run: 5 passed (1 slow, 2 leaky), 2 failed, 2 timed out, 4 skipped"],
            5,
            4,
        );
        check(Words::Nextest, &["        PASS [   0.005s] model time::tests::a_day_has_24_hours"], 0, 0);
    }

    #[test]
    fn node_is_read_from_its_totals() {
        check(Words::Node, &["# tests 4", "# pass 2", "# fail 1", "# cancelled 1", "# skipped 0"], 2, 2);
        check(Words::Node, &["ℹ pass 7", "ℹ fail 0", "# pass the parcel"], 7, 0);
    }

    #[test]
    fn the_replay_is_read_from_its_result() {
        check(Words::Replay, &["replay result: 41 passed; 1 failed"], 41, 1);
    }
}
