//! Writes the page's icon into index.html, so that a browser does not load a file for it.

use std::{fs, path::Path};

use crate::Result;

/// Replaces the link to an SVG file in `index.html` of a built site by a link with its content, and removes the file.
///
/// # Errors
/// The page links no such icon.
pub fn inline(site: &Path) -> Result {
    const BEGIN: &str = "<link rel=\"icon\" href=\"";
    let page = site.join("index.html");
    let html = fs::read_to_string(&page)?;
    let (before, rest) = html.split_once(BEGIN).ok_or("index.html links no icon")?;
    let (name, after) = rest.split_once('"').ok_or("the link to the icon is not closed")?;
    let file = site.join(name);
    let address = data_url(fs::read_to_string(&file)?.trim());
    fs::write(page, [before, BEGIN, &address, "\"", after].concat())?;
    fs::remove_file(file)?;
    Ok(())
}

/// The `data:` URL of an SVG image (RFC 2397), with the characters escaped that end an attribute or a URL.
fn data_url(svg: &str) -> String {
    let mut url = "data:image/svg+xml,".to_owned();
    for letter in svg.chars() {
        match letter {
            // XML accepts both quotes.
            '"' => url.push('\''),
            '%' | '#' | '<' | '>' => url.push_str(&format!("%{:02X}", u32::from(letter))),
            _ => url.push(letter),
        }
    }
    url
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_icon_is_part_of_the_page() {
        let site = tempfile::tempdir().unwrap();
        fs::write(site.path().join("icon-1.svg"), "<svg><rect fill=\"#fff\" width=\"50%\"/></svg>\n").unwrap();
        fs::write(site.path().join("index.html"), "<head><link rel=\"icon\" href=\"./icon-1.svg\"/></head>").unwrap();
        inline(site.path()).unwrap();
        assert_eq!(
            fs::read_to_string(site.path().join("index.html")).unwrap(),
            "<head><link rel=\"icon\" href=\"data:image/svg+xml,%3Csvg%3E%3Crect fill='%23fff' width='50%25'/%3E%3C/svg%3E\"/></head>"
        );
        assert!(!site.path().join("icon-1.svg").exists());
    }
}
