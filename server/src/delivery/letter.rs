//! Writing a notice out: subject, plain text and its HTML twin, in the reader's language.

use super::message::{Message, Notice, Reader, Recipient, Source};
use crate::factors::Kind;
use crate::lockout::Lifted;
use crate::text::{Text, client, moment};
use askama::Template;
use fluent_bundle::FluentArgs;

/// A message as its reader gets it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Letter {
    pub(super) subject: String,
    pub(super) plain: String,
    pub(super) html: String,
}

#[derive(Template)]
#[template(path = "mail/notice.html")]
struct Page<'a> {
    t: Text,
    subject: &'a str,
    greeting: &'a str,
    happened: &'a str,
    link: Option<&'a str>,
    facts: &'a [(String, String)],
    doubt: &'a str,
    act: &'a str,
    footer: &'a str,
}

/// `notice` as `recipient` reads it in these texts, from the server that people call `server`.
pub(super) fn write(
    notice: &Notice,
    recipient: &Recipient,
    (t, server): (Text, &str),
) -> Result<Letter, askama::Error> {
    let key = notice.message.text(recipient.reader);
    let args = args(t, notice, recipient, server);
    let part = |part: &str| t.filled(&format!("{key}{part}"), &args);
    let (subject, happened, act) = (part(""), part(".happened"), part(".act"));
    let greeting = t.filled("mail-greeting", &args);
    let doubt = match recipient.reader {
        Reader::Concerned if notice.message.is_own_deed() => t.of("mail-not-you"),
        Reader::ContactPerson if notice.message.is_own_deed() => {
            t.filled("mail-not-colleague", &args)
        }
        Reader::Concerned | Reader::ContactPerson => t.of("mail-not-right"),
    };
    let footer = t.filled("mail-footer", &args);
    let facts = [
        (t.of("mail-when"), moment::day_and_time(t, notice.at)),
        (t.of(source_key(&notice.source)), source(t, &notice.source, &args)),
    ];
    let table: String = facts.iter().map(|(what, fact)| format!("{what}: {fact}\n")).collect();
    let link = notice.message.link();
    let leads = link.map(|link| format!("{link}\n\n")).unwrap_or_default();
    let plain =
        format!("{greeting}\n\n{happened}\n\n{leads}{table}\n{doubt}\n{act}\n\n-- \n{footer}\n");
    let page = Page {
        t,
        subject: &subject,
        greeting: &greeting,
        happened: &happened,
        link,
        facts: &facts,
        doubt: &doubt,
        act: &act,
        footer: &footer,
    };
    Ok(Letter { html: page.render()?, subject, plain })
}

/// Everything that a text may name.
#[expect(clippy::too_many_lines, reason = "it is a table: an arm for each message")]
fn args(t: Text, notice: &Notice, recipient: &Recipient, server: &str) -> FluentArgs<'static> {
    let mut args = FluentArgs::new();
    args.set("name", recipient.name.clone());
    args.set("about", recipient.about.clone());
    args.set("server", server.to_owned());
    match &notice.message {
        Message::PasswordBlocked { until } | Message::CodesBlocked { until } => {
            args.set("ends", if until.is_some() { "yes" } else { "no" });
            let until = until.map(|until| moment::day_and_time(t, until)).unwrap_or_default();
            args.set("until", until);
        }
        Message::SetUpAnew { until }
        | Message::LetterPosted { until }
        | Message::AccessCodeGiven { until }
        | Message::AccessCodeUsed { until } => args.set("until", moment::day_and_time(t, *until)),
        Message::FactorAdded { kind, name, starts_at } => {
            args.set("factor", factor(t, *kind, name));
            args.set("waits", if starts_at.is_some() { "yes" } else { "no" });
            let starts = starts_at.map(|starts| moment::day_and_time(t, starts));
            args.set("until", starts.unwrap_or_default());
        }
        Message::FactorReplaced { kind, name }
        | Message::FactorRemoved { kind, name }
        | Message::MainNumberChanged { kind, name }
        | Message::FactorKept { kind, name }
        | Message::FactorCloned { kind, name } => {
            args.set("factor", factor(t, *kind, name));
        }
        Message::Renamed { was, is } => {
            args.set("was", was.clone());
            args.set("is", is.clone());
        }
        Message::WithoutFactor { until } => {
            args.set("until", moment::day_and_time(t, *until));
        }
        Message::WeakerWay { kind } => {
            args.set("factor", factor(t, *kind, ""));
        }
        Message::Unblocked { lifted } => {
            let words: Vec<_> = lifted.iter().map(|lifted| t.of(lifted_key(*lifted))).collect();
            args.set("lifted", words.join(", "));
        }
        Message::Unforced { until } => args.set("until", moment::day_and_time(t, *until)),
        Message::MoreGrace { was, is } => {
            args.set("was", *was);
            args.set("is", *is);
        }
        Message::WaiverGiven { until, reason } => {
            args.set("until", moment::day_and_time(t, *until));
            args.set("reason", reason.clone());
        }
        Message::UserNumber { number }
        | Message::UserNumberAgain { number }
        | Message::UserNumberByPost { number } => {
            args.set("number", number.clone());
        }
        Message::AnchorPlanned { what, to, from } => {
            args.set("what", what.clone());
            args.set("to", to.clone());
            args.set("until", moment::day_and_time(t, *from));
        }
        Message::AnchorLink { until, .. } => args.set("until", moment::day_and_time(t, *until)),
        Message::AnchorUnproven { what, to } | Message::AnchorChanged { what, to } => {
            args.set("what", what.clone());
            args.set("to", to.clone());
        }
        Message::AuthorisationsChanged { given, taken } => {
            for (key, names) in [("given", given), ("taken", taken)] {
                args.set(format!("any-{key}"), if names.is_empty() { "no" } else { "yes" });
                args.set(key, names.join(", "));
            }
        }
        Message::SupportConfirmed { what, from } => {
            args.set("what", what.clone());
            let from = from.map(|from| moment::day_and_time(t, from)).unwrap_or_default();
            args.set("until", from);
        }
        Message::AnchorStopped { what }
        | Message::Looser { what }
        | Message::SupportOpened { what }
        | Message::SupportLink { what, .. }
        | Message::SupportStopped { what } => args.set("what", what.clone()),
        Message::PinDisclosed { next } => args.set("next", next.as_str()),
        Message::EmailCode { code } => args.set("code", code.clone()),
        Message::UsernameChanged { to } => args.set("address", to.clone()),
        Message::BackupEmailSet { to, from } => {
            args.set("address", to.clone());
            args.set("until", moment::day_and_time(t, *from));
        }
        Message::SetUpByCard
        | Message::PasswordOpens
        | Message::PinMade
        | Message::PinOpened
        | Message::PinLapsed
        | Message::LetterWritten
        | Message::LetterInstead
        | Message::PinAsked { .. }
        | Message::PinDeclined
        | Message::LetterLapsed
        | Message::PinBlocked
        | Message::RoleGiven
        | Message::RoleTaken
        | Message::AccountEnded
        | Message::AccountLapsed
        | Message::PasswordChosen
        | Message::RecoveryCodeMade
        | Message::RecoveryCodeUsed
        | Message::Forced
        | Message::FraudReported
        | Message::AccessCodeEnded
        | Message::EmailTaken
        | Message::BackupEmailRemoved
        | Message::BackupLink { .. }
        | Message::BackupEmailUsed
        | Message::AccessCodeLapsed
        | Message::WaiverLapsed
        | Message::WaiverEnded => {}
    }
    args
}

/// What something to log in with is, and what its owner calls it.
fn factor(t: Text, kind: Kind, name: &str) -> String {
    let kind = match kind {
        Kind::SecurityKey => t.of("mail-security-key"),
        Kind::Passkey => t.of("mail-passkey"),
        Kind::Card => t.of("mail-card"),
        Kind::App => t.of("mail-app"),
        Kind::Sms => t.of("mail-sms"),
        Kind::Call => t.of("mail-call"),
    };
    if name.is_empty() { kind } else { format!("{kind} \u{2018}{name}\u{2019}") }
}

const fn lifted_key(lifted: Lifted) -> &'static str {
    match lifted {
        Lifted::Password => "mail-lifted-password",
        Lifted::Pin => "mail-lifted-pin",
        Lifted::Codes => "mail-lifted-codes",
    }
}

/// What is asked of a source: with what somebody did it, or who.
const fn source_key(source: &Source) -> &'static str {
    match source {
        Source::Client(_) => "mail-with",
        Source::ContactPerson | Source::Manager(_) | Source::Clock | Source::Operator => "mail-by",
    }
}

fn source(t: Text, source: &Source, args: &FluentArgs<'_>) -> String {
    match source {
        Source::Client(client) => client::words(t, client),
        Source::ContactPerson => t.of("mail-contact-person"),
        Source::Manager(name) => t.with("mail-manager", "manager", name.as_str()),
        Source::Clock => t.of("mail-clock"),
        Source::Operator => t.filled("mail-operator", args),
    }
}

#[cfg(test)]
mod tests {
    use super::super::message::NewPin;
    use super::*;
    use crate::clock::Time;
    use crate::text::Language;

    const LINK: &str = "https://inloggen.voorbeeld.nl/login/email/open?link=abc";
    const AT: Time = Time::from_millis(1_795_354_320_000);

    fn recipient(language: Language, reader: Reader) -> Recipient {
        let name = match reader {
            Reader::Concerned => "Test Arts",
            Reader::ContactPerson => "Test Contact",
        };
        Recipient {
            address: super::super::email::Address::parse("test.arts@voorbeeld.nl").unwrap(),
            name: name.to_owned(),
            language,
            reader,
            about: "Test Arts".to_owned(),
        }
    }

    fn notice(message: Message) -> Notice {
        let client = "Mozilla/5.0 (Windows NT 10.0; rv:130.0) Gecko/20100101 Firefox/130.0";
        Notice { message, at: AT, source: Source::Client(client.to_owned()) }
    }

    #[expect(clippy::too_many_lines, reason = "a row for each message")]
    fn all() -> Vec<Message> {
        let until = AT.after(std::time::Duration::from_secs(30 * 60));
        let mut all = vec![
            Message::FraudReported,
            Message::PasswordBlocked { until: Some(until) },
            Message::PasswordBlocked { until: None },
            Message::CodesBlocked { until: Some(until) },
            Message::CodesBlocked { until: None },
            Message::SetUpAnew { until },
            Message::SetUpByCard,
            Message::Renamed { was: "Test Arts".to_owned(), is: "Test Arts-Ander".to_owned() },
        ];
        all.push(Message::WithoutFactor { until });
        for kind in Kind::ALL {
            all.push(Message::WeakerWay { kind });
            for name in ["", "sleutel aan mijn bos"] {
                let name = name.to_owned();
                for starts_at in [None, Some(until)] {
                    all.push(Message::FactorAdded { kind, name: name.clone(), starts_at });
                }
                all.push(Message::FactorReplaced { kind, name: name.clone() });
                all.push(Message::FactorRemoved { kind, name: name.clone() });
                all.push(Message::MainNumberChanged { kind, name: name.clone() });
                all.push(Message::FactorKept { kind, name: name.clone() });
                all.push(Message::FactorCloned { kind, name });
            }
        }
        let lifted = vec![Lifted::Password, Lifted::Pin, Lifted::Codes];
        let (until, reason) = (AT, "sleutel kwijt".to_owned());
        all.extend([
            Message::PinMade,
            Message::PinOpened,
            Message::PinLapsed,
            Message::PinBlocked,
            Message::LetterWritten,
            Message::LetterInstead,
            Message::PinAsked { managers: true },
            Message::PinDeclined,
            Message::LetterPosted { until },
            Message::LetterLapsed,
            Message::UserNumberByPost { number: "1234 5678 9012 34".to_owned() },
            Message::UserNumberAgain { number: "1234 5678 9012 34".to_owned() },
            Message::Unblocked { lifted },
            Message::RoleGiven,
            Message::RoleTaken,
            Message::AccountEnded,
            Message::AccountLapsed,
            Message::PasswordChosen,
            Message::RecoveryCodeMade,
            Message::RecoveryCodeUsed,
            Message::Unforced { until },
            Message::Forced,
            Message::MoreGrace { was: 0, is: 1 },
            Message::MoreGrace { was: 1, is: 14 },
            Message::UserNumber { number: "1234 5678 9012 34".to_owned() },
            Message::WaiverGiven { until, reason },
            Message::WaiverEnded,
            Message::WaiverLapsed,
            Message::AccessCodeGiven { until },
            Message::AccessCodeEnded,
            Message::AccessCodeLapsed,
            Message::AccessCodeUsed { until },
            Message::EmailCode { code: "123 456".to_owned() },
            Message::EmailTaken,
            Message::UsernameChanged { to: "t\u{2022}@voorbeeld.nl".to_owned() },
            Message::BackupEmailSet { to: "t\u{2022}@voorbeeld.nl".to_owned(), from: until },
            Message::BackupEmailRemoved,
            Message::BackupLink { link: LINK.to_owned() },
            Message::BackupEmailUsed,
        ]);
        let names = || vec!["Declareren".to_owned(), "Recepten inzien".to_owned()];
        for (given, taken) in [(names(), vec![]), (vec![], names()), (names(), names())] {
            all.push(Message::AuthorisationsChanged { given, taken });
        }
        for next in [NewPin::Box, NewPin::Letter, NewPin::Asked, NewPin::NoLetter] {
            all.push(Message::PinDisclosed { next });
        }
        all.push(Message::PasswordOpens);
        for what in ["pin", "unblock", "factor"].map(str::to_owned) {
            all.push(Message::SupportOpened { what: what.clone() });
            all.push(Message::SupportLink { what: what.clone(), link: LINK.to_owned() });
            let from = (what == "factor").then_some(until);
            all.push(Message::SupportConfirmed { what: what.clone(), from });
            all.push(Message::SupportStopped { what });
        }
        for what in [
            "kinds",
            "password_block_seconds",
            "backup_email",
            "card_types",
            "card_roles",
            "codes_beside_strong",
        ] {
            all.push(Message::Looser { what: what.to_owned() });
        }
        all.push(Message::AnchorLink { link: LINK.to_owned(), until });
        for (what, to) in [("email", "post@voorbeeld.nl"), ("main_contact", "Test Collega")] {
            all.push(Message::AnchorUnproven { what: what.to_owned(), to: to.to_owned() });
        }
        for what in ["kvk", "agb", "ura"].map(str::to_owned) {
            all.push(Message::AnchorChanged { what, to: "12345678".to_owned() });
        }
        for what in ["email", "address", "telephone", "main_contact"] {
            let (what, to) = (what.to_owned(), "post@voorbeeld.nl".to_owned());
            let planned = (what.clone(), to.clone());
            all.push(Message::AnchorPlanned { what: planned.0, to: planned.1, from: until });
            all.push(Message::AnchorChanged { what: what.clone(), to });
            all.push(Message::AnchorStopped { what });
        }
        all
    }

    #[test]
    fn a_person_reads_what_happened_when_from_where_and_what_to_do() {
        let until = AT.after(std::time::Duration::from_secs(30 * 60));
        let notice = notice(Message::PasswordBlocked { until: Some(until) });
        let reader = recipient(Language::Dutch, Reader::Concerned);
        let letter = write(&notice, &reader, (Text::new(reader.language), "Sleutelbos")).unwrap();
        assert_eq!(letter.subject, "Inloggen met uw wachtwoord is geblokkeerd");
        for words in [
            "Beste Test Arts,\n\n",
            "Op 22 november 2026 om 15:02 kunt u het weer proberen.",
            "Wanneer: 22 november 2026 om 14:32\nWaarmee: Firefox op Windows\n",
            "Was u dit niet?\n",
            "Vertel het aan uw contactpersoon",
        ] {
            assert!(letter.plain.contains(words), "{words}: {}", letter.plain);
        }
    }

    #[test]
    fn every_message_is_whole_in_both_languages_and_says_the_same_twice() {
        for language in [Language::Dutch, Language::English] {
            for reader in [Reader::Concerned, Reader::ContactPerson] {
                for message in all() {
                    let (links, notice) = (usize::from(message.link().is_some()), notice(message));
                    let reader = recipient(language, reader);
                    let letter =
                        write(&notice, &reader, (Text::new(reader.language), "Sleutelbos"))
                            .unwrap();
                    for text in [&letter.subject, &letter.plain, &letter.html] {
                        // a text that is missing shows its key
                        assert!(!text.contains("mail-") && !text.contains('$'), "{text}");
                        let most = if text == &letter.html { 2 * links } else { links };
                        let found = text.matches("://").count();
                        assert!(found <= most && text.matches(LINK).count() == found, "{text}");
                    }
                    let bare = bare(&letter.html);
                    for line in letter.plain.lines().filter(|line| *line != "-- ") {
                        for part in line.splitn(2, ": ") {
                            assert!(bare.contains(part.trim()), "{part}: {bare}");
                        }
                    }
                    assert!(letter.subject.chars().count() < 78, "{}", letter.subject);
                }
            }
        }
    }

    /// The text of an HTML page.
    fn bare(html: &str) -> String {
        let (_, body) = html.split_once("<body").unwrap();
        let (_, body) = body.split_once('>').unwrap();
        let text: String = body
            .split('<')
            .map(|part| part.split_once('>').map_or(part, |(_, text)| text))
            .collect();
        text.replace("&#39;", "'").replace("&#38;", "&")
    }

    #[test]
    fn what_people_are_called_is_no_markup() {
        let mut reader = recipient(Language::Dutch, Reader::ContactPerson);
        reader.about = "<b>Test</b> & \"Arts\"".to_owned();
        let name = "<img src=x>".to_owned();
        let notice = notice(Message::FactorAdded { kind: Kind::Passkey, name, starts_at: None });
        let letter = write(&notice, &reader, (Text::new(reader.language), "Sleutelbos")).unwrap();
        assert!(!letter.html.contains("<b>Test") && !letter.html.contains("<img"));
        assert!(letter.plain.contains("<img src=x>"));
    }
}
