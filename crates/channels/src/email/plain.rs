//! Renders an e-mail as plain text.

use super::content::EmailContent;

/// Renders the text.
pub fn write(page: &EmailContent<'_>) -> String {
    let words = page.texts;
    let mut blocks = vec![page.tenant.clone()];
    let severity = words.severity(page.severity);
    blocks.push(super::texts::fill_placeholders(&words.titled, &[("severity", severity), ("title", &page.title)]));
    if let Some(component) = &page.component {
        blocks.push(words.label(&words.component, component));
    }
    if !page.description.trim().is_empty() {
        blocks.push(page.description.clone());
    }
    let link = page.link.iter().map(|link| words.label(&words.read_more, link.as_str()));
    let links: Vec<String> = link.chain(page.link_buttons().map(|(label, link, _)| words.label(&label, link.as_str()))).collect();
    if !links.is_empty() {
        blocks.push(links.join("\n"));
    }
    let files: Vec<String> = page
        .attachment_links()
        .map(|(name, link)| match link {
            Some(link) => format!("- {}", words.label(&name, link.as_str())),
            None => format!("- {name}"),
        })
        .collect();
    if !files.is_empty() {
        let heading = words.label(&words.attachments, "");
        blocks.push(format!("{}\n{}", heading.trim_end(), files.join("\n")));
    }
    let mut foot = vec!["--".to_owned(), page.why_received()];
    foot.extend(page.inbox_url.iter().map(|url| words.label(&words.open_inbox, url)));
    foot.extend(page.unsubscribe_url.iter().map(|url| words.label(&words.unsubscribe, url)));
    blocks.push(foot.join("\n"));
    blocks.join("\n\n") + "\n"
}
