//! Which of several keys a request is for, as far as they tell without a touch.
//!
//! Spec: CTAP 2.1 sections 6.1.2 and 6.2.2, a request with `up` off; U2F, check-only.

use super::ceremony::{SystemRandom, hash, ids, named, rp_id};
use super::ctap2::Key;
use super::error::Error;
use super::link::{Person, Protocols, Seen};
use super::u2f;
use crate::origin::Origin;
use crate::webauthn::{CreationOptions, Descriptor, RequestOptions};

/// The key that a request is for.
#[derive(Debug)]
pub struct Sought<'a> {
    rp_id: &'a str,
    credentials: &'a [Descriptor],
    wanted: Wanted,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Wanted {
    /// One that has one of the credentials.
    Known,
    /// One that has none of them.
    New,
}

impl<'a> Sought<'a> {
    /// A key that is to sign.
    ///
    /// Errors: the options are not for this origin.
    pub fn to_sign(options: &'a RequestOptions, origin: &'a Origin) -> Result<Self, Error> {
        let rp_id = rp_id(options.rp_id.as_deref(), origin)?;
        Ok(Self { rp_id, credentials: &options.allow_credentials, wanted: Wanted::Known })
    }

    /// A key that is to make a credential.
    ///
    /// Errors: the options are not for this origin.
    pub fn to_make(options: &'a CreationOptions, origin: &'a Origin) -> Result<Self, Error> {
        let rp_id = rp_id(options.rp.id.as_deref(), origin)?;
        Ok(Self { rp_id, credentials: &options.exclude_credentials, wanted: Wanted::New })
    }

    /// Those of several keys that can be meant; all of them where none shows that it is.
    ///
    /// A key that does not say what it has is left to the person. Errors: as `person` says.
    pub fn narrow(&self, keys: Vec<Seen>, person: &mut dyn Person) -> Result<Vec<Seen>, Error> {
        if keys.len() < 2 || self.credentials.is_empty() {
            return Ok(keys);
        }
        let (mut fitting, mut others) = (Vec::new(), Vec::new());
        for mut key in keys {
            let is_known = self.is_known(&mut key, person).unwrap_or(false);
            // What the key said may be its own; whether to go on is the person's.
            person.flow().check()?;
            let fits = match self.wanted {
                Wanted::Known => is_known,
                Wanted::New => !is_known,
            };
            if fits { fitting.push(key) } else { others.push(key) }
        }
        Ok(if fitting.is_empty() { others } else { fitting })
    }

    fn is_known(&self, key: &mut Seen, person: &mut dyn Person) -> Result<bool, Error> {
        let link = key.link.as_mut();
        match link.protocols() {
            Protocols::Ctap2 | Protocols::Both => {
                let mut random = SystemRandom;
                let mut key = Key::open(link, person, &mut random)?;
                let found = key.present(self.rp_id, &named(self.credentials), None)?;
                Ok(found.is_some())
            }
            Protocols::U2f => {
                let found = u2f::own(link, person, hash(self.rp_id), &ids(self.credentials))?;
                Ok(found.is_some())
            }
        }
    }
}
