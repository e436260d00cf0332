//! However many passwords are looked at, their memory stays what the configuration says.

use sleutelbos_server::password::{Checked, Cost, Hasher};
use sleutelbos_server::random::Random;
use sleutelbos_server::secret::Secret;

/// The most memory this process ever had at once, in KiB.
fn most() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").expect("this is Linux");
    let line = status.lines().find(|line| line.starts_with("VmHWM:")).expect("it has a VmHWM");
    line.split_whitespace().nth(1).and_then(|text| text.parse().ok()).expect("it is a number")
}

/// Alone in its file: other tests of one process would use memory too.
#[tokio::test(flavor = "multi_thread")]
async fn a_flood_of_wrong_passwords_takes_no_more_memory_than_those_looked_at_at_once() {
    const AT_ONCE: usize = 2;
    let cost = Cost::default();
    let hasher = Hasher::new(cost, AT_ONCE, 1_000, Random::system());
    let before = most();
    let mut tasks = tokio::task::JoinSet::new();
    for _ in 0..120 {
        let hasher = hasher.clone();
        tasks.spawn(async move {
            let room = hasher.admit().expect("there is room");
            room.check(Secret::new("mis mis mis mis".to_owned()), None).await
        });
    }
    assert!(tasks.join_all().await.iter().all(|checked| matches!(checked, Checked::Wrong)));
    let bound = 2 * u64::from(cost.memory) * AT_ONCE as u64;
    let grown = most() - before;
    assert!(grown < bound, "{grown} KiB more, of {bound}");
}
