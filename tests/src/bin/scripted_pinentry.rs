//! A pinentry that answers from a script (`tests::pinentry`), for tests and the demo.

use std::fs::OpenOptions;
use std::io::{BufRead, Write};
use std::path::{Path, PathBuf};

use tests::pinentry::{Answer, SCRIPT, next, shown_path};

fn main() -> std::io::Result<()> {
    let script = PathBuf::from(std::env::var_os(SCRIPT).unwrap_or_default());
    let mut out = std::io::stdout().lock();
    writeln!(out, "OK scripted pinentry")?;
    out.flush()?;
    for line in std::io::stdin().lock().lines() {
        let line = line?;
        let (command, text) = line.split_once(' ').unwrap_or((&line, ""));
        match command {
            "SETDESC" | "SETERROR" | "SETPROMPT" | "SETTITLE" => {
                show(&script, &format!("{command} {}", unescape(text)))?;
                writeln!(out, "OK")?;
            }
            "GETPIN" | "CONFIRM" | "MESSAGE" => {
                show(&script, command)?;
                reply(&mut out, command, next(&script)?)?;
            }
            "BYE" => {
                writeln!(out, "OK closing")?;
                break;
            }
            _ => writeln!(out, "OK")?,
        }
        out.flush()?;
    }
    Ok(())
}

/// Error codes of libgpg-error with pinentry as their source.
fn reply(out: &mut impl Write, question: &str, answer: Answer) -> std::io::Result<()> {
    match (question, answer) {
        ("GETPIN", Answer::Secret(secret)) => {
            writeln!(out, "D {}", secret.replace('%', "%25"))?;
            writeln!(out, "OK")
        }
        ("CONFIRM" | "MESSAGE", Answer::Yes) => writeln!(out, "OK"),
        (_, Answer::Wait) => loop {
            std::thread::park();
        },
        _ => writeln!(out, "ERR 83886179 Operation cancelled <Pinentry>"),
    }
}

fn show(script: &Path, text: &str) -> std::io::Result<()> {
    let mut file = OpenOptions::new().create(true).append(true).open(shown_path(script))?;
    writeln!(file, "{text}")
}

/// Undoes the percent escapes of Assuan.
fn unescape(text: &str) -> String {
    let mut bytes = Vec::new();
    let mut rest = text.as_bytes();
    while let Some((first, after)) = rest.split_first() {
        let code = after.get(..2).and_then(|hex| std::str::from_utf8(hex).ok());
        match (first, code.and_then(|hex| u8::from_str_radix(hex, 16).ok())) {
            (b'%', Some(byte)) => {
                bytes.push(byte);
                rest = after.get(2..).unwrap_or_default();
            }
            _ => {
                bytes.push(*first);
                rest = after;
            }
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}
