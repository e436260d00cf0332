//! What a link in a mail asks of whoever reads it: a question, and two buttons. Opening it does nothing.

use askama::Template;
use serde::Deserialize;

use crate::http::error::{Code, Error};
use crate::http::frame::Frame;
use crate::secret::Token;

/// The link, as it stands in the mail and as its page posts it, and which button was pressed.
#[derive(Deserialize)]
pub(in crate::http) struct Mailed {
    #[serde(default)]
    link: String,
    #[serde(default)]
    answer: String,
}

impl Mailed {
    /// The link, if it is one of ours.
    pub(super) fn link(&self) -> Option<Token> {
        Token::parse(&self.link)
    }

    /// Which of two answers the button says.
    ///
    /// Errors: [`Code::BadRequest`] for anything but our own buttons.
    pub(super) fn either<T>(&self, yes: T, no: T) -> Result<T, Error> {
        match self.answer.as_str() {
            "yes" => Ok(yes),
            "no" => Ok(no),
            _ => Err(Code::BadRequest.into()),
        }
    }
}

/// The question.
#[derive(Template)]
#[template(path = "question.html")]
pub(super) struct Question {
    pub(super) f: Frame,
    /// Where the buttons lead.
    pub(super) path: &'static str,
    pub(super) title: String,
    /// Why somebody is asked.
    pub(super) lead: String,
    /// What it is about, each with what it is called.
    pub(super) facts: Vec<(String, String)>,
    /// What is asked, what follows from it and what to do before answering, in words.
    pub(super) lines: Vec<String>,
    pub(super) link: String,
    /// What the second button says.
    pub(super) no: String,
}

/// What became of it.
#[derive(Template)]
#[template(path = "answered.html")]
pub(super) struct Answered {
    pub(super) f: Frame,
    pub(super) title: String,
    pub(super) lines: Vec<String>,
}
