//! Runs the contract for SQLite.

use std::{sync::Arc, time::Duration};

use campanile_domain::StoreListener;
use campanile_store::{Limits, Options, Sqlite, Timeouts};

use crate::harness::EmptyStore;

pub fn options() -> Options {
    Options {
        reader_threads: 2,
        limits: Limits { max_listed_changes: 5, rows_per_step: 20, compact_after_rows: 40 },
        // A busy machine must not make an answer incomplete.
        timeouts: Timeouts { query: Duration::from_secs(60), index: Duration::from_secs(30) },
        ..Options::default()
    }
}

fn empty_store(live: Arc<dyn StoreListener>) -> EmptyStore {
    let folder = tempfile::tempdir().unwrap();
    let store = Sqlite::open(&folder.path().join("test.db"), options(), live).unwrap();
    EmptyStore { store: Arc::new(store), keep: Box::new(folder) }
}

/// A store whose time limit is zero: every answer ends after its first step, and no search waits for the index.
fn store_without_time(live: Arc<dyn StoreListener>) -> EmptyStore {
    let folder = tempfile::tempdir().unwrap();
    let times = Timeouts { query: Duration::ZERO, index: Duration::ZERO };
    let store = Sqlite::open(&folder.path().join("test.db"), Options { timeouts: times, ..options() }, live).unwrap();
    EmptyStore { store: Arc::new(store), keep: Box::new(folder) }
}

mod without_time {
    crate::contract! { crate::sqlite::store_without_time:
        search {
            every_search_ends
        }
        pages {
            a_query_without_time_finds_everything_page_by_page
        }
    }
}

/// A store that never waits for the index.
fn store_without_index(live: Arc<dyn StoreListener>) -> EmptyStore {
    let folder = tempfile::tempdir().unwrap();
    let times = Timeouts { index: Duration::ZERO, ..options().timeouts };
    let store = Sqlite::open(&folder.path().join("test.db"), Options { timeouts: times, ..options() }, live).unwrap();
    EmptyStore { store: Arc::new(store), keep: Box::new(folder) }
}

mod searched_one_by_one {
    crate::contract! { crate::sqlite::store_without_index:
        search {
            words_are_found_by_prefix
            scripts_without_spaces_are_found
            every_inner_part_of_a_compound_is_found
            words_match_in_any_form
            symbols_can_be_searched
            nothing_typed_is_an_operator
            a_search_respects_inbox_view_and_tenant
            words_beyond_the_sixth_match_whole
        }
    }
}

crate::contract! { crate::sqlite::empty_store:
    send {
        a_notification_is_stored_once_and_found
        sequences_are_dense_in_each_tenant
        an_idempotency_key_creates_one_notification
        an_idempotency_key_keeps_its_response
        equal_fingerprints_are_stored_once
        an_audience_counts_each_person_once
        arrivals_are_read_by_sequence
        components_are_those_of_the_inbox
        arrivals_are_reported_in_order
        a_notification_can_arrive_dismissed
    }
    inbox {
        keys_decide_what_is_in_an_inbox
        an_item_names_its_matched_keys
        a_new_holder_sees_nothing_older
        a_former_holder_keeps_older_items
        an_item_for_two_keys_comes_once
        pages_are_stable_while_items_arrive
        filters_select_severity_and_component
        marks_are_set_and_removed
        unknown_and_foreign_ids_are_skipped
        a_change_without_effect_keeps_the_revision
        seeing_clears_the_unseen_count
        changing_all_spares_later_arrivals
        dismissed_and_unread_marks_mix
        a_restored_item_returns_to_its_position
        a_filtered_change_in_steps_has_one_undo
        an_undo_works_once_and_in_time
        undoing_all_spares_earlier_and_later_changes
        counts_stop_at_the_cap
        other_inboxes_do_not_change
    }
    snoozes {
        a_snoozed_item_leaves_and_returns_on_top
        a_pinned_item_stays_on_top
        dismissing_and_unsnoozing_end_a_snooze_and_can_be_undone
        snoozing_all_in_steps_has_one_undo
        snoozes_are_deleted_with_notification_and_person
    }
    broadcast_split {
        broadcasts_and_targeted_items_are_split_by_key
        a_split_is_paged_and_counted
        read_times_of_single_items
        read_times_of_bulk_changes
    }
    buttons {
        the_first_click_counts
        clicks_are_reported_to_other_tabs
        only_own_items_have_buttons_to_click
        clicks_are_listed_page_by_page
        clicks_are_deleted_with_notification_and_person
    }
    stream {
        a_stream_starts_with_the_current_keys
        missed_changes_are_listed_item_by_item
        unlisted_changes_reset_the_stream
    }
    search {
        words_are_found_by_prefix
        scripts_without_spaces_are_found
        every_inner_part_of_a_compound_is_found
        words_match_in_any_form
        symbols_can_be_searched
        nothing_typed_is_an_operator
        a_search_respects_inbox_view_and_tenant
        words_beyond_the_sixth_match_whole
    }
    pages {
        a_page_is_bounded_in_bytes
        large_missed_changes_are_not_listed
    }
    people {
        tenants_are_found_by_name
        logins_and_external_ids_share_a_namespace
        people_are_found_by_prefix
        names_are_equal_in_any_unicode_form
        a_person_is_as_stored
        relations_are_counted_and_reported
        a_removed_person_leaves_nothing
        a_disabled_person_cannot_sign_in_and_is_not_counted
        members_are_listed_page_by_page
        the_last_administrator_cannot_be_removed
        of_two_administrators_who_remove_each_other_one_stays
        preferences_are_stored
    }
    secrets {
        a_new_password_ends_sessions
        changing_a_password_keeps_one_session_and_personal_tokens
        disabled_people_get_no_token
        the_latest_known_browsers_are_kept
        a_former_portal_secret_expires
        keys_are_listed_and_revoked
        tokens_end
        a_token_is_redeemed_once
        a_ticket_ends_with_its_parent_credential
        listeners_are_checked_again
        ended_credentials_are_reported
    }
    recall_and_correct {
        a_recalled_notification_leaves_inboxes_and_stays_for_its_sender
        a_correction_shows_everywhere
    }
    volume {
        volume_counts_once_by_day_component_and_sender
        a_day_counts_a_limited_number_separately
    }
    housekeeping {
        expired_notifications_leave_inboxes
        old_notifications_are_deleted
        deliveries_are_deleted_in_small_steps
        retention_is_a_tenant_setting
        item_states_are_deleted_with_the_notification
        revisions_never_decrease
    }
    directory {
        an_import_changes_only_differences
        relations_are_found_and_ended
        role_names_are_those_that_people_hold
        an_audience_is_summarised
        mail_is_counted_by_distinct_address
        recipients_are_the_holders_at_sending
        recipients_states_are_listed_and_counted
        all_recipients_are_counted
        roles_are_found_by_words
        a_name_set_is_private
    }
    deliveries {
        a_lease_holds_until_it_ends
        a_full_queue_delays_no_other
        failed_deliveries_are_redelivered_on_request
        webhooks_get_every_notification_until_disabled
        a_disabled_url_is_skipped_until_redelivery
        a_lease_is_released_only_by_its_holder
        first_attempts_are_distinguished
    }
    mailings {
        a_mailing_expands_to_one_row_for_each_address
        subscribers_get_mail_for_their_inbox
        removed_people_get_no_mail
        mail_is_in_the_chosen_language
        unsubscribed_people_get_no_mail_until_they_choose_it
        unsubscribing_spares_others_at_the_address
    }
    scheduled {
        a_scheduled_notification_is_sent_once
        scheduled_notifications_are_listed_page_by_page
    }
    model {
        agrees_with_the_model
    }
}
