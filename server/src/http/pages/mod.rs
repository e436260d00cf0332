//! The pages people see: one file a task.

pub(super) mod access;
pub(super) mod account;
pub(super) mod activate;
pub(super) mod again;
pub(super) mod anew;
pub(super) mod anew_card;
pub(super) mod app;
pub(super) mod authorisations;
pub(super) mod card;
pub(super) mod card_by_pin;
pub(super) mod choice;
pub(super) mod details;
pub(super) mod email;
pub(super) mod enrol;
pub(super) mod enrol_phone;
pub(super) mod forgotten;
pub(super) mod help;
pub(super) mod inbox;
pub(super) mod login;
mod mailed;
pub(super) mod message;
pub(super) mod newcomer;
pub(super) mod people;
pub(super) mod phone;
pub(super) mod recovery;
pub(super) mod registered;
pub(super) mod role;
pub(super) mod settings;
pub(super) mod support;
pub(super) mod ways_back;
mod wrong;

use askama::Template;
use axum::response::{Html, IntoResponse, Response};
use serde::Deserialize;

use super::error::Error;
use crate::text::Text;

/// Writes a page.
pub(super) fn show(page: &impl Template) -> Result<Response, Error> {
    page.render().map(|html| Html(html).into_response()).map_err(Error::internal)
}

/// What went wrong with a form: for the summary at its top.
pub(super) struct Problem {
    /// What happened.
    pub(super) title: String,
    /// What it means, and the next step.
    pub(super) detail: String,
    /// The id of the field to mend.
    pub(super) field: Option<&'static str>,
}

/// What a page says at its top, chosen by whoever led here.
#[derive(Deserialize)]
pub(super) struct Arrival {
    #[serde(default)]
    notice: Option<String>,
}

impl Arrival {
    /// An arrival with this notice.
    pub(super) fn named(notice: Option<String>) -> Self {
        Self { notice }
    }

    /// The notice in words; none for anything but our own names.
    pub(super) fn notice(&self, t: Text) -> Option<String> {
        let key = match self.notice.as_deref()? {
            "cancelled" => "notice-cancelled",
            "anew" => "notice-anew",
            "kept" => "notice-kept",
            "expired" => "notice-expired",
            "enrolled" => "notice-enrolled",
            "enrolled-waiting" => "notice-enrolled-waiting",
            "enrolled-untried" => "notice-enrolled-untried",
            "enrolled-unlisted" => "notice-enrolled-unlisted",
            "first" => "notice-first",
            "main-number" => "notice-main-number",
            "first-unlisted" => "notice-first-unlisted",
            "removed" => "notice-removed",
            "ended" => "notice-ended",
            "gone" => "notice-gone",
            "password-chosen" => "notice-password-chosen",
            "unblocked" => "notice-unblocked",
            "not-blocked" => "notice-not-blocked",
            "renamed" => "notice-renamed",
            "authorisations" => "notice-authorisations",
            "authorisations-same" => "notice-authorisations-same",
            "role-changed" => "notice-role-changed",
            "account-ended" => "notice-account-ended",
            "settings-saved" => "notice-settings-saved",
            "unforced" => "notice-unforced",
            "forced" => "notice-forced",
            "recovery-kept" => "notice-recovery-kept",
            "number-sent" => "notice-number-sent",
            "waived" => "notice-waived",
            "waiver-ended" => "notice-waiver-ended",
            "no-waiver" => "notice-no-waiver",
            "pin-declined" => "notice-pin-declined",
            "pin-not-asked" => "notice-pin-not-asked",
            "access-ended" => "notice-access-ended",
            "no-access" => "notice-no-access",
            "stopped" => "notice-stopped",
            "not-planned" => "notice-not-planned",
            "login-email-changed" => "notice-login-email-changed",
            "backup-email-set" => "notice-backup-email-set",
            "backup-email-removed" => "notice-backup-email-removed",
            "email-gone" => "notice-email-gone",
            "email-taken" => "notice-email-taken",
            _ => return None,
        };
        Some(t.of(key))
    }
}
