//! Tells browsers apart whose notification settings differ.

/// A browser, as far as the instructions for its settings differ.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Browser {
    /// Firefox.
    Firefox,
    /// Safari.
    Safari,
    /// Chromium and its derivatives, and every unknown browser.
    Chromium,
}

impl Browser {
    /// The browser with the user agent string `agent`.
    pub fn of(agent: &str) -> Self {
        if agent.contains("Firefox/") {
            Self::Firefox
        } else if agent.contains("Safari/") && !agent.contains("Chrome/") && !agent.contains("Chromium/") {
            Self::Safari
        } else {
            Self::Chromium
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn browsers_are_recognised() {
        for (agent, browser) in [
            ("Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0", Browser::Firefox),
            ("Mozilla/5.0 (Macintosh) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.0 Safari/605.1.15", Browser::Safari),
            ("Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36", Browser::Chromium),
            ("", Browser::Chromium),
        ] {
            assert_eq!(Browser::of(agent), browser, "{agent}");
        }
    }
}
