//! Writes a program that sends a notification, in one of nine programming languages: a template file for each, and how
//! each quotes strings. The server says how the request looks in each API. The API key is read from the variable
//! `CAMPANILE_KEY`, because copied programs end up in chats and tickets.
//!
//! A template's line that starts with `?key` is for APIs that take the key in a header, one with `?basic` for
//! APIs with Basic authentication (RFC 7617), and one with `?header` is repeated for every header but `Content-Type`,
//! for which some languages have a place of their own. The body is JSON without the characters that would end the quotes
//! around it.

use campanile_shared::request_preview::{Authorization, RequestPreview};

/// A programming language.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Language {
    /// A command for a POSIX shell.
    Curl,
    /// Python 3, with its standard library.
    Python,
    /// Node.js.
    Node,
    /// Java, with its standard library.
    Java,
    /// PHP.
    Php,
    /// C#.
    CSharp,
    /// Go, with its standard library.
    Go,
    /// Ruby, with its standard library.
    Ruby,
    /// PowerShell.
    PowerShell,
}

impl Language {
    /// Every language.
    pub const ALL: [Self; 9] =
        [Self::Curl, Self::Python, Self::Node, Self::Java, Self::Php, Self::CSharp, Self::Go, Self::Ruby, Self::PowerShell];

    /// The name, which is the same in every language of the console.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Curl => "curl",
            Self::Python => "Python",
            Self::Node => "Node.js",
            Self::Java => "Java",
            Self::Php => "PHP",
            Self::CSharp => "C#",
            Self::Go => "Go",
            Self::Ruby => "Ruby",
            Self::PowerShell => "PowerShell",
        }
    }

    const fn template(self) -> &'static str {
        match self {
            Self::Curl => include_str!("snippet/curl.txt"),
            Self::Python => include_str!("snippet/python.txt"),
            Self::Node => include_str!("snippet/node.txt"),
            Self::Java => include_str!("snippet/java.txt"),
            Self::Php => include_str!("snippet/php.txt"),
            Self::CSharp => include_str!("snippet/csharp.txt"),
            Self::Go => include_str!("snippet/go.txt"),
            Self::Ruby => include_str!("snippet/ruby.txt"),
            Self::PowerShell => include_str!("snippet/powershell.txt"),
        }
    }

    /// The program that sends a request. `server` is the base URL without a trailing slash.
    pub fn write(self, server: &str, request: &RequestPreview) -> String {
        let prefix = match &request.authorization {
            Authorization::Key { prefix } => Some(prefix.as_str()),
            Authorization::Basic => None,
        };
        let quote = if matches!(self, Self::Curl | Self::Php | Self::PowerShell) { '\'' } else { '"' };
        let url = format!("{quote}{}{quote}", escape_url(&format!("{server}{}", request.path)));
        let (content_type, headers): (Vec<_>, Vec<_>) =
            request.headers.iter().partition(|header| header.name.eq_ignore_ascii_case("content-type"));
        let content_type = content_type.first().map_or("", |header| header.value.as_str());
        let body = self.body(&request.body);
        let mut program = String::new();
        for line in self.template().lines() {
            let (marker, text) = split_marker(line);
            let mut write = |text: &str| {
                // The body is inserted last and once, because it may contain the text of a placeholder.
                let text = text
                    .replace("{{url}}", &url)
                    .replace("{{method}}", &request.method)
                    .replace("{{content_type}}", content_type)
                    .replace("{{prefix}}", prefix.unwrap_or_default());
                program.push_str(&text.replacen("{{body}}", &body, 1));
                program.push('\n');
            };
            match marker {
                "?header" => {
                    headers.iter().for_each(|header| write(&text.replace("{{name}}", &header.name).replace("{{value}}", &header.value)))
                }
                "?key" if prefix.is_none() => {}
                "?basic" if prefix.is_some() => {}
                _ => write(text),
            }
        }
        program
    }

    /// The JSON to insert between the language's quotes. A character that would end them, or is special in
    /// them, is written as a JSON escape.
    fn body(self, json: &str) -> String {
        match self {
            Self::Curl | Self::Python => json.replace('\'', r"\u0027"),
            Self::Go => json.replace('`', r"\u0060"),
            // JSON never has three quotes in a row. Java also interprets backslashes.
            Self::Java => json.replace('\\', r"\\"),
            // U+2028 and U+2029 end a line in JavaScript before ES2019.
            Self::Node => json.replace('\u{2028}', r"\u2028").replace('\u{2029}', r"\u2029"),
            Self::Php | Self::CSharp | Self::Ruby | Self::PowerShell => json.to_owned(),
        }
    }
}

/// The marker at the start of a template's line, or nothing, and the line without it.
fn split_marker(line: &str) -> (&str, &str) {
    let Some((marker, text)) = ["?header", "?key", "?basic"].iter().find_map(|marker| Some((*marker, line.strip_prefix(marker)?))) else {
        return ("", line);
    };
    // One space after the marker is removed; more are the line's own indentation.
    (marker, text.strip_prefix(' ').filter(|rest| !rest.starts_with(' ')).unwrap_or(text))
}

/// Percent-encodes the characters that are special between the quotes of any language. RFC 3986 allows some of
/// them in a URL.
fn escape_url(url: &str) -> String {
    let mut text = String::with_capacity(url.len());
    for c in url.chars() {
        match c {
            '\'' => text.push_str("%27"),
            '"' => text.push_str("%22"),
            '$' => text.push_str("%24"),
            '#' => text.push_str("%23"),
            '`' => text.push_str("%60"),
            '\\' => text.push_str("%5C"),
            '{' => text.push_str("%7B"),
            '}' => text.push_str("%7D"),
            _ => text.push(c),
        }
    }
    text
}
