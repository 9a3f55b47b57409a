//! Guests of one link, the newest first. Seats are indexed by the time of entry alone, which costs whoever enters next
//! to nothing; an index by link would scatter entries over the whole tree. In which minutes a link was entered, and by
//! how many, is counted anyway: only those minutes are looked at.

use std::collections::BTreeSet;

use domain::{Instant, LinkId};

use super::{Asked, Person, Sought, guest, guests};
use crate::db::{params, statements};
use crate::{Conn, Question, StoreError};

statements! {
    MINUTES = "SELECT minute, count FROM link_entered WHERE link_id = $1 AND minute < $2
        UNION ALL SELECT entered_minute, entered_count FROM guest_link
            WHERE id = $3 AND entered_minute < $4 AND entered_count > 0
        ORDER BY minute DESC LIMIT $5";
    GUESTS = guests!("s.created_ms >= $2 AND s.created_ms <= $3 AND s.link_id = $4 AND (s.created_ms < $5 OR s.id < $6)
            AND ($7 = '' OR LOWER(s.name) LIKE $8 ESCAPE '\\' OR s.name LIKE $9 ESCAPE '\\' OR s.email LIKE $10 ESCAPE '\\')
            AND ($11 = 0 OR (s.seen_ms > $12 AND EXISTS (SELECT 1 FROM viewing w
                WHERE w.seat_id = s.id AND w.ended_ms IS NULL AND w.seen_ms > $13)))
        ORDER BY s.created_ms DESC, s.id DESC LIMIT $14");
}

/// Minutes that are looked at in one flight.
const MOST: i64 = 1_024;
/// Minutes this near to each other are read as one stretch. In between others may have come by other links, so it costs at
/// most this many times what the minutes alone would, and saves a question for each.
const NEAR: i64 = 4;
const MINUTE_MS: i64 = 60_000;

/// The newest guests of a link among those who are asked for.
pub(super) async fn list(
    conn: &mut Conn,
    link: LinkId,
    asked: &Asked,
    sought: &Sought,
) -> Result<Vec<Person>, StoreError> {
    let limit = usize::try_from(asked.limit).unwrap_or_default();
    let (mut before, mut people) = (asked.after.at.minute().saturating_add(1), Vec::new());
    while people.len() < limit {
        let found = conn.query(MINUTES, params![link, before, link, before, MOST]).await?;
        let minutes = found.into_iter().map(|mut row| Ok((row.take()?, row.take()?)));
        let minutes = minutes.collect::<Result<Vec<(i64, i64)>, StoreError>>()?;
        let looked_at = enough(&minutes, asked);
        let Some(last) = looked_at.first() else { break };
        before = *last;
        let stretches = stretches(&looked_at).into_iter().rev();
        let questions = stretches.map(|minutes| in_stretch(link, minutes, asked, sought));
        let found = conn.ask(questions.collect::<Vec<_>>()).await?;
        people.extend(found.into_iter().flatten());
    }
    people.truncate(limit);
    Ok(people)
}

/// The newest of these minutes, as many as hold who is asked for. Of the minute in which the last page ended nobody may
/// be left, and how many of a minute are sought nobody knows before.
fn enough(minutes: &[(i64, i64)], asked: &Asked) -> BTreeSet<i64> {
    let is_everybody = asked.text.is_empty() && !asked.only_seen;
    let mut count = 0;
    let needed = minutes.iter().take_while(|(minute, entered)| {
        let is_needed = count < asked.limit || !is_everybody;
        count += if *minute == asked.after.at.minute() { 0 } else { *entered };
        is_needed
    });
    needed.map(|(minute, _)| *minute).collect()
}

/// The first and the last minute of each stretch.
fn stretches(minutes: &BTreeSet<i64>) -> Vec<(i64, i64)> {
    let mut stretches: Vec<(i64, i64)> = Vec::new();
    for minute in minutes {
        match stretches.last_mut() {
            Some((_, last)) if minute.saturating_sub(*last) <= NEAR => *last = *minute,
            _ => stretches.push((*minute, *minute)),
        }
    }
    stretches
}

fn in_stretch(
    link: LinkId,
    (first, last): (i64, i64),
    asked: &Asked,
    sought: &Sought,
) -> Question<Vec<Person>> {
    let begin_of = |minute: i64| Instant::from_ms(minute.saturating_mul(MINUTE_MS));
    let (since, begin) = (asked.seen_since, begin_of(first));
    let end = Instant::from_ms(begin_of(last).as_ms().saturating_add(MINUTE_MS - 1)).min(asked.after.at);
    let Sought { text, lower, plain, only } = sought;
    let (at, seat) = (asked.after.at, asked.after.seat);
    Question::all(
        GUESTS,
        params![
            since,
            begin,
            end,
            link,
            at,
            seat,
            text,
            lower,
            plain,
            lower,
            *only,
            since,
            since,
            asked.limit
        ],
        guest,
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn minutes_near_each_other_are_one_stretch() {
        let of = |minutes: &[i64]| stretches(&minutes.iter().copied().collect());
        assert_eq!(of(&[]), []);
        assert_eq!(of(&[5]), [(5, 5)]);
        assert_eq!(of(&[1, 2, 6, 11, 20, 24]), [(1, 6), (11, 11), (20, 24)]);
    }
}
