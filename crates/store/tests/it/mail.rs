//! The queue of mail: ceilings that hold under a burst, leases, and what a dead process leaves.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use domain::{Instant, MailId, MailState, MemberId, ProcessId, Span};
use store::mail::{self, Ceiling, Ceilings, MailText, NewMail};
use store::{Conn, Store, StoreError};

use crate::engines;

const LEASE: Span = Span::from_minutes(2);
const BURST: u64 = 10_000;
const TASKS: u64 = 50;

static NEXT: AtomicU64 = AtomicU64::new(1);

fn fresh_id() -> MailId {
    let number = NEXT.fetch_add(1, Ordering::Relaxed);
    MailId::from_bytes(u128::from(number).to_be_bytes())
}

async fn queue(
    store: &Store,
    purpose: &'static str,
    about: Option<[u8; 16]>,
    owner: Option<MemberId>,
    email: String,
    ceilings: Ceilings,
) -> Result<MailId, Ceiling> {
    let id = fresh_id();
    let queued: Result<_, StoreError> = store
        .write(async move |conn: &mut Conn| {
            let new = NewMail { id, purpose, about, owner, email: &email, text: MailText::Sealed(b"sealed") };
            mail::queue(conn, &new, &ceilings).await
        })
        .await;
    queued.expect("the queue answers").map(|()| id)
}

async fn plain(store: &Store, about: [u8; 16]) -> MailId {
    let queued = queue(store, "invite", Some(about), None, "a@example.org".into(), Ceilings::default()).await;
    queued.expect("under every ceiling")
}

async fn claim(store: &Store, process: ProcessId) -> Option<mail::Claimed> {
    let claimed: Result<_, StoreError> =
        store.write(async move |conn: &mut Conn| mail::claim(conn, process, LEASE).await).await;
    claimed.expect("the queue answers")
}

async fn begin(store: &Store, id: MailId, process: ProcessId, lease: Span) -> bool {
    let begun: Result<_, StoreError> =
        store.write(async move |conn: &mut Conn| mail::begin_sending(conn, id, process, lease).await).await;
    begun.expect("the queue answers")
}

async fn lose(store: &Store, all: bool) -> u64 {
    let lost: Result<_, StoreError> =
        store.write(async move |conn: &mut Conn| mail::lose(conn, "interrupted", all).await).await;
    lost.expect("the queue answers")
}

async fn state(store: &Store, about: [u8; 16]) -> mail::MailFacts {
    let found: Result<_, StoreError> =
        store.read(async move |conn: &mut Conn| mail::list_latest(conn, "invite", &[about]).await).await;
    found.expect("readable").remove(0).expect("there is one")
}

#[tokio::test]
async fn ceilings_hold_under_a_burst_from_many_tasks() {
    let ceilings = Ceilings { site_hour: 500, owner_hour: 200, ..Ceilings::default() };
    for fresh in engines::both().await {
        let store = Arc::new(fresh.store);
        let tasks = (0..TASKS).map(|task| {
            let store = store.clone();
            tokio::spawn(async move {
                let owner = MemberId::from_bytes(u128::from(task % 2).to_be_bytes());
                let mut taken = [0_u64; 2];
                for number in 0..BURST / TASKS {
                    let email = format!("p{}@example.org", (task * 1_000 + number) % 5_000);
                    let owner = (task % 4 < 2).then_some(owner);
                    if queue(&store, "invite", None, owner, email, ceilings).await.is_ok() {
                        taken[usize::from(owner.is_some())] += 1;
                    }
                }
                taken
            })
        });
        let mut taken = [0, 0];
        for task in futures_util::future::join_all(tasks).await {
            let [nobody, owned] = task.expect("a task ends");
            taken = [taken[0] + nobody, taken[1] + owned];
        }
        assert_eq!(taken[0] + taken[1], 500, "{}: the site's ceiling, exactly", fresh.name);
        assert!(taken[1] <= 400, "{}: two owners with 200 each, {taken:?}", fresh.name);
        let reached = queue(&store, "invite", None, None, "new@example.org".into(), ceilings).await;
        assert_eq!(reached, Err(Ceiling::Site), "{}", fresh.name);
    }
}

#[tokio::test]
async fn each_ceiling_says_which_it_is() {
    for fresh in engines::both().await {
        let owner = Some(MemberId::from_bytes([7; 16]));
        let low = Ceilings { owner_hour: 2, recipient_day: 5, ..Ceilings::default() };
        let ask = |purpose, about, owner, email: &str| {
            queue(&fresh.store, purpose, about, owner, email.to_owned(), low)
        };
        for email in ["a@example.org", "b@example.org"] {
            assert!(ask("invite", None, owner, email).await.is_ok(), "{}", fresh.name);
        }
        assert_eq!(ask("invite", None, owner, "c@example.org").await, Err(Ceiling::Owner));
        assert!(ask("invite", None, None, "c@example.org").await.is_ok());
        let invite = Some([1; 16]);
        for _ in 0..3 {
            assert!(ask("code", invite, None, "d@example.org").await.is_ok());
        }
        assert_eq!(ask("code", invite, None, "d@example.org").await, Err(Ceiling::Codes));
        assert!(ask("code", Some([2; 16]), None, "d@example.org").await.is_ok(), "another invite");
        assert!(ask("invite", None, None, "d@example.org").await.is_ok());
        assert_eq!(ask("invite", None, None, "d@example.org").await, Err(Ceiling::Recipient));
    }
}

#[tokio::test]
async fn a_mail_goes_through_its_states_and_is_erased() {
    for fresh in engines::both().await {
        let (store, process) = (&fresh.store, ProcessId::from_bytes([1; 16]));
        let id = plain(store, [1; 16]).await;
        let claimed = claim(store, process).await.expect("one waits");
        assert_eq!((claimed.id, claimed.message_sealed.as_deref()), (id, Some(&b"sealed"[..])));
        assert!(claim(store, process).await.is_none(), "{}: claimed once", fresh.name);
        assert!(begin(store, id, process, LEASE).await);
        assert_eq!(state(store, [1; 16]).await.state, MailState::Sending);
        let settled: Result<bool, StoreError> = store
            .write(async move |conn: &mut Conn| {
                mail::settle(conn, id, process, MailState::Sent, "250 OK").await
            })
            .await;
        assert!(settled.expect("settled"));
        let found = state(store, [1; 16]).await;
        assert_eq!(
            (found.state, found.answer.as_str(), found.sent_at.is_some()),
            (MailState::Sent, "250 OK", true)
        );
        let messages: Result<i64, StoreError> = store
            .read(async |conn: &mut Conn| {
                conn.value("SELECT COUNT(*) FROM mail WHERE message_sealed IS NOT NULL", &[]).await
            })
            .await;
        assert_eq!(messages.expect("readable"), 0, "{}: the message is erased", fresh.name);
    }
}

#[tokio::test]
async fn a_dead_process_leaves_begun_mail_unknown_and_claimed_mail_waiting() {
    for fresh in engines::both().await {
        let (store, dead, next) =
            (&fresh.store, ProcessId::from_bytes([1; 16]), ProcessId::from_bytes([2; 16]));
        let first = plain(store, [1; 16]).await;
        let second = plain(store, [2; 16]).await;
        assert_eq!(claim(store, dead).await.expect("one").id, first);
        assert_eq!(claim(store, dead).await.expect("two").id, second);
        assert!(begin(store, first, dead, LEASE).await);
        assert_eq!(lose(store, false).await, 0, "{}: the lease still holds", fresh.name);
        assert!(claim(store, next).await.is_none());
        assert_eq!(lose(store, true).await, 1, "{}: nobody else can live", fresh.name);
        let lost = state(store, [1; 16]).await;
        assert_eq!((lost.state, lost.answer.as_str()), (MailState::Unknown, "interrupted"));
        assert_eq!(claim(store, next).await.expect("the other is free").id, second);
        assert!(!begin(store, second, dead, LEASE).await, "it is no longer the dead one's");
        assert!(begin(store, second, next, Span::from_ms(-1)).await);
        assert_eq!(lose(store, false).await, 1, "{}: its lease has run out", fresh.name);
        assert!(claim(store, next).await.is_none(), "{}: nothing is sent again", fresh.name);
    }
}

#[tokio::test]
async fn what_is_put_off_waits_its_time() {
    for fresh in engines::both().await {
        let (store, process) = (&fresh.store, ProcessId::from_bytes([1; 16]));
        let id = plain(store, [1; 16]).await;
        claim(store, process).await.expect("one waits");
        let put_off = |pause: Span| {
            store.write(async move |conn: &mut Conn| {
                mail::postpone(conn, id, process, "451 Later", pause).await
            })
        };
        let done: Result<bool, StoreError> = put_off(Span::from_minutes(1)).await;
        assert!(done.expect("put off"));
        assert!(claim(store, process).await.is_none(), "{}: not yet", fresh.name);
        let found = state(store, [1; 16]).await;
        assert_eq!(
            (found.state, found.attempts, found.answer.as_str()),
            (MailState::Waiting, 1, "451 Later")
        );
        assert!(found.run_after > found.created_at.plus(Span::from_secs(59)));
        let _: Result<bool, StoreError> = put_off(Span::from_ms(-1)).await;
        assert_eq!(claim(store, process).await.expect("due again").attempts, 2, "{}", fresh.name);
        assert!(found.created_at > Instant::from_ms(0));
    }
}
