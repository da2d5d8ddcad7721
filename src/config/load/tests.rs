//! Whom the robot audience may load, and what it takes a command line for.

use super::*;
use crate::config::{Cli, Command};
use clap::Parser;

fn load(flags: &[&str]) -> Result<LoadConfig, AudienceError> {
    let args = ["quiora", "load"].iter().chain(flags);
    match Cli::try_parse_from(args).unwrap().command {
        Command::Load(args) => LoadConfig::try_from(&*args),
        _ => panic!("not load"),
    }
}

#[test]
fn a_show_is_loaded_by_its_page() {
    let config = load(&["--url", "http://127.0.0.1:8080/s/demo", "--viewers", "5"]).unwrap();
    assert!(matches!(config.target, Target::Show { ref slug, sockets: audience::Sockets::Ws, .. } if slug == "demo"));
    assert_eq!((config.viewers, config.sampled, config.publish.is_none()), (5, 5, true));
}

#[test]
fn nobody_else_is_loaded() {
    for url in ["http://192.0.2.1:8080/s/demo", "http://shop.example/s/demo"] {
        let told = load(&["--url", url]).unwrap_err().to_string();
        assert!(told.contains("loopback"), "{told}");
        assert!(load(&["--janus", url]).is_err());
    }
    assert!(load(&["--url", "http://127.0.0.1:8080/"]).is_err(), "no show");
}

#[test]
fn a_target_is_required_but_not_to_compare() {
    assert!(Cli::try_parse_from(["quiora", "load"]).is_err());
    let cli = Cli::try_parse_from(["quiora", "load", "compare", "a.json", "--out", "x"]).unwrap();
    assert!(matches!(cli.command, Command::Load(args) if args.instead.is_some()));
}

#[test]
fn a_crowd_loads_a_show_or_any_server_here() {
    let crowd = |flags: &[&str]| {
        let cli =
            Cli::try_parse_from(["quiora", "load", "crowd"].iter().chain(flags)).map_err(|error| error.to_string())?;
        match cli.command {
            Command::Load(args) => match &args.instead {
                Some(InsteadOfViewers::Crowd(args)) => CrowdConfig::try_from(args).map_err(|error| error.to_string()),
                other => panic!("{other:?}"),
            },
            other => panic!("{other:?}"),
        }
    };
    let show = crowd(&["--url", "http://127.0.0.1:8080/s/demo", "--studio", "x#login=y", "--sockets", "500"]).unwrap();
    assert!(matches!(show.target, CrowdTarget::Show { ref slug, .. } if slug == "demo"));
    assert_eq!(show.sockets, 500);
    let plain = crowd(&["--url", "http://127.0.0.1:8081", "--plain"]).unwrap();
    assert!(matches!(plain.target, CrowdTarget::Plain { .. }));
    assert!(crowd(&["--url", "http://192.0.2.1:8080", "--plain"]).unwrap_err().contains("loopback"));
    assert!(crowd(&["--url", "http://127.0.0.1:8080/s/demo"]).unwrap_err().contains("--studio"));
}
