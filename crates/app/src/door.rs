//! The door: one task per process through which every entry goes.
//!
//! Whatever waits becomes one batch, one transaction, one flush; there is no timer, so a lone guest waits for
//! nobody. A batch that fails on a statement is tried again form by form, so one bad form costs one entry. A
//! commit that failed or whose answer was lost is answered as unavailable; the form, sent again, resolves it.

use domain::access::{Action, As, Decision, Facts, Step, Subject, decide};
use domain::{Reason, SitePolicy, Span};
use std::sync::{Arc, RwLock};
use store::entry::{self, EntryFacts, Form, Outcome, Verdict};
use store::seat::Seated;
use store::{Conn, Store, StoreError};
use tokio::sync::{mpsc, oneshot};

/// Forms in one transaction. More saves flushes under load, fewer bounds the wait of the first.
const BATCH: usize = 256;
/// Forms that may wait.
const QUEUE: usize = 8_192;
/// The same form is good for this long.
const FORM_LASTS: Span = Span::from_minutes(10);

/// Why a form was not let in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Turned {
    Away(Reason),
    NotReady,
    /// A reader could take the name for that of the owner, of who shares the item, or of a moderator inside.
    NameTaken,
}

pub(crate) type Entered = Result<Outcome<Turned>, StoreError>;

struct Waiting {
    form: Form,
    answer: oneshot::Sender<Entered>,
}

#[derive(Clone)]
pub(crate) struct Door {
    queue: mpsc::Sender<Waiting>,
}

pub(crate) type SharedPolicy = Arc<RwLock<Arc<SitePolicy>>>;

impl Door {
    pub(crate) fn start(store: Store, policy: SharedPolicy) -> Self {
        let (queue, waiting) = mpsc::channel(QUEUE);
        tokio::spawn(serve(store, policy, waiting));
        Self { queue }
    }

    /// Sends a form in and waits until what became of it is durable.
    pub(crate) async fn enter(&self, form: Form) -> Entered {
        let (answer, answered) = oneshot::channel();
        let closed = || StoreError::Unavailable("the door is closed".into());
        self.queue.send(Waiting { form, answer }).await.map_err(|_| closed())?;
        answered.await.map_err(|_| closed())?
    }
}

async fn serve(store: Store, policy: SharedPolicy, mut waiting: mpsc::Receiver<Waiting>) {
    let mut batch = Vec::new();
    while waiting.recv_many(&mut batch, BATCH).await > 0 {
        // One look around: whose request lies in its socket already comes along instead of waiting for a commit.
        tokio::task::yield_now().await;
        while batch.len() < BATCH
            && let Ok(form) = waiting.try_recv()
        {
            batch.push(form);
        }
        let policy = policy.read().unwrap_or_else(std::sync::PoisonError::into_inner).clone();
        let (forms, answers): (Vec<_>, Vec<_>) = batch.drain(..).map(|w| (w.form, w.answer)).unzip();
        let results = admit(&store, &policy, forms).await;
        for (answer, result) in answers.into_iter().zip(results) {
            // Whoever went away finds the same seat by the same form.
            let _ = answer.send(result);
        }
    }
}

async fn admit(store: &Store, policy: &Arc<SitePolicy>, forms: Vec<Form>) -> Vec<Entered> {
    let forms: Arc<[Form]> = forms.into();
    match transaction(store, policy, forms.clone()).await {
        Ok(outcomes) => outcomes.into_iter().map(Ok).collect(),
        Err(error) if error.passes() || forms.len() == 1 => {
            forms.iter().map(|_| Err(error.clone())).collect()
        }
        Err(error) => {
            tracing::error!(%error, forms = forms.len(), "a batch of entries failed; trying them one by one");
            let mut results = Vec::new();
            for form in forms.iter() {
                let alone = transaction(store, policy, Arc::new([form.clone()])).await;
                results.push(alone.and_then(|outcomes| {
                    outcomes
                        .into_iter()
                        .next()
                        .ok_or_else(|| StoreError::Broken("a form without an outcome".into()))
                }));
            }
            results
        }
    }
}

async fn transaction(
    store: &Store,
    policy: &Arc<SitePolicy>,
    forms: Arc<[Form]>,
) -> Result<Vec<Outcome<Turned>>, StoreError> {
    let policy = policy.clone();
    store
        .write(async move |conn: &mut Conn| {
            entry::enter(conn, &forms, &|facts| verdict(&policy, facts)).await
        })
        .await
}

/// One form against the rules. The seat that this form made before answers for it; else the decision speaks.
fn verdict(policy: &SitePolicy, facts: &EntryFacts<'_>) -> Verdict<Turned> {
    if let Some(seated) = facts.made_before {
        let same = seated.name == facts.form.name && seated.email == facts.form.email;
        let fresh = facts.now < seated.facts.created_at.plus(FORM_LASTS);
        let hangs_here =
            seated.key.is_some_and(|key| key == facts.form.key || facts.form.held.contains(&key));
        return if same && fresh && hangs_here && seated.facts.blocked_at.is_none() {
            Verdict::Return(facts.form.seat)
        } else {
            refuse(Reason::StaleForm)
        };
    }
    // Somebody else at the same browser enters as themselves; the same person comes back to their seat.
    // Whoever was put out stays so, whatever name they type.
    let is_out = |held: &Seated| held.facts.put_out(facts.item.kind).is_some();
    let is_same = |held: &Seated| held.name == facts.form.name && held.email == facts.form.email;
    let held = facts.held.filter(|held| is_out(held) || is_same(held));
    let subject = Subject { seat: held.map(|held| held.facts), ..Subject::default() };
    let known = Facts {
        item: Some(facts.item),
        link: Some(facts.link),
        seat_link: facts.held_link,
        ..Facts::of(policy)
    };
    match decide(&subject, Action::EnterGuestLink, &known, facts.now) {
        Decision::Allow(grant) => match grant.who() {
            As::NewGuest if facts.taken.contains(&facts.form.look) => Verdict::Refuse(Turned::NameTaken),
            As::NewGuest if facts.was_beaten => refuse(Reason::StaleForm),
            As::NewGuest => Verdict::Seat,
            As::Guest { seat, .. } => Verdict::Return(seat),
            _ => refuse(Reason::NoRight),
        },
        Decision::Challenge(Step::NotReady) => Verdict::Refuse(Turned::NotReady),
        Decision::Challenge(_) => refuse(Reason::NoRight),
        Decision::Deny(reason) => refuse(reason),
    }
}

const fn refuse(reason: Reason) -> Verdict<Turned> {
    Verdict::Refuse(Turned::Away(reason))
}
