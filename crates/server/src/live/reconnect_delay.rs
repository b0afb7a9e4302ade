//! When the client of a stream reconnects after the stream ended. Clients reconnect at different times, so that a restarted
//! server is not flooded.

/// The reconnection delay of a subscription's client, in milliseconds: between one and five seconds, and different
/// for consecutive ids.
pub const fn reconnect_delay(id: u64) -> u32 {
    // Knuth's multiplicative hash spreads consecutive numbers evenly.
    1_000 + (id.wrapping_mul(2_654_435_769) % 4_000) as u32
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clients_reconnect_between_one_and_five_seconds_later_and_not_together() {
        let delays: Vec<u32> = (0..1_000).map(reconnect_delay).collect();
        assert!(delays.iter().all(|delay| (1_000..5_000).contains(delay)));
        let second = |second: u32| delays.iter().filter(|delay| **delay / 1_000 == second).count();
        assert!((1..5).map(second).all(|clients| (200..300).contains(&clients)));
    }
}
