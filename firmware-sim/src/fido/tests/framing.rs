//! CTAPHID: channels, the one transaction, time-outs.

use std::time::Duration;

use proptest::prelude::*;
use wire::cbor::Value;
use wire::ctap2;
use wire::ctaphid::{
    Channel, Command, ErrorCode, InitAnswer, Keepalive, MAX_MESSAGE, Packet, Report, split,
};

use super::host::{Host, assertion, creation, join, read};
use crate::{
    device::HidDevice,
    fido::{
        Presence,
        hid::{ADOPTED, MESSAGE_TIMEOUT},
    },
};

const NOTHING: [Report; 0] = [];

/// The error that these reports carry; panics on anything else.
fn error(reports: &[Report]) -> ErrorCode {
    let message = join(reports);
    assert_eq!(message.command, Command::Error);
    assert_eq!(message.payload.len(), 1);
    ErrorCode::from_code(message.payload[0])
}

fn ping(channel: Channel, length: usize) -> Vec<Report> {
    split(channel, Command::Ping, &vec![0xA5; length]).unwrap()
}

fn init(channel: Channel) -> Report {
    split(channel, Command::Init, b"8 bytes!").unwrap()[0]
}

#[test]
fn every_broadcast_init_gives_a_channel_of_its_own() {
    let mut host = Host::plug("fido2");
    let other = host.open();
    assert_ne!(other, host.channel);
    let answer = InitAnswer::read(&join(&host.send(&[init(Channel::BROADCAST)])).payload).unwrap();
    assert_eq!(&answer.nonce, b"8 bytes!");
    assert_eq!(answer.protocol, 2);
    assert!(answer.capabilities.speaks_ctap2() && answer.capabilities.speaks_u2f());
    for channel in [host.channel, other, answer.channel] {
        assert_eq!(join(&host.send(&ping(channel, 3))).payload, [0xA5; 3]);
    }
}

#[test]
fn the_longest_message_is_echoed() {
    let mut host = Host::plug("fido2");
    let answer = join(&host.send(&ping(host.channel, MAX_MESSAGE)));
    assert_eq!((answer.command, answer.payload), (Command::Ping, vec![0xA5; MAX_MESSAGE]));
}

#[test]
fn channels_that_were_not_given_out_are_refused() {
    let mut host = Host::plug("fido2");
    for channel in [Channel::RESERVED, Channel(host.channel.0 + 1), Channel::BROADCAST] {
        assert_eq!(error(&host.send(&ping(channel, 3))), ErrorCode::InvalidChannel);
    }
    assert_eq!(error(&host.send(&[init(Channel::RESERVED)])), ErrorCode::InvalidChannel);
}

/// The channel that this INIT opened or kept.
fn opened(host: &mut Host, channel: Channel) -> Channel {
    let message = join(&host.send(&[init(channel)]));
    assert_eq!((message.channel, message.command), (channel, Command::Init));
    InitAnswer::read(&message.payload).unwrap().channel
}

#[test]
fn init_opens_a_channel_of_the_hosts_own_number_which_is_not_given_out_again() {
    let mut host = Host::plug("fido2");
    let own = [Channel(host.channel.0 + 1), Channel(host.channel.0 + 2), Channel(0x1122_3344)];
    for channel in own {
        assert_eq!(opened(&mut host, channel), channel);
    }
    let other = host.open();
    assert_eq!(other, Channel(host.channel.0 + 3));
    for channel in own.into_iter().chain([host.channel, other]) {
        assert_eq!(join(&host.send(&ping(channel, 3))).payload, [0xA5; 3]);
    }
    assert_eq!(host.open(), Channel(other.0 + 1));
}

/// What a key remembers has an end: of channels that hosts named, the oldest goes.
#[test]
fn a_key_remembers_so_many_channels_of_the_hosts_own_number() {
    let mut host = Host::plug("fido2");
    let own: Vec<Channel> = (0..100_000).map(|n| Channel(0x8000_0000 + n)).collect();
    for channel in &own {
        assert_eq!(opened(&mut host, *channel), *channel);
    }
    let (forgotten, kept) = own.split_at(own.len() - ADOPTED);
    for channel in [forgotten[0], forgotten[forgotten.len() - 1]] {
        assert_eq!(error(&host.send(&ping(channel, 3))), ErrorCode::InvalidChannel);
    }
    for channel in kept.iter().chain([&host.channel.clone()]) {
        assert_eq!(join(&host.send(&ping(*channel, 3))).payload, [0xA5; 3]);
    }
    assert_eq!(opened(&mut host, kept[0]), kept[0], "INIT on an open one keeps it");
    opened(&mut host, forgotten[0]);
    assert_eq!(error(&host.send(&ping(kept[1], 3))), ErrorCode::InvalidChannel);
    assert_eq!(join(&host.send(&ping(kept[0], 3))).payload, [0xA5; 3]);
}

#[test]
fn init_on_another_channel_is_answered_while_a_message_comes_in() {
    let mut host = Host::plug("fido2");
    let other = host.open();
    let reports = ping(host.channel, 200);
    host.send(&reports[..1]);
    let foreign = Channel(0x1122_3344);
    assert_eq!(opened(&mut host, other), other);
    assert_eq!(opened(&mut host, foreign), foreign);
    assert_eq!(opened(&mut host, Channel::BROADCAST), Channel(other.0 + 1));
    assert_eq!(host.key.due(), Some(host.now + MESSAGE_TIMEOUT));
    let short = split(Channel::BROADCAST, Command::Init, b"7 bytes").unwrap();
    assert_eq!(error(&host.send(&short)), ErrorCode::InvalidLength);
    assert_eq!(join(&host.send(&reports[1..])).payload, [0xA5; 200]);
}

#[test]
fn a_busy_key_says_so_to_whoever_asks() {
    let mut host = Host::plug("fido2");
    let reports = ping(host.channel, 100);
    host.send(&reports[..1]);
    let never_opened = Channel(0x1122_3344);
    assert_eq!(error(&host.send(&ping(never_opened, 3))), ErrorCode::ChannelBusy);
    for channel in [Channel::RESERVED, Channel::BROADCAST] {
        assert_eq!(error(&host.send(&ping(channel, 3))), ErrorCode::InvalidChannel);
    }
    assert_eq!(join(&host.send(&reports[1..])).payload, [0xA5; 100]);
}

#[test]
fn a_touch_is_asked_for_before_it_is_answered() {
    let mut host = Host::plug("fido2");
    let status = |host: &mut Host, command, parameters: Option<&Value>| {
        let request = ctap2::request(command, parameters);
        let reports = split(host.channel, Command::Cbor, &request).unwrap();
        let answers = host.send(&reports);
        match Packet::read(&answers[0]) {
            Packet::Init { command: Command::Keepalive, channel, length: 1, data } => {
                assert_eq!(channel, host.channel);
                assert_eq!(join(&answers[1..]).command, Command::Cbor);
                data[0]
            }
            Packet::Init { .. } | Packet::Continuation { .. } => 0,
        }
    };
    let made = host.make(&creation("a")).unwrap();
    let id = read(&made.auth_data).attested.unwrap().credential_id;
    let mut silent = assertion(&[&id]);
    silent.options.up = Some(false);
    let mut which = creation("a");
    which.pin_uv_auth_param = Some(Vec::new());
    let (create, assert) = (creation("a").write(), assertion(&[&id]).write());
    let (which, silent) = (which.write(), silent.write());
    let wanted = Keepalive::UpNeeded as u8;
    for presence in [Presence::Auto, Presence::Deny] {
        host.key.set_presence(presence);
        for (command, parameters, expected) in [
            (ctap2::Command::GetInfo, None, 0),
            (ctap2::Command::MakeCredential, Some(&create), wanted),
            (ctap2::Command::MakeCredential, Some(&which), wanted),
            (ctap2::Command::GetAssertion, Some(&assert), wanted),
            (ctap2::Command::GetAssertion, Some(&silent), 0),
            (ctap2::Command::Reset, None, wanted),
        ] {
            assert_eq!(
                status(&mut host, command, parameters),
                expected,
                "{command:?} {presence:?}"
            );
        }
    }
}

#[test]
fn power_takes_the_channels_away() {
    let mut host = Host::plug("fido2");
    host.key.power_cycle(host.now);
    assert_eq!(error(&host.send(&ping(host.channel, 3))), ErrorCode::InvalidChannel);
}

#[test]
fn init_on_a_channel_ends_its_message_and_keeps_the_channel() {
    let mut host = Host::plug("fido2");
    let reports = ping(host.channel, 100);
    assert_eq!(host.send(&reports[..1]), NOTHING);
    let answer = InitAnswer::read(&join(&host.send(&[init(host.channel)])).payload).unwrap();
    assert_eq!(answer.channel, host.channel);
    assert_eq!(host.send(&reports[1..]), NOTHING, "a continuation without its message");
    assert_eq!(host.key.due(), None);
    assert_eq!(join(&host.send(&reports)).payload, [0xA5; 100]);
}

#[test]
fn another_channel_is_told_to_wait_and_disturbs_nothing() {
    let mut host = Host::plug("fido2");
    let other = host.open();
    let reports = ping(host.channel, 100);
    host.send(&reports[..1]);
    assert_eq!(error(&host.send(&ping(other, 3))), ErrorCode::ChannelBusy);
    assert_eq!(host.send(&ping(other, 100)[1..]), NOTHING, "another's continuation");
    assert_eq!(join(&host.send(&reports[1..])).payload, [0xA5; 100]);
}

#[test]
fn reports_out_of_order_end_the_message() {
    let mut host = Host::plug("fido2");
    let reports = ping(host.channel, 200);
    host.send(&reports[..1]);
    assert_eq!(error(&host.send(&reports[2..3])), ErrorCode::InvalidSequence);
    assert_eq!(host.send(&reports[1..]), NOTHING, "the message was dropped");
    host.send(&reports[..1]);
    assert_eq!(error(&host.send(&reports[..1])), ErrorCode::InvalidSequence);
    assert_eq!(host.key.due(), None);
}

#[test]
fn a_message_that_stops_is_given_up_after_half_a_second() {
    let mut host = Host::plug("fido2");
    let reports = ping(host.channel, 200);
    host.send(&reports[..1]);
    host.now += Duration::from_millis(499);
    host.send(&reports[1..2]);
    assert_eq!(host.key.due(), Some(host.now + MESSAGE_TIMEOUT));
    assert_eq!(host.key.tick(host.now + Duration::from_millis(499)), NOTHING);
    let given_up = host.key.tick(host.now + MESSAGE_TIMEOUT);
    assert_eq!(error(&given_up), ErrorCode::Timeout);
    assert_eq!(host.key.due(), None);
}

#[test]
fn a_late_report_finds_its_message_given_up() {
    let mut host = Host::plug("fido2");
    let reports = ping(host.channel, 100);
    host.send(&reports[..1]);
    host.now += MESSAGE_TIMEOUT;
    assert_eq!(error(&host.send(&reports[1..])), ErrorCode::Timeout);
}

#[test]
fn what_the_key_does_not_know_is_refused_at_the_first_report() {
    let mut host = Host::plug("fido2");
    for command in [Command::Vendor(0x41), Command::Unknown(0x22), Command::Keepalive] {
        let reports = split(host.channel, command, &[0; 100]).unwrap();
        assert_eq!(error(&host.send(&reports)), ErrorCode::InvalidCommand);
    }
    let too_long =
        Packet::Init { channel: host.channel, command: Command::Ping, length: 7610, data: [0; 57] };
    assert_eq!(error(&host.send(&[too_long.write()])), ErrorCode::InvalidLength);
}

#[test]
fn messages_of_a_wrong_length_are_refused() {
    let mut host = Host::plug("fido2");
    for (command, payload) in [
        (Command::Init, &b"7 bytes"[..]),
        (Command::Init, &[0; 58]),
        (Command::Wink, b"x"),
        (Command::Cbor, b""),
        (Command::Msg, b""),
    ] {
        let reports = split(host.channel, command, payload).unwrap();
        assert_eq!(error(&host.send(&reports)), ErrorCode::InvalidLength, "{command:?}");
    }
}

#[test]
fn a_u2f_key_speaks_no_ctap2() {
    let mut host = Host::plug("u2f");
    let answer = InitAnswer::read(&join(&host.send(&[init(host.channel)])).payload).unwrap();
    assert!(!answer.capabilities.speaks_ctap2());
    let reports = split(host.channel, Command::Cbor, &[4]).unwrap();
    assert_eq!(error(&host.send(&reports)), ErrorCode::InvalidCommand);
}

#[test]
fn cancel_has_no_answer_of_its_own() {
    let mut host = Host::plug("fido2");
    let cancel = split(host.channel, Command::Cancel, &[]).unwrap();
    assert_eq!(host.send(&cancel), NOTHING);
    assert_eq!(host.ask(Command::Wink, &[]).payload, [] as [u8; 0]);
}

/// Reports that reach deep: mostly on two known channels, with known commands.
fn reports() -> impl Strategy<Value = Report> {
    let header = (
        prop_oneof![4 => 1u32..3, 1 => Just(u32::MAX), 1 => any::<u32>()],
        prop_oneof![
            4 => prop::sample::select(vec![0x81u8, 0x83, 0x84, 0x86, 0x88, 0x90, 0x91]),
            4 => 0u8..3,
            1 => any::<u8>(),
        ],
        prop_oneof![4 => 0u16..130, 1 => any::<u16>()],
    );
    (header, prop::collection::vec(any::<u8>(), 57)).prop_map(|((channel, kind, length), data)| {
        let head = [&channel.to_be_bytes()[..], &[kind], &length.to_be_bytes()].concat();
        [head, data].concat().try_into().expect("7 and 57 bytes")
    })
}

proptest! {
    #[test]
    fn no_reports_make_the_key_panic_or_forget_how_to_answer(
        sequence in prop::collection::vec((reports(), 0u64..700), 1..40),
    ) {
        let mut host = Host::plug("fido2");
        host.open();
        for (report, wait) in sequence {
            host.now += Duration::from_millis(wait);
            let ticked = host.key.tick(host.now);
            prop_assert!(ticked.len() <= 1);
            host.send(&[report]);
            prop_assert!(host.key.due().is_none_or(|due| due > host.now));
        }
        host.now += Duration::from_secs(20);
        host.key.tick(host.now);
        let channel = host.channel;
        prop_assert_eq!(join(&host.send(&ping(channel, 60))).payload, vec![0xA5; 60]);
    }
}
