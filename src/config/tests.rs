//! What was typed becomes what is meant.

use super::{BaseUrl, Cli, Command, Config};
use clap::{CommandFactory, Parser};

fn serve(flags: &[&str]) -> Config {
    let args = ["quiora", "serve"].iter().chain(flags);
    match Cli::try_parse_from(args).unwrap().command {
        Command::Serve(args) => args.try_into().unwrap(),
        Command::Demo(_) | Command::Load(_) | Command::Admin(_) => panic!("not serve"),
    }
}

#[test]
fn the_command_line_is_well_formed() {
    Cli::command().debug_assert();
}

#[test]
fn defaults_stay_on_this_machine() {
    let config = serve(&[]);
    assert_eq!(config.listen.to_string(), "127.0.0.1:8080");
    assert_eq!(config.media.to_string(), "127.0.0.1:8443");
    assert!(config.workers >= 1);
    assert_eq!(config.base_url, None);
}

#[test]
fn media_opens_up_with_the_pages_or_a_public_address() {
    assert_eq!(serve(&["--listen", "0.0.0.0:80"]).media.to_string(), "0.0.0.0:8443");
    assert_eq!(serve(&["--listen", "[::]:80"]).media.to_string(), "[::]:8443");
    let behind_a_proxy = serve(&["--public-ip", "203.0.113.4,2001:db8::4"]);
    assert_eq!(behind_a_proxy.media.to_string(), "0.0.0.0:8443");
    assert_eq!(behind_a_proxy.public_ip.len(), 2);
}

#[test]
fn a_base_url_is_an_origin() {
    let read = |text: &str| text.parse::<BaseUrl>().map(|url| url.to_string());
    assert_eq!(read("https://Shop.Example/").as_deref(), Ok("https://shop.example"));
    assert_eq!(read("https://shop.example:443").as_deref(), Ok("https://shop.example"));
    assert_eq!(read("http://shop.example:8080").as_deref(), Ok("http://shop.example:8080"));
    for wrong in
        ["shop.example", "ftp://shop.example", "https://shop.example/live", "https://a@b.example", "", "https://"]
    {
        assert!(read(wrong).is_err(), "{wrong}");
    }
}

#[test]
fn nonsense_is_refused() {
    for wrong in [&["--listen", "here"][..], &["--workers", "0"], &["--media-port", "70000"], &["--public-ip", "home"]]
    {
        let args = ["quiora", "serve"].iter().chain(wrong);
        assert!(Cli::try_parse_from(args).is_err(), "{wrong:?}");
    }
}

#[test]
fn turn_needs_its_secret() {
    let turn = ["--turn-url", "turn:a:3478?transport=udp,turns:b:443", "--stun-url", "stun:c"];
    let config = serve(&[turn.as_slice(), &["--turn-secret", "north"]].concat());
    assert_eq!((config.ice.turn_urls.len(), config.ice.stun_urls.len()), (2, 1));
    assert_eq!(config.ice.turn_secret.map(|s| s.expose().to_owned()).as_deref(), Some("north"));
    let args = ["quiora", "serve"].into_iter().chain(turn);
    assert!(Cli::try_parse_from(args).is_err());
}
