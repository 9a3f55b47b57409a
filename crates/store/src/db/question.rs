//! What is asked of the database, and how the rows that come back are read. Questions that do not wait for each
//! other's answers are asked in one flight ([`super::Conn::ask`]): on PostgreSQL that is one way there and back.

use std::vec::IntoIter;

use domain::Instant;

use super::value::{FromValue, Row, Value};
use crate::StoreError;

/// One question, as it is sent.
pub enum Asked {
    /// A query.
    Rows(&'static str, Vec<Value>),
    /// A query for each row of parameters; on PostgreSQL all of them as one statement.
    Each(&'static str, Vec<Vec<Value>>),
    /// Keeps everybody else from writing what a query finds for each row of parameters, in the order of those, until
    /// the transaction ends. On SQLite the transaction is the lock.
    Lock(&'static str, Vec<Vec<Value>>),
    /// The door's clock. On PostgreSQL it is the database's, read at this very point of the transaction.
    Clock,
}

type Read<T> = Box<dyn FnOnce(Vec<Row>) -> Result<T, StoreError> + Send>;

/// One question, and how its answer is read. Nothing is asked before it is given to [`super::Conn::ask`].
#[must_use]
pub struct Question<T> {
    asked: Option<Asked>,
    read: Read<T>,
}

impl<T> Question<T> {
    fn new(asked: Asked, read: impl FnOnce(Vec<Row>) -> Result<T, StoreError> + Send + 'static) -> Self {
        Self { asked: Some(asked), read: Box::new(read) }
    }

    /// Whatever is read from all rows together.
    pub(crate) fn rows(
        sql: &'static str,
        params: &[Value],
        read: impl FnOnce(Vec<Row>) -> Result<T, StoreError> + Send + 'static,
    ) -> Self {
        Self::new(Asked::Rows(sql, params.to_vec()), read)
    }
}

impl<T: 'static> Question<Option<T>> {
    /// The first row, if there is one.
    pub(crate) fn first(sql: &'static str, params: &[Value], read: fn(Row) -> Result<T, StoreError>) -> Self {
        Self::new(Asked::Rows(sql, params.to_vec()), move |rows| {
            rows.into_iter().next().map(read).transpose()
        })
    }
}

impl<T: 'static> Question<Vec<T>> {
    /// All rows.
    pub(crate) fn all(sql: &'static str, params: &[Value], read: fn(Row) -> Result<T, StoreError>) -> Self {
        Self::new(Asked::Rows(sql, params.to_vec()), move |rows| rows.into_iter().map(read).collect())
    }

    /// All rows of all queries, in the order of `rows`.
    pub(crate) fn each(
        sql: &'static str,
        rows: Vec<Vec<Value>>,
        read: fn(Row) -> Result<T, StoreError>,
    ) -> Self {
        Self::new(Asked::Each(sql, rows), move |found| found.into_iter().map(read).collect())
    }
}

impl<T: FromValue + 'static> Question<T> {
    /// The first column of the first row; for counts and single values that are always there.
    pub(crate) fn value(sql: &'static str, params: &[Value]) -> Self {
        Self::new(Asked::Rows(sql, params.to_vec()), first_value)
    }
}

impl Question<()> {
    /// Locks what a query finds; see [`Asked::Lock`].
    pub(crate) fn lock(sql: &'static str, rows: Vec<Vec<Value>>) -> Self {
        Self::new(Asked::Lock(sql, rows), |_| Ok(()))
    }
}

impl Question<Instant> {
    /// The door's clock. After a lock in the same flight it is read when the lock is held.
    pub fn clock() -> Self {
        Self::new(Asked::Clock, first_value)
    }
}

fn first_value<T: FromValue>(rows: Vec<Row>) -> Result<T, StoreError> {
    let row = rows.into_iter().next();
    row.ok_or_else(|| StoreError::Corrupt("a row is missing".into()))?.take()
}

/// What can be asked in one flight: a question, perhaps a question, some of a kind, several.
pub trait Ask {
    /// What comes back.
    type Answer;

    /// Gives what is to be sent, in order.
    fn take_off(&mut self, flight: &mut Vec<Asked>);

    /// Reads what came back, in the same order.
    ///
    /// # Errors
    /// `Corrupt` when it is not what was asked for.
    fn land(self, landed: &mut IntoIter<Vec<Row>>) -> Result<Self::Answer, StoreError>;
}

impl<T> Ask for Question<T> {
    type Answer = T;

    fn take_off(&mut self, flight: &mut Vec<Asked>) {
        flight.extend(self.asked.take());
    }

    fn land(self, landed: &mut IntoIter<Vec<Row>>) -> Result<T, StoreError> {
        (self.read)(landed.next().unwrap_or_default())
    }
}

impl<A: Ask> Ask for Option<A> {
    type Answer = Option<A::Answer>;

    fn take_off(&mut self, flight: &mut Vec<Asked>) {
        if let Some(asked) = self {
            asked.take_off(flight);
        }
    }

    fn land(self, landed: &mut IntoIter<Vec<Row>>) -> Result<Self::Answer, StoreError> {
        self.map(|asked| asked.land(landed)).transpose()
    }
}

impl<A: Ask> Ask for Vec<A> {
    type Answer = Vec<A::Answer>;

    fn take_off(&mut self, flight: &mut Vec<Asked>) {
        self.iter_mut().for_each(|asked| asked.take_off(flight));
    }

    fn land(self, landed: &mut IntoIter<Vec<Row>>) -> Result<Self::Answer, StoreError> {
        self.into_iter().map(|asked| asked.land(landed)).collect()
    }
}

macro_rules! several {
    ($($name:ident $at:tt),+) => {
        impl<$($name: Ask),+> Ask for ($($name,)+) {
            type Answer = ($($name::Answer,)+);

            fn take_off(&mut self, flight: &mut Vec<Asked>) {
                $(self.$at.take_off(flight);)+
            }

            fn land(self, landed: &mut IntoIter<Vec<Row>>) -> Result<Self::Answer, StoreError> {
                Ok(($(self.$at.land(landed)?,)+))
            }
        }
    };
}
several!(A 0, B 1);
several!(A 0, B 1, C 2);
several!(A 0, B 1, C 2, D 3);
several!(A 0, B 1, C 2, D 3, E 4);
several!(A 0, B 1, C 2, D 3, E 4, F 5);
several!(A 0, B 1, C 2, D 3, E 4, F 5, G 6);
