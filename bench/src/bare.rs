//! The bare operation: argon2 with the server's cost, on as many threads as it hashes on at once.

use std::sync::Barrier;
use std::time::{Duration, Instant};

use argon2::{Algorithm, Argon2, Block, Params, Version};
use sleutelbos_server::password::Cost;

/// How many passwords are hashed at once: one for each processor.
pub(crate) fn permits() -> usize {
    std::thread::available_parallelism().map_or(1, usize::from)
}

/// Bytes that one hash holds.
pub(crate) fn memory() -> u64 {
    u64::from(Cost::default().memory) * 1024
}

/// Hashes a second, of all threads together, over `time`.
///
/// # Panics
/// Never: the server's own cost is one that argon2 takes.
pub(crate) fn rate(time: Duration) -> f64 {
    let barrier = Barrier::new(permits());
    std::thread::scope(|scope| {
        let threads: Vec<_> =
            (0..permits()).map(|_| scope.spawn(|| hash(&barrier, time))).collect();
        threads.into_iter().map(|thread| thread.join().expect("hashing does not panic")).sum()
    })
}

fn hash(barrier: &Barrier, time: Duration) -> f64 {
    let cost = Cost::default();
    let params = Params::new(cost.memory, cost.passes, 1, None).expect("the server takes it too");
    let mut memory = vec![Block::new(); params.block_count()];
    let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
    let mut output = [0; Params::DEFAULT_OUTPUT_LEN];
    barrier.wait();
    let (begun, mut done) = (Instant::now(), 0_u32);
    while begun.elapsed() < time {
        argon2
            .hash_password_into_with_memory(
                b"ochtenddienst om half acht",
                &[7; 16],
                &mut output,
                &mut memory,
            )
            .expect("a password and 16 bytes of salt");
        done += 1;
    }
    f64::from(done) / begun.elapsed().as_secs_f64()
}
