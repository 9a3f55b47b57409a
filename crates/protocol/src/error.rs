//! The one body of every error.

use crate::code::Scope;
use std::collections::BTreeMap;

use serde::Serialize;
use utoipa::ToSchema;

use crate::BadRow;

/// What every answer with a status of 400 or more carries.
#[derive(Debug, Clone, Default, Serialize, ToSchema)]
pub struct ErrorBody {
    /// Stable; see docs/errors.md.
    pub code: &'static str,
    /// For developers, in English.
    pub message: String,
    /// Codes of what is wrong, by field.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub fields: BTreeMap<&'static str, &'static str>,
    /// Names this request in the server's log.
    pub request_id: String,
    /// With `denied`: for the person to read to the owner.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reference: Option<String>,
    /// With `too_many_links`: a link that could go.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub could_go: Option<LinkName>,
    /// With `scope_missing`: the scope that a token needs for this; absent: no token may do it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub scope: Option<Scope>,
    /// With `uses_below_spent`: uses already spent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub uses: Option<i64>,
    /// With `bad_rows`: every one of them.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub bad_rows: Vec<BadRow>,
    /// With `too_much_mail`: `owner`, `recipient`, `codes` or `site`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ceiling: Option<&'static str>,
    /// With `bad_template`: the line of the part that `fields` names.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub line: Option<usize>,
    /// With `bad_template`: the token or the text that is at fault.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub found: Option<String>,
    /// With `too_large`: the limit.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub limit_bytes: Option<u64>,
}

/// A guest link by name.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct LinkName {
    /// Id.
    pub id: String,
    /// Name.
    pub name: String,
}
