//! The languages: a template each, in a file of its own, and how the language quotes what is put
//! into it.
//!
//! A template's line that begins with `?key` is for requests with a key in a header, one with
//! `?basic` for those with a name and a key (RFC 7617). The body is JSON that never holds what would
//! end the quotes around it.

use super::request::{Credentials, Request};

/// A language to copy in.
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

    /// What it is called, in every language of the console.
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

    /// The program that makes a request of a server.
    pub fn write(self, server: &str, request: &Request) -> String {
        let basic = matches!(request.credentials, Credentials::Basic);
        let scheme = match request.credentials {
            Credentials::Key(scheme) => scheme,
            Credentials::Basic => "",
        };
        let quote = if matches!(self, Self::Curl | Self::Php | Self::PowerShell) { '\'' } else { '"' };
        let url = format!("{quote}{}{quote}", harmless(&format!("{server}{}", request.path)));
        let body = self.body(&request.body);
        let mut program = String::new();
        for line in self.template().lines() {
            let kept = match (line.strip_prefix("?key"), line.strip_prefix("?basic")) {
                (Some(rest), _) => (!basic).then_some(rest),
                (_, Some(rest)) => basic.then_some(rest),
                _ => Some(line),
            };
            let Some(kept) = kept else { continue };
            // A mark of its own word, or before the line's own indentation.
            let kept =
                if line.starts_with('?') { kept.strip_prefix(' ').filter(|rest| !rest.starts_with(' ')).unwrap_or(kept) } else { kept };
            // The body last and once: what stands in it is no placeholder.
            program.push_str(&kept.replace("{{url}}", &url).replace("{{scheme}}", scheme).replacen("{{body}}", &body, 1));
            program.push('\n');
        }
        program
    }

    /// JSON as it stands between the language's quotes: a character that would end them, or means
    /// something in them, is written as JSON can write any.
    fn body(self, json: &str) -> String {
        match self {
            Self::Curl | Self::Python => json.replace('\'', r"\u0027"),
            Self::Go => json.replace('`', r"\u0060"),
            // Three quotes in a row never stand in JSON; a backslash means something of its own in Java.
            Self::Java => json.replace('\\', r"\\"),
            // Line separators end a line of JavaScript before 2019.
            Self::Node => json.replace('\u{2028}', r"\u2028").replace('\u{2029}', r"\u2029"),
            Self::Php | Self::CSharp | Self::Ruby | Self::PowerShell => json.to_owned(),
        }
    }
}

/// A URL without characters that mean something between quotes of any of the languages (RFC 3986
/// allows some of them).
fn harmless(url: &str) -> String {
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
