//! Why a message was not delivered: nothing of it names a person.

use super::phone::gateways::Fault;

/// Why a message was not delivered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Failure {
    /// There is no way to send it.
    #[error("no way for e-mail is set: set mail in [delivery]")]
    Nowhere,
    /// The folder cannot be written to.
    #[error("the folder for e-mail cannot be written to: check it, and who may write there")]
    Folder,
    /// Nobody answered.
    #[error("the mail server could not be reached: check its name and port in [delivery] mail")]
    Unreached,
    /// It offers no TLS.
    #[error("the mail server offers no TLS (STARTTLS): use another server or port")]
    NoTls,
    /// Its certificate is not believed.
    #[error(
        "no TLS with the mail server: its certificate is not believed or names another host; check \
         its name, and authorities in [delivery]"
    )]
    Tls,
    /// It refused our name and password.
    #[error("the mail server refused our log-in{}: check user and password in [delivery]", said(.0))]
    Login(Option<u16>),
    /// It takes nothing from us for now.
    #[error("the mail server refuses us for now{}", said(.0))]
    Refused(Option<u16>),
    /// It will never take this one.
    #[error("the mail server refused the message or its address for good{}", said(.0))]
    Rejected(Option<u16>),
    /// It broke off.
    #[error("the mail server broke off in the middle")]
    Broken,
    /// It took too long.
    #[error("the mail server took too long")]
    Slow,
    /// The message has no form in which it can be sent.
    #[error("the message could not be written")]
    Unwritten,
    /// What it says cannot be read.
    #[error("what it says cannot be read: put the sealing key back that was there then")]
    Unreadable,
    /// The gateway for codes by phone did not take it.
    #[error(transparent)]
    Gateway(#[from] Fault),
}

fn said(code: &Option<u16>) -> String {
    code.map(|code| format!(" ({code})")).unwrap_or_default()
}

impl Failure {
    const MAIL: [Self; 12] = [
        Self::Nowhere,
        Self::Folder,
        Self::Unreached,
        Self::NoTls,
        Self::Tls,
        Self::Login(None),
        Self::Refused(None),
        Self::Rejected(None),
        Self::Broken,
        Self::Slow,
        Self::Unwritten,
        Self::Unreadable,
    ];

    fn all() -> impl Iterator<Item = Self> {
        Self::MAIL.into_iter().chain(Fault::ALL.map(Self::Gateway))
    }

    /// Whether another try may succeed.
    pub(super) const fn passes(self) -> bool {
        match self {
            Self::Gateway(fault) => fault.passes(),
            Self::Rejected(_) | Self::Unwritten | Self::Unreadable => false,
            Self::Nowhere
            | Self::Folder
            | Self::Unreached
            | Self::NoTls
            | Self::Tls
            | Self::Login(_)
            | Self::Refused(_)
            | Self::Broken
            | Self::Slow => true,
        }
    }

    const fn name(self) -> &'static str {
        match self {
            Self::Gateway(fault) => fault.name(),
            Self::Nowhere => "nowhere",
            Self::Folder => "folder",
            Self::Unreached => "unreached",
            Self::NoTls => "no_tls",
            Self::Tls => "tls",
            Self::Login(_) => "login",
            Self::Refused(_) => "refused",
            Self::Rejected(_) => "rejected",
            Self::Broken => "broken",
            Self::Slow => "slow",
            Self::Unwritten => "unwritten",
            Self::Unreadable => "unreadable",
        }
    }

    /// The code that the other side gave.
    pub const fn code(self) -> Option<u16> {
        match self {
            Self::Gateway(fault) => fault.code(),
            Self::Login(code) | Self::Refused(code) | Self::Rejected(code) => code,
            Self::Nowhere
            | Self::Folder
            | Self::Unreached
            | Self::NoTls
            | Self::Tls
            | Self::Broken
            | Self::Slow
            | Self::Unwritten
            | Self::Unreadable => None,
        }
    }

    /// The same, where the other side gave this code.
    const fn with(self, code: Option<u16>) -> Self {
        match self {
            Self::Gateway(fault) => Self::Gateway(fault.with(code)),
            Self::Login(_) => Self::Login(code),
            Self::Refused(_) => Self::Refused(code),
            Self::Rejected(_) => Self::Rejected(code),
            Self::Nowhere
            | Self::Folder
            | Self::Unreached
            | Self::NoTls
            | Self::Tls
            | Self::Broken
            | Self::Slow
            | Self::Unwritten
            | Self::Unreadable => self,
        }
    }

    /// As the outbox keeps it: a stable name, and the code of the other side.
    pub(super) fn stored(self) -> String {
        match self.code() {
            Some(code) => format!("{} {code}", self.name()),
            None => self.name().to_owned(),
        }
    }

    /// Reads what the outbox kept.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let (name, code) =
            text.split_once(' ').map_or((text, None), |(name, code)| (name, Some(code)));
        let code = code.map(str::parse).transpose().ok()?;
        let found = Self::all().find(|failure| failure.name() == name)?;
        let read = found.with(code);
        (read.code() == code).then_some(read)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn what_is_stored_reads_as_it_was(index in 0_usize..22, code: Option<u16>) {
            prop_assert_eq!(Failure::all().count(), 22);
            let failure = Failure::all().nth(index).unwrap().with(code);
            prop_assert_eq!(Failure::parse(&failure.stored()), Some(failure));
        }

        #[test]
        fn no_other_text_is_a_failure(text in "[a-z_]{0,12}( [0-9a-z]{0,6})?") {
            if let Some(failure) = Failure::parse(&text) {
                prop_assert_eq!(failure.passes(), !["rejected", "unwritten", "unreadable", "gateway_rejected", "gateway_late"].contains(&failure.name()));
                prop_assert!(text.starts_with(failure.name()));
            }
        }
    }
}
