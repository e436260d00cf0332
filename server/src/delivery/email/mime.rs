//! An e-mail as bytes: headers, plain text, and its HTML twin.

use super::{Address, Mail};
use crate::label;
use lettre::message::header::{Header, HeaderName, HeaderValue};
use lettre::message::{Mailbox, MultiPart};
use std::time::{Duration, SystemTime};

/// Tells other programs that nobody wrote this by hand, so that no absence is answered to it.
/// Spec: RFC 3834, section 5.
#[derive(Clone)]
struct AutoSubmitted;

impl Header for AutoSubmitted {
    fn name() -> HeaderName {
        HeaderName::new_from_ascii_str("Auto-Submitted")
    }

    fn parse(_: &str) -> Result<Self, Box<dyn std::error::Error + Send + Sync>> {
        Ok(Self)
    }

    fn display(&self) -> HeaderValue {
        HeaderValue::new(Self::name(), "auto-generated".to_owned())
    }
}

/// `mail` as a mail server takes it, from this sender; nothing where it cannot be written.
pub(super) fn write(mail: &Mail<'_>, (from, name): (&Address, &str)) -> Option<Vec<u8>> {
    let millis = u64::try_from(mail.date.millis()).ok()?;
    let message = lettre::Message::builder()
        .message_id(Some(format!("<{}@{}>", mail.id, from.domain())))
        .date(SystemTime::UNIX_EPOCH.checked_add(Duration::from_millis(millis))?)
        .from(mailbox(from, name)?)
        .to(mailbox(mail.to, mail.name)?)
        .subject(line(mail.subject))
        .header(AutoSubmitted)
        .multipart(MultiPart::alternative_plain_html(body(mail.plain), body(mail.html)))
        .ok()?;
    Some(message.formatted())
}

fn mailbox(address: &Address, name: &str) -> Option<Mailbox> {
    let address = lettre::Address::new(address.local(), address.domain()).ok()?;
    let name = line(name);
    Some(Mailbox::new((!name.is_empty()).then_some(name), address))
}

/// Many lines, each ended alike and without what no line may hold: a lone carriage return is a line's end
/// to some mail servers and none to others.
fn body(text: &str) -> String {
    text.replace("\r\n", "\n").replace('\r', "\n").replace('\0', " ")
}

/// One line: what would begin another header, or shows nothing, becomes a space.
fn line(text: &str) -> String {
    let shown = |letter: char| if label::is_invisible(letter) { ' ' } else { letter };
    text.chars().map(shown).collect::<String>().trim().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::Time;
    use crate::id::PostId;
    use proptest::prelude::*;

    #[test]
    fn a_body_holds_no_nul_and_no_half_of_a_lines_end() {
        for said in ["a\0b", "a\rb", "\r", "a\r\r\nb", "a\n\rb"] {
            let mail = written("a.b@c.example", "", "", said);
            assert!(!mail.replace("\r\n", "").contains(['\r', '\n', '\0']), "{said:?}");
        }
    }

    fn written(to: &str, name: &str, subject: &str, body: &str) -> String {
        let html = format!("<p>{body}</p>");
        let id = PostId::parse("00112233445566778899aabbccddeeff").unwrap();
        let to = Address::parse(to).unwrap();
        let date = Time::from_millis(1_795_354_320_000);
        let mail = Mail { id: &id, to: &to, name, subject, plain: body, html: &html, date };
        let from = Address::parse("inloggen@praktijk.example").unwrap();
        String::from_utf8(write(&mail, (&from, "Sleutelbos")).unwrap()).unwrap()
    }

    /// The names of the headers, those of the parts left out.
    fn headers(mail: &str) -> Vec<&str> {
        let (head, _) = mail.split_once("\r\n\r\n").unwrap();
        let lines = head.split("\r\n").filter(|line| !line.starts_with([' ', '\t']));
        lines.map(|line| line.split_once(':').unwrap().0).collect()
    }

    const NAMES: [&str; 8] = [
        "Message-ID",
        "Date",
        "From",
        "To",
        "Subject",
        "Auto-Submitted",
        "MIME-Version",
        "Content-Type",
    ];

    #[test]
    fn a_mail_has_the_headers_of_a_notice_and_two_parts() {
        let mail =
            written("test.arts@voorbeeld.nl", "Test Arts", "Geblokkeerd", "Beste h\u{e9}l\u{e8}ne");
        assert_eq!(headers(&mail), NAMES);
        for line in [
            "Message-ID: <00112233445566778899aabbccddeeff@praktijk.example>\r\n",
            "Date: Sun, 22 Nov 2026 13:32:00 +0000\r\n",
            "From: Sleutelbos <inloggen@praktijk.example>\r\n",
            "To: \"Test Arts\" <test.arts@voorbeeld.nl>\r\n",
            "Auto-Submitted: auto-generated\r\n",
            "Content-Type: multipart/alternative;",
            "Content-Type: text/plain; charset=utf-8\r\n",
            "Content-Type: text/html; charset=utf-8\r\n",
            "Beste h=C3=A9l=C3=A8ne",
        ] {
            assert!(mail.contains(line), "{line}: {mail}");
        }
        assert!(mail.is_ascii());
    }

    proptest! {
        /// Header injection: nothing that people are called or a message says adds a header, a
        /// reader or a line that a mail server takes for its end.
        #[test]
        fn nothing_that_is_said_becomes_a_header(
            name in "\\PC{0,60}|[\\r\\n a-z:<>@,\"]{0,40}|(.|\\s){0,60}",
            subject in "\\PC{0,120}|[\\r\\n a-z:<>@]{0,80}|(.|\\s){0,60}",
            body in "(.|\\s){0,200}|(\\r?\\n\\.){0,5}",
        ) {
            let mail = written("a.b@c.example", &name, &subject, &body);
            prop_assert_eq!(headers(&mail), NAMES);
            prop_assert!(mail.is_ascii() && !mail.replace("\r\n", "").contains(['\r', '\n', '\0']));
            let to = mail.split("\r\nTo:").nth(1).unwrap().split("\r\nSubject:").next().unwrap();
            prop_assert!(to.trim_end().ends_with("<a.b@c.example>") || to.trim() == "a.b@c.example", "{}", to);
            prop_assert!(mail.split("\r\n").all(|line| line.len() <= 998));
        }
    }
}
