//! What goes wrong, as the scenario has it.

use super::{Event, World};
use crate::agenda::later;
use crate::faults::Fault;
use crate::scenario::Trouble;

impl World {
    pub(super) fn kill_server(&mut self, seconds: i64) {
        self.faults.happened(Fault::ServerKill);
        self.site.kill();
        self.oracle.disturbed(None, self.now.plus_seconds(seconds));
        self.agenda.at(self.now.plus_seconds(seconds), Event::ServerStarts);
    }

    /// The agent is killed, and starts again within a minute; programs that it had started go on.
    pub(super) fn kill_agent(&mut self, host: usize) -> Option<usize> {
        let known = self.hosts.get_mut(host).filter(|known| known.has_agent())?;
        self.faults.happened(Fault::AgentKill);
        known.kill_agent();
        let life = known.life;
        if let Some(open) = self.open.get_mut(host) {
            *open = [None; 2];
        }
        let at = later(self.now, self.durations.between(500, 60_000));
        self.agenda.at(at, Event::AgentStarts { host, life });
        Some(host)
    }

    pub(super) fn trouble(&mut self, trouble: &Trouble) -> Option<usize> {
        match *trouble {
            Trouble::PowerLoss { host, seconds } => self.goes_down(host, false, seconds),
            Trouble::CutSoon { host, effects } => {
                self.hosts.get_mut(host)?.cut_after_effects = Some(effects);
                Some(host)
            }
            Trouble::AgentKill { host } => self.kill_agent(host),
            Trouble::AgentKillAtWork { host } => {
                self.hosts.get_mut(host)?.kill_agent_at_work = true;
                Some(host)
            }
            Trouble::Cut { host, seconds } => {
                let until = self.now.plus_seconds(seconds);
                self.network.cut(host, until);
                self.oracle.disturbed(Some(host), until);
                None
            }
            Trouble::ServerKill { seconds } => {
                if seconds % 2 == 0 {
                    self.kill_after_append = Some(seconds);
                } else {
                    self.site.take_snapshot();
                    self.kill_server(seconds);
                }
                None
            }
            Trouble::Backup => {
                self.backup = Some(self.site.journal().len());
                None
            }
            Trouble::Restore { seconds } => {
                let upto = self.backup?;
                self.site.put_back(upto);
                self.faults.happened(Fault::Restore);
                self.oracle.put_back(&self.site, self.token, self.now);
                self.kill_server(seconds);
                None
            }
            Trouble::Unreadable { host, source, is, gone } => {
                let machine = &mut self.hosts.get_mut(host)?.machine;
                let sources = if gone { &mut machine.missing } else { &mut machine.unreadable };
                if is {
                    self.faults.happened(Fault::Unreadable);
                    sources.insert(source);
                } else {
                    sources.remove(&source);
                }
                Some(host)
            }
            Trouble::Replay { host } => {
                self.site.replay(host);
                None
            }
            Trouble::ClockJump { host, ms } => {
                self.faults.happened(Fault::ClockSkew);
                self.hosts.get_mut(host)?.skew_ms += ms;
                Some(host)
            }
            Trouble::Pause { seconds } => {
                self.faults.happened(Fault::Interrupted);
                self.people.wants_pause = Some(self.now);
                self.agenda.at(self.now.plus_seconds(seconds), Event::Resumes);
                None
            }
            Trouble::Stop { emergency } => {
                self.faults.happened(Fault::Interrupted);
                self.people.wants_stop = Some(emergency);
                None
            }
        }
    }
}
