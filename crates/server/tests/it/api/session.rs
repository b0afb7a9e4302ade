use campanile_domain::{Clock, Operator, SystemClock};
use campanile_shared::Problem;
use jsonwebtoken::{Algorithm, EncodingKey, Header};
use reqwest::{Method, StatusCode, header};
use serde_json::json;

use super::{Acme, everyone, send_request};
use crate::harness::Server;

const PASSWORD: &str = "correct horse battery";

async fn with_password() -> Acme {
    let acme = Acme::start().await;
    let campanile = &acme.server.running.campanile;
    campanile.set_password(&Operator.on(&acme.tenant), "ada", PASSWORD).await.unwrap();
    acme
}

#[tokio::test]
async fn a_password_gives_a_cookie_that_only_our_own_origin_can_use() {
    let acme = with_password().await;
    let request = acme.call(Method::POST, "/session").json(&json!({"tenant": "ACME", "login": "Ada", "password": PASSWORD}));
    let response = request.send().await.unwrap();
    assert_eq!(response.status(), StatusCode::CREATED);
    let cookie = response.headers()[header::SET_COOKIE].to_str().unwrap().to_owned();
    for part in ["__Host-campanile=cms_", "; Path=/", "; HttpOnly", "; SameSite=Lax", "; Secure"] {
        assert!(cookie.contains(part), "{cookie} lacks {part}");
    }
    let pair = cookie.split(';').next().unwrap();
    let get = |site: &'static str, method| acme.call(method, "/me").header(header::COOKIE, pair).header("sec-fetch-site", site);
    assert_eq!(get("same-origin", Method::GET).send().await.unwrap().status(), StatusCode::OK);
    let sent = acme.call(Method::POST, "/notifications").header(header::COOKIE, pair).json(&send_request(everyone(), "Forged"));
    let refused = sent.try_clone().unwrap().header("sec-fetch-site", "cross-site").send().await.unwrap();
    assert_eq!(refused.status(), StatusCode::FORBIDDEN);
    assert_eq!(refused.json::<Problem>().await.unwrap().kind, "/problems/cross-site");
    assert_eq!(sent.try_clone().unwrap().header("origin", "https://evil.example").send().await.unwrap().status(), StatusCode::FORBIDDEN);
    assert_eq!(sent.header("sec-fetch-site", "same-origin").send().await.unwrap().status(), StatusCode::CREATED);
    // Dialects ignore cookies.
    let body = json!({"destinationAdmin": "*"});
    let foreign = acme.server.http.post(acme.server.url("/citrix/acme/notifications/items")).header(header::COOKIE, pair).json(&body);
    assert_eq!(foreign.send().await.unwrap().status(), StatusCode::UNAUTHORIZED);
    let out = acme.call(Method::DELETE, "/session").header(header::COOKIE, pair).header("sec-fetch-site", "same-origin");
    assert_eq!(out.send().await.unwrap().status(), StatusCode::NO_CONTENT);
    assert_eq!(get("same-origin", Method::GET).send().await.unwrap().status(), StatusCode::UNAUTHORIZED);
}

/// Returns the `Set-Cookie` fields of a response.
fn set_cookies(response: &reqwest::Response) -> Vec<String> {
    response.headers().get_all(header::SET_COOKIE).iter().map(|field| field.to_str().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn cookies_match_the_public_url() {
    for (url, prefix, secure) in [("http://campanile.test", "", false), ("https://campanile.test", "__Host-", true)] {
        let acme = Acme::on(Server::with(json!({"server": {"public_url": url}})).await).await;
        acme.set_password("ada", PASSWORD).await;
        let response = sign_in_from_our_page(&acme, "ada", PASSWORD, "").await;
        let set = set_cookies(&response);
        let names = [format!("{prefix}campanile"), format!("{prefix}campanile-browser")];
        assert_eq!(set.iter().map(|cookie| cookie.split('=').next().unwrap()).collect::<Vec<_>>(), names, "{url}");
        assert!(set.iter().all(|cookie| cookie.contains("; Secure") == secure && cookie.contains("; HttpOnly")), "{set:?}");
        let value = set[0].split(['=', ';']).nth(1).unwrap();

        // Only the cookie name of this configuration is read: without TLS, an attacker on the network can set the other
        // one.
        for (name, status) in [(&*names[0], 200), (if secure { "campanile" } else { "__Host-campanile" }, 401)] {
            let ask = acme.call(Method::GET, "/me").header(header::COOKIE, format!("{name}={value}"));
            assert_eq!(ask.send().await.unwrap().status().as_u16(), status, "{url}: {name}");
        }
        // The right cookie wins, before or after the other one.
        if secure {
            let bo = acme.session("bo").await;
            for cookies in [format!("campanile={bo}; {}={value}", names[0]), format!("{}={value}; campanile={bo}", names[0])] {
                let me = acme.call(Method::GET, "/me").header(header::COOKIE, cookies).send().await.unwrap();
                assert_eq!(me.json::<serde_json::Value>().await.unwrap()["person"]["login"], "ada");
            }
        }
        let out = acme.call(Method::DELETE, "/session").header(header::COOKIE, format!("{}={value}", names[0]));
        let ended = set_cookies(&out.send().await.unwrap());
        assert_eq!(ended.len(), 1);
        assert!(ended[0].starts_with(&format!("{}=; Path=/", names[0])) && ended[0].contains("Max-Age=0"), "{ended:?}");
        assert_eq!(ended[0].contains("; Secure"), secure);
    }
}

#[tokio::test]
async fn a_change_for_another_person_than_the_cookies_is_refused() {
    let acme = with_password().await;
    let cookie = cookies(&sign_in_from_our_page(&acme, "ada", PASSWORD, "").await);
    let ask = |method: Method, path: &str, named: &[&str]| {
        let request = acme.call(method, path).header(header::COOKIE, &cookie).header("sec-fetch-site", "same-origin");
        named.iter().fold(request, |request, name| request.header("Campanile-Person", *name))
    };
    let send = async |named: &[&str]| {
        let response = ask(Method::POST, "/notifications", named).json(&send_request(everyone(), "Hello")).send().await.unwrap();
        (response.status().as_u16(), response.json::<serde_json::Value>().await.unwrap()["type"].as_str().map(str::to_owned))
    };
    assert_eq!(send(&[]).await.0, 201, "programs other than the console omit the header");
    assert_eq!(send(&["acme/ada"]).await.0, 201);
    for named in [&["acme/bo"][..], &["other/ada"], &[""], &["ada"], &["acme/Ada"], &["acme/ada/"], &["acme/ada", "acme/bo"]] {
        assert_eq!(send(named).await, (409, Some("/problems/other-person".to_owned())), "{named:?}");
    }
    for (method, path) in [
        (Method::POST, "/inbox/changes"),
        (Method::POST, "/inbox/seen"),
        (Method::PUT, "/me/preferences"),
        (Method::PUT, "/me/password"),
        (Method::PUT, "/drafts/00000000-0000-4000-8000-000000000000"),
        (Method::POST, "/keys"),
        (Method::PUT, "/tenant/settings"),
        (Method::DELETE, "/session"),
        (Method::GET, "/me"),
    ] {
        let response = ask(method, path, &["acme/bo"]).json(&json!({})).send().await.unwrap();
        assert_eq!(response.status(), StatusCode::CONFLICT, "{path}");
    }
    // A bearer token already names its person, so the header is ignored.
    let token = acme.session("ada").await;
    let named = acme.call(Method::GET, "/me").bearer_auth(&token).header("Campanile-Person", "acme/bo").send().await.unwrap();
    assert_eq!(named.status(), StatusCode::OK);
}

#[tokio::test]
async fn sign_in_errors_hide_which_part_is_wrong_and_attempts_are_limited() {
    let acme = with_password().await;
    for (tenant, login, password) in [("acme", "ada", "wrong"), ("acme", "nobody", PASSWORD), ("nowhere", "ada", PASSWORD)] {
        let body = json!({"tenant": tenant, "login": login, "password": password});
        let response = acme.call(Method::POST, "/session").json(&body).send().await.unwrap();
        assert_eq!(response.status(), StatusCode::UNAUTHORIZED);
        let problem: serde_json::Value = response.json().await.unwrap();
        assert_eq!(problem["type"], "/problems/unauthenticated");
    }
    let server = Server::with(json!({"limits": {"sign_in_attempts": 3}})).await;
    let acme = Acme::on(server).await;
    let body = json!({"tenant": "acme", "login": "ada", "password": "wrong"});
    let mut statuses = Vec::new();
    for _ in 0..4 {
        let response = acme.call(Method::POST, "/session").json(&body).send().await.unwrap();
        statuses.push((response.status().as_u16(), response.headers().contains_key(header::RETRY_AFTER)));
    }
    assert_eq!(statuses, [(401, false), (401, false), (401, false), (429, true)]);
}

#[tokio::test]
async fn sign_ins_that_succeed_do_not_count() {
    let acme = Acme::on(Server::with(json!({"limits": {"sign_in_attempts": 1}})).await).await;
    // Ten failures per address are allowed. All sign-ins here come from one address.
    for _ in 0..11 {
        acme.session("ada").await;
    }
    let wrong = || async { acme.call(Method::POST, "/session").json(&json!({"link": "cml_wrong"})).send().await.unwrap().status() };
    for _ in 0..10 {
        assert_eq!(wrong().await, StatusCode::UNAUTHORIZED);
    }
    assert_eq!(wrong().await, StatusCode::TOO_MANY_REQUESTS);
    let unlimited = Acme::on(Server::with(json!({"limits": {"sign_in_attempts": 0}})).await).await;
    for _ in 0..11 {
        let request = unlimited.call(Method::POST, "/session").json(&json!({"link": "cml_wrong"}));
        assert_eq!(request.send().await.unwrap().status(), StatusCode::UNAUTHORIZED);
    }
}

#[tokio::test]
async fn a_link_works_once() {
    let acme = Acme::start().await;
    let campanile = &acme.server.running.campanile;
    let link = campanile.create_sign_in_link(&Operator.on(&acme.tenant), "ada").await.unwrap().secret;
    let request = acme.call(Method::POST, "/session").json(&json!({"link": link}));
    assert_eq!(request.try_clone().unwrap().send().await.unwrap().status(), StatusCode::CREATED);
    assert_eq!(request.send().await.unwrap().status(), StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn only_the_tenants_portal_can_sign_tokens() {
    let acme = Acme::start().await;
    let now = SystemClock.now().timestamp();
    let sign = |secret: &str, algorithm, issuer: &str, subject: &str, expires: i64| {
        let claims = json!({"iss": issuer, "sub": subject, "exp": expires});
        jsonwebtoken::encode(&Header::new(algorithm), &claims, &EncodingKey::from_secret(secret.as_bytes())).unwrap()
    };
    let secret = acme.tenant.portal_secret.as_str();
    let claims = |more: serde_json::Value| {
        let mut claims = json!({"iss": "acme", "sub": "ada", "exp": now + 300});
        claims.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        jsonwebtoken::encode(&Header::new(Algorithm::HS256), &claims, &EncodingKey::from_secret(secret.as_bytes())).unwrap()
    };
    let critical = |fields: serde_json::Value| {
        let header = Header { crit: serde_json::from_value(fields).unwrap(), ..Header::default() };
        let claims = json!({"iss": "acme", "sub": "ada", "exp": now + 300});
        jsonwebtoken::encode(&header, &claims, &EncodingKey::from_secret(secret.as_bytes())).unwrap()
    };
    let hs256 = Algorithm::HS256;
    let unsigned = "eyJhbGciOiJub25lIn0.eyJpc3MiOiJhY21lIiwic3ViIjoiYWRhIiwiZXhwIjo0MTAyNDQ0ODAwfQ.".to_owned();
    for (token, expected) in [
        (sign(secret, hs256, "acme", "ada", now + 300), 200),
        (sign(secret, hs256, "acme", "citrix:ada-1", now + 3_600), 200),
        (sign(secret, hs256, "acme", "ada", now - 300), 401),
        (sign(secret, hs256, "acme", "ada", now + 7_200), 401),
        (sign(secret, hs256, "acme", "nobody", now + 300), 401),
        (sign(secret, hs256, "elsewhere", "ada", now + 300), 401),
        (sign("another secret", hs256, "acme", "ada", now + 300), 401),
        (sign(secret, Algorithm::HS512, "acme", "ada", now + 300), 401),
        (claims(json!({"nbf": now - 5})), 200),
        (claims(json!({"nbf": now + 30})), 200),
        (claims(json!({"nbf": now + 150})), 401),
        (claims(json!({"nbf": "soon"})), 401),
        (claims(json!({"exp": now as f64 + 300.5})), 200),
        (claims(json!({"exp": now as f64 - 300.5})), 401),
        (claims(json!({"aud": "some-portal"})), 200),
        (claims(json!({"aud": "unsubscribe"})), 401),
        (claims(json!({"sub": ""})), 401),
        (claims(json!({"exp": null})), 401),
        (claims(json!({"exp": 1e300})), 401),
        (claims(json!({"iat": now + 600})), 401),
        (critical(json!(["exp"])), 401),
        (critical(json!(["b64"])), 401),
        (unsigned, 401),
        ("not a token".to_owned(), 401),
    ] {
        let response = acme.call(Method::GET, "/me").bearer_auth(&token).send().await.unwrap();
        assert_eq!(response.status().as_u16(), expected, "{token}");
    }
}

#[tokio::test]
async fn a_revoked_key_is_refused_within_a_second() {
    let acme = Acme::start().await;
    acme.send(everyone(), "Before").await;
    let campanile = &acme.server.running.campanile;
    acme.server.running.store.revoke_key(acme.tenant.id, "monitoring", campanile.now()).await.unwrap();
    let revoked = tokio::time::Instant::now();
    loop {
        let (status, _) = acme.try_fetch(Method::POST, "/notifications", &acme.key, Some(send_request(everyone(), "After"))).await;
        if status == 401 {
            return;
        }
        assert!(revoked.elapsed() < std::time::Duration::from_secs(3), "the key still works");
    }
}

/// The cookies that a response sets, in the form in which a browser returns them.
fn cookies(response: &reqwest::Response) -> String {
    let fields = response.headers().get_all(header::SET_COOKIE).iter().map(|field| field.to_str().unwrap().split(';').next().unwrap());
    fields.collect::<Vec<_>>().join("; ")
}

/// Signs in from our own page, in a browser with these cookies.
async fn sign_in_from_our_page(acme: &Acme, login: &str, password: &str, cookies: &str) -> reqwest::Response {
    let body = json!({"tenant": "acme", "login": login, "password": password});
    let request = acme.call(Method::POST, "/session").header("sec-fetch-site", "same-origin").header(header::COOKIE, cookies);
    request.json(&body).send().await.unwrap()
}

#[tokio::test]
async fn signing_in_again_ends_the_session_of_the_browser() {
    let acme = with_password().await;
    acme.set_password("bo", "seven silver bells").await;
    let me = |cookies: String| async {
        let request = acme.call(Method::GET, "/me").header(header::COOKIE, cookies);
        request.send().await.unwrap().status().as_u16()
    };
    let first = cookies(&sign_in_from_our_page(&acme, "ada", PASSWORD, "").await);
    let elsewhere = cookies(&sign_in_from_our_page(&acme, "ada", PASSWORD, "").await);
    // A failed sign-in does not end the session.
    assert_eq!(sign_in_from_our_page(&acme, "bo", "wrong", &first).await.status(), StatusCode::UNAUTHORIZED);
    assert_eq!(me(first.clone()).await, 200);
    let second = cookies(&sign_in_from_our_page(&acme, "bo", "seven silver bells", &first).await);
    assert_eq!((me(first).await, me(second.clone()).await, me(elsewhere).await), (401, 200, 200));
    // The same by a sign-in link, but not from a page of another site: the cookie's session is not that page's.
    let campanile = &acme.server.running.campanile;
    let by_link = |site: &'static str, cookies: String| {
        let acme = &acme;
        async move {
            let link = campanile.create_sign_in_link(&Operator.on(&acme.tenant), "ada").await.unwrap().secret;
            let request = acme.call(Method::POST, "/session").header(header::COOKIE, cookies).header("sec-fetch-site", site);
            request.json(&json!({"link": link})).send().await.unwrap()
        }
    };
    assert_eq!(by_link("same-site", second.clone()).await.status(), StatusCode::CREATED);
    assert_eq!(me(second.clone()).await, 200);
    assert_eq!(by_link("same-origin", second.clone()).await.status(), StatusCode::CREATED);
    assert_eq!(me(second).await, 401);
    // A console of another origin uses a bearer token.
    let (former, link) =
        (acme.session("ada").await, campanile.create_sign_in_link(&Operator.on(&acme.tenant), "ada").await.unwrap().secret);
    let request = acme.call(Method::POST, "/session").bearer_auth(&former).header("sec-fetch-site", "cross-site");
    assert_eq!(request.json(&json!({"link": link})).send().await.unwrap().status(), StatusCode::CREATED);
    assert_eq!(acme.try_fetch(Method::GET, "/me", &former, None).await.0, 401);
}

#[tokio::test]
async fn a_disabled_person_cannot_sign_in() {
    let acme = with_password().await;
    let campanile = &acme.server.running.campanile;
    let ada = acme.server.running.store.find_person(acme.tenant.id, "ada").await.unwrap().unwrap();
    let life = std::time::Duration::from_secs(60);
    let known = cookies(&sign_in_from_our_page(&acme, "ada", PASSWORD, "").await);
    let link = campanile.create_sign_in_link(&Operator.on(&acme.tenant), "ada").await.unwrap().secret;
    let program = campanile.create_personal_token(&Operator.on(&acme.tenant), "ada", life).await.unwrap().secret;
    let session = acme.session("ada").await;
    acme.server.running.store.set_disabled(acme.tenant.id, ada, true, campanile.now()).await.unwrap();

    let refused = sign_in_from_our_page(&acme, "ada", PASSWORD, "").await;
    assert_eq!((refused.status(), cookies(&refused)), (StatusCode::UNAUTHORIZED, String::new()));
    let refused = sign_in_from_our_page(&acme, "citrix:ada-1", PASSWORD, &known).await;
    assert_eq!((refused.status(), cookies(&refused)), (StatusCode::UNAUTHORIZED, String::new()));
    let refused = acme.call(Method::POST, "/session").json(&json!({"link": link})).send().await.unwrap();
    assert_eq!((refused.status(), cookies(&refused)), (StatusCode::UNAUTHORIZED, String::new()));
    for token in [&program, &session, &acme.portal_token("ada")] {
        assert_eq!(acme.try_fetch(Method::GET, "/me", token, None).await.0, 401, "{token}");
    }
    let gravitee = |path: &str| acme.server.http.get(acme.server.url(&format!("/gravitee/management{path}")));
    let notifications = "/organizations/DEFAULT/user/notifications";
    assert_eq!(gravitee(notifications).basic_auth("ada", Some(PASSWORD)).send().await.unwrap().status(), StatusCode::UNAUTHORIZED);
    let login = acme.server.http.post(acme.server.url("/gravitee/management/organizations/DEFAULT/user/login"));
    let refused = login.basic_auth("ada", Some(PASSWORD)).send().await.unwrap();
    assert_eq!((refused.status(), cookies(&refused)), (StatusCode::UNAUTHORIZED, String::new()));
    // No new credential can be created for the person, either.
    assert!(campanile.create_sign_in_link(&Operator.on(&acme.tenant), "ada").await.is_err());
    assert!(campanile.create_personal_token(&Operator.on(&acme.tenant), "ada", life).await.is_err());
    acme.server.running.store.set_disabled(acme.tenant.id, ada, false, campanile.now()).await.unwrap();
    for token in [&program, &session] {
        assert_eq!(acme.try_fetch(Method::GET, "/me", token, None).await.0, 401);
    }
    assert_eq!(acme.sign_in("ada", PASSWORD).await.0, 201);
}

#[tokio::test]
async fn failures_count_for_the_person_under_any_name() {
    let acme = Acme::on(Server::with(json!({"limits": {"sign_in_attempts": 3}})).await).await;
    acme.set_password("ada", PASSWORD).await;
    acme.set_password("bo", "seven silver bells").await;
    let mut statuses = Vec::new();
    for login in ["ada", "ADA", "citrix:ada-1", "Citrix:Ada-1"] {
        statuses.push(acme.sign_in(login, "wrong").await.0);
    }
    assert_eq!(statuses, [401, 401, 401, 429]);
    assert_eq!(acme.sign_in("ada", PASSWORD).await.0, 429);
    assert_eq!(acme.sign_in("bo", "seven silver bells").await.0, 201);
    // Basic authentication of a dialect shares the person's limit, even with another spelling of the login.
    let login = acme.server.http.post(acme.server.url("/gravitee/management/organizations/DEFAULT/user/login"));
    assert_eq!(login.basic_auth("acme/ADA", Some("wrong")).send().await.unwrap().status(), StatusCode::TOO_MANY_REQUESTS);
}

#[tokio::test]
async fn wrong_guesses_do_not_lock_out_a_known_browser() {
    let acme = Acme::on(Server::with(json!({"limits": {"sign_in_attempts": 2}})).await).await;
    acme.set_password("ada", PASSWORD).await;
    acme.set_password("bo", "seven silver bells").await;
    let known = cookies(&sign_in_from_our_page(&acme, "ada", PASSWORD, "").await);
    // Enough failures for both limits: of the person and of the address.
    for number in 0..25 {
        acme.sign_in("ada", "wrong").await;
        acme.sign_in(&format!("nobody-{number}"), "wrong").await;
    }
    let unknown = sign_in_from_our_page(&acme, "ada", PASSWORD, "").await;
    assert_eq!(unknown.status(), StatusCode::TOO_MANY_REQUESTS);
    let wait: u64 = unknown.headers()[header::RETRY_AFTER].to_str().unwrap().parse().unwrap();
    assert!((1..=450).contains(&wait), "{wait}");
    let again = sign_in_from_our_page(&acme, "ada", PASSWORD, &known).await;
    assert_eq!(again.status(), StatusCode::CREATED);
    // The browser's cookie works once. The response replaced it with a new one, for this person only.
    assert_eq!(sign_in_from_our_page(&acme, "ada", PASSWORD, &known).await.status(), StatusCode::TOO_MANY_REQUESTS);
    let kept = cookies(&again);
    assert_eq!(sign_in_from_our_page(&acme, "bo", "seven silver bells", &kept).await.status(), StatusCode::TOO_MANY_REQUESTS);
    for _ in 0..2 {
        assert_eq!(sign_in_from_our_page(&acme, "ada", "wrong", &kept).await.status(), StatusCode::UNAUTHORIZED);
    }
    assert_eq!(
        sign_in_from_our_page(&acme, "ada", PASSWORD, &kept).await.status(),
        StatusCode::TOO_MANY_REQUESTS,
        "it has no more guesses than others"
    );
    // The cookie is not a credential by itself.
    let browser = kept.split("; ").find(|pair| pair.contains("browser=")).unwrap();
    let value = browser.split('=').nth(1).unwrap();
    assert_eq!(acme.try_fetch(Method::GET, "/me", value, None).await.0, 401);
    assert_eq!(acme.call(Method::GET, "/me").header(header::COOKIE, browser).send().await.unwrap().status(), StatusCode::UNAUTHORIZED);
}
