//! Removing what lapsed, a batch in a transaction of its own: whoever writes waits for that at most, and what
//! is broken off is gone on with an hour later.

/// Carries out a step, which gives how many rows it removed, until it finds less than a batch:
/// `all!(db, tx => store::forget(&mut tx, now).await)`.
macro_rules! all {
    ($db:expr, $tx:ident => $step:expr) => {
        loop {
            let mut $tx = $db.write().await?;
            let rows: u64 = $step?;
            $tx.commit().await?;
            if !$crate::storage::is_more(rows) {
                break;
            }
            tokio::task::yield_now().await;
        }
    };
}

/// The same for a table that each log-in writes, where an index of times would cost every one of them: goes
/// through it in the order of its ids, beside those who write, and removes what lapsed by its id.
///
/// `walk!(db, (tx, after) => store::look(&mut tx, after, now).await, id => store::forget(&mut tx, id, now).await)`:
/// the first gives a batch of the ids that follow, each with whether it lapsed; the second looks again.
macro_rules! walk {
    ($db:expr, ($tx:ident, $after:ident) => $look:expr, $id:ident => $remove:expr) => {
        let mut last = String::new();
        loop {
            let mut $tx = $db.read().await?;
            let $after = last.as_str();
            let rows: Vec<(String, bool)> = $look?;
            drop($tx);
            if rows.iter().any(|(_, lapsed)| *lapsed) {
                let mut $tx = $db.write().await?;
                for ($id, _) in rows.iter().filter(|(_, lapsed)| *lapsed) {
                    $remove?;
                    // Others may write there, and lock such rows in an order of their own: one at a time.
                    if !$tx.writes_alone() {
                        $tx.commit().await?;
                        $tx = $db.write().await?;
                    }
                }
                $tx.commit().await?;
            }
            let Some((id, _)) = rows.into_iter().next_back() else { break };
            last = id;
            tokio::task::yield_now().await;
        }
    };
}

pub(crate) use {all, walk};

#[cfg(test)]
mod tests {
    use crate::challenges::{self, Purpose};
    use crate::clock::Time;
    use crate::lockout;
    use crate::storage::testing::{both, change, rows};
    use crate::storage::{Db, Result};
    use std::time::Duration;

    const NOW: Time = Time::from_millis(1_000_000);
    /// How long a challenge lives here.
    const LIFE: Duration = Duration::from_secs(5 * 60);

    /// Names that nobody has: 1,200 that were tried long ago, and one that was tried now.
    async fn names(db: &Db) {
        let insert = "INSERT INTO lockout (subject, secret, streak, total, blocks, touched_at)";
        let many = "WITH RECURSIVE n (at) AS (SELECT 1 UNION ALL SELECT at + 1 FROM n WHERE at < 1200) \
                    SELECT 'name:' || CAST(at AS TEXT), 'password', 1, 1, 0, 1 FROM n";
        change(db, &format!("{insert} {many}")).await;
        change(db, &format!("{insert} VALUES ('name:x', 'password', 1, 1, 0, 1000000)")).await;
    }

    /// How many rows each transaction removes.
    async fn forget(db: &Db) -> Result<Vec<u64>> {
        let mut steps = vec![];
        all!(db, tx => lockout::forget_names(&mut tx, NOW).await.inspect(|rows| steps.push(*rows)));
        Ok(steps)
    }

    #[tokio::test]
    async fn twelve_hundred_rows_go_in_three_transactions_and_what_is_not_due_stays() {
        both(async |db| {
            names(&db).await;
            assert_eq!(forget(&db).await.unwrap(), [500, 500, 200]);
            assert_eq!(rows(&db, "lockout").await, 1);
            assert_eq!(forget(&db).await.unwrap(), [0]);
        })
        .await;
    }

    #[tokio::test]
    async fn what_is_broken_off_between_two_batches_is_gone_on_with() {
        both(async |db| {
            names(&db).await;
            let mut tx = db.write().await.unwrap();
            assert_eq!(lockout::forget_names(&mut tx, NOW).await.unwrap(), 500);
            tx.commit().await.unwrap();
            let mut broken_off = db.write().await.unwrap();
            assert_eq!(lockout::forget_names(&mut broken_off, NOW).await.unwrap(), 500);
            drop(broken_off);
            assert_eq!(rows(&db, "lockout").await, 701);
            assert_eq!(forget(&db).await.unwrap(), [500, 200]);
            assert_eq!(rows(&db, "lockout").await, 1);
        })
        .await;
    }

    /// Challenges of `owners`, asked for then.
    async fn ask(db: &Db, owners: impl Iterator<Item = usize>, now: Time) {
        let mut tx = db.write().await.unwrap();
        for owner in owners {
            let owner = format!("{owner:04}");
            let asked = (Purpose::Key, "state");
            challenges::put(&mut tx, &owner, asked, now.after(LIFE)).await.unwrap();
        }
        tx.commit().await.unwrap();
    }

    #[tokio::test]
    async fn a_table_is_gone_through_in_slices_and_what_lives_in_between_stays() {
        both(async |db| {
            let later = NOW.after(LIFE);
            ask(&db, 0..1_200, NOW).await;
            ask(&db, (0..1_200).step_by(3), later).await;
            let mut looks = vec![];
            let mut forget = async || -> Result<()> {
                walk!(
                    db,
                    (tx, after) => challenges::look(&mut tx, after, later).await.inspect(|found| {
                        let lapsed = found.iter().filter(|(_, lapsed)| *lapsed).count();
                        looks.push((found.len(), lapsed));
                    }),
                    owner => challenges::forget(&mut tx, owner, later).await
                );
                Ok(())
            };
            forget().await.unwrap();
            forget().await.unwrap();
            let first = [(500, 333), (500, 333), (200, 134), (0, 0)];
            assert_eq!(looks, [&first[..], &[(400, 0), (0, 0)]].concat());
            assert_eq!(rows(&db, "challenge").await, 400);
        })
        .await;
    }

    #[tokio::test]
    async fn what_was_found_and_lives_again_stays() {
        both(async |db| {
            let later = NOW.after(LIFE);
            ask(&db, 0..2, NOW).await;
            let forget = async || -> Result<()> {
                walk!(
                    db,
                    (tx, after) => {
                        let found = challenges::look(&mut tx, after, later).await;
                        drop(tx);
                        ask(&db, 1..2, later).await;
                        tx = db.read().await?;
                        found
                    },
                    owner => challenges::forget(&mut tx, owner, later).await
                );
                Ok(())
            };
            forget().await.unwrap();
            assert_eq!(rows(&db, "challenge").await, 1);
        })
        .await;
    }
}
