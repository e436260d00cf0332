//! What is said about the configuration and about addresses.

use super::Say;
use crate::config;
use crate::language::Language;
use crate::origin;

impl Say for config::Error {
    fn code(&self) -> &'static str {
        match self {
            Self::Read { .. } => "config_unreadable",
            Self::Unsound { .. } => "config_unsound",
            Self::Syntax { .. } => "config_invalid",
            Self::Address { .. } => "config_address",
            Self::Relative { .. } => "config_relative_path",
            Self::NotConfigured { .. } => "server_not_configured",
            Self::NoServer => "no_server",
            Self::NoFolder => "no_config_folder",
        }
    }

    fn say(&self, language: Language) -> String {
        match self {
            Self::Read { path, source } => language.pick(
                format!("De instellingen in {} zijn niet te lezen: {source}. Maak het bestand leesbaar of wijs een ander aan met --config.", path.display()),
                format!("The configuration in {} cannot be read: {source}. Make the file readable or name another with --config.", path.display()),
            ),
            Self::Unsound { path } => language.pick(
                format!("Anderen op deze computer kunnen de instellingen in {0} wijzigen, en die bepalen waar uw wachtwoord heen gaat. Daarom worden ze niet gebruikt. Zorg dat het bestand van u of van root is en dat niemand anders het mag schrijven: chmod go-w '{0}'.", path.display()),
                format!("Others on this computer can change the configuration in {0}, which says where your password goes. So it is not used. See that the file belongs to you or root and that nobody else may write it: chmod go-w '{0}'.", path.display()),
            ),
            Self::Syntax { path, source } => language.pick(
                format!("De instellingen in {} kloppen niet: {source}Verbeter die regel.", path.display()),
                format!("The configuration in {} is not valid: {source}Correct that line.", path.display()),
            ),
            Self::Address { text, source } => language.pick(
                format!("Het serveradres {text:?} in de instellingen is niet bruikbaar. {}", source.say(language)),
                format!("The server address {text:?} in the configuration cannot be used. {}", source.say(language)),
            ),
            Self::Relative { path } => language.pick(
                format!("Het pad {:?} in de instellingen begint niet met /. Geef het volledige pad: een programma of module wordt nooit in de huidige map gezocht.", path.display()),
                format!("The path {:?} in the configuration does not start with /. Give the full path: a program or module is never looked for in the current folder.", path.display()),
            ),
            Self::NotConfigured { text } => language.pick(
                format!("De server {text:?} staat niet in de instellingen, en alleen die servers mogen gebruikt worden. Kies een server uit 'servers' in agent.toml of laat --server weg."),
                format!("The server {text:?} is not in the configuration, and only the servers there may be used. Choose one of 'servers' in agent.toml or leave out --server."),
            ),
            Self::NoServer => language.pick(
                "Er is geen server bekend. Zet servers = [\"https://…\"] in agent.toml of geef --server.".to_owned(),
                "No server is known. Put servers = [\"https://…\"] in agent.toml or give --server.".to_owned(),
            ),
            Self::NoFolder => language.pick(
                "De map voor instellingen is niet te vinden. Zet HOME of XDG_CONFIG_HOME, of geef --config.".to_owned(),
                "The configuration folder cannot be found. Set HOME or XDG_CONFIG_HOME, or give --config.".to_owned(),
            ),
        }
    }
}

impl Say for origin::Error {
    fn code(&self) -> &'static str {
        match self {
            Self::Syntax => "origin_syntax",
            Self::Scheme => "origin_scheme",
            Self::PlainHttp => "origin_plain_http",
            Self::Localhost => "origin_localhost",
            Self::IpAddress => "origin_ip_address",
            Self::HostName => "origin_host_name",
            Self::NotAnOrigin => "origin_not_bare",
            Self::TrailingDot => "origin_trailing_dot",
            Self::RpIdSyntax { .. } => "rp_id_syntax",
            Self::RpIdForeign { .. } => "rp_id_foreign",
            Self::RpIdPublicSuffix { .. } => "rp_id_public_suffix",
        }
    }

    fn say(&self, language: Language) -> String {
        match self {
            Self::Syntax => language.pick(
                "Dit is geen adres. Schrijf het als https://naam.voorbeeld.nl.".to_owned(),
                "This is not an address. Write it as https://name.example.com.".to_owned(),
            ),
            Self::Scheme => language.pick(
                "Een adres moet met https:// beginnen.".to_owned(),
                "An address must start with https://.".to_owned(),
            ),
            Self::PlainHttp => language.pick(
                "Een onversleuteld adres (http://) mag alleen voor localhost, en alleen met development = true in agent.toml. Gebruik https://.".to_owned(),
                "An unencrypted address (http://) is allowed for localhost only, and only with development = true in agent.toml. Use https://.".to_owned(),
            ),
            Self::Localhost => language.pick(
                "localhost mag alleen met development = true in agent.toml.".to_owned(),
                "localhost is allowed only with development = true in agent.toml.".to_owned(),
            ),
            Self::IpAddress => language.pick(
                "Een IP-adres is hier niet te gebruiken. Gebruik de naam van de server.".to_owned(),
                "An IP address cannot be used here. Use the server's name.".to_owned(),
            ),
            Self::HostName => language.pick(
                "In de naam van een server mogen alleen letters, cijfers, streepjes en punten staan. Vraag de beheerder om een naam zonder andere tekens.".to_owned(),
                "The name of a server may hold only letters, digits, hyphens and dots. Ask the administrator for a name without other characters.".to_owned(),
            ),
            Self::NotAnOrigin => language.pick(
                "Een adres bestaat hier alleen uit https://, de naam en zo nodig een poort.".to_owned(),
                "An address here is only https://, the name and, where needed, a port.".to_owned(),
            ),
            Self::TrailingDot => language.pick(
                "De naam van de server eindigt op een punt. Laat die weg.".to_owned(),
                "The server's name ends with a dot. Leave it out.".to_owned(),
            ),
            Self::RpIdSyntax { rp_id } => language.pick(
                format!("De server vroeg een sleutel voor {rp_id:?}, en dat is geen naam. Meld dit aan de beheerder."),
                format!("The server asked for a key for {rp_id:?}, which is not a name. Tell the administrator."),
            ),
            Self::RpIdForeign { rp_id, host } => language.pick(
                format!("{host} vroeg een sleutel die bij {rp_id} hoort. Dat is geweigerd. Meld dit aan de beheerder."),
                format!("{host} asked for a key that belongs to {rp_id}. This was refused. Tell the administrator."),
            ),
            Self::RpIdPublicSuffix { rp_id } => language.pick(
                format!("De server vroeg een sleutel voor {rp_id}, waar iedereen een naam onder kan hebben. Dat is geweigerd. Meld dit aan de beheerder."),
                format!("The server asked for a key for {rp_id}, below which anyone may own a name. This was refused. Tell the administrator."),
            ),
        }
    }
}
