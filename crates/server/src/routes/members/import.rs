//! Many members at once, from a sheet.

use app::members::{ImportRow as Row, TypedImport};
use axum::Json;
use axum::extract::State;
use http::StatusCode;
use protocol::{ImportAnswer, ImportMembers, ImportRow, ImportedMember};

use crate::error::{ApiError, bad_rows};
use crate::routes::{Body, sheet};
use crate::state::AppState;
use crate::who::{Speaks, Who};

fn row(row: Row) -> ImportRow {
    let Row { row, email, name, role, groups } = row;
    ImportRow { row, email, name, role: role.into(), groups }
}

fn answer(done: app::members::ImportDone) -> ImportAnswer {
    let created = done.made.into_iter().map(|made| ImportedMember {
        row: made.row,
        id: made.id.to_string(),
        email: made.email,
        name: made.name,
        url: made.url,
    });
    ImportAnswer {
        rows: done.rows,
        good: done.good,
        bad_rows: bad_rows(done.bad),
        waiting_rows: done.waiting.into_iter().map(sheet::waiting).collect(),
        columns: done.columns.into_iter().map(sheet::column).collect(),
        known_columns: app::members::import_columns().map(app::sheet::Column::code).collect(),
        member_rows: done.known,
        preview: done.preview.into_iter().map(row).collect(),
        unusual: done.unusual.into_iter().map(row).collect(),
        mails: done.mails,
        created: created.collect(),
    }
}

/// Makes everybody on a sheet a member, or says what would happen. One bad row, and nobody is made.
#[utoipa::path(post, path = "/api/members/bulk", tag = "members", request_body = ImportMembers,
    responses((status = 200, body = ImportAnswer, description = "A dry run"), (status = 201, body = ImportAnswer),
        (status = 409, body = protocol::ErrorBody), (status = 422, body = protocol::ErrorBody)))]
pub(crate) async fn bulk(
    State(state): State<AppState>,
    who: Who,
    Speaks(language): Speaks,
    Body(typed): Body<ImportMembers>,
) -> Result<(StatusCode, Json<ImportAnswer>), ApiError> {
    let ImportMembers { text, names, addresses_are_right, role, send_mail, dry_run } = typed;
    let names = names.into_iter().map(sheet::typed_name).collect();
    let addresses_are_right = addresses_are_right.unwrap_or(true);
    let typed = TypedImport { text, names, addresses_are_right, role, send_mail };
    if dry_run {
        return Ok((StatusCode::OK, Json(answer(state.app.try_import(&who.caller, typed).await?))));
    }
    let done = state.app.make_import(&who.caller, typed, language.in_mail()).await?;
    Ok((StatusCode::CREATED, Json(answer(done))))
}
