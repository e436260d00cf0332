//! Setting up anew with an UZI card, for a contact person who lost everything (flows D4).

use axum::response::{IntoResponse, Json, Redirect, Response};

use super::{card, login};
use crate::enrolment::by_card;
use crate::http::context::Context;
use crate::http::error::Error;

/// Where the card is read.
pub(super) const PATH: &str = "/login/anew/card";
const CHALLENGE: &str = "/login/anew/card/challenge";

/// Whether it is asked of who logs in here: the link to it is shown to no other.
pub(super) async fn is_asked(context: &Context) -> Result<bool, Error> {
    Ok(match &context.attempt {
        Some(attempt) => by_card::is_asked(&context.app, attempt).await?,
        None => false,
    })
}

/// `GET /login/anew/card`: what it means, and the card is to sign.
pub(in crate::http) async fn form(context: Context) -> Result<Response, Error> {
    if !is_asked(&context).await? {
        return Ok(Redirect::to("/login").into_response());
    }
    let words = ("anew-card-title", "anew-card-lead", Some("anew-card-means"));
    card::outside(&context, (PATH, CHALLENGE), words)
}

/// `POST /login/anew/card/challenge`.
pub(in crate::http) async fn challenge(context: Context) -> Result<Response, Error> {
    let nonce = by_card::nonce(&context.app, login::attempt(&context)?).await?;
    Ok(card::asking(&nonce))
}

/// `POST /login/anew/card`: the card takes the place of what there was, and lets in.
pub(in crate::http) async fn finish(
    context: Context,
    Json(signed): Json<card::Finish>,
) -> Result<Response, Error> {
    let attempt = login::attempt(&context)?;
    let granted = by_card::begin(&context.app, attempt, &signed.token()).await?;
    card::linked(context, granted).await
}
