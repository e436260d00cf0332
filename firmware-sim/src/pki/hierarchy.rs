//! The authorities of one seed, and their revocation lists.

use jiff::{SignedDuration, Timestamp};
use x509_cert::crl::CertificateList;
use x509_cert::serial_number::SerialNumber;

use super::authority::{Authority, Place, Plan};
use super::keys::Ring;
use super::negative::By;
use super::trust::Issuer;
use super::{Error, oids, x509};
use crate::env::Seed;

/// All authorities.
pub(super) struct Hierarchy {
    pub(super) root: Authority,
    pub(super) level2: Authority,
    pub(super) z: Issuer,
    pub(super) n: Issuer,
    revoked: Issuer,
    stale: Issuer,
    missing: Issuer,
    server: Issuer,
    /// Root, level 2 and issuing authority of other people with the same names.
    other: [Authority; 3],
}

impl Hierarchy {
    pub(super) fn mint(seed: Seed, ring: &Ring, now: Timestamp) -> Result<Self, Error> {
        let mint = |number, generation, common_name, place| {
            let key = ring.authority(number);
            Authority::mint(Plan { seed, generation, common_name, place, key, now })
        };
        let root = mint(0, "1", ROOT, Place::Root)?;
        let level2 = mint(1, "1", LEVEL2, Place::Level2(&root))?;
        let issuer = |number, common_name, pass, san_oid| {
            let authority = mint(number, "1", common_name, Place::Issuing(&level2))?;
            Ok::<_, Error>(Issuer { authority, pass, san_oid, policy: oids::POLICY_AUTHENTICITY })
        };
        let other_root = mint(8, "2", ROOT, Place::Root)?;
        let other_level2 = mint(9, "2", LEVEL2, Place::Level2(&other_root))?;
        let other_z = mint(10, "2", ZORGVERLENER, Place::Issuing(&other_level2))?;
        Ok(Self {
            z: issuer(2, ZORGVERLENER, 'Z', oids::CA_Z)?,
            n: issuer(3, "FAKE UZI-register Medewerker op naam CA G3", 'N', oids::CA_N)?,
            revoked: issuer(4, "FAKE UZI-register Zorgverlener Revoked CA G3", 'Z', oids::CA_Z)?,
            stale: issuer(5, "FAKE UZI-register Zorgverlener Stale CA G3", 'Z', oids::CA_Z)?,
            missing: issuer(6, "FAKE UZI-register Zorgverlener Missing CA G3", 'Z', oids::CA_Z)?,
            server: issuer(7, "FAKE UZI-register Private Server CA G1", 'S', oids::CA_S)?,
            other: [other_root, other_level2, other_z],
            root,
            level2,
        })
    }

    /// The issuing authorities that `trust.toml` lists.
    pub(super) fn issuers(&self) -> [&Issuer; 6] {
        [&self.z, &self.n, &self.revoked, &self.stale, &self.missing, &self.server]
    }

    /// The authorities whose certificates lie in the trust folder: all but the missing one.
    pub(super) fn trusted(&self) -> impl Iterator<Item = &Authority> {
        let issuers = [&self.z, &self.n, &self.revoked, &self.stale, &self.server];
        [&self.root, &self.level2].into_iter().chain(issuers.map(|issuer| &issuer.authority))
    }

    /// The authorities above a certificate signed by `by`: issuing, level 2, root.
    pub(super) fn chain(&self, by: By) -> [&Authority; 3] {
        let issuing = match by {
            By::Proper | By::ProperThenRevoked => &self.z,
            By::Revoked => &self.revoked,
            By::Stale => &self.stale,
            By::Missing => &self.missing,
            By::Server => &self.server,
            By::Other => {
                let [root, level2, issuing] = &self.other;
                return [issuing, level2, root];
            }
        };
        self.above(issuing)
    }

    /// The authorities above what this issuer signs: itself, level 2, root.
    pub(super) fn above<'a>(&'a self, issuer: &'a Issuer) -> [&'a Authority; 3] {
        [&issuer.authority, &self.level2, &self.root]
    }

    /// The revocation lists of all trusted authorities and the missing one, with `withdrawn` on
    /// the list of the authority for type Z.
    pub(super) fn publish(
        &self,
        withdrawn: &[SerialNumber],
        now: Timestamp,
    ) -> Result<Vec<(&Authority, CertificateList)>, Error> {
        let at = now - HOUR;
        let upper = (at, at + UPPER_LIFE);
        let issuing = (at, at + ISSUING_LIFE);
        let stale = (at - ISSUING_LIFE, at);
        let revoked_issuer =
            [self.revoked.authority.certificate.tbs_certificate().serial_number().clone()];
        let plan: [(&Authority, (Timestamp, Timestamp), &[SerialNumber]); 8] = [
            (&self.root, upper, &[]),
            (&self.level2, upper, &revoked_issuer),
            (&self.z.authority, issuing, withdrawn),
            (&self.n.authority, issuing, &[]),
            (&self.revoked.authority, issuing, &[]),
            (&self.stale.authority, stale, &[]),
            (&self.missing.authority, issuing, &[]),
            (&self.server.authority, issuing, &[]),
        ];
        let mut lists = Vec::new();
        for (authority, dates, serials) in plan {
            let entries: Vec<_> =
                serials.iter().map(|serial| (serial.clone(), at - ISSUING_LIFE)).collect();
            let list = x509::crl(&authority.certificate, &authority.key.private, dates, &entries)?;
            lists.push((authority, list));
        }
        Ok(lists)
    }
}

const ROOT: &str = "FAKE Zorg CSP Root CA G3";
const LEVEL2: &str = "FAKE Zorg CSP Level 2 Persoon CA G3";
const ZORGVERLENER: &str = "FAKE UZI-register Zorgverlener CA G3";

const HOUR: SignedDuration = SignedDuration::from_hours(1);
/// How long a list of an issuing authority is good: the register's are, for 48 hours.
const ISSUING_LIFE: SignedDuration = SignedDuration::from_hours(48);
/// How long a list of the root or level 2 is good.
const UPPER_LIFE: SignedDuration = SignedDuration::from_hours(24 * 180);
