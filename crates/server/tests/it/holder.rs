//! Who tries every route, with which key, and the groups of them that get through.

use app::domain::Scope;

use Holder::*;

use crate::cast::{Cast, Key};
use crate::stage::Stage;

/// What a route is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum About {
    Site,
    Item,
    /// Who came to the item.
    People,
}

/// Everybody who tries every route.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Holder {
    Nobody,
    /// An API token that is none of ours.
    WrongToken,
    Owner,
    OtherOwner,
    /// Signed in, without a right at the item.
    Member,
    /// The same, with the lowest site role.
    Viewer,
    CoViewer,
    Administrator,
    /// Inside, with a good ticket.
    Guest,
    /// The good key of another item.
    OtherGuest,
    /// Of this item; the ticket ran out minutes ago, the seat is good.
    LateGuest,
    /// Of this item; their viewing was ended now, their link is gone.
    EndedGuest,
    /// Inside by an invite, with a good ticket.
    Invitee,
    /// The good key of an invitee of another item.
    OtherInvitee,
    TokenRead,
    TokenWrite,
    TokenUploads,
    TokenGuestAccess,
    TokenInvites,
    TokenPeople,
    /// Every scope, of the other owner.
    OtherToken,
}

impl Holder {
    pub(crate) const ALL: [Self; 21] = [
        Nobody,
        WrongToken,
        Owner,
        OtherOwner,
        Member,
        Viewer,
        CoViewer,
        Administrator,
        Guest,
        OtherGuest,
        LateGuest,
        EndedGuest,
        Invitee,
        OtherInvitee,
        TokenRead,
        TokenWrite,
        TokenUploads,
        TokenGuestAccess,
        TokenInvites,
        TokenPeople,
        OtherToken,
    ];

    /// What they carry.
    pub(crate) fn key(self, cast: &Cast, stage: &Stage, foreign: &Stage) -> Key {
        match self {
            Nobody => Key::nobody(),
            WrongToken => Key::token("A".repeat(43)),
            Owner => cast.owner.key.clone(),
            OtherOwner => cast.other_owner.key.clone(),
            Member => cast.member.key.clone(),
            Viewer => cast.viewer.key.clone(),
            CoViewer => cast.co_viewer.key.clone(),
            Administrator => cast.administrator.key.clone(),
            Guest => stage.guest.key.clone(),
            OtherGuest => foreign.guest.key.clone(),
            LateGuest => stage.late.key.clone(),
            EndedGuest => stage.ended.key.clone(),
            Invitee => stage.invitee.key.clone(),
            OtherInvitee => foreign.invitee.key.clone(),
            TokenRead => cast.token(Scope::ItemsRead).clone(),
            TokenWrite => cast.token(Scope::ItemsWrite).clone(),
            TokenUploads => cast.token(Scope::Uploads).clone(),
            TokenGuestAccess => cast.token(Scope::GuestAccess).clone(),
            TokenInvites => cast.token(Scope::Invites).clone(),
            TokenPeople => cast.token(Scope::People).clone(),
            OtherToken => cast.other_token.clone(),
        }
    }

    /// The viewing in the path: their own, and the guest's for whoever has none here.
    pub(crate) fn viewing(self, stage: &Stage) -> &str {
        match self {
            LateGuest => &stage.late.viewing,
            EndedGuest => &stage.ended.viewing,
            Invitee => &stage.invitee.viewing,
            _ => &stage.guest.viewing,
        }
    }

    /// The marks of the name under which somebody is signed in: on a page that is not theirs they still are.
    pub(crate) fn own_name(self) -> &'static [&'static str] {
        match self {
            OtherOwner => &["zqmark-other"],
            _ => &[],
        }
    }

    /// The marks that an answer to somebody who got through may carry.
    pub(crate) fn may_read(self, about: About) -> &'static [&'static str] {
        let about_the_item = about != About::Site;
        match self {
            Owner | TokenPeople if about == About::People => {
                &["zqmark-own", "zqmark-guest", "zqmark-late", "zqmark-ended"]
            }
            // On pages that are not about the item they see what is theirs; the entry page fills in their name.
            OtherOwner if about_the_item => &["zqmark-own", "zqmark-other"],
            OtherOwner | OtherToken => &["zqmark-other"],
            // Both owners share something with them.
            CoViewer if !about_the_item => &["zqmark-own", "zqmark-other"],
            Guest => &["zqmark-own", "zqmark-guest"],
            LateGuest => &["zqmark-own", "zqmark-late"],
            EndedGuest => &["zqmark-own", "zqmark-ended"],
            Invitee => &["zqmark-own", "zqmark-invitee"],
            _ => &["zqmark-own"],
        }
    }
}

pub(crate) const MEMBERS: &[Holder] = &[Owner, OtherOwner, Member, Viewer, CoViewer, Administrator];
pub(crate) const READERS: &[Holder] =
    &[Owner, OtherOwner, Member, Viewer, CoViewer, Administrator, TokenRead, OtherToken];
pub(crate) const UPLOADERS: &[Holder] =
    &[Owner, OtherOwner, Member, CoViewer, Administrator, TokenUploads, OtherToken];
/// The page of the item and what is about it: own rights, the site administrator for the links, seats.
pub(crate) const INSIDE: &[Holder] = &[Owner, CoViewer, Administrator, Guest, LateGuest, Invitee, TokenRead];
/// Media by one's own right or seat; a token is no browser and gets no viewing (T4).
pub(crate) const WATCHERS: &[Holder] = &[Owner, CoViewer, Guest, LateGuest, Invitee];
pub(crate) const ADMINISTRATORS: &[Holder] = &[Administrator];
pub(crate) const EDITORS: &[Holder] = &[Owner, TokenWrite];
/// May stop the processing of its file.
pub(crate) const CANCELLERS: &[Holder] = &[Owner, Administrator, TokenWrite];
/// May switch off and delete any link.
pub(crate) const CLOSERS: &[Holder] = &[Owner, Administrator, TokenGuestAccess];
/// May open doors too.
pub(crate) const SHARERS: &[Holder] = &[Owner, TokenGuestAccess];
/// May see, copy and revoke any invite.
pub(crate) const MANAGERS: &[Holder] = &[Owner, Administrator, TokenInvites];
/// May invite too.
pub(crate) const INVITERS: &[Holder] = &[Owner, TokenInvites];
pub(crate) const FINDERS: &[Holder] =
    &[Owner, OtherOwner, Member, CoViewer, Administrator, TokenInvites, OtherToken];
/// May see who came, put them out and take the list away.
pub(crate) const HOSTS: &[Holder] = &[Owner, TokenPeople];
pub(crate) const INSIGHT: &[Holder] = &[Owner, Administrator, TokenRead];
/// Whoever has the link's URL; it is no door for programs.
pub(crate) const LINK_HOLDERS: &[Holder] = &[
    Nobody,
    Owner,
    OtherOwner,
    Member,
    Viewer,
    CoViewer,
    Administrator,
    Guest,
    OtherGuest,
    LateGuest,
    EndedGuest,
    Invitee,
    OtherInvitee,
];
/// Open routes say the same to all; these stand for all.
pub(crate) const ANYBODY: &[Holder] = &[Nobody, Owner, Guest];
