//! The programming languages: a template file for each, and how each quotes strings.
//!
//! A template's line that starts with `?key` is for APIs that take the key in a header, one with `?basic` for
//! APIs with Basic authentication (RFC 7617). The body is JSON without the characters that would end the quotes
//! around it.

use super::request::{Credentials, Request};

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
            Self::Curl => include_str!("curl.txt"),
            Self::Python => include_str!("python.txt"),
            Self::Node => include_str!("node.txt"),
            Self::Java => include_str!("java.txt"),
            Self::Php => include_str!("php.txt"),
            Self::CSharp => include_str!("csharp.txt"),
            Self::Go => include_str!("go.txt"),
            Self::Ruby => include_str!("ruby.txt"),
            Self::PowerShell => include_str!("powershell.txt"),
        }
    }

    /// The program that sends a request to a server.
    pub fn write(self, server: &str, request: &Request) -> String {
        let basic = matches!(request.credentials, Credentials::Basic);
        let scheme = match request.credentials {
            Credentials::Key(scheme) => scheme,
            Credentials::Basic => "",
        };
        let quote = if matches!(self, Self::Curl | Self::Php | Self::PowerShell) { '\'' } else { '"' };
        let url = format!("{quote}{}{quote}", escape_url(&format!("{server}{}", request.path)));
        let body = self.body(&request.body);
        let mut program = String::new();
        for line in self.template().lines() {
            let kept = match (line.strip_prefix("?key"), line.strip_prefix("?basic")) {
                (Some(rest), _) => (!basic).then_some(rest),
                (_, Some(rest)) => basic.then_some(rest),
                _ => Some(line),
            };
            let Some(kept) = kept else { continue };
            // One space after the marker is removed; more are the line's own indentation.
            let kept =
                if line.starts_with('?') { kept.strip_prefix(' ').filter(|rest| !rest.starts_with(' ')).unwrap_or(kept) } else { kept };
            // The body is inserted last and once, because it may contain the text of a placeholder.
            program.push_str(&kept.replace("{{url}}", &url).replace("{{scheme}}", scheme).replacen("{{body}}", &body, 1));
            program.push('\n');
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
