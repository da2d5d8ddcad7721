//! What guests say, in six languages: a file each of sections in brackets, a line a phrase. A question has two wordings with
//! ` | ` between, so that two guests can ask the same in other words. `{title}` stands for the product.

/// What a line is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::robot::guests) enum Topic {
    Hello,
    Waiting,
    OnAir,
    Pinned,
    Talk,
    Poll,
    Bought,
    Thanks,
    Rude,
}

impl Topic {
    #[cfg(test)]
    pub(in crate::robot::guests) const ALL: [Self; 9] = [
        Self::Hello,
        Self::Waiting,
        Self::OnAir,
        Self::Pinned,
        Self::Talk,
        Self::Poll,
        Self::Bought,
        Self::Thanks,
        Self::Rude,
    ];

    const fn section(self) -> &'static str {
        match self {
            Self::Hello => "hello",
            Self::Waiting => "waiting",
            Self::OnAir => "on_air",
            Self::Pinned => "pinned",
            Self::Talk => "talk",
            Self::Poll => "poll",
            Self::Bought => "bought",
            Self::Thanks => "thanks",
            Self::Rude => "rude",
        }
    }
}

/// The phrases of a language.
#[derive(Debug, Clone, Copy)]
pub(in crate::robot::guests) struct Phrases(&'static str);

impl Phrases {
    /// Of a language; English if there are none.
    pub(in crate::robot::guests) fn of(language: &str) -> Self {
        Self(match language {
            "it" => include_str!("phrases/it.txt"),
            "de" => include_str!("phrases/de.txt"),
            "fr" => include_str!("phrases/fr.txt"),
            "es" => include_str!("phrases/es.txt"),
            "ja" => include_str!("phrases/ja.txt"),
            _ => include_str!("phrases/en.txt"),
        })
    }

    /// All that can be said about it.
    pub(in crate::robot::guests) fn about(self, topic: Topic) -> Vec<&'static str> {
        self.section(topic.section()).collect()
    }

    /// What the guest of that number is called.
    pub(in crate::robot::guests) fn name(self, number: usize) -> &'static str {
        let names: Vec<_> = self.section("names").collect();
        names.get(number % names.len().max(1)).copied().unwrap_or("Robot")
    }

    /// Questions, each in two wordings.
    pub(in crate::robot::guests) fn questions(self) -> Vec<(&'static str, &'static str)> {
        self.section("questions").map(|line| line.split_once(" | ").unwrap_or((line, line))).collect()
    }

    fn section(self, name: &'static str) -> impl Iterator<Item = &'static str> {
        let is_head = |line: &&str| line.starts_with('[');
        let lines =
            self.0.lines().skip_while(move |line| line.trim_matches(['[', ']']) != name || !line.starts_with('['));
        lines.skip(1).take_while(move |line| !is_head(line)).filter(|line| !line.is_empty())
    }
}
