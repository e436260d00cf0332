//! Why a code or call did not get to the provider: nothing of it names a person.

/// Why a code or call did not get to the provider.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    /// There is no way to send it.
    #[error("no gateway is set: set [delivery.sms] and [delivery.calls]")]
    Nowhere,
    /// The folder cannot be written to.
    #[error("the folder for codes cannot be written to: check it, and who may write there")]
    Folder,
    /// Nobody answered.
    #[error("the gateway could not be reached: check its address")]
    Unreached,
    /// Its certificate is not believed.
    #[error("no TLS with the gateway: its certificate is not believed or names another host")]
    Tls,
    /// It refused our token.
    #[error("the gateway refused our log-in{}: check token and account", said(.0))]
    Login(Option<u16>),
    /// It takes nothing from us for now.
    #[error("the gateway refuses us for now{}", said(.0))]
    Refused(Option<u16>),
    /// It will never take this one.
    #[error("the gateway refused the message, the number or the sender for good{}", said(.0))]
    Rejected(Option<u16>),
    /// It answered what no gateway of its kind answers.
    #[error("the gateway answered what was not expected{}: check its address", said(.0))]
    Odd(Option<u16>),
    /// It took too long.
    #[error("the gateway took too long")]
    Slow,
    /// The code is dead: who waited for it asks for a new one.
    #[error("the code was too old to be sent")]
    Late,
}

fn said(code: &Option<u16>) -> String {
    code.map(|code| format!(" ({code})")).unwrap_or_default()
}

impl Fault {
    pub(in crate::delivery) const ALL: [Self; 10] = [
        Self::Nowhere,
        Self::Folder,
        Self::Unreached,
        Self::Tls,
        Self::Login(None),
        Self::Refused(None),
        Self::Rejected(None),
        Self::Odd(None),
        Self::Slow,
        Self::Late,
    ];

    /// Whether another try may succeed.
    pub(in crate::delivery) const fn passes(self) -> bool {
        match self {
            Self::Rejected(_) | Self::Late => false,
            Self::Nowhere
            | Self::Folder
            | Self::Unreached
            | Self::Tls
            | Self::Login(_)
            | Self::Refused(_)
            | Self::Odd(_)
            | Self::Slow => true,
        }
    }

    pub(in crate::delivery) const fn name(self) -> &'static str {
        match self {
            Self::Nowhere => "gateway_nowhere",
            Self::Folder => "gateway_folder",
            Self::Unreached => "gateway_unreached",
            Self::Tls => "gateway_tls",
            Self::Login(_) => "gateway_login",
            Self::Refused(_) => "gateway_refused",
            Self::Rejected(_) => "gateway_rejected",
            Self::Odd(_) => "gateway_odd",
            Self::Slow => "gateway_slow",
            Self::Late => "gateway_late",
        }
    }

    /// The code that the other side gave.
    pub const fn code(self) -> Option<u16> {
        match self {
            Self::Login(code) | Self::Refused(code) | Self::Rejected(code) | Self::Odd(code) => {
                code
            }
            Self::Nowhere
            | Self::Folder
            | Self::Unreached
            | Self::Tls
            | Self::Slow
            | Self::Late => None,
        }
    }

    /// The same, where the other side gave this code.
    pub(in crate::delivery) const fn with(self, code: Option<u16>) -> Self {
        match self {
            Self::Login(_) => Self::Login(code),
            Self::Refused(_) => Self::Refused(code),
            Self::Rejected(_) => Self::Rejected(code),
            Self::Odd(_) => Self::Odd(code),
            Self::Nowhere
            | Self::Folder
            | Self::Unreached
            | Self::Tls
            | Self::Slow
            | Self::Late => self,
        }
    }
}
