//! Codes that a person types: how many may be wrong, of each kind and of all kinds together.
//!
//! As with passwords, a try is charged and committed before it is looked at, and refunded when it was
//! right; or charged, looked at and committed under one lock, where looking takes no time. Whoever calls this knows that the password was right or has a session: a lock by codes is
//! nothing that a stranger can bring about.

mod rules; // pure
mod store; // SQL

use super::rules as rows;
use super::store::{look, put};
use super::{Block, Count, Policy as Lockout, Subject, change};
use crate::clock::Time;
use crate::id::{AccountId, TryId};
use crate::random::Random;
use crate::storage::{Result, Tx};
use serde::{Deserialize, Serialize};

/// What kind of code it is: each has a row of wrong ones of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Code {
    /// Of an authenticator app.
    App,
    /// Sent as a text message.
    Sms,
    /// Keyed in during a phone call.
    Call,
    /// Mailed to an address that is to be proven, or as a link to the back-up address.
    Email,
    /// The recovery code.
    Recovery,
    /// The access code that a contact person gave.
    Access,
}

impl Code {
    /// Every kind.
    pub const ALL: [Self; 6] =
        [Self::App, Self::Sms, Self::Call, Self::Email, Self::Recovery, Self::Access];

    /// The kind as a stable name.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::App => "app",
            Self::Sms => "sms",
            Self::Call => "call",
            Self::Email => "email",
            Self::Recovery => "recovery",
            Self::Access => "access",
        }
    }
}

/// Why a code is not looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Barred {
    /// Too many were wrong in this log-in: it is over.
    AttemptOver,
    /// Too many of this kind were wrong in a row.
    Paused {
        /// Until when.
        until: Time,
    },
    /// Too many of this kind were wrong without a right one: only a strong factor, a contact person or the operator
    /// opens it again.
    Closed,
    /// Too many of all kinds were wrong in a day: no code is looked at.
    Stopped {
        /// Until when.
        until: Time,
    },
}

/// One try that was charged. It is handed back to [`right`] or [`wrong`] when it was looked at; one
/// that was written and never is counts as wrong.
#[derive(Debug)]
#[must_use = "a try that is not handed to `right` or `wrong` counts as wrong, or not at all"]
pub(crate) struct Try {
    id: TryId,
    account: AccountId,
    /// The attempt or session it was typed in.
    owner: String,
    code: Code,
    /// What its kind counts, should it be wrong.
    kind: Count,
    /// What all kinds count then.
    all: Count,
    /// Whether they counted something before that a right one ends.
    clears: bool,
    /// Whether the database has it.
    written: bool,
    /// Which of its log-in.
    nth: u32,
    /// Wrong ones of its kind in a row, with this one.
    pub(crate) streak: u32,
    /// As many were not looked at before it.
    pub(crate) refused: u32,
}

impl Try {
    /// What kind of code it is.
    pub(crate) const fn code(&self) -> Code {
        self.code
    }

    /// Whether it counts already: it was charged in a transaction before.
    pub(crate) const fn is_written(&self) -> bool {
        self.written
    }
}

/// Whether a code may be looked at.
#[derive(Debug)]
pub(crate) enum Admission {
    /// It may.
    Charged(Try),
    /// It may not.
    Barred {
        /// Why not.
        barred: Barred,
        /// As many were not looked at since the last that was, this one among them.
        refused: u32,
    },
}

/// What a wrong code led to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Wrong {
    pub(crate) code: Code,
    /// Wrong ones of its kind in a row.
    pub(crate) streak: u32,
    /// How many more its log-in may try.
    pub(crate) left: u32,
    /// What it closed.
    pub(crate) closed: Option<Barred>,
}

/// Charges one try of `code`, typed in the attempt or session `owner` of `account`. To be committed
/// before the code is looked at.
pub(crate) async fn charge(
    tx: &mut Tx,
    whose: (&AccountId, &str),
    code: Code,
    (now, random): (Time, Random),
    policy: &Lockout,
) -> Result<Admission> {
    let mut admission = admit(tx, whose, code, (now, random), policy).await?;
    if let Admission::Charged(charged) = &mut admission {
        write(tx, charged, now).await?;
    }
    Ok(admission)
}

/// As [`charge`], for a code that is looked at in this same transaction, which locked the account: a try
/// is written by [`wrong`], and a right one leaves nothing to be refunded.
pub(crate) async fn admit(
    tx: &mut Tx,
    (account, owner): (&AccountId, &str),
    code: Code,
    (now, random): (Time, Random),
    policy: &Lockout,
) -> Result<Admission> {
    let subject = Subject::account(account);
    // One count after the other: the row of all codes keeps every other try of the account waiting.
    let (mut all, _) = look(tx, &subject.0, ALL, now).await?;
    let (count, _) = look(tx, &subject.0, code.as_str(), now).await?;
    let newest = store::newest(tx, account, policy.codes.day).await?;
    let in_attempt = match newest.is_empty() {
        true => 0, // those of its attempt are the account's too
        false => number(store::of_owner(tx, owner).await?),
    };
    let clears = count != Count::default() || all != Count::default();
    let seen = rules::Seen { in_attempt, count, newest: &newest };
    let (kind, admission) = rules::charge(seen, now, policy);
    match admission {
        Ok(refused) => Ok(Admission::Charged(Try {
            id: TryId::random(random),
            account: account.clone(),
            owner: owner.to_owned(),
            code,
            nth: in_attempt.saturating_add(1),
            streak: kind.streak,
            refused: refused.saturating_add(std::mem::take(&mut all.refused)),
            kind,
            all,
            clears,
            written: false,
        })),
        Err(barred) => {
            put(tx, (&subject.0, code.as_str()), &kind, now).await?;
            let refused = match barred {
                Barred::Stopped { .. } => {
                    all.refused = all.refused.saturating_add(1);
                    put(tx, (&subject.0, ALL), &all, now).await?;
                    all.refused
                }
                Barred::AttemptOver | Barred::Paused { .. } | Barred::Closed => kind.refused,
            };
            Ok(Admission::Barred { barred, refused })
        }
    }
}

/// Has a try count, where it does not yet.
async fn write(tx: &mut Tx, charged: &mut Try, now: Time) -> Result<()> {
    if std::mem::replace(&mut charged.written, true) {
        return Ok(());
    }
    let subject = Subject::account(&charged.account);
    put(tx, (&subject.0, ALL), &charged.all, now).await?;
    put(tx, (&subject.0, charged.code.as_str()), &charged.kind, now).await?;
    store::insert(tx, &charged.id, &charged.account, &charged.owner, now).await
}

/// Refunds a try that was right: its kind's row of wrong ones ends, and no other count changes.
pub(crate) async fn right(tx: &mut Tx, charged: Try, now: Time) -> Result<()> {
    let Try { id, account, code, all, clears, written, .. } = charged;
    let subject = Subject::account(&account);
    match (written, clears) {
        (true, _) => store::delete(tx, &id).await?,
        (false, true) => put(tx, (&subject.0, ALL), &all, now).await?,
        (false, false) => return Ok(()),
    }
    put(tx, (&subject.0, code.as_str()), &Count::default(), now).await
}

/// What a try that was wrong led to: it counts from here on, if it did not already.
pub(crate) async fn wrong(
    tx: &mut Tx,
    mut charged: Try,
    now: Time,
    policy: &Lockout,
) -> Result<Wrong> {
    write(tx, &mut charged, now).await?;
    let Try { account, code, nth, streak, .. } = charged;
    let subject = Subject::account(&account);
    let (count, _) = look(tx, &subject.0, code.as_str(), now).await?;
    let newest = store::newest(tx, &account, policy.codes.day).await?;
    let seen = rules::Seen { in_attempt: nth, count, newest: &newest };
    let closed = rules::closed(&seen, now, &policy.codes);
    Ok(Wrong { code, streak, left: policy.codes.attempt.saturating_sub(nth), closed })
}

/// Opens the kinds of code again that only a strong factor opens. Which.
pub(crate) async fn reopen(tx: &mut Tx, account: &AccountId, now: Time) -> Result<Vec<Code>> {
    let subject = Subject::account(account);
    let closed = super::store::closed(tx, &subject.0).await?;
    let mut opened = vec![];
    for code in Code::ALL.into_iter().filter(|code| closed.iter().any(|c| c == code.as_str())) {
        if change(tx, (&subject, code.as_str()), now, rows::reopen).await? {
            opened.push(code);
        }
    }
    Ok(opened)
}

/// Lifts every pause and stop of codes, because a human answers for it. Whether there was one.
pub(crate) async fn lift(
    tx: &mut Tx,
    account: &AccountId,
    now: Time,
    policy: &Lockout,
) -> Result<bool> {
    let subject = Subject::account(account);
    let _ = look(tx, &subject.0, ALL, now).await?;
    let mut lifted = false;
    for code in Code::ALL {
        lifted |=
            change(tx, (&subject, code.as_str()), now, |count| rows::lift(count, now)).await?;
    }
    let newest = store::newest(tx, account, policy.codes.day).await?;
    if rules::stopped(&newest, now, policy.codes.day).is_some() {
        store::clear(tx, account).await?;
        lifted = true;
    }
    Ok(lifted)
}

/// How codes are blocked at `now`, if any kind of them is: the block that lasts longest.
pub(crate) async fn block(
    tx: &mut Tx,
    account: &AccountId,
    now: Time,
    policy: &Lockout,
) -> Result<Option<Block>> {
    let subject = Subject::account(account);
    let newest = store::newest(tx, account, policy.codes.day).await?;
    let mut longest = rules::stopped(&newest, now, policy.codes.day);
    for code in Code::ALL {
        match super::store::block(tx, &subject.0, code.as_str()).await? {
            Some(Block::Closed) => return Ok(Some(Block::Closed)),
            Some(Block::Until(end)) if end > now => longest = longest.max(Some(end)),
            Some(Block::Until(_)) | None => {}
        }
    }
    Ok(longest.map(Block::Until))
}

/// Forgets tries that count no more, a batch at most. How many.
pub(crate) async fn forget(tx: &mut Tx, now: Time) -> Result<u64> {
    store::forget(tx, now.before(2 * rules::DAY)).await
}

fn number(count: i64) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}

/// The row that stands for all kinds together.
const ALL: &str = "codes";

#[cfg(test)]
mod tests;
