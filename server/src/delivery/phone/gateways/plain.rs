//! Reports in our own form: a form with `seen`, and for keys `keys` and `step`. For providers that the
//! operator describes by a template, and for the folder of development.

use super::callback;
use crate::delivery::phone::{Answer, Event, Reply, Seen, Ticket};
use serde_json::{Value, json};
use url::Url;

/// Where the sending with this ticket is reported on.
pub(super) fn address(origin: &Url, ticket: &Ticket) -> String {
    callback(origin, &format!("/callbacks/phone/{}", ticket.expose()))
}

/// What these fields of a form tell; nothing where they are not understood.
#[must_use]
pub fn read(fields: &[(String, String)]) -> Option<Event> {
    let field = |name: &str| {
        let mut found = fields.iter().filter(|(field, _)| field == name);
        found.next().map(|(_, value)| value.as_str()).filter(|_| found.next().is_none())
    };
    let seen = match field("seen")? {
        "accepted" => Seen::Accepted,
        "delivered" => Seen::Delivered,
        "ringing" => Seen::Ringing,
        "answered" => Seen::Answered,
        "busy" => Seen::Busy,
        "no_answer" => Seen::NoAnswer,
        "hung_up" => Seen::HungUp,
        "failed" => Seen::Failed,
        "keyed" => {
            let step = field("step").unwrap_or("1").parse().ok()?;
            return Some(Event { seen: Seen::of_keys(field("keys")?)?, step });
        }
        _ => return None,
    };
    Some(Event { seen, step: 0 })
}

/// What is answered: what the voice says to keys, and which are awaited next.
#[must_use]
pub fn answer(answer: &Answer) -> Value {
    let asks = !answer.line.dead && matches!(answer.reply, None | Some(Reply::Wrong));
    json!({
        "reply": answer.reply.map(|reply| match reply {
            Reply::Right => "right",
            Reply::Wrong => "wrong",
            Reply::Over => "over",
            Reply::Fraud => "fraud",
        }),
        "step": asks.then_some(answer.line.step),
    })
}
