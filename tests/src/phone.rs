//! A phone with an authenticator app: it knows what was scanned or typed, and its own clock. Nothing of
//! the server is in it: openssl has the HMAC, RFC 4226 the rest.

use crate::program::Program;

/// One account in an authenticator app.
#[derive(Debug)]
pub struct Phone {
    seed: Vec<u8>,
}

impl Phone {
    /// Takes the seed over as a page shows it, letter by letter.
    ///
    /// # Panics
    /// Where that is no base32.
    #[must_use]
    pub fn typing(letters: &str) -> Self {
        let (mut seed, mut bits, mut held) = (Vec::new(), 0_u32, 0);
        for letter in letters.chars().filter(|letter| !letter.is_whitespace()) {
            let value = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".find(letter).expect("base32");
            bits = (bits << 5 | u32::try_from(value).expect("five bits")) & 0xfff;
            held += 5;
            if held >= 8 {
                held -= 8;
                seed.push(u8::try_from(bits >> held & 0xff).expect("a byte"));
            }
        }
        Self { seed }
    }

    /// The code that it shows at so many milliseconds after 1970.
    ///
    /// # Panics
    /// Where openssl makes no MAC.
    #[must_use]
    pub fn code(&self, millis: i64) -> String {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let step = folder.path().join("step");
        std::fs::write(&step, (millis / 30_000).to_be_bytes()).expect("a file");
        let key = format!("hexkey:{}", hex::encode(&self.seed));
        let mac = Program::stranger("openssl", "openssl")
            .args(["dgst", "-sha1", "-mac", "HMAC", "-macopt", &key, "-r"])
            .arg(&step)
            .run()
            .good();
        let mac = hex::decode(mac.get(..40).expect("a MAC")).expect("hexadecimal");
        let at = usize::from(mac.last().expect("20 bytes") & 15);
        let word = mac.get(at..at + 4).expect("four bytes").try_into().expect("four bytes");
        format!("{:06}", (u32::from_be_bytes(word) & 0x7fff_ffff) % 1_000_000)
    }
}
