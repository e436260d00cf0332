//! Where the database keeps sealed values: rotation goes over all of these.

use crate::storage::columns::Column;

/// Declares the places: name, table, column, and the column that names a row.
macro_rules! places {
    ($($(#[$doc:meta])* $name:ident: $table:literal, $column:literal, $row:literal;)*) => {
        $($(#[$doc])* pub(crate) const $name: Column =
            Column { table: $table, column: $column, row: $row };)*

        /// All places.
        pub(crate) const ALL: &[Column] = &[$($name),*];
    };
}

places! {
    /// What a message in the Berichtenbox shows once.
    INBOX_SECRET: "message_secret", "sealed", "message_id";
    /// What a message says, and to whom.
    OUTBOX: "outbox", "content", "id";
    /// The seed of an authenticator app.
    TOTP: "totp", "seed", "factor_id";
    /// The seed of one that is being enrolled.
    TOTP_DRAFT: "totp_draft", "seed", "session_id";
    /// A phone number on which its owner gets codes.
    PHONE: "phone", "number", "factor_id";
    /// One that is being enrolled.
    PHONE_DRAFT: "phone_draft", "number", "session_id";
    /// A code that was sent and is not used yet.
    SENT_CODE: "sent_code", "code", "sending_id";
    /// The back-up e-mail address of an account.
    BACKUP_EMAIL: "backup_email", "address", "account_id";
    /// An e-mail address that was an account's until lately.
    FORMER_EMAIL: "former_email", "address", "id";
    /// One that is being proven, and its code.
    EMAIL_CHANGE: "email_change", "content", "account_id";
}
