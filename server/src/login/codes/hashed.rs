//! Codes of which only a hash is kept: charged, compared where passwords are, so that many at once take no
//! more memory, and spent once.

use super::{Charge, charge, resumed, right, wrong};
use crate::access;
use crate::app::App;
use crate::clock::Time;
use crate::id::AccountId;
use crate::lockout::codes::{Barred, Code, Try};
use crate::login::store::Attempt;
use crate::login::{CodeAnswer, Error};
use crate::password::{Admitted, Checked, Hash};
use crate::recovery;
use crate::secret::{Secret, Token};
use crate::storage::{self, Tx};

type Result<T, E = Error> = std::result::Result<T, E>;

/// What is kept of such a code.
pub(in crate::login) trait Kept: Sized {
    /// What kind of code it is.
    const CODE: Code;

    /// That of an account, where it has one that works at `now`.
    async fn find(tx: &mut Tx, account: &AccountId, now: Time) -> storage::Result<Option<Self>>;

    /// Its hash.
    fn hash(&self) -> &Hash;

    /// Spends it, if it is the living one still. Whether it was: of many at once, one is.
    async fn spend(&self, tx: &mut Tx, account: &AccountId, now: Time) -> storage::Result<bool>;
}

impl Kept for recovery::store::Stored {
    const CODE: Code = Code::Recovery;

    async fn find(tx: &mut Tx, account: &AccountId, _now: Time) -> storage::Result<Option<Self>> {
        recovery::store::find(tx, account).await
    }

    fn hash(&self) -> &Hash {
        &self.hash
    }

    async fn spend(&self, tx: &mut Tx, account: &AccountId, _now: Time) -> storage::Result<bool> {
        recovery::store::spend(tx, account, &self.id).await
    }
}

impl Kept for access::store::Stored {
    const CODE: Code = Code::Access;

    async fn find(tx: &mut Tx, account: &AccountId, now: Time) -> storage::Result<Option<Self>> {
        access::store::find(tx, account, now).await
    }

    fn hash(&self) -> &Hash {
        &self.hash
    }

    async fn spend(&self, tx: &mut Tx, account: &AccountId, now: Time) -> storage::Result<bool> {
        access::store::spend(tx, account, &self.id, now).await
    }
}

/// A code that was compared.
pub(in crate::login) struct Looked<K> {
    /// Whose log-in it was typed in.
    pub(in crate::login) account: AccountId,
    /// What is kept of it, where it is right.
    pub(in crate::login) right: Option<K>,
    /// To be handed to [`right`] or [`wrong`].
    pub(in crate::login) charged: Try,
}

/// Charges a code that was typed in the attempt with this token, which commits, and then compares it in
/// this room, which is left to what follows.
///
/// Errors: [`Error::AttemptOver`], also where nobody has given a right password in it.
pub(in crate::login) async fn look<K: Kept>(
    app: &App,
    token: &Token,
    (room, typed): (Admitted, Secret<String>),
) -> Result<Result<(Looked<K>, Admitted), Barred>> {
    let (account, charged) = match charge(app, token, K::CODE).await? {
        Charge::Look(account, charged) => (account, charged),
        Charge::Barred(barred) => return Ok(Err(barred)),
    };
    let mut tx = app.db.read().await?;
    let kept = K::find(&mut tx, &account, app.clock.now()).await?;
    drop(tx);
    let hash = kept.as_ref().map(|kept| kept.hash().clone());
    let (checked, room) = room.look(typed, hash).await;
    let right = match checked {
        Checked::Right { .. } => kept,
        Checked::Wrong => None,
    };
    Ok(Ok((Looked { account, right, charged }, room)))
}

/// A code that was right and is spent, if this transaction commits what follows from that.
pub(in crate::login) struct Spent<K> {
    /// What was kept of it.
    pub(in crate::login) code: K,
    /// Whose it was.
    pub(in crate::login) account: AccountId,
    /// Where it was typed.
    pub(in crate::login) attempt: Attempt,
    /// Holds the account and the attempt.
    pub(in crate::login) tx: Tx,
    /// When it was spent.
    pub(in crate::login) now: Time,
}

/// As [`look`], and spends the code; what is said instead, where it is not looked at or wrong.
///
/// Errors: those of [`look`].
pub(in crate::login) async fn spend<K: Kept, T>(
    app: &App,
    token: &Token,
    typed: (Admitted, Secret<String>),
) -> Result<Result<Spent<K>, CodeAnswer<T>>> {
    let Looked { account, right: kept, charged } = match look::<K>(app, token, typed).await? {
        Ok((looked, _)) => looked,
        Err(barred) => return Ok(Err(CodeAnswer::Barred(barred))),
    };
    let now = app.clock.now();
    let mut tx = app.db.write().await?;
    let attempt = resumed(app, &mut tx, (token, &account), now).await?;
    let spent = match &kept {
        Some(code) => code.spend(&mut tx, &account, now).await?,
        None => false,
    };
    let Some(code) = kept.filter(|_| spent) else {
        return wrong(app, tx, (attempt, charged), now).await.map(Err);
    };
    right(app, &mut tx, (&attempt, charged), now).await?;
    Ok(Ok(Spent { code, account, attempt, tx, now }))
}
