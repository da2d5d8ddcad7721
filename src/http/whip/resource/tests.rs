//! What a PATCH is understood to ask for.

use super::*;

fn credentials(name: &str) -> IceCredentials {
    IceCredentials { ufrag: format!("{name}name"), password: name.repeat(24) }
}

fn ask(condition: &str, theirs: Option<IceCredentials>) -> Result<Wish, u16> {
    let ice = Ice { etag: "\"now\"".to_owned(), theirs: credentials("a") };
    let lines = theirs.map(|c| format!("a=ice-ufrag:{}\r\na=ice-pwd:{}\r\n", c.ufrag, c.password)).unwrap_or_default();
    let fragment = Fragment::parse(format!("{lines}a=end-of-candidates\r\n").as_bytes()).expect("a fragment");
    wish(condition, &ice, &fragment).map_err(|error| error.status_and_code().0.as_u16())
}

#[test]
fn candidates_are_for_the_session_that_the_tag_names() {
    for condition in ["\"now\"", "\"old\", \"now\"", "*"] {
        assert_eq!(ask(condition, Some(credentials("a"))), Ok(Wish::Trickle), "{condition}");
    }
    assert_eq!(ask("\"now\"", None), Ok(Wish::Trickle));
    for condition in ["\"old\"", "now", "W/\"now\"", ""] {
        assert_eq!(ask(condition, Some(credentials("a"))), Err(412), "{condition}");
    }
}

#[test]
fn new_credentials_under_a_star_begin_another_session() {
    assert_eq!(ask("*", Some(credentials("b"))), Ok(Wish::Restart(credentials("b"))));
    assert_eq!(ask("\"old\"", Some(credentials("b"))), Err(412));
}

#[test]
fn what_fits_neither_is_incoherent() {
    assert_eq!(ask("\"now\"", Some(credentials("b"))), Err(422), "new credentials for the old session");
    assert_eq!(ask("*", None), Err(422), "a restart without credentials");
    let half = IceCredentials { password: credentials("b").password, ..credentials("a") };
    assert_eq!(ask("*", Some(half)), Err(422), "half of them new");
}
