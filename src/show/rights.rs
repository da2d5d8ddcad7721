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
    /// Ask a question.
    Ask,
    /// Vote for a question, or in a poll.
    Vote,
    /// Show a feeling.
    React,
    /// Take questions on air, answer, put away, merge.
    RunQuestions,
    /// Open polls, close them, put them over the picture.
    RunPolls,
    /// Take lines away, let lines through, mute, forbid to ask.
    Moderate,
    /// Set the rules of the chat.
    SetRules,
    /// Send viewers away, and take that back.
    Ban,
    /// See who is here by name.
    SeePeople,
    /// Say in writing what is being said.
    Caption,
}

impl Action {
    /// All of them.
    pub const ALL: [Self; 18] = [
        Self::Subscribe,
        Self::Rename,
        Self::Chat,
        Self::Publish,
        Self::Start,
        Self::End,
        Self::SetStage,
        Self::Pin,
        Self::Ask,
        Self::Vote,
        Self::React,
        Self::RunQuestions,
        Self::RunPolls,
        Self::Moderate,
        Self::SetRules,
        Self::Ban,
        Self::SeePeople,
        Self::Caption,
    ];

    /// Whether it still makes sense when the show is over: who has missed it may read the chat, and staff may
    /// still keep it in order.
    #[must_use]
    pub const fn outlives_the_show(self) -> bool {
        match self {
            // A line that stays visible can still be taken away, and who was sent away can be pardoned.
            Self::Rename | Self::Moderate | Self::Ban | Self::SeePeople => true,
            Self::Subscribe
            | Self::Chat
            | Self::Publish
            | Self::Start
            | Self::End
            | Self::SetStage
            | Self::Pin
            | Self::Ask
            | Self::Vote
            | Self::React
            | Self::RunQuestions
            | Self::RunPolls
            | Self::SetRules
            | Self::Caption => false,
        }
    }
}

/// Whether `role` may do `action`.
#[must_use]
pub const fn allows(role: Role, action: Action) -> bool {
    match (role, action) {
        (Role::Host, _) => true,
        (
            Role::Moderator | Role::Viewer,
            Action::Subscribe | Action::Rename | Action::Chat | Action::Ask | Action::Vote | Action::React,
        ) => true,
        (
            Role::Moderator,
            Action::RunQuestions
            | Action::RunPolls
            | Action::Moderate
            | Action::SetRules
            | Action::Ban
            | Action::SeePeople,
        ) => true,
        (
            Role::Viewer,
            Action::RunQuestions
            | Action::RunPolls
            | Action::Moderate
            | Action::SetRules
            | Action::Ban
            | Action::SeePeople,
        ) => false,
        (
            Role::Moderator | Role::Viewer,
            Action::Publish | Action::Start | Action::End | Action::SetStage | Action::Pin | Action::Caption,
        ) => false,
    }
}

#[cfg(test)]
mod tests;
