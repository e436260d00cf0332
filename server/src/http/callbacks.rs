//! What providers of text messages and phone calls report. No browser comes here: there is no cookie, no
//! session and no form of ours. Who asks proves to be the provider by a signature over the request, or by
//! a ticket that only the provider was given; to anybody else there is nothing here.

use std::sync::Arc;

use axum::extract::{OriginalUri, Path, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Json, Response};
use axum::routing::post;

use super::context::Table;
use super::error::{Code, Error};
use crate::app::App;
use crate::delivery::phone::gateways::{Provider, cm, plain, twilio};
use crate::delivery::phone::run::{Ear, hear};
use crate::delivery::phone::{Answer, Event, Seen, Ticket, words};
use crate::enrolment::heard::ear;

/// Who listens to what is reported.
const EAR: Ear = ear;

/// The addresses that providers are given.
pub(super) fn routes() -> Table {
    vec![
        ("/callbacks/twilio/{ticket}", post(twilio_status)),
        ("/callbacks/twilio/{ticket}/answer", post(twilio_answer)),
        ("/callbacks/twilio/{ticket}/keys/{step}", post(twilio_keys)),
        ("/callbacks/cm/sms", post(cm_sms)),
        ("/callbacks/cm/calls/{ticket}", post(cm_call)),
        ("/callbacks/phone/{ticket}", post(plain_report)),
    ]
}

/// The fields of a form.
type Fields = Vec<(String, String)>;

/// `POST /callbacks/twilio/{ticket}`: how far a message or a call is.
async fn twilio_status(
    State(app): State<Arc<App>>,
    Path(ticket): Path<String>,
    OriginalUri(uri): OriginalUri,
    headers: HeaderMap,
    body: String,
) -> Result<StatusCode, Error> {
    let fields = signed(&app, &uri.to_string(), &headers, &body)?;
    let events: Vec<Event> = twilio::status(&fields).into_iter().collect();
    heard(&app, (Provider::Twilio, &ticket), &events).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// `POST /callbacks/twilio/{ticket}/answer`: somebody answered, what does the voice say?
async fn twilio_answer(
    State(app): State<Arc<App>>,
    Path(ticket): Path<String>,
    OriginalUri(uri): OriginalUri,
    headers: HeaderMap,
    body: String,
) -> Result<Response, Error> {
    signed(&app, &uri.to_string(), &headers, &body)?;
    let answered = Event { seen: Seen::Answered, step: 0 };
    let (ticket, answer) = heard(&app, (Provider::Twilio, &ticket), &[answered]).await?;
    Ok(spoken(&app, &ticket, &answer))
}

/// `POST /callbacks/twilio/{ticket}/keys/{step}`: what was keyed in, in answer to this question.
async fn twilio_keys(
    State(app): State<Arc<App>>,
    Path((ticket, step)): Path<(String, u32)>,
    OriginalUri(uri): OriginalUri,
    headers: HeaderMap,
    body: String,
) -> Result<Response, Error> {
    let fields = signed(&app, &uri.to_string(), &headers, &body)?;
    let events: Vec<Event> = twilio::keys(&fields, step).into_iter().collect();
    let (ticket, answer) = heard(&app, (Provider::Twilio, &ticket), &events).await?;
    Ok(spoken(&app, &ticket, &answer))
}

/// `POST /callbacks/cm/sms`: how far a message of the account is, one of ours or not. What is not
/// understood is not worth another try either, and CM.com tries for a week.
async fn cm_sms(State(app): State<Arc<App>>, body: String) -> Result<StatusCode, Error> {
    if !app.delivery.phone().hears_cm() {
        return Err(Code::NotFound.into());
    }
    if let Some((ticket, event)) = cm::status(body.as_bytes()) {
        hear(&app, (Provider::Cm, &ticket), &[event], EAR).await?;
    }
    Ok(StatusCode::NO_CONTENT)
}

/// `POST /callbacks/cm/calls/{ticket}`: a call is over, and what was keyed in during it.
async fn cm_call(
    State(app): State<Arc<App>>,
    Path(ticket): Path<String>,
    body: String,
) -> Result<StatusCode, Error> {
    if !app.delivery.phone().hears_cm() {
        return Err(Code::NotFound.into());
    }
    let events = cm::finished(body.as_bytes()).unwrap_or_default();
    heard(&app, (Provider::Cm, &ticket), &events).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// `POST /callbacks/phone/{ticket}`: the same in our own form.
async fn plain_report(
    State(app): State<Arc<App>>,
    Path(ticket): Path<String>,
    headers: HeaderMap,
    body: String,
) -> Result<Response, Error> {
    if !app.delivery.phone().hears_plain() {
        return Err(Code::NotFound.into());
    }
    let event = plain::read(&fields(&headers, &body)?).ok_or_else(|| {
        Error::new(Code::BadRequest).reason("send seen, and for seen=keyed keys and step")
    })?;
    let (_, answer) = heard(&app, (Provider::Plain, &ticket), &[event]).await?;
    Ok(Json(plain::answer(&answer)).into_response())
}

/// What became of a report on the sending with this ticket.
async fn heard(
    app: &App,
    (provider, ticket): (Provider, &str),
    events: &[Event],
) -> Result<(Ticket, Answer), Error> {
    let ticket = Ticket::parse(ticket).ok_or(Code::NotFound)?;
    let answer = hear(app, (provider, &ticket), events, EAR).await?.ok_or(Code::NotFound)?;
    Ok((ticket, answer))
}

/// What the voice says next.
fn spoken(app: &App, ticket: &Ticket, answer: &Answer) -> Response {
    let words = words::voice(answer.line.language, &answer.line.organisation);
    let twiml = twilio::speak(answer, ticket, app.delivery.phone().origin(), &words);
    ([(header::CONTENT_TYPE, "text/xml; charset=utf-8")], twiml).into_response()
}

/// The fields of a form that Twilio signed for this address.
fn signed(app: &App, path: &str, headers: &HeaderMap, body: &str) -> Result<Fields, Error> {
    let fields = fields(headers, body)?;
    let mut all = headers.get_all("x-twilio-signature").iter();
    let signature = all.next().filter(|_| all.next().is_none());
    let signature = signature.and_then(|value| value.to_str().ok()).unwrap_or_default();
    if app.delivery.phone().is_twilios(path, &fields, signature) {
        return Ok(fields);
    }
    tracing::warn!(
        "a report at /callbacks/twilio is not signed for its address: check token in [delivery.sms] \
         and [delivery.calls], and that a proxy passes path, query and body on as they came"
    );
    Err(Code::NotFound.into())
}

fn fields(headers: &HeaderMap, body: &str) -> Result<Fields, Error> {
    let kind = headers.get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
    if !kind.is_some_and(|kind| kind.starts_with("application/x-www-form-urlencoded")) {
        let reason = "the Content-Type is application/x-www-form-urlencoded";
        return Err(Error::new(Code::BadRequest).reason(reason));
    }
    Ok(url::form_urlencoded::parse(body.as_bytes()).into_owned().collect())
}
