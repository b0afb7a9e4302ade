//! Passwords: set, check and change.

use campanile_domain::{Error, password::Caller};
use campanile_shared::{SignIn, problem::FieldFault};

use crate::{
    assert_refused,
    world::{World, fault, faults},
};

const FIRST: &str = "correct horse battery";
const SECOND: &str = "purple monkey dishwasher";

#[tokio::test]
async fn a_password_signs_its_person_in_and_nobody_else() {
    let world = World::new().await;
    let campanile = &world.campanile;
    let (ada, bo) = (world.person("ada", true).await, world.person("bo", false).await);
    campanile.set_password(world.tenant.id, ada.id, FIRST).await.unwrap();
    let sign_in = async |tenant: &str, login: &str, password: &str| {
        let with = SignIn::Password { tenant: tenant.to_owned(), login: login.to_owned(), password: password.to_owned() };
        let session = campanile.sign_in(&with).await?;
        campanile.session(&session.secret).await
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
    assert_refused!(campanile.person_with_password(None, FIRST, Caller::Known).await, Error::Unauthenticated);
}

#[tokio::test]
async fn a_password_that_everybody_tries_first_cannot_be_chosen() {
    let world = World::new().await;
    let ada = world.person("ada", true).await;
    world.campanile.create_tenant("zebra", campanile_domain::TenantSettings::default()).await.unwrap();
    let set = async |password: &str| world.campanile.set_password(world.tenant.id, ada.id, password).await;
    for password in ["password", "ada of acme", "acmeacme", "ada-1-2-3"] {
        assert_eq!(faults(set(password).await), fault("/password", FieldFault::TooCommon), "{password}");
    }
    assert_eq!(faults(set("short").await), fault("/password", FieldFault::TooShort));
    assert_eq!(faults(set("zebrazebra").await), [], "another tenant's name is allowed");
}

#[tokio::test]
async fn a_change_needs_the_present_password_and_another_new_one() {
    let world = World::new().await;
    let campanile = &world.campanile;
    let ada = world.person("ada", true).await;
    let (here, elsewhere) = (campanile.begin_session(&ada).await.unwrap(), campanile.begin_session(&ada).await.unwrap());
    let change = async |current: &str, new: &str| campanile.change_password(&ada, &here.secret, current, new).await;
    assert_eq!(faults(change(FIRST, SECOND).await), fault("/current", FieldFault::Wrong), "there is no password yet");
    campanile.set_password(world.tenant.id, ada.id, FIRST).await.unwrap();
    assert_refused!(campanile.session(&elsewhere.secret).await, Error::Unauthenticated);
    let here = campanile.begin_session(&ada).await.unwrap();
    let elsewhere = campanile.begin_session(&ada).await.unwrap();
    let change = async |current: &str, new: &str| campanile.change_password(&ada, &here.secret, current, new).await;
    assert_eq!(faults(change(SECOND, "a third one altogether").await), fault("/current", FieldFault::Wrong));
    assert_eq!(faults(change(FIRST, FIRST).await), fault("/new", FieldFault::Unchanged));
    assert_eq!(faults(change(FIRST, "short").await), fault("/new", FieldFault::TooShort));
    change(FIRST, SECOND).await.unwrap();
    assert_eq!(campanile.session(&here.secret).await.unwrap(), ada);
    assert_refused!(campanile.session(&elsewhere.secret).await, Error::Unauthenticated);
    let account = campanile.account("acme", "ada").await.unwrap();
    assert_eq!(campanile.person_with_password(account, SECOND, Caller::Known).await.unwrap(), ada);
    assert_refused!(campanile.person_with_password(account, FIRST, Caller::Known).await, Error::Unauthenticated);
}
