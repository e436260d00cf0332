//! The journeys of `tests::journeys`, each on a stage of its own.
//!
//! Names with `chromium` share one slot: a browser takes most of two cores.

use std::io::{BufRead as _, BufReader};
use std::net::TcpStream;
use std::process::{Command, Stdio};

use tests::journeys::{
    cards, employers, keyboard, keys, pages, passwords, people, phones, screens,
};
use tests::print::PrintService;
use tests::program::Program;
use tests::stage::Stage;

/// As a service or another program starts it: no keyboard, no screen.
#[test]
fn the_demo_stays_up_without_a_keyboard_until_a_signal_comes() {
    let mut command = Program::ours("demo").command();
    command.env_remove("DISPLAY").env_remove("WAYLAND_DISPLAY");
    command.stdin(Stdio::null()).stdout(Stdio::piped());
    let mut demo = command.spawn().expect("the demo starts");
    let lines = BufReader::new(demo.stdout.take().expect("it is piped")).lines();
    let (mut origin, mut mails) = (None, false);
    for line in lines.map(|line| line.expect("it writes text")) {
        mails |= line.contains("e-mail") && line.ends_with("/data/mail");
        origin = origin.or_else(|| Some(line.split_once("draait op http://")?.1.to_owned()));
        if line.contains("Geen toetsenbord") {
            break;
        }
    }
    let origin = origin.expect("the demo says where the server is");
    assert!(mails, "it says where mails can be read");
    let address = origin.split_whitespace().next().expect("an address");
    drop(TcpStream::connect(address).expect("the server is up"));
    let told = Command::new("kill").arg(demo.id().to_string()).status();
    assert!(told.expect("kill is everywhere").success());
    assert_eq!(demo.wait().expect("it ends").code(), Some(128 + 15), "as a shell says SIGTERM");
    assert!(TcpStream::connect(address).is_err(), "the server went with the demo");
}

/// As a CI that is cancelled, or a person who has seen enough, ends it.
#[test]
fn a_signal_ends_the_scripted_demo_with_its_chromium_and_all() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let mut command = Program::ours("demo").arg("--script").command();
    let mark = folder.path().to_str().expect("a plain path").to_owned();
    command.env("TMPDIR", &mark).stdin(Stdio::null()).stdout(Stdio::piped());
    let mut demo = command.spawn().expect("the demo starts");
    let mut lines = BufReader::new(demo.stdout.take().expect("it is piped")).lines();
    let first = lines.next().expect("a line").expect("it writes text");
    assert!(first.starts_with("PASS  "), "{first}");
    assert_ne!(within(&mark), Vec::<String>::new(), "the server at least");
    let told = Command::new("kill").arg(demo.id().to_string()).status();
    assert!(told.expect("kill is everywhere").success());
    assert_eq!(demo.wait().expect("it ends").code(), Some(128 + 15));
    assert_eq!(within(&mark), Vec::<String>::new());
    let left = std::fs::read_dir(&mark).expect("our own folder").count();
    assert_eq!(left, 0, "nothing stays in the temporary folder");
}

/// The programs whose temporary folder is this one.
fn within(folder: &str) -> Vec<String> {
    let mark = format!("TMPDIR={folder}");
    let processes = std::fs::read_dir("/proc").expect("Linux").flatten().map(|one| one.path());
    let environment = |path: &std::path::PathBuf| std::fs::read(path.join("environ")).ok();
    let ours = processes.filter(|path| {
        environment(path).is_some_and(|text| String::from_utf8_lossy(&text).contains(&mark))
    });
    ours.filter_map(|path| std::fs::read_to_string(path.join("comm")).ok()).collect()
}

#[test]
fn chromium_enrols_and_uses_a_passkey() {
    let _ = keys::passkey(&Stage::new());
}

#[test]
fn chromium_and_then_the_agent_use_one_usb_key() {
    let _ = keys::same_key_with_pin(&Stage::new());
}

#[test]
fn chromium_and_the_agent_use_an_u2f_key() {
    let _ = keys::u2f_key(&Stage::new());
}

#[test]
fn the_agent_uses_an_nfc_key() {
    let _ = keys::nfc_key(&Stage::new());
}

#[test]
fn chromium_logs_in_with_an_uzi_card() {
    let _ = cards::in_the_browser(&Stage::new());
}

#[test]
fn the_agent_logs_in_with_an_uzi_card() {
    let _ = cards::command_line(&Stage::new());
}

#[test]
fn a_wrong_card_pin_says_how_many_tries_are_left() {
    let _ = cards::wrong_pin(&Stage::new());
}

#[test]
fn a_revoked_card_is_refused() {
    let _ = cards::revoked(&Stage::new());
}

#[test]
fn a_card_removed_half_way_leaves_nothing_half_done() {
    let _ = cards::removed_half_way(&Stage::new());
}

#[test]
fn chromium_shows_the_block_after_five_wrong_passwords() {
    let _ = passwords::five_wrong(&Stage::new());
}

#[test]
fn chromium_warns_of_caps_lock_and_num_lock_while_a_secret_is_typed() {
    let _ = passwords::locks(&Stage::new());
}

#[test]
fn chromium_links_a_card_after_a_passkey() {
    let _ = cards::linked_on_the_page(&Stage::new());
}

#[test]
fn chromium_links_a_card_with_number_and_pin() {
    let _ = cards::linked_with_number_and_pin(&Stage::new());
}

#[test]
fn chromium_shows_what_the_link_of_an_operator_asks() {
    let _ = screens::link_of_an_operator(&Stage::new());
}

#[test]
fn chromium_shows_every_page_to_everybody() {
    let _ = screens::every_page(&PrintService::new(), "nl");
}

#[test]
fn chromium_shows_every_page_to_everybody_in_english() {
    let _ = screens::every_page(&PrintService::new(), "en");
}

#[test]
fn chromium_walks_the_wizard_with_a_key_and_with_an_app() {
    let _ = pages::wizard(&Stage::new());
}

#[test]
fn chromium_walks_the_wizard_with_a_call_and_comes_back_by_each_way() {
    let _ = phones::called("nl");
}

#[test]
fn chromium_walks_the_wizard_with_a_call_in_english() {
    let _ = phones::called("en");
}

#[test]
fn chromium_is_called_and_texted_by_cm() {
    let _ = phones::called_by_cm();
}

#[test]
fn chromium_manages_colleagues() {
    let _ = people::managed(&Stage::new());
}

#[test]
fn chromium_needs_no_mouse() {
    let _ = keyboard::passkey(&Stage::new());
}

#[test]
fn chromium_needs_no_mouse_for_codes_and_calls() {
    let _ = keyboard::codes();
}

#[test]
fn chromium_needs_no_mouse_to_manage_colleagues() {
    let _ = keyboard::managing(&Stage::new());
}

#[test]
fn chromium_keeps_a_card_that_turned_up() {
    let _ = cards::turned_up(&Stage::new());
}

#[test]
fn the_agent_lists_the_keys_that_are_plugged_in() {
    let _ = keys::list(&Stage::new());
}

#[test]
fn chromium_and_the_agent_are_told_when_a_key_is_not_on_the_list() {
    let _ = keys::attestation();
}

#[test]
fn chromium_has_a_security_key_log_in_without_a_password_too() {
    let _ = keys::upgrade(&Stage::new());
}

#[test]
fn an_operator_helps_who_has_only_a_copied_key() {
    let _ = keys::copied(&Stage::new());
}

#[test]
fn the_agent_gets_in_with_a_key_and_its_pin_while_the_password_is_blocked() {
    let _ = keys::blocked_but_in(&Stage::new());
}

#[test]
fn the_agent_adds_a_key_on_a_reader_to_one_in_the_computer_and_the_reverse() {
    let _ = keys::second_way_of_tapping(&Stage::new());
}

#[test]
fn the_agent_names_the_keys_of_which_one_is_to_be_chosen() {
    let _ = keys::one_of_two(&Stage::new());
}

#[test]
fn ctrl_c_ends_the_agents_wait_for_a_key_and_costs_nothing() {
    let _ = keys::stopped_by_ctrl_c(&Stage::new());
}

#[test]
fn c11_at_a_terminal_the_agent_asks_for_the_employer_after_the_password() {
    let _ = employers::asked_at_a_terminal();
}

#[test]
fn c11_at_a_terminal_a_card_asks_for_the_employer_after_its_pin() {
    let _ = employers::card_at_a_terminal();
}

#[test]
fn c11_a_script_names_the_employer_and_logs_in_nowhere_else() {
    let _ = employers::named_by_a_script(&Stage::new());
}

#[test]
fn c11_the_command_line_says_what_goes_with_an_organisation() {
    let _ = employers::misused(&Stage::new());
}

#[test]
fn c11_without_a_terminal_windows_ask_for_the_employer_where_they_can_be_seen() {
    let _ = employers::asked_in_windows(&Stage::new());
}

#[test]
fn c11_one_key_holds_a_passkey_for_each_employer_and_says_which_is_whose() {
    let _ = employers::passkeys_of_one_key();
}

#[test]
fn c11_chromium_and_the_agent_use_one_key_at_two_employers() {
    let _ = employers::key_in_chromium_and_agent(&Stage::new());
}

#[test]
fn c11_chromium_asks_for_the_employer_after_the_card() {
    let _ = employers::card_in_chromium(&Stage::new());
}

#[test]
fn c11_the_pages_offer_the_employers_of_a_card_once_and_no_others() {
    let _ = employers::card_over_the_pages(&Stage::new());
}
