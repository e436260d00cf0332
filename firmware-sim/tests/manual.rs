//! The manual's tables are those of the code: profiles of keys, faulty cards.

use std::collections::BTreeSet;

use firmware_sim::fido::profiles::{self, Profile, Transport};
use firmware_sim::pki::CASES;
use firmware_sim::uzi::Description;

const MANUAL: &str = include_str!("../../docs/firmware-sim.md");

/// The cells of the table whose head is `head`, without its marks for code.
fn table(head: &str) -> Vec<Vec<String>> {
    let (_, below) = MANUAL.split_once(head).unwrap_or_else(|| panic!("no table {head}"));
    let lines = below.lines().skip(2).take_while(|line| line.starts_with('|'));
    let cells = |line: &str| line.trim_matches('|').split('|').map(cell).collect();
    lines.map(cells).collect()
}

fn cell(text: &str) -> String {
    text.trim().trim_matches('`').to_owned()
}

#[test]
fn the_manual_has_every_profile_and_where_it_can_be_had() {
    let rows = table("| profile | `--key` | `--nfc` | what it is |");
    let listed: Vec<_> = rows.iter().map(|row| row[..3].join(" ")).collect();
    let known: Vec<_> = profiles::names()
        .map(|name| {
            let profile: Profile = name.parse().expect("a profile");
            let has = |transport| {
                if profile.transports().contains(&transport) { "yes" } else { "no" }
            };
            format!("{name} {} {}", has(Transport::Usb), has(Transport::Nfc))
        })
        .collect();
    assert_eq!(listed, known);
}

#[test]
fn the_manual_has_every_faulty_card_and_its_fault() {
    let rows = table("| card | its certificate | code |");
    let listed: Vec<_> = rows.iter().map(|row| (row[0].as_str(), row[1].as_str())).collect();
    let names: Vec<_> = CASES.iter().map(|case| format!("z:{}", case.name)).collect();
    let known: Vec<_> =
        names.iter().zip(CASES).map(|(name, case)| (name.as_str(), case.fault)).collect();
    assert_eq!(listed, known);
    let distinct: BTreeSet<_> = names.iter().collect();
    assert_eq!(distinct.len(), rows.len());
}

#[test]
fn the_manual_shows_the_example_of_a_card_as_it_is() {
    let example = include_str!("../examples/card.toml");
    assert!(MANUAL.contains(&format!("```toml\n{example}```\n")), "{example}");
    let path = std::path::Path::new("card.toml");
    assert!(Description::parse(path, example).is_ok());
}
