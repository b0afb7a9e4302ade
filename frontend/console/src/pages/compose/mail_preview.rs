//! A preview of the email, as HTML and as plain text.
//!
//! It follows what the server writes (`crates/channels/src/email`). The server uses the reader's language; the
//! preview uses the author's.

use campanile_shared::{SendRequest, Severity, send_request::ContentInput, text};
use leptos::prelude::*;

use super::form_state::FormState;
use crate::{
    components::segmented::{Segment, Segmented},
    i18n::{names::severity_name, t},
};

/// The preview.
#[component]
pub fn MailPreview(
    /// The form's state.
    form: FormState,
    /// The tenant's name.
    tenant: String,
) -> impl IntoView {
    let as_text = RwSignal::new(false);
    let mail = move || {
        let language = form.open_language.get();
        let parts = form.request.with(|draft| MailParts::of(draft, &language, &tenant));
        let body = if as_text.get() {
            view! { <pre dir="auto">{parts.plain_text()}</pre> }.into_any()
        } else {
            html_preview(&parts, &language).into_any()
        };
        view! {
            <p class="mail-subject" dir="auto">
                {parts.subject()}
            </p>
            {body}
        }
    };
    view! {
        <h2>{t::compose_preview_mail()}</h2>
        <Segmented
            name="mail-look"
            label=t::compose_preview_as()
            segments=vec![Segment::new(false, t::compose_preview_html()), Segment::new(true, t::compose_preview_text())]
            value=as_text
            on_choose=Callback::new(move |chosen| as_text.set(chosen))
        />
        // The preview is hidden from screen readers: the form has the same text.
        <div class="card mail" inert aria-hidden="true">
            {mail}
        </div>
    }
}

/// The parts of an email.
struct MailParts {
    tenant: String,
    severity: Severity,
    component: Option<String>,
    title: String,
    description: String,
    link: Option<String>,
    /// Label, link, and whether the button is primary. A button without a link is not in an email.
    buttons: Vec<(String, String, bool)>,
}

impl MailParts {
    fn of(draft: &SendRequest, language: &str, tenant: &str) -> Self {
        let content = draft.content.iter().find(|content| content.language == language);
        let ContentInput { title, description, link, .. } = content.cloned().unwrap_or_default();
        let title = text::one_line(&title);
        Self {
            tenant: text::one_line(tenant),
            severity: draft.severity,
            component: draft.component.as_deref().map(text::one_line),
            title: if title.is_empty() { t::compose_title() } else { title },
            description: text::multi_line(&description),
            link,
            buttons: draft
                .buttons
                .iter()
                .filter_map(|button| Some((text::one_line(&button.label), button.link.clone()?, button.primary)))
                .collect(),
        }
    }

    fn severity_and_title(&self) -> String {
        t::labelled(&severity_name(self.severity), &self.title)
    }

    fn subject(&self) -> String {
        if self.severity < Severity::Warning { self.title.clone() } else { self.severity_and_title() }
    }

    fn component(&self) -> Option<String> {
        self.component.as_ref().map(|component| t::labelled(&t::compose_component(), component))
    }

    fn footer(&self) -> String {
        t::mail_reason(&self.tenant)
    }

    fn plain_text(&self) -> String {
        let links = self.link.iter().map(|link| t::labelled(&t::mail_read_more(), link));
        let links: Vec<_> = links.chain(self.buttons.iter().map(|(label, link, _)| t::labelled(label, link))).collect();
        let description = Some(self.description.clone()).filter(|text| !text.trim().is_empty());
        let blocks = [Some(self.tenant.clone()), Some(self.severity_and_title()), self.component(), description]
            .into_iter()
            .chain([Some(links.join("\n")).filter(|links| !links.is_empty()), Some(format!("--\n{}\n{}", self.footer(), t::mail_open()))]);
        blocks.flatten().collect::<Vec<_>>().join("\n\n")
    }
}

fn html_preview(parts: &MailParts, language: &str) -> impl IntoView + use<> {
    let severity = parts.severity.name();
    let buttons = parts.buttons.iter().map(|(label, _, primary)| {
        let class = if *primary { "primary" } else { "quiet" };
        view! { <span class=class>{label.clone()}</span> }
    });
    view! {
        <div class="mail-preview">
            <small>{parts.tenant.clone()}</small>
            <p class=format!("mail-severity {severity}")>{severity_name(parts.severity)}</p>
            {parts.component().map(|component| view! { <small>{component}</small> })}
            <div class=format!("mail-text {severity}") dir="auto" lang=language.to_owned()>
                <strong>{parts.title.clone()}</strong>
                <p>{parts.description.clone()}</p>
            </div>
            {parts.link.is_some().then(|| view! { <p class="mail-more">{t::mail_read_more()}</p> })}
            <div class="mail-buttons">{buttons.collect_view()}</div>
            <small class="mail-foot">{parts.footer()} " " <u>{t::mail_open()}</u></small>
        </div>
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use campanile_shared::send_request::ButtonInput;

    #[test]
    fn an_email_has_only_buttons_with_links() {
        let button = |label: &str, link: Option<&str>| ButtonInput { label: label.into(), primary: false, link: link.map(str::to_owned) };
        let draft = SendRequest {
            severity: Severity::Error,
            content: vec![ContentInput { language: "en".into(), title: "Disk\nfull".into(), ..ContentInput::default() }],
            buttons: vec![button("Show", Some("https://a.example")), button("Ignore", None)],
            ..SendRequest::default()
        };
        let parts = MailParts::of(&draft, "en", "acme");
        assert_eq!(parts.subject(), "Error: Disk full");
        let plain = parts.plain_text();
        assert!(plain.starts_with("acme\n\nError: Disk full\n\nShow: https://a.example\n\n--\n") && !plain.contains("Ignore"), "{plain}");
    }
}
