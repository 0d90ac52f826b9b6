//! One conversation, from the agent's side. It begins with a hello, and the archive's records rest until it is over: what comes meanwhile is taken in
//! afterwards, and at the close it is said whether anything did.

use adapter_dicom::orthanc::Mark;
use archive::Gap;
use archive::digests::{Asking, Bounds, Keyed, Turn, answer};

use crate::keeper::{Keeper, Standing};
use crate::limits::{CATCH_UP_MAX, DIFFERENCES_MAX, OBJECTS_IN_MESSAGE_MAX};
use crate::message::{Answer, Closed, Doubt, Drift, Hello, Holds, Named, Rows, Say, Told, VERSION, Welcome};
use crate::records::{Of, Records};

/// What an agent makes of a nonce, to show that it has the key.
pub(crate) fn shown(keyed: &Keyed, nonce: &str) -> String {
    // No identifier begins with a letter: nothing else is digested so.
    format!("{:032x}", keyed.of_text(&format!("hello\u{1}{nonce}")).0)
}

/// After its hello.
pub(crate) struct Session<'k> {
    keeper: &'k Keeper,
    settled: Option<(&'k Records, Mark)>,
    drift: Option<Drift>,
    asking: Option<Asking<'k>>,
}

/// Is the conversation over?
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Goes {
    On,
    Over,
}

impl<'k> Session<'k> {
    /// Begins with the first message; the records must have been caught up with.
    pub(crate) fn begin(
        keeper: &'k Keeper,
        standing: &'k Standing,
        name: &str,
        hello: &Hello,
    ) -> Result<(Session<'k>, Answer), String> {
        if hello.version != VERSION {
            return Err(format!(
                "version {} is asked for; this agent speaks version {VERSION}",
                hello.version
            ));
        }
        if hello.nonce.len() != 32 || !hello.nonce.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return Err("a nonce has 32 hexadecimal digits".to_owned());
        }
        let holds = holds(keeper, standing);
        let settled = match &holds {
            Holds::All { .. } => standing.settled(),
            Holds::Unproven(_) => None,
        };
        let drift = keeper.drift();
        let welcome = Welcome {
            version: VERSION,
            archive: name.to_owned(),
            shows: shown(keeper.keyed(), &hello.nonce),
            holds,
            drift: drift.clone(),
        };
        Ok((Session { keeper, settled, drift, asking: None }, Answer::Welcome(Box::new(welcome))))
    }

    /// Hears a message and answers it; an error of `tell` ends the conversation.
    pub(crate) fn hear<E>(
        &mut self,
        say: Say,
        tell: &mut dyn FnMut(Answer) -> Result<(), E>,
    ) -> Result<Goes, E> {
        let refused = |why: &str| Answer::Refused(why.to_owned());
        let (records, mark) = match (&say, self.settled) {
            (Say::Hello(_), _) => {
                tell(refused("a conversation has one hello, and this is the second"))?;
                return Ok(Goes::Over);
            }
            (Say::HeardOfDrift, _) => {
                self.drift.take().iter().for_each(|drift| self.keeper.told(drift));
                tell(Answer::Heard)?;
                return Ok(Goes::On);
            }
            (_, Some(settled)) => settled,
            (_, None) => {
                tell(refused("nothing is known of which a proof could be made, as the welcome said"))?;
                return Ok(Goes::Over);
            }
        };
        let is = match say {
            Say::Hello(_) | Say::HeardOfDrift => Answer::Heard,
            Say::Lead(of) => {
                let bounds = Bounds { differences_max: DIFFERENCES_MAX, ..Bounds::default() };
                let asking = self.asking.insert(Asking::new(records.tree(of), bounds));
                turned(asking.turn())
            }
            Say::Answered(bytes) => match &mut self.asking {
                Some(asking) => {
                    asking.hear(&bytes);
                    turned(asking.turn())
                }
                None => refused("an answer, and nothing was asked"),
            },
            Say::Question(of, bytes) => match answer(records.tree(of), &bytes) {
                Ok(reply) => Answer::Reply(reply),
                Err(error) => Answer::Refused(error.to_string()),
            },
            Say::Name(of, digests) => {
                let (studies, unknown) = records.named(of, &digests);
                Answer::Named(Named { studies: studies.into_iter().collect(), unknown })
            }
            Say::Show(studies) => {
                for uid in studies {
                    let Some((study, objects)) = records.examination(&uid) else { continue };
                    for page in objects.chunks(OBJECTS_IN_MESSAGE_MAX) {
                        tell(Answer::Rows(Box::new(Rows::new(study, page))))?;
                    }
                }
                Answer::AllShown
            }
            Say::Close => Answer::Closed(match self.keeper.mark() {
                Ok(now) if now == mark => Closed::Still,
                Ok(_) => Closed::Changed,
                Err(error) => Closed::Unknown(error.0),
            }),
        };
        let goes = match is {
            Answer::Closed(_) | Answer::Refused(_) => Goes::Over,
            _ => Goes::On,
        };
        tell(is)?;
        Ok(goes)
    }
}

fn turned(turn: Turn) -> Answer {
    match turn {
        Turn::Send(question) => Answer::Ask(question),
        Turn::Found(found) => Answer::Found(found.ours, found.theirs),
        Turn::NoProof(why) => Answer::NotFound(why.to_string()),
    }
}

/// What is held at this instant: the archive is asked once more where it stands.
fn holds(keeper: &Keeper, standing: &Standing) -> Holds {
    let Some((records, mark)) = standing.settled() else {
        return Holds::Unproven(standing.doubts().to_vec());
    };
    if keeper.is_overdue(standing) {
        let says =
            "the archive was not listed whole for too long, so that nobody knows whether its tree is right";
        return Holds::Unproven(vec![Doubt::Says(says.to_owned())]);
    }
    match keeper.mark() {
        Err(error) => Holds::Unproven(vec![Doubt::Says(error.0)]),
        Ok(now) if now != mark => Holds::Unproven(vec![Doubt::Gap(Gap::Changing { times: CATCH_UP_MAX })]),
        Ok(_) => Holds::All {
            at: keeper.now(),
            change: mark.last,
            objects: Told::of(records.tree(Of::Objects).root()),
            issuers: Told::of(records.tree(Of::Issuers).root()),
            rebuilt: standing.rebuilt(),
        },
    }
}
