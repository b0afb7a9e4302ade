//! Renders an e-mail as HTML. Styles are inline, because mail programs remove style sheets. The document loads nothing and runs
//! no script. It sets no background and no general text colour, so that it works in dark mode.

use campanile_shared::{Link, Severity};

use super::content::EmailContent;
use crate::text_direction::direction;

const BODY: &str = "margin:0;padding:24px 12px;font:16px/1.5 system-ui,-apple-system,'Segoe UI',Roboto,Arial,sans-serif";
const FRAME: &str = "max-width:600px;margin:0 auto";
const MUTED: &str = "margin:0;font-size:13px;color:#767676";
const BUTTON: &str =
    "display:inline-block;margin:0 8px 8px 0;padding:8px 16px;border:1px solid #1f6feb;border-radius:6px;text-decoration:none";
const BUTTON_PRIMARY: &str = "display:inline-block;margin:0 8px 8px 0;padding:8px 16px;border:1px solid #1f6feb;border-radius:6px;\
    text-decoration:none;background:#1f6feb;color:#ffffff";

/// Renders the HTML document.
pub fn write(page: &EmailContent<'_>) -> String {
    let words = page.texts;
    let (lang, dir) = (page.language, direction(page.language));
    let (content_lang, content_dir) = (&page.content_language, direction(&page.content_language));
    let start = if content_dir == "rtl" { "right" } else { "left" };
    let colour = colour(page.severity);
    let severity = escape(words.severity(page.severity));
    let (tenant, title) = (escape(&page.tenant), escape(&page.title));
    let component = page
        .component
        .as_ref()
        .map_or_else(String::new, |component| format!("<p style=\"{MUTED}\">{}</p>\n", escape(&words.label(&words.component, component))));
    let description = description(&page.description);
    let more = page.link.as_ref().map_or_else(String::new, |link| {
        let host = escape(link.host());
        format!(
            "<p style=\"margin:0 0 16px\">{} <span style=\"color:#767676\">({host})</span></p>\n",
            anchor(link.as_str(), &words.read_more, "")
        )
    });
    let (actions, files, foot) = (buttons(page), attachments(page), footer(page));
    format!(
        "<!DOCTYPE html>\n\
         <html lang=\"{lang}\" dir=\"{dir}\">\n\
         <head>\n\
         <meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width\">\n\
         <meta name=\"color-scheme\" content=\"light dark\">\n\
         <meta name=\"supported-color-schemes\" content=\"light dark\">\n\
         <title>{title}</title>\n\
         </head>\n\
         <body style=\"{BODY}\">\n\
         <div lang=\"{lang}\" dir=\"{dir}\" style=\"{FRAME}\">\n\
         <p style=\"{MUTED}\">{tenant}</p>\n\
         <p style=\"margin:16px 0 0;font-size:13px;font-weight:600;color:{colour}\">{severity}</p>\n\
         {component}\
         <div lang=\"{content_lang}\" dir=\"{content_dir}\" style=\"margin:8px 0 16px;padding:0 16px;border-{start}:4px solid {colour}\">\n\
         <h1 style=\"margin:0 0 8px;font-size:20px;line-height:1.3;overflow-wrap:anywhere\">{title}</h1>\n\
         {description}\
         </div>\n\
         {more}{actions}{files}{foot}\
         </div>\n\
         </body>\n\
         </html>\n"
    )
}

/// Medium tones that are readable on white and on black.
const fn colour(severity: Severity) -> &'static str {
    match severity {
        Severity::Information => "#1f6feb",
        Severity::Success => "#218739",
        Severity::Warning => "#a86500",
        Severity::Error => "#d9363e",
    }
}

/// The description as a paragraph. Line breaks become `<br>`, because some mail programs ignore `white-space`.
fn description(text: &str) -> String {
    if text.trim().is_empty() {
        return String::new();
    }
    let lines = escape(text.trim_end()).replace('\n', "<br>\n");
    format!("<p style=\"margin:0;overflow-wrap:anywhere\">{lines}</p>\n")
}

fn buttons(page: &EmailContent<'_>) -> String {
    let button =
        |(label, link, primary): (String, &Link, bool)| anchor(link.as_str(), &label, if primary { BUTTON_PRIMARY } else { BUTTON }) + "\n";
    let buttons: String = page.link_buttons().map(button).collect();
    if buttons.is_empty() { buttons } else { format!("<p style=\"margin:0 0 16px\">{buttons}</p>\n") }
}

fn attachments(page: &EmailContent<'_>) -> String {
    let item = |(name, link): (String, Option<&Link>)| {
        let name = link.map_or_else(|| escape(&name), |link| anchor(link.as_str(), &name, ""));
        format!("<li>{name}</li>\n")
    };
    let items: String = page.attachment_links().map(item).collect();
    if items.is_empty() {
        return items;
    }
    let heading = escape(&page.texts.attachments);
    format!("<p style=\"margin:0\">{heading}</p>\n<ul style=\"margin:0 0 16px\">\n{items}</ul>\n")
}

fn footer(page: &EmailContent<'_>) -> String {
    let inbox = page.inbox_url.iter().map(|url| anchor(url, &page.texts.open_inbox, "color:#767676"));
    let unsubscribe = page.unsubscribe_url.iter().map(|url| anchor(url, &page.texts.unsubscribe, "color:#767676"));
    let links: Vec<String> = inbox.chain(unsubscribe).collect();
    let links = if links.is_empty() { String::new() } else { format!("<br>\n{}", links.join(" &middot; ")) };
    let reason = escape(&page.why_received());
    format!(
        "<hr style=\"margin:24px 0 12px;border:0;border-top:1px solid #767676\">\n\
         <p style=\"{MUTED}\">{reason}{links}</p>\n"
    )
}

fn anchor(url: &str, label: &str, style: &str) -> String {
    let style = if style.is_empty() { String::new() } else { format!(" style=\"{style}\"") };
    format!("<a href=\"{}\"{style}>{}</a>", escape(url), escape(label))
}

/// Escapes text for HTML content or a double-quoted attribute value. Characters beyond ASCII become numeric references, so that
/// the document is ASCII and needs no transfer encoding, which would not be shorter.
fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.bytes().position(|byte| matches!(byte, b'&' | b'<' | b'>' | b'"' | b'\'' | 0x80..)) {
        let (plain, special) = rest.split_at(at);
        escaped.push_str(plain);
        let mut chars = special.chars();
        match chars.next() {
            Some('&') => escaped.push_str("&amp;"),
            Some('<') => escaped.push_str("&lt;"),
            Some('>') => escaped.push_str("&gt;"),
            Some('"') => escaped.push_str("&quot;"),
            Some(c) => escaped.push_str(&format!("&#{};", u32::from(c))),
            None => {}
        }
        rest = chars.as_str();
    }
    escaped + rest
}
