//! Values between Rust and rows: integers, texts, bytes, nothing else. Ids, instants and coded enums turn into
//! these in one place each.

use domain::{
    Device, GroupId, Instant, ItemId, ItemKind, ItemRight, ItemState, JobId, LinkId, MailId, MemberId,
    PasskeyId, Privacy, ProcessId, Scopes, SeatId, SiteRole, Span, TokenId, UploadId, ViewingId,
};

use crate::StoreError;

/// One column of one row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Value {
    /// SQL NULL.
    Null,
    /// A 64-bit integer; also instants, spans and yes/no.
    Int(i64),
    /// A text.
    Text(String),
    /// Bytes: ids and hashes.
    Blob(Vec<u8>),
}

/// One row, read from left to right in the order of the SELECT list.
#[derive(Debug)]
pub struct Row {
    values: std::vec::IntoIter<Value>,
}

impl Row {
    pub(super) fn new(values: Vec<Value>) -> Self {
        Self { values: values.into_iter() }
    }

    /// The next column.
    ///
    /// # Errors
    /// `Corrupt` when there is none or it is of another type.
    pub fn take<T: FromValue>(&mut self) -> Result<T, StoreError> {
        let value = self.values.next().ok_or_else(|| StoreError::Corrupt("a column is missing".into()))?;
        T::from_value(value)
    }
}

/// Turns into a column.
pub trait ToValue {
    /// The column.
    fn to_value(&self) -> Value;
}

/// Comes out of a column.
pub trait FromValue: Sized {
    /// Reads the column.
    ///
    /// # Errors
    /// `Corrupt` when it is of another type or no valid value of this one.
    fn from_value(value: Value) -> Result<Self, StoreError>;
}

/// Parameters of a statement: `params![link, now, name]`.
macro_rules! params {
    ($($value:expr),* $(,)?) => { &[$($crate::ToValue::to_value(&$value)),*] };
}
pub(crate) use params;

/// One of the rows of a set: `row![link, now, name]`.
macro_rules! row {
    ($($value:expr),* $(,)?) => { vec![$($crate::ToValue::to_value(&$value)),*] };
}
pub(crate) use row;

fn wrong(expected: &str, value: &Value) -> StoreError {
    let found = match value {
        Value::Null => "null",
        Value::Int(_) => "an integer",
        Value::Text(_) => "a text",
        Value::Blob(_) => "bytes",
    };
    StoreError::Corrupt(format!("{expected} expected, {found} found"))
}

impl<T: ToValue + ?Sized> ToValue for &T {
    fn to_value(&self) -> Value {
        (**self).to_value()
    }
}

impl<T: ToValue> ToValue for Option<T> {
    fn to_value(&self) -> Value {
        self.as_ref().map_or(Value::Null, ToValue::to_value)
    }
}

impl<T: FromValue> FromValue for Option<T> {
    fn from_value(value: Value) -> Result<Self, StoreError> {
        if value == Value::Null { Ok(None) } else { T::from_value(value).map(Some) }
    }
}

macro_rules! plain {
    ($($type:ty, $variant:ident, $name:literal;)+) => {$(
        impl ToValue for $type {
            fn to_value(&self) -> Value {
                Value::$variant(self.clone().into())
            }
        }

        impl FromValue for $type {
            fn from_value(value: Value) -> Result<Self, StoreError> {
                match value {
                    Value::$variant(inner) => Ok(inner),
                    other => Err(wrong($name, &other)),
                }
            }
        }
    )+};
}

plain! {
    i64, Int, "an integer";
    Vec<u8>, Blob, "bytes";
}

/// PostgreSQL keeps no NUL in a text; what stands in its place is the same on both engines.
impl ToValue for str {
    fn to_value(&self) -> Value {
        Value::Text(if self.contains('\0') { self.replace('\0', "\u{fffd}") } else { self.to_owned() })
    }
}

impl ToValue for String {
    fn to_value(&self) -> Value {
        self.as_str().to_value()
    }
}

impl FromValue for String {
    fn from_value(value: Value) -> Result<Self, StoreError> {
        match value {
            Value::Text(text) => Ok(text),
            other => Err(wrong("a text", &other)),
        }
    }
}

impl ToValue for [u8] {
    fn to_value(&self) -> Value {
        Value::Blob(self.to_vec())
    }
}

impl<const N: usize> ToValue for [u8; N] {
    fn to_value(&self) -> Value {
        Value::Blob(self.to_vec())
    }
}

impl<const N: usize> FromValue for [u8; N] {
    fn from_value(value: Value) -> Result<Self, StoreError> {
        let bytes = Vec::from_value(value)?;
        bytes.try_into().map_err(|_| StoreError::Corrupt(format!("{N} bytes expected")))
    }
}

impl ToValue for bool {
    fn to_value(&self) -> Value {
        Value::Int(i64::from(*self))
    }
}

impl FromValue for bool {
    fn from_value(value: Value) -> Result<Self, StoreError> {
        Ok(i64::from_value(value)? != 0)
    }
}

impl ToValue for Instant {
    fn to_value(&self) -> Value {
        Value::Int(self.as_ms())
    }
}

impl FromValue for Instant {
    fn from_value(value: Value) -> Result<Self, StoreError> {
        i64::from_value(value).map(Self::from_ms)
    }
}

impl ToValue for Span {
    fn to_value(&self) -> Value {
        Value::Int(self.as_ms())
    }
}

impl FromValue for Span {
    fn from_value(value: Value) -> Result<Self, StoreError> {
        i64::from_value(value).map(Self::from_ms)
    }
}

impl ToValue for Scopes {
    fn to_value(&self) -> Value {
        Value::Text(self.to_text())
    }
}

impl FromValue for Scopes {
    fn from_value(value: Value) -> Result<Self, StoreError> {
        Self::from_text(&String::from_value(value)?).map_err(|e| StoreError::Corrupt(e.to_string()))
    }
}

impl ToValue for Device {
    fn to_value(&self) -> Value {
        Value::Text(self.to_string())
    }
}

impl FromValue for Device {
    fn from_value(value: Value) -> Result<Self, StoreError> {
        String::from_value(value)?
            .parse()
            .map_err(|e: domain::UnknownCode| StoreError::Corrupt(e.to_string()))
    }
}

macro_rules! ids {
    ($($id:ty),+ $(,)?) => {$(
        impl ToValue for $id {
            fn to_value(&self) -> Value {
                Value::Blob(self.as_bytes().to_vec())
            }
        }

        impl FromValue for $id {
            fn from_value(value: Value) -> Result<Self, StoreError> {
                <[u8; 16]>::from_value(value).map(Self::from_bytes)
            }
        }
    )+};
}
ids!(
    GroupId, ItemId, JobId, LinkId, MailId, MemberId, PasskeyId, ProcessId, SeatId, TokenId, UploadId,
    ViewingId
);

/// Lets coded enums, ours and those of other crates' aggregates, stand in columns by their codes.
macro_rules! codes {
    ($($code:ty),+ $(,)?) => {$(
        impl $crate::ToValue for $code {
            fn to_value(&self) -> $crate::Value {
                $crate::Value::Text(self.code().to_owned())
            }
        }

        impl $crate::FromValue for $code {
            fn from_value(value: $crate::Value) -> Result<Self, $crate::StoreError> {
                let text = String::from_value(value)?;
                text.parse().map_err(|e: domain::UnknownCode| $crate::StoreError::Corrupt(e.to_string()))
            }
        }
    )+};
}
codes!(
    domain::InviteRole,
    domain::Proof,
    ItemKind,
    ItemRight,
    ItemState,
    Privacy,
    SiteRole,
    domain::ActivityKind,
    domain::EndReason,
    domain::MailState,
    domain::Reason
);
