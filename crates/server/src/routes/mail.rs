//! Mail templates and the log of mail, for site administrators.

use app::domain::MailId;
use app::mail::{
    Cause, Language, Logged, MAIL_PAGE, MailFacts, MailState, Part, ShownTemplate, Template, TemplateName,
    list_tokens, mail_cause,
};
use axum::Json;
use axum::extract::{Path, Query, State};
use http::StatusCode;
use protocol::{
    Mail, MailCause, MailOutcome, MailTemplate, MailTemplateText, MailTemplates, MailTest, MailTestAnswer,
    MailTokens, Mails,
};
use serde::Deserialize;

use super::{Body, id};
use crate::error::ApiError;
use crate::state::AppState;
use crate::who::Who;

/// What became of a mail, on the wire.
pub(crate) fn outcome(facts: &MailFacts) -> MailOutcome {
    MailOutcome {
        state: facts.state.into(),
        answer: facts.answer.clone(),
        cause: mail_cause(facts).map(cause),
        attempts: facts.attempts,
        queued_ms: facts.created_at.as_ms(),
        next_ms: (facts.state == MailState::Waiting).then(|| facts.run_after.as_ms()),
        sent_ms: facts.sent_at.map(app::domain::Instant::as_ms),
    }
}

fn cause(cause: Cause) -> MailCause {
    match cause {
        Cause::NoSuchAddress => MailCause::NoSuchAddress,
        Cause::MailboxFull => MailCause::MailboxFull,
        Cause::Refused => MailCause::Refused,
        Cause::LatinOnly => MailCause::LatinOnly,
        Cause::PutOff => MailCause::PutOff,
        Cause::NotReached => MailCause::NotReached,
        Cause::Unknown => MailCause::Unknown,
    }
}

fn text(template: Template) -> MailTemplateText {
    MailTemplateText { subject: template.subject, text: template.text, html: template.html }
}

fn template(text: MailTemplateText) -> Template {
    Template { subject: text.subject, text: text.text, html: text.html }
}

fn shown(shown: ShownTemplate) -> MailTemplate {
    MailTemplate {
        name: shown.name.code(),
        language: shown.language.code(),
        template: text(shown.template),
        changed_ms: shown.changed_at.map(app::domain::Instant::as_ms),
    }
}

/// The template that a path names.
fn named((name, language): &(String, String)) -> Result<(TemplateName, Language), ApiError> {
    let name = name.parse().map_err(|_| ApiError::not_found())?;
    Ok((name, language.parse().map_err(|_| ApiError::not_found())?))
}

/// Every mail template in every language, and the tokens that may stand in each.
#[utoipa::path(get, path = "/api/mail/templates", tag = "mail",
    responses((status = 200, body = MailTemplates), (status = 403, body = protocol::ErrorBody)))]
pub(crate) async fn templates(
    State(state): State<AppState>,
    who: Who,
) -> Result<Json<MailTemplates>, ApiError> {
    let found = state.app.list_mail_templates(&who.caller).await?;
    let tokens = TemplateName::ALL.iter().map(|name| MailTokens {
        name: name.code(),
        subject: list_tokens(*name, Part::Subject),
        body: list_tokens(*name, Part::Html),
    });
    Ok(Json(MailTemplates {
        templates: found.into_iter().map(shown).collect(),
        tokens: tokens.collect(),
        mail_is_on: state.app.mail_is_on(),
    }))
}

/// One mail template.
#[utoipa::path(get, path = "/api/mail/templates/{name}/{language}", tag = "mail",
    responses((status = 200, body = MailTemplate), (status = 403, body = protocol::ErrorBody)))]
pub(crate) async fn show(
    State(state): State<AppState>,
    Path(path): Path<(String, String)>,
    who: Who,
) -> Result<Json<MailTemplate>, ApiError> {
    let (name, language) = named(&path)?;
    Ok(Json(shown(state.app.get_mail_template(&who.caller, name, language).await?)))
}

/// Makes a mail template the site's own. A mistake is told with its part, line and words.
#[utoipa::path(put, path = "/api/mail/templates/{name}/{language}", tag = "mail", request_body = MailTemplateText,
    responses((status = 200, body = MailTemplate), (status = 403, body = protocol::ErrorBody), (status = 409, body = protocol::ErrorBody)))]
pub(crate) async fn save(
    State(state): State<AppState>,
    Path(path): Path<(String, String)>,
    who: Who,
    Body(typed): Body<MailTemplateText>,
) -> Result<Json<MailTemplate>, ApiError> {
    let (name, language) = named(&path)?;
    Ok(Json(shown(state.app.save_mail_template(&who.caller, name, language, template(typed)).await?)))
}

/// Goes back to the default; answers it.
#[utoipa::path(delete, path = "/api/mail/templates/{name}/{language}", tag = "mail",
    responses((status = 200, body = MailTemplate), (status = 403, body = protocol::ErrorBody)))]
pub(crate) async fn reset(
    State(state): State<AppState>,
    Path(path): Path<(String, String)>,
    who: Who,
) -> Result<Json<MailTemplate>, ApiError> {
    let (name, language) = named(&path)?;
    Ok(Json(shown(state.app.reset_mail_template(&who.caller, name, language).await?)))
}

/// A mail as it is being edited, filled with sample values. Show its HTML where it can run and fetch nothing.
#[utoipa::path(post, path = "/api/mail/templates/{name}/{language}/preview", tag = "mail", request_body = MailTemplateText,
    responses((status = 200, body = MailTemplateText), (status = 403, body = protocol::ErrorBody), (status = 409, body = protocol::ErrorBody)))]
pub(crate) async fn preview(
    State(state): State<AppState>,
    Path(path): Path<(String, String)>,
    who: Who,
    Body(typed): Body<MailTemplateText>,
) -> Result<Json<MailTemplateText>, ApiError> {
    let (name, language) = named(&path)?;
    Ok(Json(text(state.app.preview_mail_template(&who.caller, name, language, &template(typed))?)))
}

/// Sends a mail with sample values to the caller's own address.
#[utoipa::path(post, path = "/api/mail/templates/{name}/{language}/test", tag = "mail", request_body = MailTest,
    responses((status = 202, body = MailTestAnswer), (status = 403, body = protocol::ErrorBody), (status = 409, body = protocol::ErrorBody)))]
pub(crate) async fn test(
    State(state): State<AppState>,
    Path(path): Path<(String, String)>,
    who: Who,
    Body(typed): Body<MailTest>,
) -> Result<(StatusCode, Json<MailTestAnswer>), ApiError> {
    let (name, language) = named(&path)?;
    let sent = state.app.send_test_mail(&who.caller, name, language, typed.template.map(template)).await?;
    Ok((StatusCode::ACCEPTED, Json(MailTestAnswer { id: sent.to_string() })))
}

/// What became of a test mail.
#[utoipa::path(get, path = "/api/mail/tests/{id}", tag = "mail",
    responses((status = 200, body = MailOutcome), (status = 403, body = protocol::ErrorBody), (status = 404, body = protocol::ErrorBody)))]
pub(crate) async fn tested(
    State(state): State<AppState>,
    Path(asked): Path<String>,
    who: Who,
) -> Result<Json<MailOutcome>, ApiError> {
    Ok(Json(outcome(&state.app.get_test_mail(&who.caller, id(&asked)?).await?)))
}

/// Which page of mail.
#[derive(Default, Deserialize, utoipa::IntoParams)]
#[serde(default)]
pub(crate) struct MailQuery {
    /// From the page before.
    cursor: Option<String>,
}

/// The site's mail and what became of it, newest first; never what it says.
#[utoipa::path(get, path = "/api/mail", tag = "mail", params(MailQuery),
    responses((status = 200, body = Mails), (status = 403, body = protocol::ErrorBody)))]
pub(crate) async fn list(
    State(state): State<AppState>,
    who: Who,
    Query(query): Query<MailQuery>,
) -> Result<Json<Mails>, ApiError> {
    let before = query.cursor.as_deref().map(id::<MailId>).transpose()?;
    let found = state.app.list_mail(&who.caller, before).await?;
    let is_full = i64::try_from(found.len()).is_ok_and(|found| found == MAIL_PAGE);
    let mail = |logged: &Logged| Mail {
        id: logged.facts.id.to_string(),
        purpose: logged.purpose.clone(),
        to: logged.email.clone(),
        outcome: outcome(&logged.facts),
    };
    Ok(Json(Mails {
        mails: found.iter().map(mail).collect(),
        next_cursor: found.last().filter(|_| is_full).map(|last| last.facts.id.to_string()),
        mail_is_on: state.app.mail_is_on(),
    }))
}
