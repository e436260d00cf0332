//! Strangers judge what we built: openssl, OpenSC, libfido2, python-fido2, ctap-hid-fido2, p256.
//!
//! None of these programs was written by us or knows of us; `raw` sends the bytes that they do not.

mod agent_card;
mod agent_doctor;
mod agent_key;
mod agent_key_states;
mod agent_pad;
mod audit;
mod card;
mod card_kinds;
mod card_life;
mod ctap_hid_fido2;
mod fido2_tools;
mod fido2_tools_manage;
mod letters;
mod lines;
mod pki;
mod python_fido2;
mod raw;
mod smtp;
mod trace;
mod twilios_library;
mod uzi_chains;
mod uzi_odd_certificates;
mod uzi_token;
mod uzi_verify;
mod vectors;
mod web_eid_page;
