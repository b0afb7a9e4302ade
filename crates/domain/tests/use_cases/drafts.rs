//! Saved drafts of people.

use campanile_domain::Error;
use campanile_shared::{
    kept::{Letter, MOST_DRAFTS},
    problem::FieldFault,
};
use chrono::TimeDelta;
use uuid::Uuid;

use crate::{
    assert_refused,
    world::{World, fault, faults, start},
};

fn letter(title: &str) -> Letter {
    Letter { title: title.to_owned(), letter: "{}".to_owned() }
}

#[tokio::test]
async fn a_draft_is_its_writer_s_own() {
    let world = World::new().await;
    let campanile = &world.campanile;
    let (ada, bo, cy) = (world.person("ada", true).await, world.person("bo", true).await, world.person("cy", false).await);
    let id = Uuid::from_u128(1);
    let kept = campanile.keep_draft(&ada, id, letter("One")).await.unwrap();
    assert_eq!((kept.id, kept.title.as_str(), kept.saved_at), (id, "One", start()));
    world.pass(TimeDelta::seconds(1));
    campanile.keep_draft(&ada, id, letter("Two")).await.unwrap();
    assert_eq!(campanile.draft(&ada, id).await.unwrap(), letter("Two"));
    let listed = campanile.drafts(&ada).await.unwrap();
    assert_eq!((listed.len(), listed[0].title.as_str()), (1, "Two"));
    assert_eq!(campanile.drafts(&bo).await.unwrap(), []);
    assert_refused!(campanile.draft(&bo, id).await, Error::NotFound);
    assert_refused!(campanile.keep_draft(&cy, id, letter("Three")).await, Error::Forbidden);
    campanile.forget_draft(&bo, id).await.unwrap();
    assert!(campanile.draft(&ada, id).await.is_ok());
    campanile.forget_draft(&ada, id).await.unwrap();
    assert_refused!(campanile.draft(&ada, id).await, Error::NotFound);
    campanile.forget_draft(&ada, id).await.unwrap();
}

#[tokio::test]
async fn a_person_keeps_only_so_many() {
    let world = World::new().await;
    let ada = world.person("ada", true).await;
    for number in 0..MOST_DRAFTS {
        world.campanile.keep_draft(&ada, Uuid::from_u128(number as u128), letter("")).await.unwrap();
    }
    assert_eq!(faults(world.campanile.keep_draft(&ada, Uuid::from_u128(1_000), letter("")).await), fault("", FieldFault::TooMany));
    assert!(world.campanile.keep_draft(&ada, Uuid::from_u128(0), letter("Again")).await.is_ok());
    let long = letter(&"x".repeat(257));
    assert_eq!(faults(world.campanile.keep_draft(&ada, Uuid::from_u128(0), long).await), fault("/title", FieldFault::TooLong));
}
