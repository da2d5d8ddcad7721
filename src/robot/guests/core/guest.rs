//! One guest: what it hears becomes plans, and plans become acts in their time.

use super::{Act, Dice, Part, Sheet, Topic};
use quiora_signaling::{
    CatchUp, ChatLine, Limits, MemberId, OnAir, Order, OrderStatus, Poll, PollChange, ProductId, Question,
    QuestionChange, QuestionStatus, Reaction, Role, ServerMessage, ShowEvent, ShowStatus, Showcase, Standing, Welcome,
};
use std::collections::{BTreeSet, VecDeque};
use std::sync::Arc;
use std::time::{Duration, Instant};

/// Plans of one guest. Full: what would be planned is let go.
pub(in crate::robot::guests) const MAX_PLANS: usize = 12;

/// Between any two acts of a guest: nobody has more than two thumbs.
const BREATH: Duration = Duration::from_millis(700);

/// Between two lines of a guest, whatever the server would allow.
const LINE_GAP: Duration = Duration::from_secs(5);

/// Pieces that one guest reserves in a rehearsal, so that a small stock is not bought up by robots.
const MAX_BUYS: usize = 2;

/// Lines of others that a guest has in mind, so as not to say the same.
const IN_MIND: usize = 12;

/// Lines that a guest remembers having said: all that it can say about some products.
const MAX_SAID: usize = 200;

/// Rude lines of one rehearsal: enough to try every tool on.
const MAX_RUDE: usize = 3;

/// What is intended.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Intent {
    Say(Topic, Option<String>),
    /// The question of that number in its first or second wording.
    Ask(usize, bool, Option<ProductId>),
    Do(Act),
    /// Says something in passing, and means to do it again.
    Chatter,
    /// Forgets its manners, and means to do it again.
    Sin,
}

/// A guest.
#[derive(Debug)]
pub(in crate::robot::guests) struct Guest {
    part: Part,
    dice: Dice,
    sheet: Arc<Sheet>,
    me: Option<MemberId>,
    limits: Limits,
    live: bool,
    on_air: bool,
    pinned: Option<ProductId>,
    standing: Standing,
    plans: Vec<(Instant, Intent)>,
    /// Nothing before.
    breath: Instant,
    /// No line before.
    line: Instant,
    asked: bool,
    /// What it has said, and what others have said a moment ago.
    said: BTreeSet<String>,
    heard: VecDeque<String>,
    buys: usize,
    rude: usize,
}

impl Guest {
    pub(in crate::robot::guests) fn new(part: Part, dice: Dice, sheet: Arc<Sheet>, now: Instant) -> Self {
        Self {
            part,
            dice,
            sheet,
            me: None,
            limits: Limits::default(),
            live: false,
            on_air: false,
            pinned: None,
            standing: Standing::default(),
            plans: Vec::new(),
            breath: now,
            line: now,
            asked: false,
            said: BTreeSet::new(),
            heard: VecDeque::new(),
            buys: 0,
            rude: 0,
        }
    }

    /// It has come in, or is back after a lost socket.
    pub(in crate::robot::guests) fn enter(&mut self, now: Instant, welcome: &Welcome) {
        let first = self.me.is_none();
        self.me = Some(welcome.you.member);
        self.limits = welcome.limits.clone();
        self.live = welcome.show.status == ShowStatus::Live;
        self.on_air = welcome.show.stage.on_air == OnAir::Live;
        self.standing = welcome.mine.standing;
        if !first {
            return;
        }
        self.perhaps(self.part.talks, now, (800, 4_000), Intent::Say(Topic::Hello, None));
        self.plan(now, (12_000, 40_000), Intent::Chatter);
        if self.part.rude {
            self.plan(now, (20_000, 35_000), Intent::Sin);
        }
        if let Some(number) = self.part.asks {
            let about = self.dice.below(self.sheet.line_up.len());
            let product = self.sheet.line_up.get(about).map(|ware| ware.product);
            self.plan(now, (5_000, 20_000), Intent::Ask(number, true, product));
        }
        if let Some(showcase) = &welcome.show.showcase {
            self.sees(now, showcase);
        }
        if let CatchUp::Snapshot { questions, polls, .. } = &welcome.catch_up {
            questions.iter().filter(|q| q.status == QuestionStatus::Open).for_each(|q| self.reads(now, q));
            polls.iter().filter(|poll| poll.closed_at_ms.is_none()).for_each(|poll| self.considers(now, poll));
        }
    }

    /// Something came by the socket.
    pub(in crate::robot::guests) fn hear(&mut self, now: Instant, message: &ServerMessage) {
        match message {
            ServerMessage::Event(logged) => self.happens(now, &logged.event),
            ServerMessage::Stage(stage) => {
                let on_air = stage.on_air == OnAir::Live;
                if on_air && !self.on_air {
                    self.perhaps(self.part.talks, now, (1_000, 9_000), Intent::Say(Topic::OnAir, None));
                    self.perhaps(50, now, (500, 5_000), Intent::Do(Act::React(Reaction::Clap, 2)));
                }
                self.on_air = on_air;
            }
            ServerMessage::Order(reply) => self.holds(now, &reply.order),
            ServerMessage::Standing(standing) => self.standing = *standing,
            _ => {}
        }
    }

    fn happens(&mut self, now: Instant, event: &ShowEvent) {
        match event {
            ShowEvent::Started => self.live = true,
            ShowEvent::Ended => {
                self.live = false;
                self.plans.clear();
            }
            ShowEvent::Pinned(showcase) => self.sees(now, showcase),
            ShowEvent::Unpinned { .. } => self.pinned = None,
            ShowEvent::Question { change: QuestionChange::Asked, question } => self.reads(now, question),
            ShowEvent::Question { change: QuestionChange::Taken, .. } => {
                self.perhaps(40, now, (500, 4_000), Intent::Do(Act::React(Reaction::Heart, 1)));
            }
            ShowEvent::Question { change: QuestionChange::Answered, question } if Some(question.member) == self.me => {
                self.plan(now, (1_500, 6_000), Intent::Say(Topic::Thanks, None));
            }
            ShowEvent::Poll { change: PollChange::Opened | PollChange::Reopened, poll } => self.considers(now, poll),
            ShowEvent::Chat(line) => self.overhears(now, line),
            _ => {}
        }
    }

    /// A product is on screen.
    fn sees(&mut self, now: Instant, showcase: &Showcase) {
        let card = &showcase.product;
        self.pinned = Some(card.product);
        let fire = if self.dice.percent(50) { Reaction::Fire } else { Reaction::Heart };
        let often = 1 + u8::try_from(self.dice.below(3)).unwrap_or_default();
        self.perhaps(60, now, (800, 5_000), Intent::Do(Act::React(fire, often)));
        self.perhaps(self.part.talks / 2, now, (1_500, 9_000), Intent::Say(Topic::Pinned, Some(card.title.clone())));
        let chosen = self.dice.below(card.variants.len());
        if let Some(variant) = card.variants.get(chosen)
            && self.buys < MAX_BUYS
        {
            self.perhaps(self.part.buys, now, (3_000, 14_000), Intent::Do(Act::Reserve(variant.variant)));
        }
    }

    /// Somebody asked something.
    fn reads(&mut self, now: Instant, question: &Question) {
        if Some(question.member) == self.me {
            return;
        }
        self.perhaps(35, now, (1_500, 9_000), Intent::Do(Act::Want(question.question)));
        let same = |(first, _): &(&str, &str)| self.words(first, question.product) == question.text;
        if self.part.echoes
            && !self.asked
            && let Some(number) = self.sheet.phrases.questions().iter().position(same)
        {
            self.asked = true;
            self.plan(now, (5_000, 11_000), Intent::Ask(number, false, question.product));
        }
    }

    /// There is something to choose.
    fn considers(&mut self, now: Instant, poll: &Poll) {
        let choice = u8::try_from(self.dice.below(poll.choices.len())).unwrap_or_default();
        self.perhaps(90, now, (1_000, 7_000), Intent::Do(Act::Choose(poll.poll, choice)));
        self.perhaps(self.part.talks / 6, now, (3_000, 9_000), Intent::Say(Topic::Poll, None));
    }

    /// Somebody speaks in the chat: what others have said is not said again so soon, and a host gets some answer.
    fn overhears(&mut self, now: Instant, line: &ChatLine) {
        if self.heard.len() == IN_MIND {
            self.heard.pop_front();
        }
        self.heard.push_back(line.text.clone());
        if line.role == Role::Host {
            self.perhaps(self.part.talks / 4, now, (2_000, 8_000), Intent::Say(Topic::Talk, None));
        }
    }

    /// What became of a wish to buy.
    fn holds(&mut self, now: Instant, order: &Order) {
        match (order.status, &self.sheet.shipping) {
            (OrderStatus::Reserved, Some(shipping)) if !self.part.hesitates => {
                let total = order.goods_minor.saturating_add(shipping.price_minor);
                self.plan(now, (2_500, 7_000), Intent::Do(Act::Place(order.order, total)));
            }
            (OrderStatus::Reserved | OrderStatus::Waiting, _) => {
                self.plan(now, (6_000, 15_000), Intent::Do(Act::Release(order.order)));
            }
            (OrderStatus::Placed, _) => {
                self.perhaps(70, now, (1_000, 4_000), Intent::Say(Topic::Bought, None));
            }
            _ => {}
        }
    }

    #[cfg(test)]
    pub(in crate::robot::guests) const fn planned(&self) -> usize {
        self.plans.len()
    }

    /// When there will be something to do.
    pub(in crate::robot::guests) fn poll_timeout(&self) -> Option<Instant> {
        self.plans.iter().map(|(at, intent)| self.allowed(*at, intent)).min()
    }

    /// What is to be done now, if anything. Ask again after it.
    pub(in crate::robot::guests) fn poll(&mut self, now: Instant) -> Option<Act> {
        loop {
            let due = self.plans.iter().position(|(at, intent)| self.allowed(*at, intent) <= now)?;
            let (_, intent) = self.plans.swap_remove(due);
            if let Some(act) = self.act(now, intent) {
                self.breath = now + BREATH;
                match act {
                    Act::Say(_) => {
                        let gap = Duration::from_millis(u64::from(self.limits.chat_interval_ms));
                        self.line = now + gap.max(LINE_GAP);
                    }
                    Act::React(..) => {
                        self.breath =
                            now + Duration::from_millis(u64::from(self.limits.reaction_interval_ms)).max(BREATH);
                    }
                    _ => {}
                }
                return Some(act);
            }
        }
    }

    /// When a plan may become an act.
    fn allowed(&self, at: Instant, intent: &Intent) -> Instant {
        match intent {
            Intent::Say(..) | Intent::Chatter | Intent::Sin => at.max(self.breath).max(self.line),
            Intent::Ask(..) | Intent::Do(_) => at.max(self.breath),
        }
    }

    fn act(&mut self, now: Instant, intent: Intent) -> Option<Act> {
        match intent {
            Intent::Say(topic, title) => self.say(topic, title.as_deref()),
            Intent::Chatter => {
                self.plan(now, (25_000, 75_000), Intent::Chatter);
                let topic = if self.live { Topic::Talk } else { Topic::Waiting };
                if self.dice.percent(self.part.talks) { self.say(topic, None) } else { None }
            }
            Intent::Sin => {
                self.rude += 1;
                if self.rude < MAX_RUDE {
                    self.plan(now, (90_000, 240_000), Intent::Sin);
                }
                self.say(Topic::Rude, None)
            }
            Intent::Ask(..) if self.standing.forbidden => None,
            Intent::Ask(number, first, product) => {
                let (one, other) = *self.sheet.phrases.questions().get(number)?;
                Some(Act::Ask(self.words(if first { one } else { other }, product), product))
            }
            Intent::Do(Act::Reserve(_)) if self.pinned.is_none() || self.buys >= MAX_BUYS => None,
            Intent::Do(act) => {
                self.buys += usize::from(matches!(act, Act::Reserve(_)));
                Some(act)
            }
        }
    }

    /// A line that nobody has just said, and if possible one that it has not said itself. Who is muted is silent, and so is
    /// who has nothing of their own to say.
    fn say(&mut self, topic: Topic, title: Option<&str>) -> Option<Act> {
        if self.standing.muted_until_ms.is_some() {
            return None;
        }
        let lines = self.sheet.phrases.about(topic).into_iter();
        let mut lines: Vec<_> = lines.map(|line| line.replace("{title}", title.unwrap_or_default())).collect();
        lines.retain(|line| !self.heard.contains(line));
        if lines.iter().any(|line| !self.said.contains(line)) {
            lines.retain(|line| !self.said.contains(line));
        }
        let line = lines.get(self.dice.below(lines.len()))?.clone();
        if self.said.len() < MAX_SAID {
            self.said.insert(line.clone());
        }
        Some(Act::Say(line))
    }

    /// A question about a product; without one it is about "this".
    fn words(&self, question: &str, product: Option<ProductId>) -> String {
        let ware = self.sheet.line_up.iter().find(|ware| Some(ware.product) == product);
        question.replace("{title}", ware.map_or("…", |ware| ware.title.as_str()))
    }

    fn plan(&mut self, now: Instant, (from_ms, to_ms): (u64, u64), intent: Intent) {
        let at = now + self.dice.between(from_ms, to_ms);
        if self.plans.len() < MAX_PLANS {
            self.plans.push((at, intent));
        }
    }

    fn perhaps(&mut self, percent: usize, now: Instant, within_ms: (u64, u64), intent: Intent) {
        if self.dice.percent(percent) {
            self.plan(now, within_ms, intent);
        }
    }
}
