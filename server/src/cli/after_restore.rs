//! `sleutelbos after-restore`: what may no longer be used once a back-up was put back.

use super::language::Language;
use super::{Failure, Setting};
use crate::app::App;
use crate::audit::Voided;
use crate::restored;
use std::io::Write as _;
use std::process::ExitCode;

#[derive(clap::Args)]
pub(super) struct Args {
    #[command(flatten)]
    setting: Setting,
}

pub(super) async fn run(args: &Args) -> Result<ExitCode, Failure> {
    let language = Language::of_the_terminal();
    let app = App::open(args.setting.read()?).await?;
    let voided = restored::after_restore(&app).await;
    app.db.close().await;
    let mut out = std::io::stdout().lock();
    writeln!(out, "{}\n\n{}", told(&voided?, language), next(language))?;
    Ok(ExitCode::SUCCESS)
}

fn told(voided: &Voided, language: Language) -> String {
    if *voided == Voided::default() {
        return language
            .pick(
                "Er was niets om ongeldig te maken: dat is eerder gedaan, of er was nog niets.",
                "There was nothing to make void: that was done before, or there was nothing yet.",
            )
            .to_owned();
    }
    let Voided { recovery_codes, access_codes, pins, links, codes, sessions, changes, under_way } =
        voided;
    language.pick(
        format!(
            "Ongeldig gemaakt: herstelcodes {recovery_codes}, toegangscodes {access_codes}, pincodes {pins}, \
             links en aanvragen {links}, verstuurde en eenmalige codes {codes}, sessies {sessions}, \
             geplande wijzigingen van organisaties {changes}, wat halverwege was {under_way}."
        ),
        format!(
            "Made void: recovery codes {recovery_codes}, access codes {access_codes}, PINs {pins}, links and \
             support cases {links}, codes that were sent and one-time codes {codes}, sessions {sessions}, \
             planned changes of organisations {changes}, what was half-way {under_way}."
        ),
    )
}

const fn next(language: Language) -> &'static str {
    match language {
        Language::Dutch => {
            "Doe nu dit:\n\
             1. Start de server. Iedereen logt opnieuw in.\n\
             2. Vraag iedereen een nieuwe herstelcode te maken, op de pagina 'Mijn account'.\n\
             3. Wie nog een wachtwoord moet kiezen, krijgt een nieuwe pincode: van een contactpersoon in \
             Gebruikersbeheer, en een contactpersoon zelf per post.\n\
             4. Loop na wat er sinds de kopie gebeurde ('sleutelbos audit export' van de database die is \
             vervangen): beëindig wie weg is, haal weg wat weg was, en zet instellingen en vrijstellingen terug. Geef \
             een wijziging van een adres, telefoonnummer of hoofdcontactpersoon die nog moet ingaan, opnieuw op."
        }
        Language::English => {
            "Now do this:\n\
             1. Start the server. Everybody logs in again.\n\
             2. Ask everybody to make a new recovery code, on the page 'My account'.\n\
             3. Who has yet to choose a password gets a new PIN: from a contact person in User administration, \
             and a contact person by post.\n\
             4. Go through what happened since the copy ('sleutelbos audit export' of the database that was \
             replaced): end who has left, remove what was removed, and put settings and waivers back. Enter a change \
             of an address, telephone number or main contact person that is still to come once more."
        }
    }
}
