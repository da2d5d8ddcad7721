//! One world of the media plane: a publisher, its uplink, the server's cores, viewers; events in virtual time.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BinaryHeap, HashMap};
use std::time::{Duration, Instant};

use quiora::sfu::codec::{Codec, MediaKind};
use quiora::sfu::forwarder::Forwarder;
use quiora::sfu::ingest::Ingest;
use quiora::sfu::keyframe::KeyframeGate;
use quiora::sfu::packet::{LayerId, SourceId, TrackKey};
use quiora::sfu::reason::Reason;

use crate::oracle::{Tally, Watcher};
use crate::publisher::{AUDIO_MS, FRAME_MS, Habits, Publisher, Sent};
use crate::random::Random;
use crate::uplink::Uplink;

/// How long a world lives, in virtual milliseconds.
const LIFE_MS: u64 = 9000;
/// How often viewers and gates are looked after.
const TICK_MS: u64 = 20;
/// A viewer has a picture this long after nothing stands in the way any more.
const PICTURE_MS: u64 = 1500;
/// One whose layer has died notices first.
const RECOVERY_MS: u64 = 1500 + PICTURE_MS;

#[derive(Debug)]
enum Event {
    Frame { connection: u64 },
    Sound { connection: u64 },
    Arrive(Box<Sent>),
    Ask { connection: u64, layer: LayerId },
    Tick,
    Join,
    Leave,
    Return,
    ToggleLayer,
}

struct Viewer {
    joined_ms: u64,
    video: Forwarder,
    audio: Forwarder,
    video_watcher: Watcher,
    audio_watcher: Watcher,
}

struct World {
    begin: Instant,
    now_ms: u64,
    random: Random,
    uplink: Uplink,
    habits: Habits,
    publisher: Option<Publisher>,
    connections: u64,
    events: BinaryHeap<Reverse<(u64, u64)>>,
    payloads: HashMap<u64, Event>,
    ingests: HashMap<(u64, TrackKey, LayerId), Ingest>,
    gates: BTreeMap<(u64, LayerId), (KeyframeGate, Option<u64>)>,
    viewers: Vec<Viewer>,
    arrived: HashMap<(u64, TrackKey, LayerId, u64), u64>,
    /// Packets of each stream that have left the publisher and not arrived.
    missing: HashMap<(u64, TrackKey, LayerId), u64>,
    /// The last moment at which something stood in the way of a picture.
    excuse_ms: u64,
    tally: Tally,
}

/// Plays the world of this seed; panics, naming the seed, when an oracle objects.
pub(crate) fn run(seed: u64) -> Tally {
    let played = std::panic::catch_unwind(|| World::new(seed).play());
    match played {
        Ok(tally) => tally,
        Err(panic) => {
            let text = panic.downcast_ref::<String>().map_or("", String::as_str);
            assert!(text.is_empty(), "world {seed}: {text}");
            unreachable!("world {seed} failed")
        }
    }
}

impl World {
    fn new(seed: u64) -> Self {
        let mut random = Random::new(seed);
        let uplink = Uplink::new(&mut random);
        let habits = Habits::new(&mut random);
        let mut world = Self {
            begin: quiora::clock::monotonic(),
            now_ms: 0,
            random,
            uplink,
            habits,
            publisher: None,
            connections: 0,
            events: BinaryHeap::new(),
            payloads: HashMap::new(),
            ingests: HashMap::new(),
            gates: BTreeMap::new(),
            viewers: Vec::new(),
            arrived: HashMap::new(),
            missing: HashMap::new(),
            excuse_ms: 0,
            tally: Tally::default(),
        };
        world.plan();
        world
    }

    /// What will happen in this world, as far as it does not follow from something else.
    fn plan(&mut self) {
        self.at(0, Event::Return);
        self.at(0, Event::Tick);
        for _ in 0..self.random.between(2, 5) {
            let when = self.random.below(LIFE_MS * 2 / 3);
            self.at(when, Event::Join);
        }
        for _ in 0..self.random.below(3) {
            let when = self.random.between(1000, LIFE_MS * 2 / 3);
            let longest = if self.random.per_mille(300) { 20 } else { 2500 };
            let away = self.random.between(1, longest);
            self.at(when, Event::Leave);
            self.at(when + away, Event::Return);
        }
        for _ in 0..self.random.below(4) {
            let when = self.random.below(LIFE_MS);
            self.at(when, Event::ToggleLayer);
        }
    }

    fn at(&mut self, when_ms: u64, event: Event) {
        let order = self.payloads.len() as u64 + (self.random.next() << 20);
        self.events.push(Reverse((when_ms, order)));
        self.payloads.insert(order, event);
    }

    fn after(&mut self, wait_ms: u64, event: Event) {
        self.at(self.now_ms + wait_ms, event);
    }

    fn now(&self) -> Instant {
        self.begin + Duration::from_millis(self.now_ms)
    }

    fn play(mut self) -> Tally {
        while let Some(Reverse((when, order))) = self.events.pop() {
            if when > LIFE_MS {
                break;
            }
            self.now_ms = when;
            if let Some(event) = self.payloads.remove(&order) {
                self.handle(event);
            }
        }
        self.check_streams();
        for viewer in &self.viewers {
            viewer.video_watcher.check_gaps(&self.arrived);
            viewer.audio_watcher.check_gaps(&self.arrived);
            self.tally.add(&viewer.video_watcher.tally);
            self.tally.add(&viewer.audio_watcher.tally);
        }
        self.tally
    }

    fn handle(&mut self, event: Event) {
        match event {
            Event::Frame { connection } => self.frame(connection),
            Event::Sound { connection } => self.sound(connection),
            Event::Arrive(sent) => self.arrive(*sent),
            Event::Ask { connection, layer } => {
                if let Some(publisher) = self.publisher.as_mut().filter(|p| p.source == connection) {
                    publisher.ask(layer);
                }
            }
            Event::Tick => self.tick(),
            Event::Join => self.join(),
            Event::Leave => self.publisher = None,
            Event::Return => self.publisher_returns(),
            Event::ToggleLayer => {
                self.excuse_ms = self.now_ms;
                if let Some(publisher) = &mut self.publisher {
                    publisher.toggle_best_layer();
                }
            }
        }
    }

    fn publisher_returns(&mut self) {
        if self.publisher.is_some() {
            return;
        }
        self.connections += 1;
        self.excuse_ms = self.now_ms;
        let connection = self.connections;
        self.publisher = Some(Publisher::new(connection, self.habits.clone(), &mut self.random));
        self.after(0, Event::Frame { connection });
        self.after(3, Event::Sound { connection });
    }

    fn frame(&mut self, connection: u64) {
        let Some(publisher) = self.publisher.as_mut().filter(|p| p.source == connection) else { return };
        let sent = publisher.frame(&mut self.random);
        sent.into_iter().for_each(|sent| self.send(sent));
        self.after(FRAME_MS, Event::Frame { connection });
    }

    fn sound(&mut self, connection: u64) {
        let Some(publisher) = self.publisher.as_mut().filter(|p| p.source == connection) else { return };
        let sent = publisher.sound();
        self.send(sent);
        self.after(AUDIO_MS, Event::Sound { connection });
    }

    fn send(&mut self, sent: Sent) {
        let passage = self.uplink.pass(&mut self.random);
        *self.missing.entry((sent.source, sent.track, sent.layer)).or_default() += 1;
        if passage.first.is_none() && sent.starts_keyframe {
            self.excuse_ms = self.now_ms;
        }
        if let Some(again) = passage.again {
            self.after(again, Event::Arrive(Box::new(sent.clone())));
        }
        if let Some(first) = passage.first {
            self.after(first, Event::Arrive(Box::new(sent)));
        }
    }

    fn arrive(&mut self, sent: Sent) {
        let now = self.now();
        let codec = if sent.track == TrackKey::Audio { Codec::Opus } else { self.habits.codec };
        let key = (sent.source, sent.track, sent.layer);
        let ingest = self.ingests.entry(key).or_insert_with(|| Ingest::new(sent.track, sent.layer, codec));
        let packet = match ingest.handle_packet(now, sent.received) {
            Ok(packet) => packet,
            Err(reason) => {
                self.took(key, u64::from(reason == Reason::Padding));
                self.tally.probes += u64::from(reason == Reason::Padding);
                self.tally.duplicates += u64::from(reason == Reason::Duplicate);
                return;
            }
        };
        self.took(key, 1);
        let let_through = self.arrived.len() as u64;
        let known = self.arrived.insert((sent.source, sent.track, sent.layer, packet.sequence), let_through);
        assert_eq!(known, None, "a number let through twice");
        if packet.keyframe && sent.track == TrackKey::Video {
            self.gate(sent.source, sent.layer).0.on_keyframe(now);
        }
        let source = SourceId(sent.source);
        for viewer in &mut self.viewers {
            let (forwarder, watcher) = match sent.track {
                TrackKey::Video => (&mut viewer.video, &mut viewer.video_watcher),
                TrackKey::Audio => (&mut viewer.audio, &mut viewer.audio_watcher),
            };
            let decision = forwarder.forward(now, source, &packet);
            watcher.decided(self.now_ms, source, &packet, decision, forwarder, let_through);
        }
    }

    fn took(&mut self, stream: (u64, TrackKey, LayerId), packets: u64) {
        if let Some(missing) = self.missing.get_mut(&stream) {
            *missing -= packets;
        }
    }

    /// What was let through of a stream has no more gaps than packets that never came.
    fn check_streams(&self) {
        for (stream, missing) in &self.missing {
            let of_stream = |key: &&(u64, TrackKey, LayerId, u64)| (key.0, key.1, key.2) == *stream;
            let numbers: Vec<u64> = self.arrived.keys().filter(of_stream).map(|key| key.3).collect();
            let (Some(first), Some(last)) = (numbers.iter().min(), numbers.iter().max()) else { continue };
            let gaps = last - first + 1 - numbers.len() as u64;
            assert!(gaps <= *missing, "{gaps} gaps, {missing} packets missing of {stream:?}");
        }
    }

    fn gate(&mut self, source: u64, layer: LayerId) -> &mut (KeyframeGate, Option<u64>) {
        self.gates.entry((source, layer)).or_default()
    }

    fn join(&mut self) {
        self.viewers.push(Viewer {
            joined_ms: self.now_ms,
            video: Forwarder::new(MediaKind::Video),
            audio: Forwarder::new(MediaKind::Audio),
            video_watcher: Watcher::new(TrackKey::Video),
            audio_watcher: Watcher::new(TrackKey::Audio),
        });
    }

    fn tick(&mut self) {
        let now = self.now();
        let latest = self.connections;
        let wanted: Vec<_> = self.viewers.iter().filter(|viewer| viewer.video.wants_keyframe(now)).collect();
        let wanted: Vec<_> = wanted.iter().map(|viewer| viewer.video.keyframe_source(now)).collect();
        for target in wanted {
            let (source, layer) = target.map_or((latest, LayerId(0)), |(source, layer)| (source.0, layer));
            let asked = self.gate(source, layer).0.request(now);
            self.asked(source, layer, asked.map(|ask| ask.repeat));
        }
        let due: Vec<_> = self.gates.keys().copied().collect();
        for (source, layer) in due {
            let asked = self.gate(source, layer).0.handle_timeout(now);
            self.asked(source, layer, asked.map(|ask| ask.repeat));
        }
        self.check_pictures();
        self.after(TICK_MS, Event::Tick);
    }

    /// A request has left for the publisher.
    fn asked(&mut self, source: u64, layer: LayerId, repeat: Option<u32>) {
        let Some(repeat) = repeat else { return };
        self.tally.asks += 1;
        self.tally.repeats += u64::from(repeat > 0);
        let now_ms = self.now_ms;
        let last = self.gate(source, layer).1.replace(now_ms);
        assert!(last.is_none_or(|last| now_ms - last >= 1000), "two requests within a second");
        if self.random.per_mille(self.uplink.asks_lost) {
            self.excuse_ms = self.now_ms;
        } else {
            self.after(self.uplink.delay_ms(), Event::Ask { connection: source, layer });
        }
    }

    /// Everybody sees the publisher that is on air, and goes on seeing it.
    fn check_pictures(&mut self) {
        let Some(publisher) = &self.publisher else { return };
        for viewer in &self.viewers {
            let waiting = self.now_ms - self.excuse_ms.max(viewer.joined_ms);
            let source = viewer.video.current().map(|(source, _)| source.0);
            let (has, uplink) = (source == Some(publisher.source), &self.uplink);
            assert!(has || waiting <= PICTURE_MS, "no picture for {waiting} ms at {} ms, {uplink:?}", self.now_ms);
            let silent = viewer.video_watcher.last_forwarded_ms.map_or(0, |last| self.now_ms - last);
            let frozen = silent.min(waiting);
            assert!(frozen <= RECOVERY_MS, "frozen for {frozen} ms at {} ms, {uplink:?}", self.now_ms);
        }
    }
}
