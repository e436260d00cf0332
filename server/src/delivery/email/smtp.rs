//! E-mail to a mail server, by SMTP (RFC 5321) over TLS.
//!
//! One connection a mail: notices are few, and each stage of the dialogue tells what went wrong.

use super::{Address, Error};
use crate::delivery::Failure;
use crate::secret::Secret;
use lettre::transport::smtp::authentication::{Credentials, Mechanism};
use lettre::transport::smtp::client::{
    AsyncSmtpConnection, Certificate, CertificateStore, TlsParameters,
};
use lettre::transport::smtp::commands::{Data, Mail, Rcpt};
use lettre::transport::smtp::extension::ClientId;
use std::fmt;
use std::path::Path;
use std::time::Duration;

/// How the connection to a mail server is kept from others.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Security {
    /// TLS from the first byte.
    Implicit,
    /// TLS after a greeting; without it nothing is said.
    StartTls,
    /// None: on this machine only.
    Plain,
}

/// With what this server logs in at a mail server.
#[derive(Clone, Debug)]
pub struct Login {
    /// The user's name.
    pub user: String,
    /// The password.
    pub password: Secret<String>,
}

/// A mail server.
pub(super) struct Server {
    host: String,
    port: u16,
    tls: Tls,
    login: Option<Credentials>,
    hello: ClientId,
    patience: Duration,
}

enum Tls {
    First(TlsParameters),
    Upgrade(TlsParameters),
    None,
}

impl fmt::Debug for Server {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.host, self.port)
    }
}

/// How long one mail may take: shorter than a worker has it for itself.
const PATIENCE: Duration = Duration::from_secs(60);

impl Server {
    pub(super) fn new(
        (host, port): (&str, u16),
        security: Security,
        login: Option<Login>,
        authorities: Option<&Path>,
        hello: &str,
    ) -> Result<Self, Error> {
        let parameters = || parameters(host, authorities);
        let tls = match security {
            Security::Implicit => Tls::First(parameters()?),
            Security::StartTls => Tls::Upgrade(parameters()?),
            Security::Plain => Tls::None,
        };
        let login = login.map(|Login { user, password }| {
            // lettre keeps it as it is, and its `Debug` does not show it
            Credentials::new(user, password.expose().clone())
        });
        Ok(Self {
            host: host.to_owned(),
            port,
            tls,
            login,
            hello: ClientId::Domain(hello.to_owned()),
            patience: PATIENCE,
        })
    }

    /// Hands over one mail. Where the connection breaks after the last byte nobody knows whether the
    /// server has it: that is a failure, and it is sent again.
    pub(super) async fn send(
        &self,
        between: (&Address, &Address),
        content: &[u8],
    ) -> Result<(), Failure> {
        let dialogue = tokio::time::timeout(self.patience, self.dialogue(between, content));
        dialogue.await.unwrap_or(Err(Failure::Slow))
    }

    async fn dialogue(
        &self,
        (from, to): (&Address, &Address),
        content: &[u8],
    ) -> Result<(), Failure> {
        let address = |address: &Address| {
            lettre::Address::new(address.local(), address.domain()).map_err(|_| Failure::Unwritten)
        };
        let (from, to) = (address(from)?, address(to)?);
        let mut connection = self.connect().await?;
        connection.command(Mail::new(Some(from), vec![])).await.map_err(|error| later(&error))?;
        connection.command(Rcpt::new(to, vec![])).await.map_err(|error| judged(&error))?;
        connection.command(Data).await.map_err(|error| judged(&error))?;
        connection.message(content).await.map_err(|error| judged(&error))?;
        // It is delivered, whatever comes of the goodbye.
        let _ = connection.quit().await;
        Ok(())
    }

    async fn connect(&self) -> Result<AsyncSmtpConnection, Failure> {
        let implicit = match &self.tls {
            Tls::First(parameters) => Some(parameters.clone()),
            Tls::Upgrade(_) | Tls::None => None,
        };
        let to = (self.host.as_str(), self.port);
        let connected = AsyncSmtpConnection::connect_tokio1(
            to,
            Some(self.patience),
            &self.hello,
            implicit,
            None,
        );
        let mut connection = connected.await.map_err(|error| unreached(&error))?;
        if let Tls::Upgrade(parameters) = &self.tls {
            if !connection.can_starttls() {
                return Err(Failure::NoTls);
            }
            let upgraded = connection.starttls(parameters.clone(), &self.hello).await;
            upgraded.map_err(|error| unreached(&error))?;
        }
        if let Some(login) = &self.login {
            let known = [Mechanism::Plain, Mechanism::Login];
            let answer = connection.auth(&known, login).await;
            answer.map_err(|error| match code(&error) {
                None if !error.is_client() => later(&error),
                code => Failure::Login(code),
            })?;
        }
        Ok(connection)
    }
}

type SmtpError = lettre::transport::smtp::Error;

fn code(error: &SmtpError) -> Option<u16> {
    error.status().map(u16::from)
}

fn unreached(error: &SmtpError) -> Failure {
    match code(error) {
        _ if error.is_tls() || is_certificate(error) => Failure::Tls,
        None => Failure::Unreached,
        code => Failure::Refused(code),
    }
}

/// A failure that says nothing of this mail.
fn later(error: &SmtpError) -> Failure {
    match code(error) {
        None => Failure::Broken,
        code => Failure::Refused(code),
    }
}

/// A failure that is about this mail, where the server says that it is for good.
fn judged(error: &SmtpError) -> Failure {
    if error.is_permanent() { Failure::Rejected(code(error)) } else { later(error) }
}

/// Whether a connection failed on TLS: that arrives as an error of input and output.
fn is_certificate(error: &SmtpError) -> bool {
    let mut next = std::error::Error::source(error);
    while let Some(cause) = next {
        if cause.is::<rustls::Error>() {
            return true;
        }
        let inner = cause.downcast_ref::<std::io::Error>().and_then(std::io::Error::get_ref);
        if inner.is_some_and(|inner| inner.is::<rustls::Error>()) {
            return true;
        }
        next = cause.source();
    }
    false
}

fn parameters(host: &str, authorities: Option<&Path>) -> Result<TlsParameters, Error> {
    let mut builder = TlsParameters::builder(host.to_owned());
    if let Some(path) = authorities {
        let path = path.to_owned();
        let pem =
            std::fs::read(&path).map_err(|source| Error::Read { path: path.clone(), source })?;
        // A file without a certificate is read as one with none.
        let holds = pem.windows(5).any(|bytes| bytes == b"BEGIN");
        let found = Certificate::from_pem(&pem).ok().filter(|_| holds);
        let certificate = found.ok_or(Error::Authorities { path })?;
        builder =
            builder.certificate_store(CertificateStore::None).add_root_certificate(certificate);
    }
    builder.build_rustls().map_err(|_| Error::Tls)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::delivery::testing::{END, GREETING, MailServer, Says, mail_server};

    fn server(port: u16, security: Security, login: Option<Login>) -> Server {
        Server::new(("127.0.0.1", port), security, login, None, "praktijk.example").unwrap()
    }

    async fn send(server: &Server, content: &str) -> Result<(), Failure> {
        let address = |text| Address::parse(text).unwrap();
        let (from, to) = (address("inloggen@praktijk.example"), address("test.arts@voorbeeld.nl"));
        server.send((&from, &to), content.as_bytes()).await
    }

    #[tokio::test]
    async fn a_mail_arrives_as_it_was_written() {
        let MailServer { port, mut mails } = mail_server(&[]).await;
        let content = "Subject: x\r\n\r\n.\r\n..a point\r\nRCPT TO:<b@x.example>\r\n";
        send(&server(port, Security::Plain, None), content).await.unwrap();
        let taken = mails.recv().await.unwrap();
        assert_eq!(taken.content, format!("{content}\r\n"));
        let said: Vec<&str> = taken.said.iter().map(String::as_str).collect();
        assert_eq!(
            said,
            [
                "EHLO praktijk.example",
                "MAIL FROM:<inloggen@praktijk.example>",
                "RCPT TO:<test.arts@voorbeeld.nl>",
                "DATA"
            ]
        );
    }

    #[tokio::test]
    async fn what_a_server_refuses_is_told_apart() {
        use Failure::{Broken, Login, Refused, Rejected, Unreached};
        for (at, says, failure) in [
            (GREETING, Says::Line("554 not for you"), Refused(Some(554))),
            (GREETING, Says::Closes, Unreached),
            (GREETING, Says::Line("SSH-2.0-x"), Unreached),
            ("EHLO", Says::Closes, Unreached),
            ("AUTH", Says::Line("535 5.7.8 no"), Login(Some(535))),
            ("AUTH", Says::Line("454 4.7.0 later"), Login(Some(454))),
            ("AUTH", Says::Closes, Broken),
            ("MAIL", Says::Line("550 not from you"), Refused(Some(550))),
            ("MAIL", Says::Line("421 busy"), Refused(Some(421))),
            ("RCPT", Says::Line("550 5.1.1 nobody"), Rejected(Some(550))),
            ("RCPT", Says::Line("450 4.2.0 grey"), Refused(Some(450))),
            ("RCPT", Says::Closes, Broken),
            ("DATA", Says::Line("451 4.3.0 later"), Refused(Some(451))),
            (END, Says::Line("554 5.6.0 spam"), Rejected(Some(554))),
            (END, Says::Line("452 4.3.1 full"), Refused(Some(452))),
            (END, Says::Closes, Broken),
        ] {
            let MailServer { port, .. } = mail_server(&[(at, says)]).await;
            let login = super::Login {
                user: "sleutelbos".to_owned(),
                password: Secret::new("woord".to_owned()),
            };
            let sent = send(&server(port, Security::Plain, Some(login)), "x\r\n").await;
            assert_eq!(sent, Err(failure), "{at:?} {says:?}");
        }
    }

    #[tokio::test]
    async fn what_was_taken_stays_so_whatever_comes_of_the_goodbye() {
        let MailServer { port, mut mails } = mail_server(&[("QUIT", Says::Closes)]).await;
        send(&server(port, Security::Plain, None), "x\r\n").await.unwrap();
        assert!(mails.recv().await.is_some());
    }

    /// Time stands still while anybody has something to do, and jumps when all wait.
    #[tokio::test(start_paused = true)]
    async fn a_server_that_says_nothing_is_given_up() {
        for at in [GREETING, "EHLO", "RCPT", END] {
            let MailServer { port, .. } = mail_server(&[(at, Says::Nothing)]).await;
            let sent = send(&server(port, Security::Plain, None), "x\r\n").await;
            assert_eq!(sent, Err(Failure::Slow), "{at:?}");
        }
    }

    #[tokio::test]
    async fn nothing_is_said_to_a_server_without_tls() {
        let MailServer { port, mut mails } = mail_server(&[]).await;
        let sent = send(&server(port, Security::StartTls, None), "x\r\n").await;
        assert_eq!(sent, Err(Failure::NoTls));
        assert!(mails.try_recv().is_err());
        let sent = send(&server(port, Security::Implicit, None), "x\r\n").await;
        assert_eq!(sent, Err(Failure::Tls));
    }

    #[tokio::test]
    async fn a_server_that_is_not_there_is_not_reached() {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        drop(listener);
        let sent = send(&server(port, Security::Plain, None), "x\r\n").await;
        assert_eq!(sent, Err(Failure::Unreached));
    }

    #[test]
    fn a_password_is_never_printed() {
        let login = Login { user: "u".to_owned(), password: Secret::new("geheim".to_owned()) };
        let server = server(25, Security::Plain, Some(login.clone()));
        assert!(!format!("{server:?}{login:?}").contains("geheim"));
    }
}
