//! The code samples that compose offers, run in every language that this machine has. Each program must send its text
//! through our API and the four dialects.

use std::{io::ErrorKind, path::Path, sync::Arc};

use campanile_domain::{NewPerson, Scope, TenantSettings};
use campanile_shared::{
    Recipients, SendRequest,
    request_preview::{
        RequestPreview,
        UnsupportedField::{self, Audience, Component, Languages},
    },
    send_request::ContentInput,
};
use serde::Deserialize;
use tokio::process::Command;

use self::snippet::Language;
use crate::harness::Server;

#[path = "../../../../frontend/console/src/pages/compose/snippet.rs"]
mod snippet;

/// Characters that end strings, start expressions or need several bytes in one of the languages.
const TITLE: &str = r#"it's $(rm) `x` "y" \n \\ #{z} ${w} %27 <?php ?> """ '@ 日本 🎉"#;
const DESCRIPTION: &str = "first line\n'''\nJSON;\nJSON\n'@\n\\";

/// The file of a program and the command that runs it. `None` for languages that need a project.
fn command(language: Language, folder: &Path) -> Option<(std::path::PathBuf, Command)> {
    let (name, program, arguments): (_, _, &[&str]) = match language {
        Language::Curl => ("send.sh", "sh", &[]),
        Language::Python => ("send.py", "python3", &[]),
        Language::Node => ("send.mjs", "node", &[]),
        Language::Java => ("Notify.java", "java", &[]),
        Language::Php => ("send.php", "php", &[]),
        Language::Go => ("send.go", "go", &["run"]),
        Language::Ruby => ("send.rb", "ruby", &[]),
        Language::PowerShell => ("send.ps1", "pwsh", &["-File"]),
        Language::CSharp => return None,
    };
    let file = folder.join(name);
    let mut command = Command::new(program);
    command.args(arguments).arg(&file).current_dir(folder);
    Some((file, command))
}

/// The requests that the server writes.
async fn previews(server: &Server, key: &str, request: &SendRequest) -> Vec<RequestPreview> {
    #[derive(Deserialize)]
    struct Previews {
        items: Vec<RequestPreview>,
    }
    let call = reqwest::Client::new().post(server.url("/api/v1/request-previews")).bearer_auth(key).json(request);
    let previews: Previews = call.send().await.unwrap().error_for_status().unwrap().json().await.unwrap();
    assert_eq!(previews.items.iter().map(|preview| preview.api.as_str()).collect::<Vec<_>>(), APIS);
    previews.items
}

/// The APIs, in the order in which the server lists them.
const APIS: [&str; 5] = ["Campanile", "Citrix Cloud", "Gravitee APIM", "myKaarma", "SelfCommunity"];

/// A send request whose recipients the API supports.
fn send_request(api: &str) -> SendRequest {
    let to = match api {
        "Campanile" => Recipients::Everyone,
        "Citrix Cloud" => Recipients::Administrators,
        "Gravitee APIM" => Recipients::Role { object: "environment:DEFAULT".to_owned(), relation: "ADMIN".to_owned() },
        "myKaarma" => Recipients::Person { person: "ada".to_owned() },
        _ => Recipients::Person { person: "selfcommunity:7".to_owned() },
    };
    let content = ContentInput { language: "en".to_owned(), title: TITLE.to_owned(), description: DESCRIPTION.to_owned(), link: None };
    SendRequest { to: vec![to], content: vec![content], ..SendRequest::default() }
}

/// Sends in one language through every API, each with its own tenant. Returns whether the language is installed.
async fn send_through_every_api(server: Arc<Server>, language: Language) -> bool {
    let campanile = &server.running.campanile;
    // The store accepts names that the domain refuses; such old names still need escaping.
    let name = format!("{} & co", language.name());
    let tenant = server.running.store.create_tenant(&name, TenantSettings::default(), "secret", "mail").await.unwrap();
    let ada = NewPerson {
        login: "ada".to_owned(),
        name: "Ada".to_owned(),
        email: None,
        languages: Vec::new(),
        external_ids: vec!["selfcommunity:7".to_owned()],
        administrator: true,
    };
    let ada = server.running.store.create_person(tenant.id, ada, campanile.now()).await.unwrap();
    server.running.store.set_relation(tenant.id, ada, "environment:DEFAULT", "ADMIN", true, campanile.now()).await.unwrap();
    let key = server.create_key(&tenant, "deploys", &[Scope::Admin]).await;
    let folder = tempfile::tempdir().unwrap();
    for (before, api) in APIS.into_iter().enumerate() {
        let what = format!("{} through {api}", language.name());
        let preview = &previews(&server, &key, &send_request(api)).await[before];
        assert_eq!(preview.unsupported, [], "{what}");
        let program = language.write(&server.url(""), preview);
        for rest in ["{{", "?key", "?basic", "?header"] {
            assert!(!program.contains(rest), "{what}:\n{program}");
        }
        let Some((file, mut command)) = command(language, folder.path()) else { continue };
        std::fs::write(&file, &program).unwrap();
        // Some compilers read source files in the encoding of the locale.
        command.env("LC_ALL", "C.UTF-8");
        let output = match command.env("CAMPANILE_KEY", &key).env("CAMPANILE_KEY_NAME", "deploys").output().await {
            Err(error) if error.kind() == ErrorKind::NotFound => return false,
            output => output.unwrap(),
        };
        let output_text = format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
        assert!(output.status.success(), "{what}: {output_text}\n{program}");
        let newest = server.running.store.notifications(tenant.id, None, 1).await.unwrap();
        assert_eq!(newest[0].sequence, before as u64 + 1, "{what}: {output_text}");
        let content = &newest[0].message.content[0];
        assert_eq!((content.title.as_str(), content.description.as_str()), (TITLE, DESCRIPTION), "{what}");
    }
    true
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_installed_language_sends_through_every_api() {
    let server = Arc::new(Server::start().await);
    let mut running: Vec<_> =
        Language::ALL.map(|language| (language, tokio::spawn(send_through_every_api(server.clone(), language)))).into();
    for (language, running) in running.drain(..) {
        let here = running.await.unwrap();
        // These are installed wherever the console is built.
        assert!(here || !matches!(language, Language::Curl | Language::Node), "{} was not run", language.name());
    }
}

#[tokio::test]
async fn what_an_api_cannot_express_is_reported() {
    let server = Server::start().await;
    let tenant = server.running.store.create_tenant("acme", TenantSettings::default(), "secret", "mail").await.unwrap();
    let key = server.create_key(&tenant, "deploys", &[Scope::Send]).await;

    let everything = SendRequest {
        to: vec![Recipients::Everyone],
        content: ["en", "de"]
            .map(|language| ContentInput { language: language.to_owned(), title: "x".to_owned(), ..Default::default() })
            .into(),
        component: Some("Backup".to_owned()),
        ..SendRequest::default()
    };
    let unsupported: Vec<Vec<UnsupportedField>> =
        previews(&server, &key, &everything).await.into_iter().map(|preview| preview.unsupported).collect();
    let only_ours = vec![Languages, Component, Audience];
    assert_eq!(unsupported, [vec![], vec![Audience], only_ours.clone(), only_ours.clone(), only_ours]);
}

#[tokio::test]
async fn only_those_who_may_send_see_requests() {
    let server = Server::start().await;
    let tenant = server.running.store.create_tenant("acme", TenantSettings::default(), "secret", "mail").await.unwrap();
    let key = server.create_key(&tenant, "reports", &[Scope::Read]).await;
    let call = reqwest::Client::new().post(server.url("/api/v1/request-previews")).bearer_auth(key).json(&SendRequest::default());
    assert_eq!(call.send().await.unwrap().status(), 403);
}
