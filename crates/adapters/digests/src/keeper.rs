//! Records of one archive kept as they are there: caught up whenever somebody asks, built anew from a whole list at an interval and held against the kept ones.
//!
//! What is kept is believed only at a mark of the archive that was the same before and after, with as many examinations and objects as the archive counts.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

use adapter_dicom::orthanc::Mark;
use adapter_dicom::source::Examination;
use archive::digests::{Key, Keyed};
use archive::{Gap, Holding};
use model::Time;

use crate::followed::{Followed, NotFollowed};
use crate::limits::{CATCH_UP_MAX, REBUILD_AGAIN_SECONDS};
use crate::message::{Doubt, Drift};
use crate::records::Records;

/// Says what time it is.
pub type Clock = Arc<dyn Fn() -> Time + Send + Sync>;

/// What is known of an archive, and how sure it is.
#[derive(Debug, Default)]
pub struct Standing {
    records: Option<Records>,
    /// The mark at which the records are all that the archive holds; `None` while they are not shown to be.
    settled: Option<Mark>,
    /// The mark up to which everything that was stored is in the records.
    followed: Mark,
    /// Why the records are not settled.
    doubts: Vec<Doubt>,
    /// When a whole list was last taken, and when the last try came to nothing.
    rebuilt: Option<Time>,
    tried: Option<Time>,
    /// Does the archive tell what it stored?
    tells: bool,
}

impl Standing {
    /// The records, and the mark at which they are all that the archive holds.
    pub fn settled(&self) -> Option<(&Records, Mark)> {
        self.records.as_ref().zip(self.settled)
    }

    /// Why the records are not settled.
    pub fn doubts(&self) -> &[Doubt] {
        &self.doubts
    }

    /// When the archive was last listed whole.
    pub fn rebuilt(&self) -> Option<Time> {
        self.rebuilt
    }
}

/// Keeps track of one archive.
pub struct Keeper {
    standing: RwLock<Standing>,
    /// Whoever catches up asks here; taken after `standing`, never before.
    follows: Mutex<Box<dyn Followed>>,
    /// Lists the whole archive, which takes its time.
    lists: Mutex<Box<dyn Followed>>,
    /// What a whole list showed that the kept records did not, until somebody was told.
    drift: Mutex<Option<Drift>>,
    keyed: Keyed,
    every_seconds: i64,
    clock: Clock,
}

impl Keeper {
    /// Nothing is asked yet. `follows` and `lists` ask one archive, and may do so at the same time.
    pub fn new(
        follows: Box<dyn Followed>,
        lists: Box<dyn Followed>,
        key: &Key,
        every_hours: u32,
        clock: Clock,
    ) -> Keeper {
        let standing = Standing {
            doubts: vec![Doubt::Says("the archive is being listed for the first time".to_owned())],
            ..Standing::default()
        };
        Keeper {
            standing: RwLock::new(standing),
            follows: Mutex::new(follows),
            lists: Mutex::new(lists),
            drift: Mutex::new(None),
            keyed: Keyed::new(key),
            every_seconds: i64::from(every_hours.max(1)) * 3_600,
            clock,
        }
    }

    /// What is known; nothing changes for as long as it is held.
    pub fn standing(&self) -> RwLockReadGuard<'_, Standing> {
        // Whoever broke down while writing left it unsettled.
        self.standing.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn to_change(&self) -> RwLockWriteGuard<'_, Standing> {
        self.standing.write().unwrap_or_else(PoisonError::into_inner)
    }

    fn archive(of: &Mutex<Box<dyn Followed>>) -> MutexGuard<'_, Box<dyn Followed>> {
        of.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What time it is.
    pub fn now(&self) -> Time {
        (self.clock)()
    }

    /// What the digests are made with.
    pub fn keyed(&self) -> &Keyed {
        &self.keyed
    }

    /// Where the archive stands now.
    ///
    /// # Errors
    /// It does not say.
    pub fn mark(&self) -> Result<Mark, NotFollowed> {
        Keeper::archive(&self.follows).mark()
    }

    /// Is the last whole list too old to rest a proof on? Two intervals long it was not shown that nothing had drifted.
    pub fn is_overdue(&self, standing: &Standing) -> bool {
        let limit = |rebuilt: Time| rebuilt.plus_seconds(2 * self.every_seconds) < self.now();
        standing.rebuilt.is_some_and(limit)
    }

    /// Is it time for a whole list?
    pub fn is_due(&self) -> bool {
        let standing = self.standing();
        let past = |at: Option<Time>, seconds| at.is_none_or(|at| at.plus_seconds(seconds) <= self.now());
        // One that tells what it stored is caught up with; any other must be listed whole.
        let is_unknown = standing.records.is_none() || (standing.settled.is_none() && !standing.tells);
        past(standing.tried, REBUILD_AGAIN_SECONDS)
            && (is_unknown || past(standing.rebuilt, self.every_seconds))
    }

    /// What nobody was told yet: the kept records were not what the archive held, so that what rested on them may have been wrong.
    pub fn drift(&self) -> Option<Drift> {
        self.drift.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Somebody was told of this drift.
    pub fn told(&self, drift: &Drift) {
        let mut untold = self.drift.lock().unwrap_or_else(PoisonError::into_inner);
        if untold.as_ref() == Some(drift) {
            *untold = None;
        }
    }

    /// Takes in what came and went, if anything did.
    pub fn catch_up(&self) {
        let is_there = |mark: Mark| self.standing().settled == Some(mark);
        if self.mark().is_ok_and(is_there) {
            return;
        }
        let mut standing = self.to_change();
        let Standing { records, settled, followed, doubts, rebuilt, .. } = &mut *standing;
        *settled = None;
        let Some(records) = records else { return };
        let mut archive = Keeper::archive(&self.follows);
        match caught_up(&mut **archive, records, followed) {
            Ok(caught) => {
                doubts.clear();
                *settled = Some(caught.mark);
                let rebuilt = *rebuilt;
                self.drifted((0, caught.untold), rebuilt);
            }
            Err(doubt) => *doubts = vec![doubt],
        }
    }

    /// Lists the whole archive and holds what was kept against it. A difference is logged and kept until somebody is told; the list is taken. `false`
    /// when nothing came of it.
    pub fn rebuild(&self, go_on: &dyn Fn() -> bool) -> bool {
        self.to_change().tried = Some(self.now());
        match self.listed(go_on) {
            Ok(Some((records, from, tells))) => {
                self.to_change().tells = tells;
                self.take(records, from)
            }
            Ok(None) => false,
            Err(doubts) => {
                for doubt in &doubts {
                    tracing::warn!(what = %doubt, "the archive could not be listed whole");
                }
                let mut standing = self.to_change();
                if standing.settled.is_none() {
                    standing.doubts = doubts;
                }
                false
            }
        }
    }

    /// A whole list, and the mark before it.
    fn listed(&self, go_on: &dyn Fn() -> bool) -> Result<Option<(Records, Mark, bool)>, Vec<Doubt>> {
        let mut archive = Keeper::archive(&self.lists);
        let says = |error: NotFollowed| vec![Doubt::Says(error.0)];
        let before = archive.mark().map_err(says)?;
        let Some(holding) = archive.list(go_on) else { return Ok(None) };
        let tells = archive.stored_since(before).map_err(says)?.is_some();
        let gaps = lasting(&holding, tells);
        if !gaps.is_empty() {
            return Err(gaps);
        }
        if !tells && archive.mark().map_err(says)? != before {
            return Err(vec![Doubt::Gap(Gap::Changing { times: 1 })]);
        }
        Ok(Some((Records::of_holding(&holding, self.keyed.clone()), before, tells)))
    }

    /// Brings a new list and the kept records to one mark, compares them, and takes the list.
    fn take(&self, mut new: Records, from: Mark) -> bool {
        let mut standing = self.to_change();
        let mut archive = Keeper::archive(&self.follows);
        // While it is being changed nobody may believe it.
        let settled = standing.settled.take();
        let at = (from, standing.followed);
        let kept = settled.and(standing.records.take());
        match at_one_mark(&mut **archive, (&mut new, kept.as_ref()), at, settled) {
            Ok((mark, compared)) => {
                if let Some(drifted) = compared {
                    self.drifted(drifted, standing.rebuilt);
                }
                let now = self.now();
                let tried = standing.tried;
                let tells = standing.tells;
                *standing = Standing {
                    records: Some(new),
                    settled: Some(mark),
                    followed: mark,
                    doubts: Vec::new(),
                    rebuilt: Some(now),
                    tried,
                    tells,
                };
                true
            }
            Err(doubt) => {
                tracing::warn!(what = %doubt, "a whole list of the archive was not taken");
                if kept.is_some() {
                    standing.records = kept;
                    standing.settled = settled;
                } else {
                    standing.doubts = vec![doubt];
                }
                false
            }
        }
    }

    /// Logs it, and keeps it until somebody is told; what was found earlier and not told is in it.
    fn drifted(&self, (only_kept, only_listed): (u64, u64), since: Option<Time>) {
        if (only_kept, only_listed) == (0, 0) {
            return;
        }
        let mut untold = self.drift.lock().unwrap_or_else(PoisonError::into_inner);
        let (since, before) = match untold.take() {
            Some(before) => (before.since, (before.only_kept, before.only_listed)),
            None => (since, (0, 0)),
        };
        let (only_kept, only_listed) = (only_kept + before.0, only_listed + before.1);
        let drift = Drift { found: self.now(), since, only_kept, only_listed };
        tracing::error!(%drift, "what was kept of the archive was not what it holds");
        *untold = Some(drift);
    }
}

/// Brings a new list to where the archive stands, and what was kept to the same mark; says how many objects only the kept records had, and how many only
/// the list. Records that the archive has left behind are not compared where it does not tell what came.
fn at_one_mark(
    archive: &mut dyn Followed,
    (new, kept): (&mut Records, Option<&Records>),
    (mut new_at, kept_at): (Mark, Mark),
    settled: Option<Mark>,
) -> Result<(Mark, Option<(u64, u64)>), Doubt> {
    for _ in 0..CATCH_UP_MAX {
        let mark = caught_up(archive, new, &mut new_at)?.mark;
        let Some(kept) = kept else { return Ok((mark, None)) };
        if settled == Some(mark) {
            return Ok((mark, Some(kept.against(new))));
        }
        // What is kept is brought up in a copy: were it changed here and not compared, it would be corrected without a word.
        let (mut kept, mut at) = (kept.clone(), kept_at);
        match caught_up(archive, &mut kept, &mut at) {
            Ok(caught) if caught.mark == mark => {
                let (only_kept, only_listed) = kept.against(new);
                return Ok((mark, Some((only_kept, only_listed + caught.untold))));
            }
            Ok(_) => {}
            Err(_) => return Ok((mark, None)),
        }
    }
    Err(Doubt::Gap(Gap::Changing { times: CATCH_UP_MAX }))
}

/// Gaps of a list that nothing which came since can fill. Where the archive tells what it stored, and everything is counted in the end, a list may be
/// taken while it changes.
fn lasting(holding: &Holding, tells: bool) -> Vec<Doubt> {
    let fills = |gap: &Gap| tells && gap.may_pass();
    holding.gaps().iter().filter(|gap| !fills(gap)).map(|gap| Doubt::Gap(gap.clone())).collect()
}

/// Where records were brought to.
struct Caught {
    mark: Mark,
    /// Objects that the archive holds and that it never told of: the records had lost them.
    untold: u64,
}

/// Brings records to where the archive stands, and says where that is. Whatever was stored after `followed` is listed again; what is too much was
/// deleted, and is looked for by the numbers of objects in each series.
fn caught_up(
    archive: &mut dyn Followed,
    records: &mut Records,
    followed: &mut Mark,
) -> Result<Caught, Doubt> {
    let says = |error: NotFollowed| Doubt::Says(error.0);
    let agrees = |records: &Records, mark: Mark| {
        records.studies() == mark.studies && records.instances() == mark.instances
    };
    let mut target = archive.mark().map_err(says)?;
    let mut rested = false;
    for _ in 0..CATCH_UP_MAX {
        let Some(stored) = archive.stored_since(*followed).map_err(says)? else {
            if *followed != target {
                return Err(behind(*followed, target));
            }
            return sound(records, target, 0);
        };
        for study in stored.into_iter().chain(records.with_gaps()) {
            put(records, archive.examination(&study).map_err(says)?, &study);
        }
        let mut untold = 0;
        if !agrees(records, target) {
            let sizes = archive.sizes().map_err(says)?;
            for study in records.unlike(&sizes) {
                // What was stored is in already: only something that was lost can be new here.
                untold += put(records, archive.examination(&study).map_err(says)?, &study);
            }
        }
        // All that was stored before the question is in.
        *followed = target;
        let after = archive.mark().map_err(says)?;
        rested |= after == target;
        if after == target && (agrees(records, target) || records.gaps().next().is_some()) {
            return sound(records, target, untold);
        }
        target = after;
    }
    if !rested {
        return Err(Doubt::Gap(Gap::Changing { times: CATCH_UP_MAX }));
    }
    Err(Doubt::Gap(Gap::CountDiffers { listed: records.instances(), counted: target.instances }))
}

fn behind(followed: Mark, target: Mark) -> Doubt {
    Doubt::Says(format!(
        "its agent has listed the archive as of change {}, and it stands at {}: it is being listed anew",
        followed.last, target.last
    ))
}

/// Records that agree in number may still hold something that could not be read, or one object twice.
fn sound(records: &Records, mark: Mark, untold: u64) -> Result<Caught, Doubt> {
    match (records.gaps().next(), records.held_twice()) {
        (Some(gap), _) => Err(Doubt::Gap(gap.clone())),
        (None, Some(uid)) => Err(Doubt::Twice(uid.clone())),
        (None, None) => Ok(Caught { mark, untold }),
    }
}

/// Takes in an examination as it is now; how many of its objects were not known.
fn put(records: &mut Records, is: Examination, uid: &archive::StudyUid) -> u64 {
    let rows = is.rows.len() as u64;
    let listed = is.objects.len() as u64;
    // A row that cannot be read is none either: then the number of examinations says that something is missing.
    let Some(study) = is.rows.into_iter().next() else {
        records.remove(uid);
        return 0;
    };
    let gap = if is.unreadable > 0 {
        Some(Gap::Unreadable { query: format!("examination {uid}"), rows: is.unreadable })
    } else if rows > 1 {
        Some(Gap::CountDiffers { listed: 1, counted: rows })
    } else if listed == 0 || listed != is.counted {
        Some(Gap::CountDiffers { listed, counted: is.counted.max(1) })
    } else {
        None
    };
    records.put(study, &is.objects, gap)
}
