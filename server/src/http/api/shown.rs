//! What several answers show of an account and its factors.

use serde_json::{Value, json};

use crate::factors::Factor;
use crate::http::context::Visitor;

/// A factor as its owner sees it.
pub(super) fn factor(factor: &Factor) -> Value {
    json!({
        "id": factor.id.as_str(),
        "kind": factor.kind,
        "name": factor.name,
        "level": factor.level(),
        "evidence": factor.evidence,
        "created_at": factor.created_at.to_string(),
        "proven": factor.proven_at.is_some(),
        "alone": factor.works_alone(),
        "copied": factor.cloned_at.is_some(),
        "used_at": factor.used_at.map(|at| at.to_string()),
    })
}

/// Whoever is logged in, and where that person works.
pub(super) fn account(visitor: &Visitor) -> Value {
    json!({
        "name": visitor.account.name,
        "username": visitor.account.username.as_str(),
        "organisation": visitor.organisation.name,
    })
}
