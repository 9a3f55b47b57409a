//! What sheets of invites and of members have in common on the wire.

use app::sheet::{FoundColumn, TypedName, WaitingRow};
use protocol::{NameOf, SheetColumn};

pub(super) fn typed_name(typed: NameOf) -> TypedName {
    TypedName { email: typed.email, first_name: typed.first_name, last_name: typed.last_name }
}

pub(super) fn waiting(row: WaitingRow) -> protocol::WaitingRow {
    let WaitingRow { row, part, email, first_name, last_name } = row;
    protocol::WaitingRow { row, part, email, first_name, last_name }
}

pub(super) fn column(found: FoundColumn) -> SheetColumn {
    SheetColumn { title: found.title, meaning: found.meaning.map(app::sheet::Column::code) }
}
