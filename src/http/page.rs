//! A page before it is sent: the built template with what only the server knows put in at its marks.
//!
//! What search engines and share cards read (title, description) and a body without script come from here, and the boot
//! data that the page's script starts from. Invariant: whatever a shop or a show is called, it stays text.

use serde::Serialize;

/// In the template: where title and share tags go.
const HEAD_MARK: &str = "<!--quiora:head-->";

/// In the template: where the boot data goes.
const BOOT_MARK: &str = "<!--quiora:boot-->";

/// In the template: where the body without script goes.
const BODY_MARK: &str = "<!--quiora:body-->";

/// The template's own title, for when nobody puts one in.
const DEFAULT_TITLE: &str = "<title>Quiora</title>";

/// What a page says about itself to those who do not run its script.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct About {
    /// The page's title.
    pub title: String,
    /// One sentence; empty for none.
    pub description: String,
    /// Whose site it is; empty for none.
    pub site: String,
    /// The page's address; empty for one that is not to be shared.
    pub url: String,
}

/// Fills a template in. `boot` becomes the JSON in `<script type="application/json" id="boot">`.
#[must_use]
pub(super) fn fill(template: &str, about: &About, boot: &impl Serialize) -> String {
    let (before, rest) = template.split_once(HEAD_MARK).unwrap_or(("", template));
    let rest = rest.replacen(DEFAULT_TITLE, "", 1);
    let (head, rest) = rest.split_once(BOOT_MARK).unwrap_or(("", &rest));
    let (to_body, after) = rest.split_once(BODY_MARK).unwrap_or(("", rest));
    [before, &head_tags(about), head, &boot_tag(boot), to_body, &body(about), after].concat()
}

fn head_tags(about: &About) -> String {
    let (title, description) = (escape(&about.title), escape(&about.description));
    let mut tags = format!("<title>{title}</title>\n    <meta property=\"og:title\" content=\"{title}\" />");
    if !description.is_empty() {
        tags += &format!("\n    <meta name=\"description\" content=\"{description}\" />");
        tags += &format!("\n    <meta property=\"og:description\" content=\"{description}\" />");
    }
    if !about.site.is_empty() {
        tags += &format!("\n    <meta property=\"og:site_name\" content=\"{}\" />", escape(&about.site));
    }
    if about.url.is_empty() {
        tags += "\n    <meta name=\"robots\" content=\"noindex\" />";
    } else {
        let url = escape(&about.url);
        tags += &format!(
            "\n    <meta property=\"og:url\" content=\"{url}\" />\n    <link rel=\"canonical\" href=\"{url}\" />"
        );
        tags += "\n    <meta property=\"og:type\" content=\"website\" />";
        tags += "\n    <meta name=\"twitter:card\" content=\"summary\" />";
    }
    tags
}

fn body(about: &About) -> String {
    let (title, description) = (escape(&about.title), escape(&about.description));
    format!("<noscript><main><h1>{title}</h1><p>{description}</p><p>JavaScript</p></main></noscript>")
}

fn boot_tag(boot: &impl Serialize) -> String {
    let json = serde_json::to_string(boot).unwrap_or_else(|error| {
        tracing::error!(%error, "boot data not encoded");
        "null".to_owned()
    });
    format!("<script type=\"application/json\" id=\"boot\">{}</script>", escape_json(&json))
}

/// Text as it may stand in an element or in a quoted attribute.
#[must_use]
pub(super) fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            other => out.push(other),
        }
    }
    out
}

/// JSON as it may stand in a script element: no `<` ends the element or opens a comment, and the two line separators
/// that JSON has and older JavaScript has not are escaped too. The value stays the same.
#[must_use]
pub(super) fn escape_json(json: &str) -> String {
    let json = json.replace('<', "\\u003c").replace('>', "\\u003e").replace('&', "\\u0026");
    json.replace('\u{2028}', "\\u2028").replace('\u{2029}', "\\u2029")
}

/// The page for when the web pages were not built into this binary.
pub(super) const NOT_BUILT: &str = "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><title>Quiora</title>\
    <h1>The web pages are not built</h1><p>This server was compiled without them. Run <code>scripts/run</code>, or \
    <code>npm ci &amp;&amp; npm run build</code> in <code>web</code>, and build the server again.</p></html>";

#[cfg(test)]
mod tests;
