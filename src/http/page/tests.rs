//! A page stays a page whatever a show is called.

use super::{About, escape, escape_json, fill};
use serde_json::{Value, json};

const TEMPLATE: &str = "<head>\n<!--quiora:head-->\n<title>Quiora</title>\n<!--quiora:boot-->\n</head><body><!--quiora:body--><div id=\"app\"></div></body>";

const NASTY: &str = "</title></script><script>alert(1)</script>\" onload='x' &amp; <!-- <!--quiora:boot--> \u{2028}";

fn about(title: &str) -> About {
    About {
        title: title.to_owned(),
        description: format!("{title} · Bottega"),
        site: "Bottega".to_owned(),
        url: "https://shop.example/s/a".to_owned(),
    }
}

fn boot_of(page: &str) -> Value {
    let (_, rest) = page.split_once("id=\"boot\">").unwrap();
    let (json, _) = rest.split_once("</script>").unwrap();
    serde_json::from_str(json).unwrap()
}

#[test]
fn everything_is_put_in_its_place() {
    let page = fill(TEMPLATE, &about("Borse"), &json!({"page": "watch"}));
    assert!(page.contains("<title>Borse</title>"), "{page}");
    assert!(!page.contains("<title>Quiora</title>"));
    assert!(page.contains("<meta property=\"og:description\" content=\"Borse · Bottega\" />"));
    assert!(page.contains("<noscript><main><h1>Borse</h1>"));
    assert!(page.ends_with("<div id=\"app\"></div></body>"));
    assert_eq!(boot_of(&page), json!({"page": "watch"}));
}

#[test]
fn a_title_cannot_become_markup() {
    let page = fill(TEMPLATE, &about(NASTY), &json!({"title": NASTY}));
    assert!(!page.contains("<script>alert"), "{page}");
    let (before, _) = page.split_once("<script").unwrap();
    assert!(!before.contains("\" onload"), "{before}");
    assert_eq!(page.matches("<script").count(), 1);
    assert_eq!(page.matches("</script>").count(), 1);
    assert_eq!(boot_of(&page), json!({"title": NASTY}));
}

#[test]
fn a_page_that_is_not_shared_is_not_indexed() {
    let page = fill(TEMPLATE, &About { title: "Studio".to_owned(), ..About::default() }, &json!({}));
    assert!(page.contains("noindex"));
    assert!(!page.contains("og:url"));
}

#[test]
fn a_template_without_marks_still_carries_the_boot_data() {
    assert_eq!(boot_of(&fill("<p>old</p>", &about("x"), &json!(1))), json!(1));
}

#[test]
fn escaping() {
    assert_eq!(escape("<a href=\"x\">'&'</a>"), "&lt;a href=&quot;x&quot;&gt;&#39;&amp;&#39;&lt;/a&gt;");
    assert_eq!(escape_json("\"</script>\""), "\"\\u003c/script\\u003e\"");
}
