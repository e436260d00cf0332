//! The authorities of one seed, and their revocation lists.

use jiff::{SignedDuration, Timestamp};
use x509_cert::crl::CertificateList;
use x509_cert::serial_number::SerialNumber;

use super::authority::{Authority, Family, Place, Plan};
use super::keys::Ring;
use super::leaf::Pass;
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
    pub(super) m: Issuer,
    /// Type Z in generation G4.
    pub(super) g4: Issuer,
    /// Above the authority for type M.
    services: Authority,
    /// Root and level 2 of generation G4.
    g4_upper: [Authority; 2],
    revoked: Issuer,
    stale: Issuer,
    missing: Issuer,
    server: Issuer,
    /// Root, level 2 and issuing authority of other people with the same names.
    other: [Authority; 3],
}

/// What authorities of one part of the hierarchy have in common.
#[derive(Clone, Copy)]
struct Mint<'a> {
    seed: Seed,
    ring: &'a Ring,
    now: Timestamp,
    family: Family,
    generation: &'a str,
}

impl Mint<'_> {
    fn authority(
        &self,
        number: usize,
        common_name: &str,
        place: Place<'_>,
    ) -> Result<Authority, Error> {
        let Self { seed, ring, now, family, generation } = *self;
        let key = ring.authority(number);
        Authority::mint(Plan { seed, generation, common_name, place, key, family, now })
    }
}

impl Hierarchy {
    pub(super) fn mint(seed: Seed, ring: &Ring, now: Timestamp) -> Result<Self, Error> {
        let persons = Mint { seed, ring, now, family: Family::Persons, generation: "1" };
        let other = Mint { generation: "2", ..persons };
        let services = Mint { family: Family::Services, ..persons };
        let g4 = Mint { family: Family::G4, ..persons };
        let root = persons.authority(0, ROOT, Place::Root)?;
        let level2 = persons.authority(1, LEVEL2, Place::Level2(&root))?;
        let issuer = |number, common_name, pass, san_oid| {
            let authority = persons.authority(number, common_name, Place::Issuing(&level2))?;
            Ok::<_, Error>(Issuer { authority, pass, san_oid, policy: oids::POLICY_AUTHENTICITY })
        };
        let other_root = other.authority(8, ROOT, Place::Root)?;
        let other_level2 = other.authority(9, LEVEL2, Place::Level2(&other_root))?;
        let other_z = other.authority(10, ZORGVERLENER, Place::Issuing(&other_level2))?;
        let services_level2 = services.authority(11, SERVICES, Place::Level2(&root))?;
        let m = services.authority(12, NIET_OP_NAAM, Place::Issuing(&services_level2))?;
        let g4_root = g4.authority(13, "FAKE Zorg CSP Root CA G4", Place::Root)?;
        let above = Place::Level2(&g4_root);
        let g4_level2 = g4.authority(14, "FAKE Zorg CSP Level 2 Persoon CA G4", above)?;
        let above = Place::Issuing(&g4_level2);
        let g4_z = g4.authority(15, "FAKE UZI-register Zorgverlener CA G4", above)?;
        Ok(Self {
            z: issuer(2, ZORGVERLENER, 'Z', oids::CA_Z)?,
            n: issuer(3, "FAKE UZI-register Medewerker op naam CA G3", 'N', oids::CA_N)?,
            m: Issuer::of(m, Pass::M),
            g4: Issuer::of(g4_z, Pass::Z),
            services: services_level2,
            g4_upper: [g4_root, g4_level2],
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
    pub(super) fn issuers(&self) -> [&Issuer; 8] {
        let faulty = [&self.revoked, &self.stale, &self.missing, &self.server];
        let [revoked, stale, missing, server] = faulty;
        [&self.z, &self.n, &self.m, &self.g4, revoked, stale, missing, server]
    }

    /// The authorities whose certificates lie in the trust folder: all but the missing one.
    pub(super) fn trusted(&self) -> impl Iterator<Item = &Authority> {
        let issuers = [&self.z, &self.n, &self.revoked, &self.stale, &self.server];
        let upper = [&self.root, &self.level2, &self.services].into_iter().chain(&self.g4_upper);
        let later = [&self.m, &self.g4];
        upper.chain(issuers.into_iter().chain(later).map(|issuer| &issuer.authority))
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

    /// The authorities above a card of type M.
    pub(super) fn above_m(&self) -> [&Authority; 3] {
        [&self.m.authority, &self.services, &self.root]
    }

    /// The authorities above a card of generation G4.
    pub(super) fn above_g4(&self) -> [&Authority; 3] {
        let [root, level2] = &self.g4_upper;
        [&self.g4.authority, level2, root]
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
        let [g4_root, g4_level2] = &self.g4_upper;
        let plan: [(&Authority, (Timestamp, Timestamp), &[SerialNumber]); 13] = [
            (&self.root, upper, &[]),
            (&self.level2, upper, &revoked_issuer),
            (&self.z.authority, issuing, withdrawn),
            (&self.n.authority, issuing, &[]),
            (&self.services, upper, &[]),
            (&self.m.authority, issuing, &[]),
            (g4_root, upper, &[]),
            (g4_level2, upper, &[]),
            (&self.g4.authority, issuing, &[]),
            (&self.revoked.authority, issuing, &[]),
            (&self.stale.authority, stale, &[]),
            (&self.missing.authority, issuing, &[]),
            (&self.server.authority, issuing, &[]),
        ];
        let mut lists = Vec::new();
        for (authority, dates, serials) in plan {
            let entries: Vec<_> =
                serials.iter().map(|serial| (serial.clone(), at - ISSUING_LIFE)).collect();
            let list = x509::crl(&authority.certificate, &authority.pen(), dates, &entries)?;
            lists.push((authority, list));
        }
        Ok(lists)
    }
}

const ROOT: &str = "FAKE Zorg CSP Root CA G3";
const LEVEL2: &str = "FAKE Zorg CSP Level 2 Persoon CA G3";
const SERVICES: &str = "FAKE Zorg CSP Level 2 Services CA G3";
const NIET_OP_NAAM: &str = "FAKE UZI-register Medewerker niet op naam CA G3";
const ZORGVERLENER: &str = "FAKE UZI-register Zorgverlener CA G3";

const HOUR: SignedDuration = SignedDuration::from_hours(1);
/// How long a list of an issuing authority is good: the register's are, for 48 hours.
const ISSUING_LIFE: SignedDuration = SignedDuration::from_hours(48);
/// How long a list of the root or level 2 is good.
const UPPER_LIFE: SignedDuration = SignedDuration::from_hours(24 * 180);
