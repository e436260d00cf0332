//! Tables of the specification's numbers with its own names.

/// An enum of assigned numbers, and the way back from a number.
macro_rules! codes {
    ($(#[$about:meta])* $name:ident: $number:ty { $($variant:ident = $code:literal),* $(,)? }) => {
        $(#[$about])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        #[expect(missing_docs, reason = "the names are the specification's own")]
        pub enum $name {
            $($variant = $code,)*
        }

        impl $name {
            /// From the number, where it is assigned.
            #[must_use]
            pub fn from_code(code: $number) -> Option<Self> {
                match code {
                    $($code => Some(Self::$variant),)*
                    _ => None,
                }
            }
        }
    };
}

pub(super) use codes;
