//! SQLite under the contract, and what only a file can do.

use std::sync::Arc;

use campanile_domain::Live;
use campanile_store::{Limits, Options, Sqlite};

use crate::world::Fresh;

fn options() -> Options {
    Options { readers: 2, limits: Limits { told: 5, step: 20, rows: 40 }, ..Options::default() }
}

fn fresh(live: Arc<dyn Live>) -> Fresh {
    let folder = tempfile::tempdir().unwrap();
    let store = Sqlite::open(&folder.path().join("test.db"), options(), live).unwrap();
    Fresh { store: Arc::new(store), keep: Box::new(folder) }
}

crate::contract! { fresh:
    send {
        stored_once_and_found_again
        sequences_are_dense_and_of_the_tenant
        a_claim_is_answered_once
        equal_fingerprints_are_one
        an_audience_counts_each_person_once
        components_are_listed_by_name
        watchers_hear_of_arrivals_in_order
    }
    inbox {
        keys_decide_what_is_in_it
        who_joins_later_sees_nothing_older
        who_leaves_keeps_what_was_sent_before
        an_item_for_two_keys_comes_once
        pages_hold_still_while_items_arrive
        filters_choose_by_severity_and_component
        marks_are_set_and_taken_away
        unknown_and_foreign_ids_are_passed_over
        what_changes_nothing_moves_nothing
        looking_clears_the_unseen
        all_at_once_leaves_later_arrivals
        dismissed_and_unread_mix
        a_restored_item_takes_its_old_place
        a_filtered_change_takes_steps_under_one_undo
        an_undo_works_once_and_in_time
        an_undo_of_all_spares_what_was_done_before_and_since
        counts_stop_at_the_cap
        nobody_else_is_touched
    }
    stream {
        a_watch_names_the_keys_held_now
        what_was_missed_is_told_item_by_item
        what_no_row_tells_is_a_reset
    }
    search {
        words_are_found_by_their_beginnings
        scripts_without_spaces_are_found
        nothing_typed_is_an_operator
        a_search_respects_inbox_view_and_tenant
    }
    people {
        tenants_are_found_by_name
        handles_are_one_namespace
        people_are_found_by_beginnings
        a_person_is_as_stored
        relations_count_and_tell
        a_removed_person_is_gone
        preferences_are_kept
    }
    secrets {
        passwords_end_sessions
        keys_are_listed_and_revoked
        passes_end
        a_pass_is_taken_once
    }
    housekeeping {
        what_expired_leaves_the_inboxes
        what_is_old_is_deleted
        retention_is_the_tenants_choice
        what_was_touched_goes_with_it
        revisions_never_go_back
    }
    model {
        agrees_with_a_plain_model
    }
}
