//! Who may speak, and where the answer goes.
use super::*;
use rtc_crypto::RTCCryptoProvider;
use rtc_crypto::providers::AwsLcRsProvider;

struct World {
    ice: IceLite,
    client: IceLite,
    crypto: AwsLcRsProvider,
    now: Instant,
}

fn address(port: u16) -> SocketAddr {
    SocketAddr::from(([192, 0, 2, 7], port))
}

impl World {
    fn new() -> Self {
        let (local, remote) = (Credentials::generate(), Credentials::generate());
        let now = crate::clock::monotonic();
        let ice = IceLite::new(local.clone(), remote.clone(), now);
        // Signs as the client does: with the server's password, under its ufrag.
        let client = IceLite::new(local, remote, now);
        Self { ice, client, crypto: AwsLcRsProvider::new(), now }
    }

    fn request(&self, nominate: bool) -> Vec<u8> {
        self.client.introduction(nominate, self.crypto.crypto()).expect("a request")
    }

    fn hear(&mut self, request: &[u8], port: u16) -> Option<Heard> {
        self.ice.handle_request(
            self.now,
            &Datagram { bytes: request, from: address(port), to: None, mapped: address(port) },
            self.crypto.crypto(),
        )
    }

    fn route(&self) -> Option<u16> {
        self.ice.route().map(|(address, _)| address.port())
    }

    fn pass(&mut self, time: Duration) {
        self.now += time;
    }
}

#[test]
fn an_authentic_request_is_answered_and_verifies_its_address() {
    let mut w = World::new();
    let request = w.request(false);
    let heard = w.hear(&request, 1).expect("authentic");
    assert!(heard.new_address);
    assert!(w.ice.is_verified(address(1)) && !w.ice.is_verified(address(2)));
    assert_eq!(w.route(), Some(1), "there is nowhere else to send");
    let mut response = Message::new();
    response.unmarshal_binary(&heard.response).expect("a message");
    assert_eq!(response.typ, BINDING_SUCCESS);
    assert_eq!(response.transaction_id.0.as_slice(), &request[8..20]);
    let password = w.ice.local.password.clone();
    MessageIntegrity::check(&mut response, password.as_bytes(), w.crypto.crypto()).expect("signed with our password");
    assert!(!w.hear(&request, 1).expect("again").new_address);
}

#[test]
fn forged_and_mangled_requests_change_nothing() {
    let mut w = World::new();
    let mut stranger = World::new();
    stranger.client.local.ufrag = w.ice.local.ufrag.clone();
    let forged = stranger.request(true);
    assert!(w.hear(&forged, 1).is_none());
    let good = w.request(true);
    for at in 0..good.len() {
        // Behind the integrity attribute lies the fingerprint, which is no authentication (RFC 8489 §14.7).
        if at >= good.len() - 8 {
            break;
        }
        let mut bad = good.clone();
        bad[at] ^= 0x40;
        assert!(w.hear(&bad, 1).is_none(), "byte {at}");
        assert!(w.hear(&good[..at], 1).is_none(), "cut at {at}");
    }
    assert_eq!(w.route(), None);
    assert!(!w.ice.is_verified(address(1)));
}

#[test]
fn a_living_route_is_not_moved_by_a_replay() {
    let mut w = World::new();
    let request = w.request(true);
    w.hear(&request, 1);
    w.pass(Duration::from_millis(200));
    assert!(w.hear(&request, 2).is_some());
    assert_eq!(w.route(), Some(1));
}

#[test]
fn a_silent_route_gives_way_to_a_nominated_address() {
    let mut w = World::new();
    let (plain, nominated) = (w.request(false), w.request(true));
    w.hear(&nominated, 1);
    w.pass(Duration::from_secs(1));
    w.hear(&plain, 2);
    assert_eq!(w.route(), Some(1), "a check alone moves nothing");
    w.hear(&nominated, 2);
    assert_eq!(w.route(), Some(2));
    w.pass(Duration::from_secs(1));
    w.ice.handle_traffic(w.now, address(2));
    w.hear(&nominated, 3);
    assert_eq!(w.route(), Some(2), "media keeps a route alive");
}

#[test]
fn verified_addresses_are_bounded_and_the_route_is_never_forgotten() {
    let mut w = World::new();
    let request = w.request(false);
    let mut forgotten = Vec::new();
    for port in 1..=30 {
        w.pass(Duration::from_millis(10));
        forgotten.extend(w.hear(&request, port).and_then(|h| h.forgotten));
    }
    assert_eq!(w.ice.addresses().count(), MAX_VERIFIED);
    assert_eq!(forgotten.len(), 30 - MAX_VERIFIED);
    assert!(w.ice.is_verified(address(1)) && !forgotten.contains(&address(1)));
    assert_eq!(w.route(), Some(1));
}

#[test]
fn consent_is_renewed_by_requests_alone() {
    let mut w = World::new();
    let request = w.request(true);
    w.hear(&request, 1);
    let until = w.ice.consent_until();
    w.pass(Duration::from_secs(5));
    w.ice.handle_traffic(w.now, address(1));
    assert_eq!(w.ice.consent_until(), until, "media is no consent (RFC 7675)");
    w.hear(&request, 1);
    assert_eq!(w.ice.consent_until(), w.now + CONSENT);
}

/// The other side after a restart: it signs with the new password, under the new names.
fn restart(w: &mut World) -> IceLite {
    let (local, remote) = (Credentials::generate(), Credentials::generate());
    w.ice.restart(local.clone(), remote.ufrag.clone());
    IceLite::new(local, remote, w.now)
}

#[test]
fn a_restart_is_complete_when_the_new_credentials_are_used() {
    let mut w = World::new();
    let old = w.request(true);
    w.hear(&old, 1);
    let first = w.ice.ufrag().to_owned();
    w.client = restart(&mut w);
    assert_eq!(w.ice.names().count(), 2);
    assert!(w.hear(&old, 1).is_some_and(|h| h.retired.is_none()), "the old ones are good meanwhile");
    let new = w.request(true);
    let heard = w.hear(&new, 1).expect("the new ones are good");
    assert_eq!(heard.retired.as_deref(), Some(first.as_str()));
    assert_eq!(w.ice.names().collect::<Vec<_>>(), [w.client.ufrag()]);
    assert!(w.hear(&old, 1).is_none(), "and the old ones are not any more");
    let mut response = Message::new();
    response.unmarshal_binary(&heard.response).expect("a message");
    let password = w.client.local.password.clone();
    MessageIntegrity::check(&mut response, password.as_bytes(), w.crypto.crypto()).expect("under the new password");
    assert_eq!(w.route(), Some(1), "the route is the same");
    assert_eq!(w.ice.ufrag(), first, "it stays filed under its first name");
}

#[test]
fn a_restart_that_nobody_confirms_changes_nothing() {
    let mut w = World::new();
    let old = w.request(true);
    w.hear(&old, 1);
    let lost = restart(&mut w);
    let forged = {
        let mut stranger = restart(&mut World::new());
        stranger.local.ufrag = lost.local.ufrag.clone();
        stranger.remote.ufrag = lost.remote.ufrag.clone();
        stranger.introduction(true, w.crypto.crypto()).expect("a request")
    };
    assert!(w.hear(&forged, 2).is_none(), "the name alone is worth nothing");
    let stranger = lost.introduction(true, w.crypto.crypto()).expect("a request");
    w.client = restart(&mut w);
    assert!(w.hear(&stranger, 1).is_none(), "a later restart takes the place of an unconfirmed one");
    w.pass(Duration::from_secs(20));
    assert!(w.hear(&old, 1).is_some(), "consent goes on under the old ones");
    let new = w.request(true);
    assert!(w.hear(&new, 1).is_some());
    w.client = restart(&mut w);
    let newer = w.request(true);
    let heard = w.hear(&newer, 1).expect("a second restart");
    assert!(heard.retired.is_some() && w.hear(&new, 1).is_none() && w.hear(&old, 1).is_none());
}
