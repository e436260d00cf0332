//! The worker process of [`super::manage`]: the only place that runs ctap-hid-fido2.

use std::io::{BufRead, Read, Write};

use ctap_hid_fido2::{FidoKeyHidFactory, HidParam, LibCfg};

use super::manage::{Answer, Description, Pin, Request};

/// Reads one request from standard input, asks the key, and writes one marked line.
///
/// Ends the process with code 3 as soon as standard input closes: whoever asked is gone.
///
/// Errors: the request is not one, or the answer cannot be written.
pub fn run() -> std::io::Result<()> {
    let mut line = String::new();
    std::io::stdin().lock().take(8192).read_line(&mut line)?;
    let request: Request = serde_json::from_str(&line)?;
    std::thread::spawn(|| {
        let _ = std::io::copy(&mut std::io::stdin().lock(), &mut std::io::sink());
        std::process::exit(3);
    });
    let answer = match describe(&request.path) {
        Ok(description) => Answer::Described(description),
        Err(text) => Answer::Failed(text),
    };
    let answer = serde_json::to_string(&answer)?;
    // The library may have left half a line.
    let mut out = std::io::stdout().lock();
    writeln!(out, "\n{} {answer}", request.mark)?;
    out.flush()
}

fn describe(path: &str) -> Result<Description, String> {
    let mut config = LibCfg::init();
    config.enable_keep_alive_msg = false;
    let path = HidParam::Path(path.to_owned());
    let mut key = FidoKeyHidFactory::create_by_params(&[path], &config).map_err(text)?;
    let info = match key.get_info() {
        Ok(info) => info,
        // A key without CTAP2 has only its version to tell.
        Err(no_ctap2) => {
            let version = key.get_info_u2f().map_err(|_| text(no_ctap2))?;
            return Ok(Description {
                versions: vec![version],
                aaguid: None,
                pin: Pin::Unsupported,
                pin_tries_left: None,
            });
        }
    };
    key.set_pin_uv_auth_protocol_two().map_err(text)?;
    let pin = match info.options.iter().find(|(name, _)| name == "clientPin") {
        Some((_, true)) => Pin::Set,
        Some((_, false)) => Pin::NotSet,
        None => Pin::Unsupported,
    };
    let pin_tries_left = match pin {
        Pin::Set => u8::try_from(key.get_pin_retries().map_err(text)?).ok(),
        Pin::NotSet | Pin::Unsupported => None,
    };
    Ok(Description {
        aaguid: Some(info.aaguid.iter().map(|byte| format!("{byte:02x}")).collect()),
        pin,
        pin_tries_left,
        versions: info.versions,
    })
}

/// The library's errors are texts.
fn text(error: impl std::fmt::Display) -> String {
    error.to_string()
}
