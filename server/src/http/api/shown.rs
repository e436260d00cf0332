//! What several answers show of an account and its factors.

use serde_json::{Value, json};

use crate::app::App;
use crate::authorisations;
use crate::factors::Factor;
use crate::http::context::Visitor;
use crate::http::error::Error;
use crate::organisations::Agb;
use crate::sessions::Scope;

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

/// Whoever is logged in, where that person works, and what that one may do: nothing in a visit that can only
/// enrol.
pub(super) async fn account(app: &App, visitor: &Visitor) -> Result<Value, Error> {
    let may = match visitor.session.login.scope {
        Scope::Full => authorisations::run::of(app, &visitor.account.id).await?,
        Scope::EnrolOnly => Vec::new(),
    };
    Ok(json!({
        "name": visitor.account.name,
        "username": visitor.account.username.as_str(),
        "organisation": visitor.organisation.name,
        "organisation_id": visitor.organisation.id.as_str(),
        "agb": visitor.organisation.agb.as_ref().map(Agb::as_str),
        "authorisations": may.iter().map(|one| one.id.as_str()).collect::<Vec<_>>(),
    }))
}
