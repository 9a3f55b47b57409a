//! Threads that own the connections. Work comes to them as closures.
//!
//! On SQLite one thread writes: whatever waits shares one transaction and one flush, each piece inside its own
//! savepoint, and answers go out after the commit. On PostgreSQL several write, one transaction each.

use std::sync::Arc;
use std::time::Duration;

use futures_util::future::LocalBoxFuture;
use tokio::sync::{Mutex, mpsc, oneshot};

use super::boundary::{Access, Boundary};
use super::conn::Conn;
use super::ground::Ground;
use super::{Engine, Now};
use crate::StoreError;

/// Threads that read. More than cores helps while one waits for the disk.
const READERS: usize = 4;
/// Threads that write on PostgreSQL. More shortens queues, but each is a server connection.
const PG_WRITERS: usize = 4;
/// Pieces of work that may share one flush on SQLite. More saves flushes under load, fewer bounds the wait.
const SHARED_FLUSH: usize = 128;
/// Work that may wait before callers feel it.
const QUEUE: usize = 4_096;
/// How long a caller waits for a read. A server that is there but silent (a frozen machine, a cut cable) keeps no
/// time limit of its own; whoever is inside then goes on without the database.
const READ_WITHIN: Duration = Duration::from_secs(5);
/// How long a caller waits for a write: longer than every limit that the engines keep themselves. The work may be
/// done all the same; its caller is told that nobody knows.
const WRITE_WITHIN: Duration = Duration::from_secs(20);
/// Pause before the next try to reach a database that does not answer.
const RECONNECT_PAUSE: Duration = Duration::from_millis(250);

type Answer = Box<dyn FnOnce(Option<StoreError>) + Send>;
type Work = Box<dyn for<'c> FnOnce(Result<&'c mut Conn, StoreError>) -> LocalBoxFuture<'c, Done> + Send>;

/// How a piece of work ended: whether to keep it, and how to tell its caller once that is settled.
struct Done {
    keep: bool,
    answer: Answer,
}

type Queue = Arc<Mutex<mpsc::Receiver<Work>>>;

pub(super) struct Workers {
    reads: mpsc::Sender<Work>,
    writes: mpsc::Sender<Work>,
}

impl Workers {
    pub(super) fn start(engine: &Engine, now: &Now, ground: &Arc<Ground>) -> Result<Self, StoreError> {
        let (reads, read_queue) = mpsc::channel(QUEUE);
        let (writes, write_queue) = mpsc::channel(QUEUE);
        let (read_queue, write_queue) = (Arc::new(Mutex::new(read_queue)), Arc::new(Mutex::new(write_queue)));
        let worker = |access, queue: &Queue| Worker {
            engine: engine.clone(),
            now: now.clone(),
            access,
            queue: queue.clone(),
            ground: ground.clone(),
        };
        for _ in 0..READERS {
            spawn("store-read", worker(Access::Read, &read_queue))?;
        }
        let writers = if matches!(engine, Engine::Sqlite { .. }) { 1 } else { PG_WRITERS };
        for _ in 0..writers {
            spawn("store-write", worker(Access::Write, &write_queue))?;
        }
        Ok(Self { reads, writes })
    }

    pub(super) async fn read<T, E, F>(&self, work: F) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
        F: AsyncFnOnce(&mut Conn) -> Result<T, E> + Send + 'static,
    {
        send(&self.reads, READ_WITHIN, work).await
    }

    pub(super) async fn write<T, E, F>(&self, work: F) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
        F: AsyncFnOnce(&mut Conn) -> Result<T, E> + Send + 'static,
    {
        send(&self.writes, WRITE_WITHIN, work).await
    }
}

async fn send<T, E, F>(queue: &mpsc::Sender<Work>, within: Duration, work: F) -> Result<T, E>
where
    T: Send + 'static,
    E: From<StoreError> + Send + 'static,
    F: AsyncFnOnce(&mut Conn) -> Result<T, E> + Send + 'static,
{
    let (tell, told) = oneshot::channel::<Result<T, E>>();
    let job: Work = Box::new(move |conn| {
        Box::pin(async move {
            let result = match conn {
                Ok(conn) => work(conn).await,
                Err(error) => Err(E::from(error)),
            };
            let keep = result.is_ok();
            let answer: Answer = Box::new(move |failed| {
                let result = match failed {
                    Some(error) if keep => Err(E::from(error)),
                    _ => result,
                };
                // Nobody waits any more when the caller went away; the work stands all the same.
                let _ = tell.send(result);
            });
            Done { keep, answer }
        })
    });
    let gone = || StoreError::Unavailable("the store has stopped".into());
    let answered = async {
        queue.send(job).await.map_err(|_| gone())?;
        told.await.unwrap_or_else(|_| Err(E::from(gone())))
    };
    let silent = || Err(E::from(StoreError::Unavailable(format!("no answer within {within:?}"))));
    tokio::time::timeout(within, answered).await.unwrap_or_else(|_| silent())
}

fn spawn(name: &str, worker: Worker) -> Result<(), StoreError> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    std::thread::Builder::new().name(name.into()).spawn(move || runtime.block_on(worker.run()))?;
    Ok(())
}

struct Worker {
    engine: Engine,
    now: Now,
    access: Access,
    queue: Queue,
    ground: Arc<Ground>,
}

impl Worker {
    async fn run(self) {
        let mut conn: Option<Conn> = None;
        loop {
            let Some(work) = self.queue.lock().await.recv().await else { return };
            let prepared = match self.access {
                Access::Read => self.ground.check(),
                Access::Write | Access::Make => self.ground.prepare(),
            };
            if let Err(error) = prepared {
                (work(Err(error)).await.answer)(None);
                continue;
            }
            if conn.as_ref().is_none_or(Conn::is_lost) {
                conn = match Conn::open(&self.engine, &self.now, self.access).await {
                    Ok(conn) => Some(conn),
                    Err(error) => {
                        let done = work(Err(error)).await;
                        (done.answer)(None);
                        tokio::time::sleep(RECONNECT_PAUSE).await;
                        continue;
                    }
                };
            }
            let Some(open) = conn.as_mut() else { continue };
            match self.access {
                Access::Read => (work(Ok(open)).await.answer)(None),
                _ if open.lite().is_some() => self.write_shared(open, work).await,
                _ => self.write_alone(open, work).await,
            }
        }
    }

    /// One transaction for `first` and whatever else waits.
    async fn write_shared(&self, conn: &mut Conn, first: Work) {
        if let Err(error) = conn.boundary(Boundary::Begin).await {
            return (first(Err(error)).await.answer)(None);
        }
        let mut answers = Vec::new();
        let mut next = Some(first);
        while let Some(work) = next {
            let saved = conn.lite().map_or(Ok(()), |lite| lite.savepoint());
            let done = work(saved.map(|()| &mut *conn)).await;
            let held = conn.lite().is_some_and(|lite| lite.release(done.keep));
            answers.push(done.answer);
            if !held || answers.len() >= SHARED_FLUSH {
                break;
            }
            next = self.queue.lock().await.try_recv().ok();
        }
        let failed = conn.boundary(Boundary::Commit).await.err();
        if failed.is_some() {
            let _ = conn.boundary(Boundary::Rollback).await;
        }
        let failed = self.weigh(failed);
        for answer in answers {
            answer(failed.clone());
        }
    }

    async fn write_alone(&self, conn: &mut Conn, work: Work) {
        if let Err(error) = conn.boundary(Boundary::Begin).await {
            return (work(Err(error)).await.answer)(None);
        }
        let done = work(Ok(conn)).await;
        let ending = if done.keep { Boundary::Commit } else { Boundary::Rollback };
        (done.answer)(self.weigh(conn.boundary(ending).await.err()));
    }

    /// What a commit is worth: nothing when its files are gone, and a full disk is given its reserve.
    fn weigh(&self, failed: Option<StoreError>) -> Option<StoreError> {
        if matches!(failed, Some(StoreError::Full(_))) {
            self.ground.make_room();
        }
        failed.or_else(|| self.ground.look().err())
    }
}
