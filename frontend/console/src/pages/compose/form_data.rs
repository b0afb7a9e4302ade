//! The content of the form as typed, not yet validated. It becomes a [`SendRequest`] to be validated, previewed or
//! sent. It knows nothing of the page.

use campanile_shared::{
    Audience, Channel, HttpPost, Language, Person, Priority, Recipients, SendRequest, Severity,
    directory::Group,
    http_header::Header,
    language,
    send_request::{ButtonInput, ContentInput},
};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

/// The kind of audience.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum AudienceKind {
    /// Named people and groups. The default: nothing is sent to anyone until someone is named.
    #[default]
    People,
    /// All administrators.
    Administrators,
    /// Everyone.
    Everyone,
}

/// The content of the form.
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Serialize)]
#[serde(default)]
pub struct FormData {
    /// The channel. Fields of other channels are kept, but not sent.
    pub channel: Channel,
    /// The kind of audience.
    pub reach: AudienceKind,
    /// The named people; kept while another kind of audience is chosen.
    pub people: Vec<Person>,
    /// The named groups.
    pub groups: Vec<Group>,
    /// The URL of an HTTP POST.
    pub url: String,
    /// The headers of an HTTP POST.
    pub headers: Vec<Header>,
    /// The body of an HTTP POST.
    pub body: String,
    /// The signing secret of an HTTP POST; empty for none. It is not stored.
    #[serde(skip)]
    pub secret: String,
    /// Whether an HTTP POST uses the operator's proxy.
    pub system_proxy: bool,
    /// The severity.
    pub severity: Severity,
    /// The priority.
    pub priority: Priority,
    /// The text in each language. No language occurs twice, and there is always at least one.
    pub texts: Vec<ContentInput>,
    /// The component.
    pub component: String,
    /// The categories, separated by commas.
    pub categories: String,
    /// The buttons.
    pub buttons: Vec<ButtonInput>,
    /// The local time at which to send it, in the format of a `datetime-local` input.
    pub later: String,
    /// The local time of the expiry, in the same format.
    pub expires: String,
}

impl FormData {
    /// Empty content in one language.
    pub fn new(language: &Language) -> Self {
        Self { texts: vec![empty_content(language.to_string(), String::new())], ..Self::default() }
    }

    /// Whether nothing worth keeping was typed.
    pub fn is_blank(&self) -> bool {
        let has_no_text =
            |text: &ContentInput| text.title.is_empty() && text.description.is_empty() && text.link.as_ref().is_none_or(String::is_empty);
        self.people.is_empty()
            && self.groups.is_empty()
            && self.headers.is_empty()
            && self.buttons.is_empty()
            && [&self.component, &self.categories, &self.url, &self.body].into_iter().all(String::is_empty)
            && self.texts.iter().all(has_no_text)
    }

    /// The text in a language.
    pub fn text(&self, language: &str) -> Option<&ContentInput> {
        self.texts.iter().find(|text| text.language == language)
    }

    /// The text in a language, mutable.
    pub fn text_mut(&mut self, language: &str) -> Option<&mut ContentInput> {
        self.texts.iter_mut().find(|text| text.language == language)
    }

    /// Adds a language. Its link starts as that of the first language, because links are mostly the same.
    pub fn add_language(&mut self, language: &str) {
        if self.text(language).is_none() {
            let link = self.texts.first().and_then(|text| text.link.clone()).unwrap_or_default();
            self.texts.push(empty_content(language.to_owned(), link));
        }
    }

    /// Removes a language, unless it is the only one. Returns the language beside it.
    pub fn remove_language(&mut self, language: &str) -> Option<String> {
        let at = self.texts.iter().position(|text| text.language == language)?;
        if self.texts.len() == 1 {
            return None;
        }
        self.texts.remove(at);
        self.texts.get(at).or(self.texts.last()).map(|text| text.language.clone())
    }

    /// The audience of the send request; empty for HTTP.
    pub fn audience(&self) -> Audience {
        if self.channel == Channel::Http {
            return Audience::new();
        }
        match self.reach {
            AudienceKind::Everyone => vec![Recipients::Everyone],
            AudienceKind::Administrators => vec![Recipients::Administrators],
            AudienceKind::People => {
                let people = self.people.iter().map(|person| Recipients::Person { person: person.login.clone() });
                let mut to: Audience = Vec::new();
                for one in self.groups.iter().flat_map(|group| group.to.iter().cloned()).chain(people) {
                    if !to.contains(&one) {
                        to.push(one);
                    }
                }
                to
            }
        }
    }

    /// The send request. `time` parses the value of a `datetime-local` input in the browser's time zone.
    pub fn to_request(&self, time: impl Fn(&str) -> Option<DateTime<Utc>>) -> SendRequest {
        let non_empty = |text: &str| Some(text.trim().to_owned()).filter(|text| !text.is_empty());
        let content = |text: &ContentInput| ContentInput { link: text.link.as_deref().and_then(non_empty), ..text.clone() };
        // The first button is the primary one.
        let button = |(at, button): (usize, &ButtonInput)| ButtonInput {
            label: button.label.clone(),
            primary: at == 0,
            link: button.link.as_deref().and_then(non_empty),
        };
        let common = SendRequest {
            to: self.audience(),
            channel: self.channel,
            not_before: non_empty(&self.later).and_then(|at| time(&at)),
            ..SendRequest::default()
        };
        if self.channel == Channel::Http {
            // The title names the request in lists. All else is in the HTTP POST.
            let title = self.texts.iter().take(1).map(|text| ContentInput {
                language: text.language.clone(),
                title: text.title.clone(),
                ..ContentInput::default()
            });
            let url = self.url.trim().to_owned();
            let (headers, body, secret) = (self.headers.clone(), self.body.clone(), non_empty(&self.secret));
            let http = HttpPost { url, headers, body, secret, system_proxy: self.system_proxy };
            return SendRequest { http: Some(http), content: title.collect(), ..common };
        }
        SendRequest {
            content: self.texts.iter().map(content).collect(),
            severity: self.severity,
            priority: self.priority,
            component: non_empty(&self.component),
            categories: self.categories.split([',', '、', '،']).filter_map(non_empty).collect(),
            buttons: self.buttons.iter().enumerate().map(button).collect(),
            // An email cannot expire: it stays in the mailbox.
            expires_at: non_empty(&self.expires).filter(|_| self.channel == Channel::Portal).and_then(|at| time(&at)),
            ..common
        }
    }

    /// Named people who read none of the content's languages.
    pub fn people_without_language(&self) -> Vec<&Person> {
        if self.reach != AudienceKind::People {
            return Vec::new();
        }
        let written: Vec<Language> = self.texts.iter().filter_map(|text| text.language.parse().ok()).collect();
        let reads = |person: &Person| person.languages.iter().any(|tag| written.iter().any(|text| text.primary() == tag.primary()));
        self.people.iter().filter(|person| !person.languages.is_empty() && !reads(person)).collect()
    }
}

/// The first language of the content: the console's language, in the author's regional variant if they have
/// one.
pub fn first_language(spoken: &Language, writer: &[Language]) -> Language {
    let own: Vec<&Language> = writer.iter().filter(|tag| tag.primary() == spoken.primary()).collect();
    language::lookup_index(std::slice::from_ref(spoken), &own).and_then(|index| own.get(index)).map_or(spoken, |tag| *tag).clone()
}

fn empty_content(language: String, link: String) -> ContentInput {
    ContentInput { language, link: Some(link), ..ContentInput::default() }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tag(text: &str) -> Language {
        text.parse().unwrap()
    }

    fn person(login: &str, languages: &[&str]) -> Person {
        Person { login: login.into(), name: login.into(), email: None, languages: languages.iter().map(|text| tag(text)).collect() }
    }

    #[test]
    fn form_data_becomes_a_send_request() {
        let mut letter = FormData::new(&tag("en"));
        letter.people = vec![person("ada", &[]), person("bo", &[])];
        letter.texts[0].title = "Hello".into();
        letter.texts[0].link = Some("  ".into());
        letter.component = " Gateway ".into();
        letter.categories = "licensing, , connectors،x".into();
        letter.expires = "1970-01-01T00:00".into();
        let draft = letter.to_request(|_| Some(DateTime::UNIX_EPOCH));
        assert_eq!(draft.to, [Recipients::Person { person: "ada".into() }, Recipients::Person { person: "bo".into() }]);
        assert_eq!(draft.content[0].link, None);
        assert_eq!(draft.component.as_deref(), Some("Gateway"));
        assert_eq!(draft.categories, ["licensing", "connectors", "x"]);
        assert_eq!(draft.expires_at, Some(DateTime::UNIX_EPOCH));
        letter.reach = AudienceKind::Everyone;
        assert_eq!(letter.audience(), [Recipients::Everyone]);
    }

    #[test]
    fn each_channel_sends_only_its_fields() {
        let mut letter = FormData::new(&tag("en"));
        letter.add_language("de");
        letter.reach = AudienceKind::Everyone;
        letter.texts[0].title = "Hello".into();
        letter.texts[0].description = "there".into();
        letter.url = " https://a.example/ ".into();
        letter.headers = vec![Header { name: "X-Token".into(), value: "t".into() }];
        letter.expires = "1970-01-01T00:00".into();
        letter.later = letter.expires.clone();
        let draft = |letter: &FormData| letter.to_request(|_| Some(DateTime::UNIX_EPOCH));
        let portal = draft(&letter);
        assert_eq!((portal.http, portal.expires_at, portal.not_before), (None, Some(DateTime::UNIX_EPOCH), Some(DateTime::UNIX_EPOCH)));
        letter.channel = Channel::Email;
        assert_eq!((draft(&letter).expires_at, draft(&letter).content.len()), (None, 2));
        letter.channel = Channel::Http;
        let http = draft(&letter);
        assert_eq!((http.to, http.content.len(), http.content[0].description.as_str()), (Vec::new(), 1, ""));
        let post = http.http.unwrap();
        assert_eq!((post.url.as_str(), post.headers.len()), ("https://a.example/", 1));
    }

    #[test]
    fn recipients_are_not_repeated() {
        let mut letter = FormData::new(&tag("en"));
        let role = |relation: &str| Recipients::Role { object: "application:shop".into(), relation: relation.into() };
        let group = |to: Vec<Recipients>| Group {
            bond: campanile_shared::directory::GroupKind::Members,
            object: "application:shop".into(),
            name: None,
            relation: None,
            to,
            people: 1,
        };
        letter.groups = vec![group(vec![role("OWNER"), role("USER")]), group(vec![role("OWNER")])];
        letter.people = vec![person("ada", &[])];
        assert_eq!(letter.audience(), [role("OWNER"), role("USER"), Recipients::Person { person: "ada".into() }]);
        assert!(!letter.is_blank());
    }

    #[test]
    fn languages_are_unique_and_never_empty() {
        let mut letter = FormData::new(&tag("en"));
        letter.texts[0].link = Some("https://example.com".into());
        letter.add_language("de");
        letter.add_language("de");
        letter.add_language("fr");
        assert_eq!(letter.texts.len(), 3);
        assert_eq!(letter.text("de").unwrap().link.as_deref(), Some("https://example.com"));
        assert_eq!(letter.remove_language("de").as_deref(), Some("fr"));
        assert_eq!(letter.remove_language("fr").as_deref(), Some("en"));
        assert_eq!(letter.remove_language("en"), None);
        assert_eq!(letter.texts.len(), 1);
    }

    #[test]
    fn people_without_a_language_are_listed() {
        let mut letter = FormData::new(&tag("en"));
        letter.people = vec![person("ada", &["en-GB"]), person("bo", &["sv", "de-AT"]), person("cy", &[])];
        let left_out = |letter: &FormData| letter.people_without_language().iter().map(|person| person.login.clone()).collect::<Vec<_>>();
        assert_eq!(left_out(&letter), ["bo"]);
        letter.add_language("de");
        assert!(left_out(&letter).is_empty());
        letter.reach = AudienceKind::Everyone;
        assert!(left_out(&letter).is_empty());
    }

    #[test]
    fn only_typed_text_makes_it_non_blank() {
        let mut letter = FormData::new(&tag("en"));
        letter.add_language("de");
        letter.severity = Severity::Error;
        assert!(letter.is_blank());
        letter.texts[1].description = "x".into();
        assert!(!letter.is_blank());
    }

    #[test]
    fn the_first_language_has_the_authors_region() {
        let first = |spoken: &str, writer: &[&str]| {
            first_language(&tag(spoken), &writer.iter().map(|text| tag(text)).collect::<Vec<_>>()).to_string()
        };
        assert_eq!(first("en", &["de", "en-GB", "en-US"]), "en-GB");
        assert_eq!(first("de", &["en-GB"]), "de");
        assert_eq!(first("de", &[]), "de");
    }
}
