//! What the operator decides: flags, environment variables and their defaults.

mod values;

use std::fs;
use std::net::SocketAddr;
use std::path::PathBuf;

use anonchat_axum::IpNet;
use anonchat_axum::screens::Language;
use anonchat_core::{Policy, PoolId};
use clap::{Parser, Subcommand};
use tracing_subscriber::filter::Targets;

use crate::refusal::Refusal;
pub(crate) use values::{Checked, Given, LogFormat, Screening};
use values::{address, language, network, pool};

/// Anonymous one-to-one chat.
///
/// Every flag has an environment variable; a flag goes before it.
#[derive(Parser)]
#[command(name = "anonchat-server", version)]
pub(crate) struct Settings {
    /// Address to listen on; several are separated by commas, port 0 picks a free one
    #[arg(long, env = "ANONCHAT_LISTEN", global = true, value_name = "ADDRESS:PORT")]
    #[arg(default_value = "127.0.0.1:8000", value_delimiter = ',', value_parser = address)]
    pub(crate) listen: Vec<SocketAddr>,

    /// Where the pools live: `memory`, or `redis://[user:password@]host:port[/db]`, `rediss://…`,
    /// `redis+unix:///path`, `redis+sentinel://host:port,host:port/master-name`,
    /// `redis+cluster://host:port,host:port`
    #[arg(long, env = "ANONCHAT_STORE", global = true, hide_env_values = true)]
    #[arg(default_value = "memory", value_name = "STORE")]
    pub(crate) store: String,

    /// File in which the store `memory` keeps bans, blocks, reports without their words and
    /// today's counts through a restart
    #[arg(long, env = "ANONCHAT_SAFETY_FILE", global = true, value_name = "FILE")]
    pub(crate) safety_file: Option<PathBuf>,

    /// Pools that people choose from, the default first, separated by commas; nobody meets across
    /// pools, and bans hold in all of them
    #[arg(long, env = "ANONCHAT_POOLS", global = true, value_name = "NAME")]
    #[arg(default_value = "main", value_delimiter = ',', value_parser = pool)]
    pub(crate) pools: Vec<PoolId>,

    /// Directory of the model pack that looks at selfies; without one nobody's gender is verified
    #[arg(long, env = "ANONCHAT_MODELS", global = true, value_name = "DIR")]
    pub(crate) models: Option<PathBuf>,

    /// Path of a native `libonnxruntime`, 1.24 or later, that carries the models out; without one
    /// it is done in pure Rust
    #[arg(long, env = "ANONCHAT_ONNXRUNTIME", global = true, value_name = "FILE")]
    pub(crate) onnxruntime: Option<PathBuf>,

    /// Whether people's gender is checked
    #[arg(long, env = "ANONCHAT_VERIFICATION", global = true, default_value = "optional")]
    pub(crate) verification: Checked,

    /// When a picture may be read
    #[arg(long, env = "ANONCHAT_CONSENT", global = true, default_value = "explicit")]
    pub(crate) consent: Given,

    /// How strictly contact details are refused in chats and profiles, and profanity in profiles
    #[arg(long, env = "ANONCHAT_SCREENS", global = true, default_value = "standard")]
    pub(crate) screens: Screening,

    /// Languages whose words the screens know, separated by commas; all without this
    #[arg(long, env = "ANONCHAT_SCREEN_LANGUAGES", global = true, value_name = "CODE")]
    #[arg(value_delimiter = ',', value_parser = language)]
    pub(crate) screen_languages: Vec<Language>,

    /// Secret under which device ids are hashed, at least 32 random characters; several are
    /// separated by commas, the newest first
    #[arg(long, env = "ANONCHAT_KEY", global = true, hide_env_values = true)]
    #[arg(value_name = "SECRET", value_delimiter = ',')]
    pub(crate) key: Vec<String>,

    /// Secret of the admin API, at least 32 random characters
    #[arg(long, env = "ANONCHAT_ADMIN_KEY", global = true, hide_env_values = true)]
    #[arg(value_name = "SECRET")]
    pub(crate) admin_key: Option<String>,

    /// Origins of other pages that may use this server, such as <https://chat.example.org>
    #[arg(long, env = "ANONCHAT_ORIGINS", global = true, value_delimiter = ',')]
    pub(crate) origins: Vec<String>,

    /// Networks of proxies whose X-Forwarded-For is believed, such as 10.0.0.0/8 or an address;
    /// several are separated by commas
    #[arg(long, env = "ANONCHAT_TRUSTED_PROXIES", global = true, value_name = "NETWORK")]
    #[arg(value_delimiter = ',', value_parser = network)]
    pub(crate) trusted_proxies: Vec<IpNet>,

    /// TOML file with any of the numbers that `anonchat-server policy` prints
    #[arg(long, env = "ANONCHAT_POLICY", global = true, value_name = "FILE")]
    pub(crate) policy: Option<PathBuf>,

    /// Address that serves the figures of the server at `/metrics` and nothing else, without a key;
    /// they are then not served at the other addresses
    #[arg(long, env = "ANONCHAT_METRICS_LISTEN", global = true, value_name = "ADDRESS:PORT")]
    #[arg(value_parser = address)]
    pub(crate) metrics_listen: Option<SocketAddr>,

    /// OpenTelemetry collector that takes spans by OTLP over HTTP, such as <http://127.0.0.1:4318>
    #[cfg(feature = "otel")]
    #[arg(long, env = "OTEL_EXPORTER_OTLP_ENDPOINT", global = true, value_name = "URL")]
    pub(crate) otlp_endpoint: Option<String>,

    /// What is logged, such as `info` or `warn,anonchat_axum=debug`
    #[arg(long, env = "ANONCHAT_LOG", global = true, default_value = "info")]
    pub(crate) log: Targets,

    /// How it is logged
    #[arg(long, env = "ANONCHAT_LOG_FORMAT", global = true, default_value = "text")]
    pub(crate) log_format: LogFormat,

    /// What to do; nothing named means to serve
    #[command(subcommand)]
    pub(crate) task: Option<Task>,
}

/// Something to do other than serving.
#[derive(Clone, Debug, PartialEq, Eq, Subcommand)]
pub(crate) enum Task {
    /// Print the policy in effect, as TOML
    Policy,
    /// Print the description of the REST routes, as JSON
    Openapi,
    /// Look at a model pack
    #[command(subcommand)]
    Models(Models),
}

/// Something to do with a model pack.
#[derive(Clone, Debug, PartialEq, Eq, Subcommand)]
pub(crate) enum Models {
    /// Print which files of a directory are the ones that this version knows, and load them
    Check {
        /// Directory of the model pack
        dir: PathBuf,
    },
}

impl Settings {
    /// The policy in effect: the built-in one, changed by the file and the verification mode.
    pub(crate) fn effective_policy(&self) -> Result<Policy, Refusal> {
        let mut policy = match &self.policy {
            None => Policy::default(),
            Some(path) => {
                let text = fs::read_to_string(path)
                    .map_err(|error| Refusal::PolicyFile { path: path.clone(), error })?;
                read_policy(&text)
                    .map_err(|error| Refusal::PolicyText { path: path.clone(), error })?
            }
        };
        policy.verification = self.verification.0;
        policy.check()?;
        Ok(policy)
    }

    /// Whether browsers come over TLS, by the origins of the pages: all are of `https`.
    pub(crate) fn is_behind_tls(&self) -> bool {
        let mut origins = self.origins.iter();
        !self.origins.is_empty() && origins.all(|origin| origin.trim().starts_with("https://"))
    }

    /// Whether nobody but this machine can reach the server.
    pub(crate) fn is_local(&self) -> bool {
        self.listen.iter().all(|address| address.ip().is_loopback())
    }
}

fn read_policy(text: &str) -> Result<Policy, toml::de::Error> {
    toml::from_str(text)
}

#[cfg(test)]
mod tests {
    use anonchat_axum::screens::Strictness;

    use super::*;

    fn parse(arguments: &[&str]) -> Result<Settings, clap::Error> {
        Settings::try_parse_from([&["anonchat-server"], arguments].concat())
    }

    /// There is no `Debug` of settings: they hold keys.
    fn parsed(arguments: &[&str]) -> Settings {
        parse(arguments).unwrap_or_else(|error| panic!("{error}"))
    }

    #[test]
    fn the_command_line_is_well_formed() {
        use clap::CommandFactory;
        Settings::command().debug_assert();
    }

    #[test]
    fn without_arguments_it_serves_this_machine_from_memory() {
        let settings = parsed(&[]);
        assert_eq!(settings.listen, ["127.0.0.1:8000".parse().expect("address")]);
        assert!(settings.is_local());
        assert_eq!(
            (settings.store.as_str(), settings.pools.as_slice()),
            ("memory", &[PoolId::main()][..])
        );
        assert_eq!(settings.task, None);
        assert_eq!(settings.effective_policy().expect("policy"), Policy::default());
    }

    #[test]
    fn lists_are_repeated_or_separated_by_commas() {
        for arguments in [
            &["--listen", "127.0.0.1:1,[::1]:2"][..],
            &["--listen", "localhost:1", "--listen", "[::1]:2"],
        ] {
            let settings = parsed(arguments);
            let ports: Vec<_> = settings.listen.iter().map(SocketAddr::port).collect();
            assert_eq!(ports, [1, 2]);
            assert!(settings.is_local());
        }
        let settings = parsed(&["--listen", "127.0.0.1:1,0.0.0.0:2"]);
        assert!(!settings.is_local(), "one open address is enough");
        assert_eq!(parsed(&["--key", "one,two"]).key, ["one", "two"]);
        let proxies = parsed(&["--trusted-proxies", "10.0.0.0/8, ::1,192.0.2.7"]).trusted_proxies;
        let proxies: Vec<_> = proxies.iter().map(ToString::to_string).collect();
        assert_eq!(proxies, ["10.0.0.0/8", "::1/128", "192.0.2.7/32"]);
        let pools = parsed(&["--pools", "eu, us"]).pools;
        assert_eq!(pools.iter().map(PoolId::as_str).collect::<Vec<_>>(), ["eu", "us"]);
    }

    #[test]
    fn pages_that_all_come_over_tls_show_that_there_is_tls() {
        assert!(!parsed(&[]).is_behind_tls());
        assert!(parsed(&["--origins", "https://a.example, https://b.example"]).is_behind_tls());
        assert!(!parsed(&["--origins", "https://a.example,http://b.example"]).is_behind_tls());
    }

    #[test]
    fn what_is_no_setting_is_refused() {
        for arguments in [
            &["--listen", "chat.example.org:80"][..],
            &["--verification", "maybe"],
            &["--consent", "never"],
            &["--log-format", "xml"],
            &["--pools", "EU"],
            &["--trusted-proxies", "10.0.0.0/33"],
            &["--trusted-proxies", "proxy.example.org"],
            &["--pools", ""],
            &["--screens", "hard"],
            &["--screen-languages", "en,xx"],
            &["--screen-languages", ""],
            &["--metrics-listen", "9100"],
            &["--nonsense"],
        ] {
            assert!(parse(arguments).is_err(), "{arguments:?}");
        }
    }

    #[test]
    fn texts_are_screened_unless_that_is_turned_off() {
        let settings = parsed(&[]);
        assert_eq!(settings.screens, Screening(Some(Strictness::Standard)));
        assert!(settings.screen_languages.is_empty(), "which means all");
        for (name, chosen) in [
            ("off", None),
            ("lenient", Some(Strictness::Lenient)),
            ("strict", Some(Strictness::Strict)),
        ] {
            assert_eq!(parsed(&["--screens", name]).screens, Screening(chosen));
        }
        let languages = parsed(&["--screen-languages", "en, tr"]).screen_languages;
        assert_eq!(languages, [Language::English, Language::Turkish]);
    }

    #[test]
    fn a_policy_file_changes_what_it_names_and_nothing_else() {
        let policy = read_policy("[matching]\ncooldown_ms = 0\n").expect("policy");
        let mut expected = Policy::default();
        expected.matching.cooldown_ms = 0;
        assert_eq!(policy, expected);
    }

    #[test]
    fn unknown_names_in_a_policy_file_are_named() {
        for (text, name) in [
            ("[matching]\ncool_down = 1\n", "cool_down"),
            ("[machting]\n", "machting"),
            ("verification = \"off\"\n", "verification"),
        ] {
            let error = read_policy(text).expect_err("unknown").to_string();
            assert!(error.contains(name), "{error}");
        }
    }

    #[test]
    fn the_printed_policy_reads_back_as_itself() {
        let printed = toml::to_string(&Policy::default()).expect("toml");
        assert_eq!(read_policy(&printed).expect("policy"), Policy::default());
    }
}
