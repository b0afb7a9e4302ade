//! The port to deliveries.

use async_trait::async_trait;
use campanile_domain::{
    Result, TenantId,
    model::{
        delivery::{AttemptRecord, DueDelivery, FirstAttempts},
        listing::Listing,
        queue_capacity::QueueCapacity,
    },
    ports::deliveries::DeliveryStore,
};
use campanile_shared::delivery::{Delivery, DeliveryCounts};
use chrono::{DateTime, Utc};
use uuid::Uuid;

use crate::sqlite::{
    Sqlite, columns, delivery_outcomes, delivery_queue, delivery_report, mailings, read_pool::Reader, recall, redelivery, scheduled,
};

#[async_trait]
impl DeliveryStore for Sqlite {
    async fn expand_mailing(&self, now: DateTime<Utc>, lane: &str, limit: u32) -> Result<u32> {
        // No caller should wait for a write that does nothing.
        if !self.read_pool.read(mailings::has_mailings).await? {
            return Ok(0);
        }
        let lane = lane.to_owned();
        self.writer.write_relaxed(move |writing| mailings::expand_mailing(writing, now, &lane, limit)).await
    }

    async fn lease_deliveries(
        &self,
        now: DateTime<Utc>,
        lease: DateTime<Utc>,
        room: QueueCapacity,
        limit: u32,
    ) -> Result<Vec<DueDelivery>> {
        let _turn = self.leases.lock_leasing().await;
        let held = self.leases.leased_rows(now);
        let due = self.read_pool.read(move |connection| delivery_queue::find_due(connection, now, &held, &room, limit)).await?;
        self.leases.lease(due.iter().map(|(row, due)| (due.id, *row)), lease);
        Ok(due.into_iter().map(|(_, due)| due).collect())
    }

    async fn release_leases(&self, claims: Vec<(Uuid, DateTime<Utc>)>, _: DateTime<Utc>) -> Result<()> {
        self.leases.release(&claims);
        Ok(())
    }

    async fn record_attempts(&self, outcomes: Vec<AttemptRecord>) -> Result<()> {
        let ids: Vec<Uuid> = outcomes.iter().map(|outcome| outcome.id).collect();
        let outcomes: Vec<_> = outcomes.into_iter().map(|outcome| (self.leases.row_of(outcome.id), outcome)).collect();
        self.writer.write(move |writing| delivery_outcomes::record(writing, &outcomes)).await?;
        self.leases.end(ids);
        Ok(())
    }

    async fn next_due(&self) -> Result<Option<DateTime<Utc>>> {
        let (held, ends) = self.leases.rows_and_first_end();
        let next = self.read_pool.read(move |connection| {
            let (delivery, scheduled) = (delivery_queue::next_due(connection, &held)?, scheduled::next_due(connection)?);
            Ok(delivery.into_iter().chain(scheduled).min())
        });
        Ok(next.await?.map(columns::from_micros).into_iter().chain(ends).min())
    }

    async fn deliveries(
        &self,
        tenant: TenantId,
        id: Uuid,
        after: Option<u64>,
        limit: u32,
    ) -> Result<(Listing<Delivery, u64>, DeliveryCounts)> {
        let read = move |connection: &Reader| {
            let deadline = connection.timeout.take_deadline();
            Ok((delivery_report::page(connection, tenant, id, after, limit)?, delivery_report::counts(connection, tenant, id, deadline)?))
        };
        self.read_pool.query(read).await
    }

    async fn first_attempts(&self, tenant: TenantId, id: Uuid) -> Result<FirstAttempts> {
        self.read_pool.read(move |connection| delivery_report::first_attempts(connection, tenant, id)).await
    }

    async fn redeliver(&self, tenant: TenantId, id: Uuid, now: DateTime<Utc>) -> Result<u32> {
        self.writer.write(move |writing| redelivery::redeliver(writing, tenant, id, now)).await
    }

    async fn cancel_deliveries(&self, tenant: TenantId, id: Uuid, now: DateTime<Utc>, limit: u32) -> Result<u32> {
        self.writer.write(move |writing| recall::cancel_deliveries(writing, tenant, id, now, limit)).await
    }
}
