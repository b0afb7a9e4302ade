//! A draft as the command that sends it.

use campanile_shared::Draft;

/// A command for a POSIX shell. The API key is left to the variable `CAMPANILE_KEY`: what is
/// copied ends up in chats and tickets.
pub fn command(server: &str, draft: &Draft) -> serde_json::Result<String> {
    let body = serde_json::to_string_pretty(draft)?;
    Ok(format!(
        "curl --fail-with-body --request POST {} \\\n  --header \"Authorization: Bearer $CAMPANILE_KEY\" \\\n  \
         --header 'Content-Type: application/json' \\\n  --header \"Idempotency-Key: $(uuidgen)\" \\\n  --data-binary {}",
        quoted(&format!("{server}/api/v1/notifications")),
        quoted(&body)
    ))
}

/// A word that the shell leaves as it is (POSIX.1-2017 §2.2.2).
fn quoted(word: &str) -> String {
    format!("'{}'", word.replace('\'', r"'\''"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use campanile_shared::{Priority, Recipients, Severity, draft::DraftContent};

    #[test]
    fn nothing_in_a_text_reaches_the_shell() {
        let title = r#"it's $(rm) `x` "y" \"#;
        let draft = Draft {
            to: vec![Recipients::Everyone],
            content: vec![DraftContent { language: "en".into(), title: title.into(), ..DraftContent::default() }],
            severity: Severity::Warning,
            priority: Priority::Normal,
            component: None,
            categories: Vec::new(),
            expires_at: None,
            ..Draft::default()
        };
        let command = command("https://bell.example/x", &draft).unwrap();
        let (head, body) = command.split_once("--data-binary ").unwrap();
        assert!(head.starts_with("curl --fail-with-body --request POST 'https://bell.example/x/api/v1/notifications' \\\n"));
        let unquoted = body.strip_prefix('\'').and_then(|body| body.strip_suffix('\'')).unwrap().replace(r"'\''", "'");
        assert_eq!(serde_json::from_str::<Draft>(&unquoted).unwrap(), draft);
        assert_eq!(body.replace(r"'\''", "").matches('\'').count(), 2);
    }
}
