//! What an item's owner switches on or off for the people inside.

use crate::ItemKind;
use crate::coded::coded;

coded! {
    /// One switch of an item.
    pub enum Switch {
        /// The item has chat and collaboration at all.
        Collaboration = "collaboration",
        /// Guests may chat.
        GuestsChat = "guests_chat",
        /// Guests may send reactions.
        GuestsReact = "guests_react",
        /// Guests may raise a hand.
        GuestsRaiseHands = "guests_raise_hands",
        /// Guests may ask in Q&A.
        GuestsAsk = "guests_ask",
        /// Guests may answer interactions.
        GuestsAnswer = "guests_answer",
        /// Guests may take the file away.
        GuestsDownload = "guests_download",
        /// Guests may watch the recording when the session is over.
        GuestsSeeRecording = "guests_see_recording",
        /// Speakers may start interactions in a room.
        SpeakersStartInteractions = "speakers_start_interactions",
        /// Moderators may start interactions in a live event.
        ModeratorsStartInteractions = "moderators_start_interactions",
        /// Moderators see e-mail addresses.
        ModeratorsSeeEmails = "moderators_see_emails",
        /// Viewers may go on stage by themselves (stage mode "everyone").
        ViewersOnStage = "viewers_on_stage",
    }
}

/// The switches of one item that are on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Switches(u32);

const _: () = assert!(Switch::ALL.len() <= u32::BITS as usize);

impl Switches {
    const FOR_GUESTS: &'static [Switch] = &[
        Switch::GuestsChat,
        Switch::GuestsReact,
        Switch::GuestsRaiseHands,
        Switch::GuestsAsk,
        Switch::GuestsAnswer,
    ];

    /// What a new item of this kind has on: collaboration where people meet, and in it all that guests may do.
    pub fn of_new(kind: ItemKind) -> Self {
        let none = Self(0);
        let guests = Self::FOR_GUESTS.iter().fold(none, |all, switch| all.with(*switch, true));
        if kind.is_session() { guests.with(Switch::Collaboration, true) } else { guests }
    }

    /// Whether `switch` is on.
    pub const fn has(self, switch: Switch) -> bool {
        self.0 & (1 << switch as u32) != 0
    }

    /// These switches with one set.
    #[must_use]
    pub const fn with(self, switch: Switch, on: bool) -> Self {
        let bit = 1 << switch as u32;
        Self(if on { self.0 | bit } else { self.0 & !bit })
    }
}
