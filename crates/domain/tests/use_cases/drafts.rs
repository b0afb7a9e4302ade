//! Saved drafts of people.

use campanile_domain::Error;
use campanile_shared::{limits::MAX_DRAFTS, problem::FieldErrorCode, saved_draft::SavedDraftContent};
use chrono::TimeDelta;
use uuid::Uuid;

use crate::{
    assert_refused,
    harness::{Harness, field_error, field_errors, start_time},
};

fn saved_draft(title: &str) -> SavedDraftContent {
    SavedDraftContent { title: title.to_owned(), letter: "{}".to_owned() }
}

#[tokio::test]
async fn a_draft_belongs_to_its_author() {
    let harness = Harness::new().await;
    let campanile = &harness.campanile;
    let (ada, bo, cy) =
        (harness.add_person("ada", true).await, harness.add_person("bo", true).await, harness.add_person("cy", false).await);
    let id = Uuid::from_u128(1);
    let kept = campanile.save_draft(&ada, id, saved_draft("One")).await.unwrap();
    assert_eq!((kept.id, kept.title.as_str(), kept.saved_at), (id, "One", start_time()));
    harness.advance(TimeDelta::seconds(1));
    campanile.save_draft(&ada, id, saved_draft("Two")).await.unwrap();
    assert_eq!(campanile.saved_draft(&ada, id).await.unwrap(), saved_draft("Two"));
    let listed = campanile.saved_drafts(&ada).await.unwrap();
    assert_eq!((listed.len(), listed[0].title.as_str()), (1, "Two"));
    assert_eq!(campanile.saved_drafts(&bo).await.unwrap(), []);
    assert_refused!(campanile.saved_draft(&bo, id).await, Error::NotFound);
    assert_refused!(campanile.save_draft(&cy, id, saved_draft("Three")).await, Error::Forbidden);
    campanile.delete_draft(&bo, id).await.unwrap();
    assert!(campanile.saved_draft(&ada, id).await.is_ok());
    campanile.delete_draft(&ada, id).await.unwrap();
    assert_refused!(campanile.saved_draft(&ada, id).await, Error::NotFound);
    campanile.delete_draft(&ada, id).await.unwrap();
}

#[tokio::test]
async fn a_person_has_a_limited_number_of_drafts() {
    let harness = Harness::new().await;
    let ada = harness.add_person("ada", true).await;
    for number in 0..MAX_DRAFTS {
        harness.campanile.save_draft(&ada, Uuid::from_u128(number as u128), saved_draft("")).await.unwrap();
    }
    assert_eq!(
        field_errors(harness.campanile.save_draft(&ada, Uuid::from_u128(1_000), saved_draft("")).await),
        field_error("", FieldErrorCode::TooMany)
    );
    assert!(harness.campanile.save_draft(&ada, Uuid::from_u128(0), saved_draft("Again")).await.is_ok());
    let long = saved_draft(&"x".repeat(257));
    assert_eq!(
        field_errors(harness.campanile.save_draft(&ada, Uuid::from_u128(0), long).await),
        field_error("/title", FieldErrorCode::TooLong)
    );
}
