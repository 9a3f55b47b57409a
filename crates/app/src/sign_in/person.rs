//! Which member a provider's person is, and what the provider decides about them.
//!
//! A provider's own name for somebody counts first. An address leads to an existing member only when the provider
//! proves it and is trusted with it, and when it is proved here too or was given by an administrator: otherwise
//! whoever writes somebody's address down first could take their account over.

use domain::{Email, GroupId, Instant, MemberId, PersonName, SiteRole};
use signin::oidc::{EmailProof, Identity};
use store::account::{self, NewMember};
use store::{Conn, address, oidc_identity};

use super::{OidcFailure, ProviderSettings, open_session};
use crate::accounts::{NO_PASSWORD, Visitor};
use crate::{App, Secret};

/// Ids for the rows that a welcome may make.
struct Fresh {
    member: MemberId,
    groups: Vec<GroupId>,
}

impl ProviderSettings {
    fn trusts(&self, email: &Email) -> bool {
        let mut domains = self.trusted_domains.iter();
        self.trusted_domains.is_empty() || domains.any(|domain| domain == email.domain())
    }

    /// Whether its word, or its silence, proves an address.
    const fn believes(&self, proof: EmailProof) -> bool {
        match proof {
            EmailProof::Given => true,
            EmailProof::Missing => self.assume_email_verified,
            EmailProof::Denied => false,
        }
    }

    /// The role that it decides on; none when it decides on none.
    fn role(&self, identity: &Identity) -> Option<SiteRole> {
        let named = identity.groups.iter().filter_map(|group| self.roles.get(group)).copied();
        (!self.roles.is_empty()).then(|| named.max().unwrap_or(SiteRole::Viewer))
    }

    fn source(&self) -> String {
        format!("oidc:{}", self.name)
    }
}

impl App {
    pub(super) async fn welcome(
        &self,
        settings: &ProviderSettings,
        issuer: &str,
        identity: Identity,
        visitor: &Visitor,
    ) -> Result<Secret, OidcFailure> {
        let now = self.now();
        let fresh = Fresh {
            member: MemberId::new(now, self.random()),
            groups: settings.groups.iter().map(|_| GroupId::new(now, self.random())).collect(),
        };
        let secret = Secret::from_random(self.random());
        let (settings, issuer) = (settings.clone(), issuer.to_owned());
        let visitor = visitor.clone();
        self.inner
            .store
            .write(async move |conn: &mut Conn| {
                let now = conn.now().await?;
                let member = find_or_make(conn, &settings, &issuer, &identity, &fresh, now).await?;
                if let Some(role) = settings.role(&identity) {
                    oidc_identity::set_role(conn, member, role).await?;
                }
                join_groups(conn, &settings, &identity, member, &fresh, now).await?;
                open_session(conn, secret, member, &visitor, "oidc").await?;
                Ok(secret)
            })
            .await
    }
}

async fn find_or_make(
    conn: &mut Conn,
    settings: &ProviderSettings,
    issuer: &str,
    identity: &Identity,
    fresh: &Fresh,
    now: Instant,
) -> Result<MemberId, OidcFailure> {
    let email = identity.email.as_deref().and_then(|email| Email::new(email).ok());
    let proved =
        email.as_ref().filter(|email| settings.believes(identity.email_proof) && settings.trusts(email));
    if let Some(member) = oidc_identity::find(conn, issuer, &identity.subject).await? {
        check_enabled(conn, member).await?;
        prove(conn, settings, member, proved, now).await?;
        return Ok(member);
    }
    let email = email.as_ref().ok_or(OidcFailure::NoEmail)?;
    let member = match address::find_owner(conn, email.as_str()).await? {
        Some(member) => {
            check_enabled(conn, member).await?;
            if proved.is_none() || !belongs(conn, member, issuer, email).await? {
                return Err(OidcFailure::EmailTaken);
            }
            member
        }
        None if settings.create_members => {
            make(conn, settings, identity, email, fresh.member, now).await?;
            fresh.member
        }
        None => return Err(OidcFailure::NoMember),
    };
    oidc_identity::link(conn, issuer, &identity.subject, member, now).await?;
    prove(conn, settings, member, proved, now).await?;
    Ok(member)
}

async fn check_enabled(conn: &mut Conn, member: MemberId) -> Result<(), OidcFailure> {
    let member = account::find(conn, member).await?;
    // The same words as for somebody without an account.
    if member.is_some_and(|member| member.facts.enabled) { Ok(()) } else { Err(OidcFailure::NoMember) }
}

/// Whether an address is surely the member's: proved, or the one that an administrator gave them. The address of an
/// account that a provider made without proof is nobody's yet.
async fn belongs(
    conn: &mut Conn,
    member: MemberId,
    issuer: &str,
    email: &Email,
) -> Result<bool, OidcFailure> {
    // The provider knows this member by another name: it gave their address to somebody else.
    if oidc_identity::is_linked_at(conn, member, issuer).await? {
        return Ok(false);
    }
    if address::find_verified(conn, email.as_str()).await? == Some(member) {
        return Ok(true);
    }
    let is_main = account::find(conn, member).await?.is_some_and(|member| member.email == email.as_str());
    Ok(is_main && !oidc_identity::is_linked(conn, member).await?)
}

async fn make(
    conn: &mut Conn,
    settings: &ProviderSettings,
    identity: &Identity,
    email: &Email,
    id: MemberId,
    now: Instant,
) -> Result<(), OidcFailure> {
    let name = identity.name.as_deref().and_then(|name| PersonName::new(name).ok());
    let local = email.as_str().split('@').next().unwrap_or_default();
    let new = NewMember {
        id,
        email: email.as_str(),
        name: name.as_ref().map_or(local, PersonName::as_str),
        role: settings.role(identity).unwrap_or(SiteRole::Viewer),
        password_hash: NO_PASSWORD,
        now,
    };
    Ok(account::insert(conn, &new).await?)
}

/// Records a proved address; one that somebody else has stays theirs.
async fn prove(
    conn: &mut Conn,
    settings: &ProviderSettings,
    member: MemberId,
    proved: Option<&Email>,
    now: Instant,
) -> Result<(), OidcFailure> {
    let Some(email) = proved else { return Ok(()) };
    let is_theirs = address::add(conn, member, email.as_str(), now).await?;
    if is_theirs && address::find_verified(conn, email.as_str()).await?.is_none() {
        address::verify(conn, member, email.as_str(), Some((now, &settings.source()))).await?;
    }
    Ok(())
}

async fn join_groups(
    conn: &mut Conn,
    settings: &ProviderSettings,
    identity: &Identity,
    member: MemberId,
    fresh: &Fresh,
    now: Instant,
) -> Result<(), OidcFailure> {
    let mut groups = Vec::new();
    for ((claimed, name), id) in settings.groups.iter().zip(&fresh.groups) {
        if identity.groups.contains(claimed) {
            groups.push(oidc_identity::group(conn, name, *id, now).await?);
        }
    }
    Ok(oidc_identity::set_groups(conn, member, &settings.source(), &groups).await?)
}
