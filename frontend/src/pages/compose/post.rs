//! The fields for an HTTP POST: URL, title, headers, body, secret and proxy.

use campanile_shared::channel::Header;
use leptos::prelude::*;

use super::{fault::Field, rows::Rows, sheet::Sheet};
use crate::{components::text_field::TextField, i18n::t};

/// The fields.
#[component]
pub fn Post(
    /// The form's state.
    sheet: Sheet,
) -> impl IntoView {
    let language = sheet.letter.with_untracked(|letter| letter.texts.first().map(|text| text.language.clone()).unwrap_or_default());
    let proxy = sheet.get(|letter| letter.system_proxy);
    view! {
        <TextField
            id="url"
            label=t::compose_url()
            value=sheet.get(|letter| letter.url.clone())
            on_input=sheet.typed(|letter, typed| letter.url = typed)
            fault=sheet.fault(Field::Url)
            hint=t::compose_url_hint()
            kind="url"
            required=true
        />
        <TextField
            id=format!("title-{language}")
            label=t::compose_title()
            value=sheet.get(|letter| letter.texts.first().map(|text| text.title.clone()).unwrap_or_default())
            on_input=sheet.typed(|letter, typed| {
                if let Some(text) = letter.texts.first_mut() {
                    text.title = typed;
                }
            })
            fault=sheet.fault(Field::Title(language))
            hint=t::compose_post_title_hint()
            required=true
        />
        <Rows
            label=t::compose_headers()
            id="header"
            first="name"
            add_label=t::compose_header_add()
            count=sheet.get(|letter| letter.headers.len())
            row=header
            sheet
            on_add=Callback::new(move |()| {
                sheet.letter.update(|letter| letter.headers.push(Header { name: String::new(), value: String::new() }));
            })
            on_remove=Callback::new(move |at| sheet.letter.update(|letter| drop(letter.headers.remove(at))))
            fault=sheet.fault(Field::Headers)
        />
        <TextField
            id="body"
            label=t::compose_body()
            value=sheet.get(|letter| letter.body.clone())
            on_input=sheet.typed(|letter, typed| letter.body = typed)
            fault=sheet.fault(Field::Body)
            hint=t::compose_body_hint()
            block=true
        />
        <TextField
            id="secret"
            label=t::compose_secret()
            value=sheet.get(|letter| letter.secret.clone())
            on_input=sheet.typed(|letter, typed| letter.secret = typed)
            fault=sheet.fault(Field::Secret)
            hint=t::compose_secret_hint()
        />
        <label class="check compose-through-proxy">
            <input
                type="checkbox"
                prop:checked=move || proxy.get()
                on:change:target=move |event| sheet.letter.update(|letter| letter.system_proxy = event.target().checked())
            />
            {t::compose_proxy()}
        </label>
    }
}

/// The fields for one header.
fn header(sheet: Sheet, at: usize) -> AnyView {
    let value = |read: fn(&Header) -> &String| sheet.get(move |letter| letter.headers.get(at).map(read).cloned().unwrap_or_default());
    let change = |field: fn(&mut Header) -> &mut String| {
        Callback::new(move |typed: String| {
            sheet.letter.update(|letter| {
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
            fault=sheet.fault(Field::HeaderName(at))
        />
        <TextField
            id=format!("header-value-{at}")
            label=t::compose_header_value()
            value=value(|header| &header.value)
            on_input=change(|header| &mut header.value)
            fault=sheet.fault(Field::HeaderValue(at))
        />
    }
    .into_any()
}
