//! Composes an e-mail message (RFC 5322) with header fields, plain text and HTML. Untrusted text enters a header field only as
//! one line without disruptive characters, and an invalid address is refused.

use std::sync::Arc;

use campanile_domain::{Clock, ports::channel::OutgoingMessage};
use campanile_shared::text;
use lettre::{
    Address, Message,
    message::{
        Body, Mailbox, MultiPart, MultiPartKind, SinglePart,
        header::{ContentTransferEncoding, ContentType, HeaderName, HeaderValue},
    },
};
use url::{Host, Url};

use super::{EmailOptions, content::EmailContent, html, plain};
use crate::SettingError;

/// The longest display name, in characters.
const MAX_DISPLAY_NAME_LENGTH: usize = 100;

/// Composes messages from one sender.
pub struct Composer {
    from: Mailbox,
    public_url: Option<String>,
    clock: Arc<dyn Clock>,
}

impl Composer {
    /// Creates a composer. Fails if the sender or the public URL is invalid.
    pub fn new(options: &EmailOptions, clock: Arc<dyn Clock>) -> Result<Self, SettingError> {
        let unusable = || SettingError(format!("{:?} is not a valid e-mail sender, such as Campanile <noreply@example.com>", options.from));
        let mut from: Mailbox = options.from.parse().map_err(|_| unusable())?;
        // Message-ID and List-Id contain the domain and must be ASCII.
        from.email = parse_address(from.email.as_ref()).ok_or_else(unusable)?;
        let public_url = options.public_url.as_deref().map(parse_public_url).transpose()?;
        Ok(Self { from, public_url, clock })
    }

    /// Composes the message. Returns an error text for people if that is impossible.
    pub fn compose(&self, outgoing: &OutgoingMessage) -> Result<Message, String> {
        let notification = outgoing.notification.as_deref().ok_or("the notification is missing")?;
        let address = parse_address(&outgoing.target).ok_or("the address is not an e-mail address")?;
        let name = outgoing
            .recipient
            .as_ref()
            .map(|reader| text::excerpt(&without_encoded_words(&text::one_line(&reader.name)), MAX_DISPLAY_NAME_LENGTH));
        let page = EmailContent::new(outgoing, notification, self.public_url.as_deref());
        let mut builder = Message::builder()
            .from(self.from.clone())
            .to(Mailbox::new(name.filter(|name| !name.is_empty()), address))
            .subject(without_encoded_words(&page.subject()))
            .date(self.clock.now().into())
            .message_id(Some(format!("<{}@{}>", outgoing.id, self.from.email.domain())))
            // Prevents automatic replies (RFC 3834 §5).
            .raw_header(header_field("Auto-Submitted", "auto-generated"))
            .raw_header(header_field("List-Id", &self.list_id(&outgoing.tenant)));
        if let Some(url) = &page.unsubscribe_url {
            builder = builder.raw_header(header_field("List-Unsubscribe", &format!("<{url}>")));
            // One-click unsubscription requires HTTPS (RFC 8058 §3.1).
            if url.starts_with("https:") {
                builder = builder.raw_header(header_field("List-Unsubscribe-Post", "List-Unsubscribe=One-Click"));
            }
        }
        let parts = MultiPart::builder()
            .kind(MultiPartKind::Alternative)
            // A fixed boundary, so that every attempt sends the same bytes.
            .boundary(format!("={}", outgoing.id.simple()))
            .singlepart(SinglePart::plain(plain::write(&page)))
            .singlepart(html_part(html::write(&page)));
        builder.multipart(parts).map_err(|error| error.to_string())
    }

    /// The `List-Id` (RFC 2919), by which mail programs sort: one list per tenant.
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

/// The HTML part. It stays unencoded if it is ASCII with lines of at most 998 characters (RFC 5321 §4.5.3.1.6). Otherwise
/// lettre encodes it; by itself, lettre would encode any text with a line of more than 76 characters.
fn html_part(html: String) -> SinglePart {
    const MAX_LINE_LENGTH: usize = 998;
    let builder = SinglePart::builder().header(ContentType::TEXT_HTML);
    let plain = html.bytes().all(|byte| matches!(byte, b'\t' | b'\n' | b' '..=b'~'));
    if plain && html.lines().all(|line| line.len() <= MAX_LINE_LENGTH) {
        let lines = html.replace('\n', "\r\n").into_bytes();
        builder.body(Body::dangerous_pre_encoded(lines, ContentTransferEncoding::SevenBit))
    } else {
        builder.body(html)
    }
}

/// Text that mail programs cannot read as an encoded word (RFC 2047), which could decode to anything, including line
/// breaks.
fn without_encoded_words(text: &str) -> String {
    text.replace("=?", "= ?")
}

/// A header field with a trusted ASCII value, which must not be folded or encoded.
fn header_field(name: &'static str, value: &str) -> HeaderValue {
    let plain: String = value.chars().filter(|c| matches!(c, ' '..='~')).collect();
    HeaderValue::dangerous_new_pre_encoded(HeaderName::new_from_ascii_str(name), plain.clone(), plain)
}

/// Parses an address and converts its domain to ASCII.
fn parse_address(text: &str) -> Option<Address> {
    let text = text.trim();
    // A quoted local part may contain almost any character and is not used in practice.
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

/// Parses the public URL and removes the slash at its end.
fn parse_public_url(url: &str) -> Result<String, SettingError> {
    let unusable = || SettingError(format!("{url:?} is not a valid console URL"));
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
            assert_eq!(parse_address(text).as_ref().map(AsRef::as_ref), expected, "{text:?}");
        }
    }
}
