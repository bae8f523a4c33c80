//! Anonymous chat as a server: settings, the chat, its page, and an orderly end.

mod keys;
mod logging;
mod page;
mod refusal;
mod safety;
mod settings;
#[cfg(feature = "otel")]
mod spans;
mod stop;
mod store;
mod verifier;

#[cfg(not(unix))]
use std::alloc::System as Allocator;
use std::io::{self, Write};
use std::net::SocketAddr;
use std::num::NonZero;
use std::process::ExitCode;
use std::thread;

use anonchat_axum::AnonChat;
use anonchat_axum::screens::{Language, Screens};
use clap::Parser;
#[cfg(unix)]
use tikv_jemallocator::Jemalloc as Allocator;
use tokio::net::TcpListener;
use tokio::runtime::{Builder, Runtime};
use tokio::sync::watch;
use tokio::task::JoinSet;
use zeroizing_alloc::ZeroAlloc;

use keys::Keys;
use refusal::Refusal;
use safety::Keeper;
use settings::{Models, Settings, Task};
use stop::Stop;

/// Wipes all memory that is given back, whoever took it: decoders of pictures, models and the HTTP
/// library keep copies that nobody else could reach.
///
/// The memory below is asked for in huge pages (by `.cargo/config.toml`): with thousands of
/// connections each message touches pages that no cache knows the place of.
#[global_allocator]
static ALLOCATOR: ZeroAlloc<Allocator> = ZeroAlloc(Allocator);

fn main() -> ExitCode {
    let settings = Settings::parse();
    let ended =
        runtime().map_err(Refusal::from).and_then(|runtime| runtime.block_on(run(settings)));
    match ended {
        Ok(()) => ExitCode::SUCCESS,
        Err(refusal) => {
            let _ = writeln!(io::stderr(), "anonchat-server: {refusal}");
            ExitCode::FAILURE
        }
    }
}

/// A runtime for the cores that there are. With one there is nobody to share work with, and one
/// queue in which everybody waits for their turn is fairer: of several, one is seldom looked at.
fn runtime() -> io::Result<Runtime> {
    let cores = thread::available_parallelism().map_or(1, NonZero::get);
    let mut runtime = match cores {
        1 => Builder::new_current_thread(),
        _ => Builder::new_multi_thread(),
    };
    runtime.enable_all().build()
}

async fn run(settings: Settings) -> Result<(), Refusal> {
    match settings.task {
        Some(Task::Policy) => {
            let policy = toml::to_string(&settings.effective_policy()?)?;
            Ok(write!(io::stdout(), "{policy}")?)
        }
        Some(Task::Openapi) => Ok(write!(io::stdout(), "{}", anonchat_axum::openapi())?),
        Some(Task::Models(Models::Check { ref dir })) => {
            verifier::check(dir, settings.onnxruntime.as_deref())
        }
        None => serve(settings).await,
    }
}

async fn serve(mut settings: Settings) -> Result<(), Refusal> {
    let asked_to_stop = Stop::listen()?;
    let policy = settings.effective_policy()?;
    let keys = Keys::take(&mut settings)?;
    #[cfg(feature = "otel")]
    let spans = settings.otlp_endpoint.as_deref().map(spans::Spans::to).transpose()?;
    #[cfg(feature = "otel")]
    let exported = spans.as_ref().map(spans::Spans::layer);
    #[cfg(not(feature = "otel"))]
    let exported = None;
    logging::start(settings.log.clone(), settings.log_format, exported);
    // Every connection is an open file, and systems begin with room for a thousand.
    if let Err(error) = rlimit::increase_nofile_limit(u64::MAX) {
        tracing::warn!(%error, "the limit of open files stays as it is");
    }
    let mut listeners = Vec::new();
    for address in settings.listen.iter().copied() {
        listeners.push(listen(address).await?);
    }
    let metrics = match settings.metrics_listen {
        Some(address) => Some(listen(address).await?),
        None => None,
    };

    let mut builder = AnonChat::builder()
        .behind_tls(settings.is_behind_tls())
        .origins(settings.origins)
        .consent(settings.consent.0)
        .metrics_elsewhere(metrics.is_some())
        .trusted_proxies(settings.trusted_proxies)
        .development(keys.development);
    let (store, safety_file) = (settings.store.as_str(), settings.safety_file);
    let keeper;
    (builder, keeper) =
        store::open(builder, store, safety_file, settings.pools, policy, &keys).await?;
    let (models, onnxruntime) = (settings.models.as_deref(), settings.onnxruntime.as_deref());
    builder = verifier::open(builder, settings.verification.0, models, onnxruntime)?;
    if let Some(strictness) = settings.screens.0 {
        let languages = match settings.screen_languages.as_slice() {
            [] => Language::ALL,
            chosen => chosen,
        };
        let screens = Screens::builder().strictness(strictness);
        builder = builder.screen(screens.languages(languages.iter().copied()).build());
    }
    announce(&keys)?;
    let development = keys.development;
    builder = keys.device.into_iter().fold(builder, anonchat_axum::Builder::key);
    if let Some(key) = keys.admin {
        builder = builder.admin_key(key);
    }
    let chat = builder.start().await?;

    if development && let Some(listener) = listeners.first() {
        link(&chat, listener.local_addr()?)?;
    }
    let app = chat.guard(page::router(chat.clone())).merge(chat.router());
    let (stop, stopped) = watch::channel(false);
    let mut serving = JoinSet::new();
    let mut doors = Vec::new();
    if let Some(listener) = metrics {
        writeln!(io::stdout(), "Metrics at http://{}/metrics", listener.local_addr()?)?;
        doors.push((listener, chat.guard(chat.metrics_router())));
    }
    for listener in listeners {
        writeln!(io::stdout(), "Listening on http://{}", listener.local_addr()?)?;
        doors.push((listener, app.clone()));
    }
    for (listener, app) in doors {
        let mut stopped = stopped.clone();
        let signal = async move { _ = stopped.wait_for(|stopped| *stopped).await };
        serving.spawn(anonchat_axum::serve(listener, app, chat.clone(), signal));
    }
    io::stdout().flush()?;
    let keeping = keeper.map(Keeper::start);
    let ended = tokio::select! {
        () = asked_to_stop.come() => Ok(()),
        Some(Ok(ended)) = serving.join_next() => ended,
    };
    tracing::info!("stopping");
    let _ = stop.send(true);
    while serving.join_next().await.is_some() {}
    if let Some(keeping) = keeping {
        keeping.finish().await;
    }
    #[cfg(feature = "otel")]
    if let Some(spans) = spans {
        spans.flush().await;
    }
    Ok(ended?)
}

async fn listen(address: SocketAddr) -> Result<TcpListener, Refusal> {
    TcpListener::bind(address).await.map_err(|error| Refusal::Listen { address, error })
}

/// Shows how to get into the admin page. The secret stands in the fragment, which no browser sends
/// and no log of requests has; it works once.
fn link(chat: &AnonChat, address: SocketAddr) -> io::Result<()> {
    match chat.sign_in_link_secret() {
        Some(secret) => {
            writeln!(io::stdout(), "  Admin page: http://{address}/admin#{}", secret.expose())
        }
        None => Ok(()),
    }
}

/// Says in development mode that it is, and with which keys.
fn announce(keys: &Keys) -> io::Result<()> {
    if !keys.development {
        return Ok(());
    }
    let mut out = io::stdout();
    writeln!(out, "Development mode: no --key was given, so both keys were made for this run.")?;
    for (name, key) in [("Key", keys.device.first()), ("Admin key", keys.admin.as_ref())] {
        writeln!(out, "  {name}: {}", key.map_or("none", |key| key.expose()))?;
    }
    writeln!(out, "  Only this machine is served, and what devices did is forgotten at the end.")
}
