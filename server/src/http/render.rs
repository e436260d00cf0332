//! Writing refusals: as a page or as `application/problem+json`, in the asker's language.

use std::sync::Arc;

use axum::extract::{OriginalUri, Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Redirect, Response};
use fluent_bundle::{FluentArgs, FluentValue};
use serde_json::{Map, Value, json};

use super::error::{ACCESS, ANEW, Code, Member, Refused, Written, reference};
use super::guard::{Site, opens};
use super::pages::message;
use crate::text::{Text, moment};

/// How the asker wants a refusal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Form {
    /// For a person.
    Page,
    /// For the script of a page, which shows it to a person.
    Problem,
    /// For a program: no page can be reloaded there.
    Program,
}

fn form(path: &str, headers: &HeaderMap) -> Form {
    let accepts = |name| headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or("");
    if ["/api/", "/callbacks/"].iter().any(|programs| path.starts_with(programs)) {
        Form::Program
    } else if accepts(header::ACCEPT).starts_with("application/json") {
        Form::Problem
    } else {
        Form::Page
    }
}

/// Writes each refusal, and each error of the framework, in the form and language asked for.
pub(super) async fn render(
    State(site): State<Arc<Site>>,
    request: Request,
    next: Next,
) -> Response {
    let uri = request.extensions().get::<OriginalUri>().map_or(request.uri(), |uri| &uri.0);
    let form = form(uri.path(), request.headers());
    let text = site.text(request.headers());
    let opened = opens(request.method());
    let response = next.run(request).await;
    let Some(mut refusal) = refusal(&response) else { return response };
    if form == Form::Program && refusal.reason.is_none() {
        refusal.reason = address(refusal.code).map(str::to_owned);
    }
    if let (Form::Page, true, Some(next)) = (form, opened, &refusal.next) {
        return Redirect::to(next).into_response();
    }
    let (parts, _) = response.into_parts();
    let body = match form {
        Form::Problem | Form::Program => problem(text, form, &refusal),
        Form::Page => page(text, &refusal),
    };
    let mut answer = (refusal.code.status(), body).into_response();
    if form != Form::Page && refusal.code.status() == StatusCode::UNAUTHORIZED {
        const BEARER: HeaderValue = HeaderValue::from_static("Bearer");
        answer.headers_mut().insert(header::WWW_AUTHENTICATE, BEARER);
    }
    for (name, value) in &parts.headers {
        if KEPT.contains(name) {
            answer.headers_mut().append(name, value.clone());
        }
    }
    answer
}

/// The refusal in a response, also where the framework refused by itself.
fn refusal(response: &Response) -> Option<Refused> {
    if let Some(refusal) = response.extensions().get::<Refused>() {
        return Some(refusal.clone());
    }
    let status = response.status();
    if !(status.is_client_error() || status.is_server_error())
        || response.extensions().get::<Written>().is_some()
    {
        return None;
    }
    let code = Code::ALL
        .iter()
        .copied()
        .find(|code| code.status() == status && FRAMEWORK.contains(code))
        .unwrap_or(if status.is_server_error() { Code::Internal } else { Code::BadRequest });
    let reference = (code == Code::Internal).then(|| {
        let reference = reference();
        tracing::error!(reference, %status, "request failed, reference {reference}");
        reference
    });
    Some(Refused::bare(code, reference))
}

/// What a refusal says in headers.
const KEPT: [HeaderName; 4] =
    [header::RETRY_AFTER, header::SET_COOKIE, header::ALLOW, header::CONNECTION];

/// What the framework itself refuses.
const FRAMEWORK: &[Code] =
    &[Code::NotFound, Code::Method, Code::TooLarge, Code::Late, Code::BadRequest];

fn args(text: Text, refusal: &Refused) -> FluentArgs<'static> {
    refusal
        .members
        .iter()
        .map(|(name, member)| {
            let value = match member {
                Member::Number(number) => FluentValue::from(*number),
                Member::Until(time, now) => moment::when(text, *time, *now).into(),
            };
            (*name, value)
        })
        .collect()
}

/// What is wrong with an address of the API: there, no page was looked for.
fn address(code: Code) -> Option<&'static str> {
    const ADDRESS: [(Code, &str); 2] = [
        (Code::NotFound, "no such address under /api/: compare the path with the manual"),
        (Code::Method, "this address has another method: the header Allow names it"),
    ];
    ADDRESS.into_iter().find(|(known, _)| *known == code).map(|(_, reason)| reason)
}

/// Title and detail in words.
fn words(text: Text, form: Form, refusal: &Refused) -> (String, String) {
    let (key, args) = (refusal.code.text_key(), args(text, refusal));
    if form == Form::Program && address(refusal.code).is_some() {
        return (text.of(&format!("{key}.program-title")), text.of(&format!("{key}.program")));
    }
    let detail = match &refusal.card {
        Some(card) => text.pick(card.dutch(), card.english()),
        None if form == Form::Program && refusal.code == Code::BadRequest => {
            text.of("error-bad-request.program")
        }
        None => text.filled(&format!("{key}.detail"), &args),
    };
    (text.filled(&key, &args), detail)
}

fn problem(text: Text, form: Form, refusal: &Refused) -> Response {
    let (title, detail) = words(text, form, refusal);
    let mut body = Map::from_iter([
        ("type".to_owned(), json!("about:blank")),
        ("title".to_owned(), json!(title)),
        ("status".to_owned(), json!(refusal.code.status().as_u16())),
        ("detail".to_owned(), json!(detail)),
        ("code".to_owned(), json!(refusal.name())),
    ]);
    for (name, member) in &refusal.members {
        let value = match member {
            Member::Number(number) => json!(number),
            Member::Until(time, _) => json!(time.to_string()),
        };
        body.insert((*name).to_owned(), value);
    }
    if let Some(next) = &refusal.next {
        body.insert("next".to_owned(), json!(next));
    }
    if let Some(reason) = &refusal.reason {
        body.insert("reason".to_owned(), json!(reason));
    }
    if let Some(reference) = &refusal.reference {
        body.insert("reference".to_owned(), json!(reference));
    }
    let kind = [(header::CONTENT_TYPE, "application/problem+json")];
    (kind, Value::Object(body).to_string()).into_response()
}

fn page(text: Text, refusal: &Refused) -> Response {
    let (title, detail) = words(text, Form::Page, refusal);
    let password = matches!(refusal.code, Code::PasswordBlocked | Code::PasswordClosed);
    let code = matches!(refusal.code, Code::CodePaused | Code::CodeClosed | Code::CodesStopped);
    let blocked = password || code;
    let off = refusal.code == Code::KeysOff;
    let next = if blocked {
        Some("/login/passkey")
    } else if off {
        Some(ANEW)
    } else {
        refusal.next.as_deref()
    };
    let elsewhere: &[(&str, &str, &str)] = if blocked {
        &[("to-card", "/login/card", "login-card"), ("to-login", "/login", "to-login")]
    } else if off {
        &[("to-access", ACCESS, "login-access")]
    } else {
        &[]
    };
    let elsewhere = elsewhere.iter().map(|(id, href, key)| {
        let text = text.of(key);
        message::Elsewhere { id, href, text }
    });
    message::Message {
        code: refusal.name(),
        title,
        detail,
        more: if password {
            vec![text.of("blocked-capitals"), text.of("blocked-now")]
        } else if code {
            vec![text.of("codes-blocked-now"), text.of("codes-blocked-stranger")]
        } else {
            Vec::new()
        },
        onward: next.unwrap_or("/").to_owned(),
        onward_text: text.of(match next {
            _ if blocked => "login-passkey",
            Some(ACCESS) => "login-access",
            Some(ANEW) => "login-anew",
            Some(_) | None => "to-start",
        }),
        elsewhere: elsewhere.collect(),
        reference: refusal.reference.clone(),
    }
    .respond(text)
}
