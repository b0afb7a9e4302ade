//! What stands in the form: as it was typed, before anything is known to be right. It becomes a
//! [`Draft`] when it is checked, shown as a preview or sent. Knows nothing of the page.

use campanile_shared::{
    Audience, Channel, Draft, HttpPost, Language, Person, Priority, Recipients, Severity,
    channel::Header,
    directory::Group,
    draft::{DraftButton, DraftContent},
    language,
};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

/// Who is meant.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Reach {
    /// Those who were named, alone or as groups. The default, as it reaches nobody until somebody is named.
    #[default]
    People,
    /// All administrators.
    Administrators,
    /// All people.
    Everyone,
}

/// The form's content.
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Serialize)]
#[serde(default)]
pub struct Letter {
    /// The way it takes. What only another way needs is kept, and not sent.
    pub channel: Channel,
    /// Who is meant.
    pub reach: Reach,
    /// Who was named; kept while another reach is chosen.
    pub people: Vec<Person>,
    /// The groups that were named.
    pub groups: Vec<Group>,
    /// Where a POST goes.
    pub url: String,
    /// Its header fields.
    pub headers: Vec<Header>,
    /// Its body.
    pub body: String,
    /// What it is signed with; empty for none.
    #[serde(skip)]
    pub secret: String,
    /// Whether it takes the operator's proxy.
    pub system_proxy: bool,
    /// How grave it is.
    pub severity: Severity,
    /// How soon to look.
    pub priority: Priority,
    /// The text in each language; no language twice, and never empty.
    pub texts: Vec<DraftContent>,
    /// The part of the system that speaks.
    pub component: String,
    /// Words to sort by, between commas.
    pub categories: String,
    /// What readers can do about it.
    pub buttons: Vec<DraftButton>,
    /// The local date and time from which it is sent, as a `datetime-local` input holds it.
    pub later: String,
    /// The local date and time of the expiry, likewise.
    pub expires: String,
}

impl Letter {
    /// An empty letter in one language.
    pub fn new(language: &Language) -> Self {
        Self { texts: vec![blank(language.to_string(), String::new())], ..Self::default() }
    }

    /// Whether nothing worth keeping was written.
    pub fn is_blank(&self) -> bool {
        let silent =
            |text: &DraftContent| text.title.is_empty() && text.description.is_empty() && text.link.as_ref().is_none_or(String::is_empty);
        self.people.is_empty()
            && self.groups.is_empty()
            && self.headers.is_empty()
            && self.buttons.is_empty()
            && [&self.component, &self.categories, &self.url, &self.body].into_iter().all(String::is_empty)
            && self.texts.iter().all(silent)
    }

    /// The text in a language.
    pub fn text(&self, language: &str) -> Option<&DraftContent> {
        self.texts.iter().find(|text| text.language == language)
    }

    /// The text in a language, to change.
    pub fn text_mut(&mut self, language: &str) -> Option<&mut DraftContent> {
        self.texts.iter_mut().find(|text| text.language == language)
    }

    /// Adds a language; its link is that of the first, which most often is the same for all.
    pub fn add(&mut self, language: &str) {
        if self.text(language).is_none() {
            let link = self.texts.first().and_then(|text| text.link.clone()).unwrap_or_default();
            self.texts.push(blank(language.to_owned(), link));
        }
    }

    /// Removes a language, unless it is the only one; names the language beside it.
    pub fn remove(&mut self, language: &str) -> Option<String> {
        let at = self.texts.iter().position(|text| text.language == language)?;
        if self.texts.len() == 1 {
            return None;
        }
        self.texts.remove(at);
        self.texts.get(at).or(self.texts.last()).map(|text| text.language.clone())
    }

    /// Who is meant, as the server is told; nobody in particular by HTTP.
    pub fn to(&self) -> Audience {
        if self.channel == Channel::Http {
            return Audience::new();
        }
        match self.reach {
            Reach::Everyone => vec![Recipients::Everyone],
            Reach::Administrators => vec![Recipients::Administrators],
            Reach::People => {
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

    /// The draft. `time` reads what a `datetime-local` input holds as the browser's clock and zone
    /// have it.
    pub fn draft(&self, time: impl Fn(&str) -> Option<DateTime<Utc>>) -> Draft {
        let filled = |text: &str| Some(text.trim().to_owned()).filter(|text| !text.is_empty());
        let content = |text: &DraftContent| DraftContent { link: text.link.as_deref().and_then(filled), ..text.clone() };
        // The first is the one most readers want.
        let button = |(at, button): (usize, &DraftButton)| DraftButton {
            label: button.label.clone(),
            primary: at == 0,
            link: button.link.as_deref().and_then(filled),
        };
        let common =
            Draft { to: self.to(), channel: self.channel, not_before: filled(&self.later).and_then(|at| time(&at)), ..Draft::default() };
        if self.channel == Channel::Http {
            // The title is what it is called where it is listed; all else is in the request.
            let title = self.texts.iter().take(1).map(|text| DraftContent {
                language: text.language.clone(),
                title: text.title.clone(),
                ..DraftContent::default()
            });
            let url = self.url.trim().to_owned();
            let (headers, body, secret) = (self.headers.clone(), self.body.clone(), filled(&self.secret));
            let post = HttpPost { url, headers, body, secret, system_proxy: self.system_proxy };
            return Draft { http: Some(post), content: title.collect(), ..common };
        }
        Draft {
            content: self.texts.iter().map(content).collect(),
            severity: self.severity,
            priority: self.priority,
            component: filled(&self.component),
            categories: self.categories.split([',', '、', '،']).filter_map(filled).collect(),
            buttons: self.buttons.iter().enumerate().map(button).collect(),
            // A mail does not leave the mailbox it is in.
            expires_at: filled(&self.expires).filter(|_| self.channel == Channel::Portal).and_then(|at| time(&at)),
            ..common
        }
    }

    /// Named people who read none of the letter's languages.
    pub fn left_out(&self) -> Vec<&Person> {
        if self.reach != Reach::People {
            return Vec::new();
        }
        let written: Vec<Language> = self.texts.iter().filter_map(|text| text.language.parse().ok()).collect();
        let reads = |person: &Person| person.languages.iter().any(|tag| written.iter().any(|text| text.primary() == tag.primary()));
        self.people.iter().filter(|person| !person.languages.is_empty() && !reads(person)).collect()
    }
}

/// The language to begin a letter in: what the console speaks, as the writer's own region has it.
pub fn first_language(spoken: &Language, writer: &[Language]) -> Language {
    let own: Vec<&Language> = writer.iter().filter(|tag| tag.primary() == spoken.primary()).collect();
    language::choose(std::slice::from_ref(spoken), &own).and_then(|index| own.get(index)).map_or(spoken, |tag| *tag).clone()
}

fn blank(language: String, link: String) -> DraftContent {
    DraftContent { language, link: Some(link), ..DraftContent::default() }
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
    fn a_letter_becomes_a_draft() {
        let mut letter = Letter::new(&tag("en"));
        letter.people = vec![person("ada", &[]), person("bo", &[])];
        letter.texts[0].title = "Hello".into();
        letter.texts[0].link = Some("  ".into());
        letter.component = " Gateway ".into();
        letter.categories = "licensing, , connectors،x".into();
        letter.expires = "1970-01-01T00:00".into();
        let draft = letter.draft(|_| Some(DateTime::UNIX_EPOCH));
        assert_eq!(draft.to, [Recipients::Person { person: "ada".into() }, Recipients::Person { person: "bo".into() }]);
        assert_eq!(draft.content[0].link, None);
        assert_eq!(draft.component.as_deref(), Some("Gateway"));
        assert_eq!(draft.categories, ["licensing", "connectors", "x"]);
        assert_eq!(draft.expires_at, Some(DateTime::UNIX_EPOCH));
        letter.reach = Reach::Everyone;
        assert_eq!(letter.to(), [Recipients::Everyone]);
    }

    #[test]
    fn each_channel_sends_what_is_its_own() {
        let mut letter = Letter::new(&tag("en"));
        letter.add("de");
        letter.reach = Reach::Everyone;
        letter.texts[0].title = "Hello".into();
        letter.texts[0].description = "there".into();
        letter.url = " https://a.example/ ".into();
        letter.headers = vec![Header { name: "X-Token".into(), value: "t".into() }];
        letter.expires = "1970-01-01T00:00".into();
        letter.later = letter.expires.clone();
        let draft = |letter: &Letter| letter.draft(|_| Some(DateTime::UNIX_EPOCH));
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
    fn groups_and_people_are_meant_once() {
        let mut letter = Letter::new(&tag("en"));
        let role = |relation: &str| Recipients::Role { object: "application:shop".into(), relation: relation.into() };
        let group = |to: Vec<Recipients>| Group {
            bond: campanile_shared::directory::Bond::Members,
            object: "application:shop".into(),
            name: None,
            relation: None,
            to,
            people: 1,
        };
        letter.groups = vec![group(vec![role("OWNER"), role("USER")]), group(vec![role("OWNER")])];
        letter.people = vec![person("ada", &[])];
        assert_eq!(letter.to(), [role("OWNER"), role("USER"), Recipients::Person { person: "ada".into() }]);
        assert!(!letter.is_blank());
    }

    #[test]
    fn languages_come_once_and_one_always_stays() {
        let mut letter = Letter::new(&tag("en"));
        letter.texts[0].link = Some("https://example.com".into());
        letter.add("de");
        letter.add("de");
        letter.add("fr");
        assert_eq!(letter.texts.len(), 3);
        assert_eq!(letter.text("de").unwrap().link.as_deref(), Some("https://example.com"));
        assert_eq!(letter.remove("de").as_deref(), Some("fr"));
        assert_eq!(letter.remove("fr").as_deref(), Some("en"));
        assert_eq!(letter.remove("en"), None);
        assert_eq!(letter.texts.len(), 1);
    }

    #[test]
    fn who_reads_none_of_the_languages_is_known() {
        let mut letter = Letter::new(&tag("en"));
        letter.people = vec![person("ada", &["en-GB"]), person("bo", &["sv", "de-AT"]), person("cy", &[])];
        let left_out = |letter: &Letter| letter.left_out().iter().map(|person| person.login.clone()).collect::<Vec<_>>();
        assert_eq!(left_out(&letter), ["bo"]);
        letter.add("de");
        assert!(left_out(&letter).is_empty());
        letter.reach = Reach::Everyone;
        assert!(left_out(&letter).is_empty());
    }

    #[test]
    fn only_what_was_typed_is_worth_keeping() {
        let mut letter = Letter::new(&tag("en"));
        letter.add("de");
        letter.severity = Severity::Error;
        assert!(letter.is_blank());
        letter.texts[1].description = "x".into();
        assert!(!letter.is_blank());
    }

    #[test]
    fn a_letter_begins_in_the_writers_region() {
        let first = |spoken: &str, writer: &[&str]| {
            first_language(&tag(spoken), &writer.iter().map(|text| tag(text)).collect::<Vec<_>>()).to_string()
        };
        assert_eq!(first("en", &["de", "en-GB", "en-US"]), "en-GB");
        assert_eq!(first("de", &["en-GB"]), "de");
        assert_eq!(first("de", &[]), "de");
    }
}
