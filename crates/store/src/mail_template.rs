//! The site's own mail templates; without a row the default holds.

use domain::Instant;

use crate::db::{params, statements};
use crate::{Conn, Row, StoreError};

statements! {
    FIND = "SELECT name, language, subject, body_text, body_html, changed_ms FROM mail_template
        WHERE name = $1 AND language = $2";
    LIST = "SELECT name, language, subject, body_text, body_html, changed_ms FROM mail_template ORDER BY name, language";
    PUT = "INSERT INTO mail_template (name, language, subject, body_text, body_html, changed_ms)
        VALUES ($1, $2, $3, $4, $5, $6)
        ON CONFLICT (name, language) DO UPDATE SET subject = excluded.subject, body_text = excluded.body_text,
            body_html = excluded.body_html, changed_ms = excluded.changed_ms";
    DELETE = "DELETE FROM mail_template WHERE name = $1 AND language = $2";
}

/// A template of the site's own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredTemplate {
    /// What it is for.
    pub name: String,
    /// The language's code.
    pub language: String,
    /// Subject.
    pub subject: String,
    /// Text.
    pub text: String,
    /// HTML.
    pub html: String,
    /// When it was saved.
    pub changed_at: Instant,
}

/// The site's template of a name and language.
///
/// # Errors
/// See [`StoreError`].
pub async fn find(conn: &mut Conn, name: &str, language: &str) -> Result<Option<StoredTemplate>, StoreError> {
    conn.find(FIND, params![name, language]).await?.map(read).transpose()
}

/// All of the site's templates.
///
/// # Errors
/// See [`StoreError`].
pub async fn list(conn: &mut Conn) -> Result<Vec<StoredTemplate>, StoreError> {
    conn.query(LIST, &[]).await?.into_iter().map(read).collect()
}

/// Saves a template.
///
/// # Errors
/// See [`StoreError`].
pub async fn put(conn: &mut Conn, template: &StoredTemplate) -> Result<(), StoreError> {
    let StoredTemplate { name, language, subject, text, html, changed_at } = template;
    conn.execute(PUT, params![name, language, subject, text, html, changed_at]).await.map(drop)
}

/// Goes back to the default; false when it held already.
///
/// # Errors
/// See [`StoreError`].
pub async fn delete(conn: &mut Conn, name: &str, language: &str) -> Result<bool, StoreError> {
    Ok(conn.execute(DELETE, params![name, language]).await? == 1)
}

fn read(mut row: Row) -> Result<StoredTemplate, StoreError> {
    Ok(StoredTemplate {
        name: row.take()?,
        language: row.take()?,
        subject: row.take()?,
        text: row.take()?,
        html: row.take()?,
        changed_at: row.take()?,
    })
}
