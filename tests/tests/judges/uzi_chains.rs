//! `sleutelbos uzi verify` where an authority has several certificates of one key: whatever their files
//! are called, a card is let in by the chain that stands, and refused where none does.

use std::path::PathBuf;

use super::uzi_odd_certificates::{HOLDER, Workshop, verdict};

/// A root, an authority above, an issuing authority and a card.
fn shop() -> Workshop {
    let shop = Workshop::new();
    for name in ["root", "above", "issuing", "card"] {
        shop.rsa(name, 2048);
    }
    shop.root("root", "-sha256", "3650");
    let sign = |name: &str, key: &str, subject: &str, by: (&str, &str)| {
        shop.sign(name, key, subject, by, &["-sha256"]);
    };
    sign("above", "above", "/CN=FAKE above", ("root", "root"));
    sign("issuing", "issuing", "/CN=FAKE issuing", ("above", "issuing"));
    sign("card", "card", HOLDER, ("issuing", "card"));
    shop
}

/// A list called `name` of an authority, which withdrew these certificates for these reasons.
fn list(shop: &Workshop, name: &str, issuer: &str, withdrawn: &[(&str, &str)]) {
    let (ca, key) = (format!("@{issuer}.pem"), format!("@{issuer}.key"));
    std::fs::write(shop.path("index"), "").expect("a file");
    let by = ["-config", "@sections.cnf", "-cert", &ca, "-keyfile", &key];
    for (certificate, reason) in withdrawn {
        let file = format!("@{certificate}.pem");
        let reason = if reason.is_empty() { vec![] } else { vec!["-crl_reason", reason] };
        shop.openssl(&[&["ca", "-revoke", &file], &by[..], &reason].concat());
    }
    let out = format!("@{name}.crl");
    let make = ["ca", "-gencrl", "-crlexts", "whole", "-out", &out];
    shop.openssl(&[&make[..], &by].concat());
}

/// Two folders with these certificates, whose files sort once so and once the other way.
fn both_orders(shop: &Workshop, certificates: &[&str]) -> [PathBuf; 2] {
    let order = |name: &str, certificates: Vec<&&str>| {
        let given: Vec<&str> = certificates.iter().map(|one| **one).collect();
        let folder = shop.world(name, &given);
        for (number, certificate) in given.iter().enumerate() {
            let from = folder.join(format!("{certificate}.pem"));
            std::fs::rename(from, folder.join(format!("{number:02}.pem"))).expect("another name");
        }
        folder
    };
    [
        order("forwards", certificates.iter().collect()),
        order("backwards", certificates.iter().rev().collect()),
    ]
}

/// What is said of a card with these lists in both folders; the same in both.
fn said(shop: &Workshop, worlds: &[PathBuf; 2], card: &str, lists: &[&str]) -> String {
    let card = shop.path(&format!("{card}.pem"));
    let files: Vec<_> = lists.iter().map(|list| shop.path(&format!("{list}.crl"))).collect();
    let arguments: Vec<_> =
        files.iter().flat_map(|file| ["--crl", file.to_str().expect("UTF-8")]).collect();
    let [(forwards, printed), (backwards, other)] =
        worlds.each_ref().map(|world| verdict(&card, world, &arguments));
    assert_eq!(forwards, backwards, "{lists:?}: {printed}{other}");
    forwards
}

#[test]
fn one_withdrawn_certificate_of_a_pair_does_not_end_the_other() {
    let shop = shop();
    let pair = ("above", "issuing");
    shop.sign("twin", "issuing", "/CN=FAKE issuing", pair, &["-sha256"]);
    shop.sign("lost", "card", HOLDER, ("issuing", "card"), &["-sha256"]);
    let worlds = both_orders(&shop, &["root", "above", "issuing", "twin"]);
    list(&shop, "top", "root", &[]);
    list(&shop, "cards", "issuing", &[("lost", "")]);
    for (name, withdrawn, expected) in [
        ("none", &[][..], "let in"),
        ("first", &[("issuing", "superseded")], "let in"),
        ("second", &[("twin", "superseded")], "let in"),
        ("unsaid", &[("issuing", "")], "let in"),
        ("unsaid_too", &[("twin", "")], "let in"),
        ("both", &[("issuing", "superseded"), ("twin", "")], "card_issuer_revoked"),
        // A key that somebody else has is in both.
        ("stolen", &[("issuing", "keyCompromise")], "card_issuer_revoked"),
        ("stolen_too", &[("twin", "keyCompromise")], "card_issuer_revoked"),
        ("taken", &[("twin", "CACompromise")], "card_issuer_revoked"),
    ] {
        list(&shop, name, "above", withdrawn);
        assert_eq!(said(&shop, &worlds, "card", &["top", name, "cards"]), expected, "{name}");
        let expected = if expected == "let in" { "card_revoked" } else { expected };
        assert_eq!(said(&shop, &worlds, "lost", &["top", name, "cards"]), expected, "{name}");
    }
    // The list that is missing could still come; that one of the pair ended would not be the reason.
    assert_eq!(said(&shop, &worlds, "card", &["first", "cards"]), "card_revocation_list_missing");
}

#[test]
fn a_second_root_above_takes_nothing_away() {
    let shop = shop();
    shop.rsa("other", 2048);
    let root = ["req", "-x509", "-new", "-key", "@other.key", "-subj", "/CN=FAKE other root"];
    let form = ["-config", "@sections.cnf", "-extensions", "root", "-days", "3650"];
    shop.openssl(&[&root[..], &form, &["-out", "@other.pem"]].concat());
    shop.sign("cross", "above", "/CN=FAKE above", ("other", "root"), &["-sha256"]);
    let worlds = both_orders(&shop, &["other", "cross", "root", "above", "issuing"]);
    list(&shop, "middle", "above", &[]);
    list(&shop, "cards", "issuing", &[]);
    list(&shop, "top", "root", &[]);
    list(&shop, "top_ended", "root", &[("above", "superseded")]);
    list(&shop, "top_stolen", "root", &[("above", "keyCompromise")]);
    list(&shop, "second", "other", &[]);
    list(&shop, "second_ended", "other", &[("cross", "superseded")]);
    for (lists, expected) in [
        (&["top"][..], "let in"),
        (&["second"], "let in"),
        (&["top", "second"], "let in"),
        (&["top_ended", "second"], "let in"),
        (&["top", "second_ended"], "let in"),
        (&["top_ended", "second_ended"], "card_issuer_revoked"),
        (&["top_stolen", "second"], "card_issuer_revoked"),
        (&["top_ended"], "card_revocation_list_missing"),
        (&[], "card_revocation_list_missing"),
    ] {
        let lists = [lists, &["middle", "cards"]].concat();
        assert_eq!(said(&shop, &worlds, "card", &lists), expected, "{lists:?}");
    }
}
