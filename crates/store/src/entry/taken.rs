//! Names that no guest may bear at an item: of its owner, of who shares it with them, and of moderators inside. Most
//! items have nobody but an owner; whether there are others comes with the door, and only then they are asked for.

use domain::{Instant, LinkId, NameLook, Span};

use crate::db::{row, statements};
use crate::{Conn, Question, StoreError};

statements! {
    RIGHT_HOLDER = "SELECT l.id, m.name FROM guest_link l JOIN item_right r ON r.item_id = l.item_id
        JOIN member m ON m.id = r.member_id
        WHERE l.id = $1 AND (r.item_right IN ('co_owner', 'co_editor', 'co_publisher')
            OR r.base_right IN ('co_owner', 'co_editor', 'co_publisher'))";
    MODERATOR = "SELECT l.id, s.first_name || ' ' || s.last_name, s.seen_ms
        FROM guest_link l JOIN invite i ON i.item_id = l.item_id
        JOIN invite_seat s ON s.item_id = i.item_id AND s.email = i.email
        WHERE l.id = $1 AND (i.role <> 'viewer' OR i.lent_role IS NOT NULL)
            AND (i.role = 'moderator' OR i.lent_role = 'moderator') AND i.revoked_ms IS NULL";
}

/// A moderator heard of within this is inside.
const INSIDE: Span = Span::from_minutes(2);

/// What a reader sees of those names, beside the owner's, at each of these links.
pub(super) async fn load(
    conn: &mut Conn,
    links: Vec<LinkId>,
    now: Instant,
) -> Result<Vec<(LinkId, NameLook)>, StoreError> {
    if links.is_empty() {
        return Ok(Vec::new());
    }
    let links: Vec<_> = links.into_iter().map(|link| row![link]).collect();
    let asked = (
        Question::each(RIGHT_HOLDER, links.clone(), |mut row| Ok((row.take()?, row.take::<String>()?))),
        Question::each(MODERATOR, links, |mut row| {
            let (link, name): (LinkId, String) = (row.take()?, row.take()?);
            Ok((link, name, row.take::<Option<Instant>>()?))
        }),
    );
    let (holders, moderators) = conn.ask(asked).await?;
    let is_inside = |seen: Option<Instant>| seen.is_some_and(|seen| now < seen.plus(INSIDE));
    let inside = moderators.into_iter().filter(|(_, _, seen)| is_inside(*seen));
    let names = holders.into_iter().chain(inside.map(|(link, name, _)| (link, name)));
    Ok(names.map(|(link, name)| (link, NameLook::of(&name))).collect())
}
