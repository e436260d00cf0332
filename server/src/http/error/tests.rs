//! What programs are told of refusals, in `docs/integrator.md`, is what they get.

use super::*;

const MANUAL: &str = include_str!("../../../../docs/integrator.md");

/// Each row of the table of codes: name and status.
fn documented() -> Vec<(&'static str, u16)> {
    let (_, below) = MANUAL.split_once("| `code` | status |").expect("the table of codes");
    let lines = below.lines().skip(2).take_while(|line| line.starts_with('|'));
    let row = |line: &'static str| {
        let mut cells = line.trim_matches('|').split('|').map(str::trim);
        let name = cells.next().and_then(|name| name.strip_prefix('`')?.strip_suffix('`'));
        let status = cells.next().and_then(|status| status.parse().ok());
        (name.expect(line), status.expect(line))
    };
    lines.map(row).collect()
}

#[test]
fn the_manual_has_every_code_with_its_status() {
    let known: Vec<_> =
        Code::ALL.iter().map(|code| (code.name(), code.status().as_u16())).collect();
    assert_eq!(documented(), known);
}

/// What a code is documented to bring along is a value of its sentence, in the same words.
#[test]
fn the_manual_names_the_members_of_a_problem() {
    let now = Time::from_millis(0);
    let errors = [
        Error::new(Code::Busy).retry_after(1),
        Error::blocked(Some(now), now),
        Error::barred(Barred::Stopped { until: now }, now),
        Error::wrong_code(1),
        Code::Late.into(),
    ];
    let members = errors.iter().flat_map(|error| &error.members).map(|(name, _)| *name);
    let fixed = ["type", "status", "code", "detail", "reason", "next", "reference"];
    let (_, table) = MANUAL.split_once("| member | what |").expect("the table of members");
    let (table, _) = table.split_once("\n\n").expect("an end of the table");
    for name in members.chain(fixed) {
        assert!(table.contains(&format!("`{name}`")), "{name}");
    }
}
