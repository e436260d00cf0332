//! Requests that no honest host sends.

use proptest::prelude::*;
use wire::{
    ctap2::{self, Command, Status},
    ctaphid,
};

use super::host::{Host, assertion, creation, resident};

/// Requests that are right, for spoiling.
fn right() -> Vec<Vec<u8>> {
    let pin = ctap2::client_pin::Request::new(2, ctap2::client_pin::Subcommand::GetKeyAgreement);
    vec![
        ctap2::request(Command::MakeCredential, Some(&creation("a").write())),
        ctap2::request(Command::MakeCredential, Some(&resident("a").write())),
        ctap2::request(Command::GetAssertion, Some(&assertion(&[&[7; 64]]).write())),
        ctap2::request(Command::GetAssertion, Some(&assertion(&[]).write())),
        ctap2::request(Command::ClientPin, Some(&pin.write())),
        ctap2::request(Command::GetInfo, None),
    ]
}

fn answer(host: &mut Host, request: &[u8]) -> Vec<u8> {
    let answer = host.ask(ctaphid::Command::Cbor, request);
    assert_eq!(answer.command, ctaphid::Command::Cbor);
    answer.payload
}

proptest! {
    #[test]
    fn a_spoiled_request_is_answered_with_a_status(
        which in any::<prop::sample::Index>(),
        spoils in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..4),
        cut in prop::option::of(any::<prop::sample::Index>()),
    ) {
        let mut host = Host::plug("fido2");
        let mut request = which.get(&right()).clone();
        for (place, byte) in spoils {
            *place.get_mut(&mut request) = byte;
        }
        if let Some(cut) = cut {
            request.truncate(cut.index(request.len()).max(1));
        }
        let answered = answer(&mut host, &request);
        let refused = answered.first().is_some_and(|status| *status != Status::OK.0);
        prop_assert!(ctap2::read_answer(&answered).is_ok() || (refused && answered.len() == 1));
        prop_assert!(host.make(&creation("after")).is_ok());
    }

    #[test]
    fn any_bytes_are_answered_with_a_status(
        command: u8, cbor in prop::collection::vec(any::<u8>(), 0..200),
    ) {
        let mut host = Host::plug("fido2");
        prop_assert!(!answer(&mut host, &[&[command], &cbor[..]].concat()).is_empty());
    }
}
