//! A mail server for tests, which says what it is told to.

use std::collections::BTreeMap;
use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};

/// What it does when it hears a word, in place of agreeing.
#[derive(Clone, Copy, Debug)]
pub(super) enum Says {
    /// It answers so.
    Line(&'static str),
    /// It closes the connection.
    Closes,
    /// It says nothing, for ever.
    Nothing,
}

/// A mail server on loopback: its port, and each mail that it took as it came.
pub(super) struct MailServer {
    pub(super) port: u16,
    pub(super) mails: UnboundedReceiver<Taken>,
}

/// What was said in one connection, and the mail in it.
#[derive(Debug)]
pub(super) struct Taken {
    pub(super) said: Vec<String>,
    pub(super) content: String,
}

/// What it hears before anybody said anything, and after the point that ends a mail.
pub(super) const GREETING: &str = "";
pub(super) const END: &str = ".";

/// A mail server that answers these words so, and agrees to everything else.
pub(super) async fn mail_server(differs: &[(&'static str, Says)]) -> MailServer {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let differs: BTreeMap<_, _> = differs.iter().copied().collect();
    let (sender, mails) = unbounded_channel();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            // Who went away has heard enough.
            let _ = converse(stream, &differs, &sender).await;
        }
    });
    MailServer { port, mails }
}

async fn converse(
    stream: TcpStream,
    differs: &BTreeMap<&'static str, Says>,
    mails: &UnboundedSender<Taken>,
) -> std::io::Result<()> {
    let mut stream = BufReader::new(stream);
    let (mut said, mut word) = (Vec::new(), GREETING.to_owned());
    loop {
        match differs.get(word.as_str()) {
            Some(Says::Line(line)) => stream.write_all(format!("{line}\r\n").as_bytes()).await?,
            Some(Says::Closes) => return Ok(()),
            Some(Says::Nothing) => std::future::pending().await,
            None => stream.write_all(usual(&word).as_bytes()).await?,
        }
        if word == "DATA" && !differs.contains_key("DATA") {
            let content = mail(&mut stream).await?;
            if !differs.contains_key(END) {
                let _ = mails.send(Taken { said: said.clone(), content });
            }
            word = END.to_owned();
            continue;
        }
        let mut line = String::new();
        if stream.read_line(&mut line).await? == 0 {
            return Ok(());
        }
        word = line.split([' ', ':', '\r']).next().unwrap_or_default().to_owned();
        said.push(line.trim_end().to_owned());
    }
}

fn usual(word: &str) -> &'static str {
    match word {
        GREETING => "220 localhost\r\n",
        "EHLO" => "250-localhost\r\n250 AUTH PLAIN\r\n",
        "AUTH" => "235 2.7.0 welcome\r\n",
        "DATA" => "354 go on\r\n",
        "QUIT" => "221 bye\r\n",
        _ => "250 OK\r\n",
    }
}

/// The lines up to the point, without the points that were put before points.
async fn mail(stream: &mut BufReader<TcpStream>) -> std::io::Result<String> {
    let mut content = String::new();
    loop {
        let mut line = String::new();
        if stream.read_line(&mut line).await? == 0 {
            return Err(std::io::ErrorKind::UnexpectedEof.into());
        }
        if line == ".\r\n" {
            return Ok(content);
        }
        content.push_str(line.strip_prefix('.').unwrap_or(&line));
    }
}
