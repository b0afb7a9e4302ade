//! A letter as a message of RFC 5322: header fields, text and HTML. Nothing from outside gets into
//! a header field but as one harmless line, and an address is an address or the letter is refused.

use std::sync::Arc;

use campanile_domain::{Clock, channel::Letter};
use campanile_shared::text;
use lettre::{
    Address, Message,
    message::{
        Body, Mailbox, MultiPart, MultiPartKind, SinglePart,
        header::{ContentTransferEncoding, ContentType, HeaderName, HeaderValue},
    },
};
use url::{Host, Url};

use super::{EmailOptions, html, page::Page, plain};
use crate::BadSetting;

/// The most characters of a display name.
const NAME: usize = 100;

/// Writes messages for one sender.
pub struct Composer {
    from: Mailbox,
    public_url: Option<String>,
    clock: Arc<dyn Clock>,
}

impl Composer {
    /// Writes as the options say.
    pub fn new(options: &EmailOptions, clock: Arc<dyn Clock>) -> Result<Self, BadSetting> {
        let unusable = || BadSetting(format!("{:?} is no sender of mail, such as Campanile <noreply@example.com>", options.from));
        let mut from: Mailbox = options.from.parse().map_err(|_| unusable())?;
        // Identifiers are made of its domain, and those are ASCII.
        from.email = read_address(from.email.as_ref()).ok_or_else(unusable)?;
        let public_url = options.public_url.as_deref().map(read_public_url).transpose()?;
        Ok(Self { from, public_url, clock })
    }

    /// The message of a letter, or why there can be none.
    pub fn compose(&self, letter: &Letter) -> Result<Message, String> {
        let notification = letter.notification.as_deref().ok_or("there is nothing to say")?;
        let address = read_address(&letter.target).ok_or("this is not an e-mail address")?;
        let name = letter.reader.as_ref().map(|reader| text::excerpt(&undecodable(&text::one_line(&reader.name)), NAME));
        let page = Page::new(letter, notification, self.public_url.as_deref());
        let mut builder = Message::builder()
            .from(self.from.clone())
            .to(Mailbox::new(name.filter(|name| !name.is_empty()), address))
            .subject(undecodable(&page.subject()))
            .date(self.clock.now().into())
            .message_id(Some(format!("<{}@{}>", letter.id, self.from.email.domain())))
            // No holiday notice in return (RFC 3834 §5).
            .raw_header(field("Auto-Submitted", "auto-generated"))
            .raw_header(field("List-Id", &self.list_id(&letter.tenant)));
        if let Some(url) = &page.unsubscribe {
            builder = builder.raw_header(field("List-Unsubscribe", &format!("<{url}>")));
            // One click takes HTTPS (RFC 8058 §3.1).
            if url.starts_with("https:") {
                builder = builder.raw_header(field("List-Unsubscribe-Post", "List-Unsubscribe=One-Click"));
            }
        }
        let parts = MultiPart::builder()
            .kind(MultiPartKind::Alternative)
            // The same letter is the same message, byte for byte.
            .boundary(format!("={}", letter.id.simple()))
            .singlepart(SinglePart::plain(plain::write(&page)))
            .singlepart(html_part(html::write(&page)));
        builder.multipart(parts).map_err(|error| error.to_string())
    }

    /// What mail programs sort by (RFC 2919): one list for each tenant.
    fn list_id(&self, tenant: &str) -> String {
        let words = tenant.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| !word.is_empty());
        let mut label: String = words.collect::<Vec<_>>().join("-").to_ascii_lowercase();
        label.truncate(63);
        let label = match label.trim_end_matches('-') {
            "" => "notifications",
            label => label,
        };
        format!("<{label}.campanile.{}>", self.from.email.domain())
    }
}

/// The HTML as it is where SMTP carries it so: ASCII in lines that are not too long (RFC 5321
/// §4.5.3.1.6). Else it is encoded, as any line of over 76 characters would be by lettre's choice.
fn html_part(html: String) -> SinglePart {
    const LONGEST_LINE: usize = 998;
    let builder = SinglePart::builder().header(ContentType::TEXT_HTML);
    let plain = html.bytes().all(|byte| matches!(byte, b'\t' | b'\n' | b' '..=b'~'));
    if plain && html.lines().all(|line| line.len() <= LONGEST_LINE) {
        let lines = html.replace('\n', "\r\n").into_bytes();
        builder.body(Body::dangerous_pre_encoded(lines, ContentTransferEncoding::SevenBit))
    } else {
        builder.body(html)
    }
}

/// Text that no mail program takes for an encoded word (RFC 2047), which could decode to anything,
/// line breaks included.
fn undecodable(text: &str) -> String {
    text.replace("=?", "= ?")
}

/// A field whose value is ours and plain: folding or encoding would spoil it.
fn field(name: &'static str, value: &str) -> HeaderValue {
    let plain: String = value.chars().filter(|c| matches!(c, ' '..='~')).collect();
    HeaderValue::dangerous_new_pre_encoded(HeaderName::new_from_ascii_str(name), plain.clone(), plain)
}

/// An address, its domain in ASCII.
fn read_address(text: &str) -> Option<Address> {
    let text = text.trim();
    // A quoted local part may hold nearly anything, and is nobody's address.
    if text.len() > 254 || text.chars().any(|c| c.is_control() || c.is_whitespace() || "\"<>(),;:\\".contains(c)) {
        return None;
    }
    let (user, domain) = text.rsplit_once('@')?;
    let domain = match Host::parse(domain).ok()? {
        Host::Domain(domain) => domain,
        Host::Ipv4(_) | Host::Ipv6(_) => return None,
    };
    Address::new(user, domain).ok()
}

/// The URL without its closing slash.
fn read_public_url(url: &str) -> Result<String, BadSetting> {
    let unusable = || BadSetting(format!("{url:?} is not the URL of a console"));
    let read = Url::parse(url).map_err(|_| unusable())?;
    let plain = matches!(read.scheme(), "http" | "https") && read.query().is_none() && read.fragment().is_none();
    if plain { Ok(read.as_str().trim_end_matches('/').to_owned()) } else { Err(unusable()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_plain() {
        for (text, expected) in [
            ("ada@example.com", Some("ada@example.com")),
            (" ada+x@Example.COM ", Some("ada+x@example.com")),
            ("ada@bücher.example", Some("ada@xn--bcher-kva.example")),
            ("ada@example.com\r\nBcc: eve@example.com", None),
            ("ada@example.com\0", None),
            ("ada@exam\nple.com", None),
            ("\"a b\"@example.com", None),
            ("Ada <ada@example.com>", None),
            ("ada@example.com,eve@example.com", None),
            ("ada@127.0.0.1", None),
            ("ada", None),
            ("@example.com", None),
            ("ada@", None),
            ("", None),
        ] {
            assert_eq!(read_address(text).as_ref().map(AsRef::as_ref), expected, "{text:?}");
        }
    }
}
