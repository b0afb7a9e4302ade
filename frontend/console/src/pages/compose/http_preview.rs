//! A preview of the HTTP POST, as far as it is known before sending.

use campanile_shared::{HttpPost, Link, SendRequest};
use leptos::prelude::*;

use super::form_state::FormState;
use crate::i18n::t;

/// The preview.
pub fn request_preview(form: FormState) -> impl IntoView {
    view! {
        <h2>{t::compose_preview_request()}</h2>
        // The preview is hidden from screen readers: the form has the same text.
        <div class="card request" inert aria-hidden="true">
            <pre dir="ltr">{move || form.request.with(request_text)}</pre>
        </div>
    }
}

/// The request as text (RFC 9112 §3). If the body is empty, the server sends the title.
fn request_text(draft: &SendRequest) -> String {
    let post = draft.http.clone().unwrap_or_default();
    let HttpPost { url, headers, body, .. } = &post;
    let host = url.parse::<Link>().map(|link| link.host().to_owned()).unwrap_or_default();
    // The request target; without the fragment, which is not sent.
    let target = url.split_once("://").and_then(|(_, rest)| rest.find(['/', '?', '#']).map(|at| &rest[at..])).unwrap_or("/");
    let target = target.split('#').next().unwrap_or_default();
    let slash = if target.starts_with('/') { "" } else { "/" };
    let mut lines = vec![format!("POST {slash}{target} HTTP/1.1"), format!("Host: {host}")];
    lines.extend(headers.iter().filter(|header| !header.name.is_empty()).map(|header| format!("{}: {}", header.name, header.value)));
    if !headers.iter().any(|header| header.name.eq_ignore_ascii_case("content-type")) {
        lines.push("Content-Type: application/json".to_owned());
    }
    lines.push("webhook-id: …".to_owned());
    if post.secret.is_some() {
        lines.extend(["webhook-timestamp: …", "webhook-signature: v1,…"].map(str::to_owned));
    }
    lines.push(String::new());
    let title = draft.content.first().map(|content| content.title.clone()).unwrap_or_default();
    lines.push(if body.is_empty() { title } else { body.clone() });
    lines.join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;
    use campanile_shared::{Channel, http_header::Header, send_request::ContentInput};

    #[test]
    fn the_request_is_what_will_be_sent() {
        let shown = |url: &str, name: &str, body: &str| {
            let headers = vec![Header { name: name.into(), value: "v".into() }];
            let post = HttpPost { url: url.into(), headers, body: body.into(), ..HttpPost::default() };
            let content = vec![ContentInput { language: "en".into(), title: "Hello".into(), ..ContentInput::default() }];
            request_text(&SendRequest { channel: Channel::Http, http: Some(post), content, ..SendRequest::default() })
        };
        let json = "POST /x?y=1 HTTP/1.1\nHost: a.example:8443\nX-Token: v\nContent-Type: application/json\nwebhook-id: …\n\n{}";
        assert_eq!(shown("https://u@a.example:8443/x?y=1#z", "X-Token", "{}"), json);
        assert_eq!(
            shown("https://a.example?y", "content-type", ""),
            "POST /?y HTTP/1.1\nHost: a.example\ncontent-type: v\nwebhook-id: …\n\nHello"
        );
        let signed = HttpPost { secret: Some("whsec_…".into()), ..HttpPost::default() };
        let signed = request_text(&SendRequest { channel: Channel::Http, http: Some(signed), ..SendRequest::default() });
        assert!(signed.contains("webhook-signature: v1,…") && !signed.contains("whsec_"), "{signed}");
        assert!(shown("", "", "").starts_with("POST / HTTP/1.1\nHost: \nContent-Type"));
    }
}
