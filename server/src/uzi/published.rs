//! The published authorities of the UZI register and what they issue.
//!
//! The certificates lie beside this file; `published/README.md` names their source. Keys and OIDs
//! that are not published (card type M, every G4 authority of cards) are not guessed.

use const_oid::ObjectIdentifier;
use wire::uzi::Kind;

use super::certificate::{Certificate, hex_of};
use super::issue::{Environment, Issue};

/// Every certificate of one environment's hierarchy for cards.
pub fn certificates(environment: Environment) -> Vec<Certificate> {
    let files: &[&[u8]] = match environment {
        Environment::Test => &TEST,
        Environment::Production => &PRODUCTION,
    };
    files
        .iter()
        .map(|content| Certificate::from_file_content(content))
        .collect::<Result<_, _>>()
        .expect("the published certificates are sound (tested)")
}

/// What a published issuing authority issues, by its name **and** its key.
pub fn issue(authority: &Certificate) -> Option<Issue> {
    let key = hex_of(&authority.spki_sha256());
    let name = authority.subject_name();
    let row = ISSUERS.iter().find(|row| row.spki_sha256 == key && row.name == name)?;
    Some(row.issue)
}

/// The environment a published authority belongs to, whatever it issues.
pub fn environment(authority: &Certificate) -> Option<Environment> {
    let key = hex_of(&authority.spki_sha256());
    if TEST_KEYS.contains(&key.as_str()) {
        Some(Environment::Test)
    } else if PRODUCTION_KEYS.contains(&key.as_str()) {
        Some(Environment::Production)
    } else {
        None
    }
}

/// The environment whose hierarchy has an authority with this name in DER.
pub fn environment_with_issuer(issuer: &[u8]) -> Option<Environment> {
    [Environment::Production, Environment::Test].into_iter().find(|environment| {
        certificates(*environment).iter().any(|certificate| certificate.subject() == issuer)
    })
}

static TEST: [&[u8]; 5] = [
    include_bytes!("published/test-g3-person/test_zorg_csp_root_ca_g3.pem"),
    include_bytes!("published/test-g3-person/test_zorg_csp_level_2_persoon_ca_g3.pem"),
    include_bytes!("published/test-g3-person/test_uzi-register_zorgverlener_ca_g3.pem"),
    include_bytes!("published/test-g3-person/20190501_test_uzi-register_zorgverlener_ca_g3.pem"),
    include_bytes!("published/test-g3-person/test_uzi-register_medewerker_op_naam_ca_g3.pem"),
];

static PRODUCTION: [&[u8]; 6] = [
    include_bytes!("published/production-g3-person/RootCA-G3.pem"),
    include_bytes!("published/production-g3-person/DomOrganisatiePersoonCA-G3.pem"),
    include_bytes!("published/production-g3-person/UZI-register_Zorgverlener_CA_G3.pem"),
    include_bytes!("published/production-g3-person/20190418_UZI-register_Zorgverlener_CA_G3.pem"),
    include_bytes!("published/production-g3-person/UZI-register_Medewerker_op_naam_CA_G3.pem"),
    include_bytes!(
        "published/production-g3-person/20190418_UZI-register_Medewerker_op_naam_CA_G3.pem"
    ),
];

struct Row {
    name: &'static str,
    spki_sha256: &'static str,
    issue: Issue,
}

const fn row(
    name: &'static str,
    spki_sha256: &'static str,
    kind: Kind,
    san_oid: &str,
    policy_oid: &str,
) -> Row {
    let san_oid = ObjectIdentifier::new_unwrap(san_oid);
    let policy_oid = ObjectIdentifier::new_unwrap(policy_oid);
    Row { name, spki_sha256, issue: Issue { kind, san_oid, policy_oid } }
}

/// One row a name and key; the two certificates of 2017 and 2019 of a pair share both.
static ISSUERS: [Row; 5] = [
    row(
        "UZI-register Zorgverlener CA G3",
        PRODUCTION_KEYS[0],
        Kind::CareProvider,
        "2.16.528.1.1003.1.3.5.5.2",
        "2.16.528.1.1003.1.2.5.1",
    ),
    row(
        "UZI-register Medewerker op naam CA G3",
        PRODUCTION_KEYS[1],
        Kind::NamedEmployee,
        "2.16.528.1.1003.1.3.5.5.3",
        "2.16.528.1.1003.1.2.5.1",
    ),
    row(
        "UZI-register Private Server CA G1",
        PRODUCTION_KEYS[2],
        Kind::Server,
        "2.16.528.1.1003.1.3.5.5.5",
        "2.16.528.1.1003.1.2.8.6",
    ),
    row(
        "TEST UZI-register Zorgverlener CA G3",
        TEST_KEYS[0],
        Kind::CareProvider,
        "2.16.528.1.1007.99.217",
        "2.16.528.1.1007.99.211",
    ),
    row(
        "TEST UZI-register Medewerker op naam CA G3",
        TEST_KEYS[1],
        Kind::NamedEmployee,
        "2.16.528.1.1007.99.218",
        "2.16.528.1.1007.99.211",
    ),
];

/// SHA-256 of the SubjectPublicKeyInfo: issuing authorities first, then those above them.
const PRODUCTION_KEYS: [&str; 10] = [
    "2c96e4b43a544ed405c62c7e4c7e0f89d4c62ebb75486c566544d62bc4829fd4",
    "742cabc402942bc8f946840921293f40f43d796875c2f0d9163909c6fcac6353",
    "704caf64abab754bc86c4270f641a9c1a090dc643bf543f532c7fba5a2a91ef5",
    // Organisatie Persoon CA - G3, Root CA - G3
    "03cb44b933d7e14551e52ddbfc335a4d57bf65a703667b57ac961de31e3a106d",
    "4223894003a881c5df6bab163db235c221a18d54bf759945820e670da82e3f39",
    // Private Services CA - G1, Private Root CA - G1
    "4d023eea2b02decec6262b3d35892cfdd6fb797cd00346c6c329c24b435fe84c",
    "267e97c95d87e1e1579682bc65e57d53e91c3f6015f5b82117a4aeedf994bea0",
    // G4 Private G-TLS SYS: UZI Server, intermediate, root
    "d305c40e49bf6edabe76501b7c602104509a890e5e4945671c2aef08d14d9bde",
    "2bc8e212f231d38abd46827adee427e9a788e692b551932f63f87a074040010a",
    "1e4be5fa194c64be78f3ebb3f49f7bd3b714cc5f400e7f96caea1e952aa5165e",
];

/// SHA-256 of the SubjectPublicKeyInfo of the TEST hierarchy: issuing authorities first.
const TEST_KEYS: [&str; 4] = [
    "fd96fe06b4f1d7c629a6586da315f1d6e1a09ba5d829bd28c05d4a3383c98c22",
    "34b1717845659f45385aee934eb06252256dfd18699d2e265f987e8e82bfa2b8",
    "236fbaf1b733d446d13520477a17d3d07e7767f3d9a4a53dea2eb98ea50374cd",
    "d11bd1ec45ea727d96060a41624f88cb40e07b658641c017abb5765d965370e1",
];
