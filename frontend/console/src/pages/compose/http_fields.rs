//! The fields for an HTTP POST: URL, title, headers, body, secret and proxy.

use campanile_shared::http_header::Header;
use leptos::prelude::*;

use super::{field_errors::FormField, form_state::FormState, repeating_fields::RepeatingFields};
use crate::{components::text_field::TextField, i18n::t};

/// The fields.
#[component]
pub fn HttpFields(
    /// The form's state.
    form: FormState,
) -> impl IntoView {
    let language = form.data.with_untracked(|letter| letter.texts.first().map(|text| text.language.clone()).unwrap_or_default());
    let proxy = form.select(|letter| letter.system_proxy);
    view! {
        <TextField
            id="url"
            label=t::compose_url()
            value=form.select(|letter| letter.url.clone())
            on_input=form.on_input(|letter, typed| letter.url = typed)
            error=form.error_for(FormField::Url)
            hint=t::compose_url_hint()
            kind="url"
            required=true
        />
        <TextField
            id=format!("title-{language}")
            label=t::compose_title()
            value=form.select(|letter| letter.texts.first().map(|text| text.title.clone()).unwrap_or_default())
            on_input=form.on_input(|letter, typed| {
                if let Some(text) = letter.texts.first_mut() {
                    text.title = typed;
                }
            })
            error=form.error_for(FormField::Title(language))
            hint=t::compose_post_title_hint()
            required=true
        />
        <RepeatingFields
            label=t::compose_headers()
            id="header"
            first="name"
            add_label=t::compose_header_add()
            count=form.select(|letter| letter.headers.len())
            row=header_fields
            form
            on_add=Callback::new(move |()| {
                form.data.update(|letter| letter.headers.push(Header { name: String::new(), value: String::new() }));
            })
            on_remove=Callback::new(move |at| form.data.update(|letter| drop(letter.headers.remove(at))))
            error=form.error_for(FormField::Headers)
        />
        <TextField
            id="body"
            label=t::compose_body()
            value=form.select(|letter| letter.body.clone())
            on_input=form.on_input(|letter, typed| letter.body = typed)
            error=form.error_for(FormField::Body)
            hint=t::compose_body_hint()
            block=true
        />
        <TextField
            id="secret"
            label=t::compose_secret()
            value=form.select(|letter| letter.secret.clone())
            on_input=form.on_input(|letter, typed| letter.secret = typed)
            error=form.error_for(FormField::Secret)
            hint=t::compose_secret_hint()
        />
        <label class="check compose-through-proxy">
            <input
                type="checkbox"
                prop:checked=move || proxy.get()
                on:change:target=move |event| form.data.update(|letter| letter.system_proxy = event.target().checked())
            />
            {t::compose_proxy()}
        </label>
    }
}

/// The fields for one header.
fn header_fields(form: FormState, at: usize) -> AnyView {
    let value = |read: fn(&Header) -> &String| form.select(move |letter| letter.headers.get(at).map(read).cloned().unwrap_or_default());
    let change = |field: fn(&mut Header) -> &mut String| {
        Callback::new(move |typed: String| {
            form.data.update(|letter| {
                if let Some(header) = letter.headers.get_mut(at) {
                    *field(header) = typed;
                }
            });
        })
    };
    view! {
        <TextField
            id=format!("header-name-{at}")
            label=t::compose_header_name()
            value=value(|header| &header.name)
            on_input=change(|header| &mut header.name)
            error=form.error_for(FormField::HeaderName(at))
        />
        <TextField
            id=format!("header-value-{at}")
            label=t::compose_header_value()
            value=value(|header| &header.value)
            on_input=change(|header| &mut header.value)
            error=form.error_for(FormField::HeaderValue(at))
        />
    }
    .into_any()
}
