//! Passwords: set, check and change.

use campanile_domain::{Error, Operator, password_hashing::HashingCaller};
use campanile_shared::{SignIn, problem::FieldErrorCode};

use crate::{
    assert_refused,
    harness::{Harness, field_error, field_errors},
};

const FIRST: &str = "correct horse battery";
const SECOND: &str = "purple monkey dishwasher";

#[tokio::test]
async fn a_password_signs_in_only_its_person() {
    let harness = Harness::new().await;
    let campanile = &harness.campanile;
    let (ada, bo) = (harness.add_person("ada", true).await, harness.add_person("bo", false).await);
    campanile.set_password(&Operator.on(&harness.tenant), "ada", FIRST).await.unwrap();
    let sign_in = async |tenant: &str, login: &str, password: &str| {
        let with = SignIn::Password { tenant: tenant.to_owned(), login: login.to_owned(), password: password.to_owned() };
        let session = campanile.sign_in(&with).await?;
        campanile.session_person(&session.secret).await
    };
    assert_eq!(sign_in("acme", "ada", FIRST).await.unwrap(), ada);
    assert_eq!(sign_in("ACME", "portal:ada-1", FIRST).await.unwrap(), ada);
    for (tenant, login, password) in
        [("acme", "ada", SECOND), ("acme", "bo", FIRST), ("acme", "nobody", FIRST), ("other", "ada", FIRST), ("acme", "ada", "")]
    {
        assert_refused!(sign_in(tenant, login, password).await, Error::Unauthenticated);
    }
    assert_eq!(campanile.account("acme", "bo").await.unwrap().map(|account| account.person), Some(bo.id));
    assert_eq!(campanile.account("acme", "nobody").await.unwrap(), None);
    assert_refused!(campanile.person_with_password(None, FIRST, HashingCaller::Known).await, Error::Unauthenticated);
}

#[tokio::test]
async fn a_common_password_is_refused() {
    let harness = Harness::new().await;
    harness.add_person("ada", true).await;
    harness.campanile.create_tenant(Operator, "zebra", campanile_domain::TenantSettings::default()).await.unwrap();
    let set = async |password: &str| harness.campanile.set_password(&Operator.on(&harness.tenant), "ada", password).await;
    for password in ["password", "ada of acme", "acmeacme", "ada-1-2-3"] {
        assert_eq!(field_errors(set(password).await), field_error("/password", FieldErrorCode::TooCommon), "{password}");
    }
    assert_eq!(field_errors(set("short").await), field_error("/password", FieldErrorCode::TooShort));
    assert_eq!(field_errors(set("zebrazebra").await), [], "another tenant's name is allowed");
}

#[tokio::test]
async fn a_change_needs_the_current_password_and_a_different_new_one() {
    let harness = Harness::new().await;
    let campanile = &harness.campanile;
    let ada = harness.add_person("ada", true).await;
    let (here, elsewhere) = (campanile.create_session(&ada).await.unwrap(), campanile.create_session(&ada).await.unwrap());
    let change = async |current: &str, new: &str| campanile.change_password(&ada, &here.secret, current, new).await;
    assert_eq!(field_errors(change(FIRST, SECOND).await), field_error("/current", FieldErrorCode::Wrong), "there is no password yet");
    campanile.set_password(&Operator.on(&harness.tenant), "ada", FIRST).await.unwrap();
    assert_refused!(campanile.session_person(&elsewhere.secret).await, Error::Unauthenticated);
    let here = campanile.create_session(&ada).await.unwrap();
    let elsewhere = campanile.create_session(&ada).await.unwrap();
    let change = async |current: &str, new: &str| campanile.change_password(&ada, &here.secret, current, new).await;
    assert_eq!(field_errors(change(SECOND, "a third one altogether").await), field_error("/current", FieldErrorCode::Wrong));
    assert_eq!(field_errors(change(FIRST, FIRST).await), field_error("/new", FieldErrorCode::Unchanged));
    assert_eq!(field_errors(change(FIRST, "short").await), field_error("/new", FieldErrorCode::TooShort));
    change(FIRST, SECOND).await.unwrap();
    assert_eq!(campanile.session_person(&here.secret).await.unwrap(), ada);
    assert_refused!(campanile.session_person(&elsewhere.secret).await, Error::Unauthenticated);
    let account = campanile.account("acme", "ada").await.unwrap();
    assert_eq!(campanile.person_with_password(account, SECOND, HashingCaller::Known).await.unwrap(), ada);
    assert_refused!(campanile.person_with_password(account, FIRST, HashingCaller::Known).await, Error::Unauthenticated);
}
