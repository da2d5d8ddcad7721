//! Who may do what: the one table. Everything else asks it, so that a new role or action is a line here and a compile
//! error until it is.

use quiora_signaling::Role;

/// Something a role may or may not do in a show.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Action {
    /// See and hear the show.
    Subscribe,
    /// Choose a nickname.
    Rename,
    /// Write a chat line.
    Chat,
    /// Put picture and sound on the stage, and take them off.
    Publish,
    /// Begin the show.
    Start,
    /// End the show, for good.
    End,
    /// Say what the stage shows.
    SetStage,
    /// Put a product on screen, and take it off.
    Pin,
}

impl Action {
    /// All of them.
    pub const ALL: [Self; 8] =
        [Self::Subscribe, Self::Rename, Self::Chat, Self::Publish, Self::Start, Self::End, Self::SetStage, Self::Pin];

    /// Whether it still makes sense when the show is over: who has missed it may read the chat, and nothing else.
    #[must_use]
    pub const fn outlives_the_show(self) -> bool {
        match self {
            Self::Rename => true,
            Self::Subscribe | Self::Chat | Self::Publish | Self::Start | Self::End | Self::SetStage | Self::Pin => {
                false
            }
        }
    }
}

/// Whether `role` may do `action`.
#[must_use]
pub const fn allows(role: Role, action: Action) -> bool {
    match (role, action) {
        (Role::Host, _) => true,
        (Role::Moderator | Role::Viewer, Action::Subscribe | Action::Rename | Action::Chat) => true,
        (
            Role::Moderator | Role::Viewer,
            Action::Publish | Action::Start | Action::End | Action::SetStage | Action::Pin,
        ) => false,
    }
}

#[cfg(test)]
mod tests;
