//! Takes the figures once a second, for however many look at them.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use anonchat_core::{Census, Query, View};
use futures_util::future::join_all;
use tokio::sync::watch;

use super::counts::Figures;
use super::history::{Crowd, History, Present};
use super::point::Course;
use crate::background::{TICK, ticks};
use crate::chat::AnonChat;
use crate::clock;

/// The figures of this server with their history, and where new ones are told.
pub(crate) struct Sampler {
    figures: Figures,
    history: Mutex<History>,
    /// The newest figures as JSON. Whoever is slow misses some, and the server keeps none of them.
    news: watch::Sender<Arc<str>>,
}

impl Sampler {
    pub(crate) fn new() -> Self {
        let figures = Figures::default();
        let history = Mutex::new(History::new(clock::now(), figures.counts()));
        Self { figures, history, news: watch::channel(Arc::from("")).0 }
    }

    /// The counters, for those who count.
    pub(crate) fn figures(&self) -> &Figures {
        &self.figures
    }

    pub(crate) fn history(&self) -> MutexGuard<'_, History> {
        self.history.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Hears of new figures from now on, about once a second.
    pub(crate) fn listen(&self) -> watch::Receiver<Arc<str>> {
        self.news.subscribe()
    }

    pub(crate) fn course(&self, chat: &AnonChat) -> Course {
        self.history().course(present(chat))
    }

    /// The newest figures, as they are told.
    pub(crate) fn latest(&self, chat: &AnonChat) -> Arc<str> {
        let live = self.history().live(present(chat));
        serde_json::to_string(&live).expect("numbers under names").into()
    }

    fn tell(&self, chat: &AnonChat) {
        if self.news.receiver_count() > 0 {
            self.news.send_replace(self.latest(chat));
        }
    }
}

fn present(chat: &AnonChat) -> Present {
    let connections = chat.hub().connections() as u64;
    Present { connections, maintenance: chat.admin().maintenance().since() }
}

/// Runs until nobody holds the chat any more.
pub(crate) fn spawn(chat: &AnonChat) {
    let chat = chat.weak();
    tokio::spawn(async move {
        let mut ticks = ticks(TICK);
        loop {
            ticks.tick().await;
            let Some(chat) = chat() else { return };
            let crowd = ask(&chat).await;
            let sampler = chat.sampler();
            sampler.history().take(clock::now(), crowd, sampler.figures().counts());
            sampler.tell(&chat);
        }
    });
}

/// What all pools say; `None` unless each of them answers.
async fn ask(chat: &AnonChat) -> Option<Crowd> {
    let census = |pool| async move {
        match chat.store().read(pool, clock::now(), &Query::Census).await {
            Ok(View::Census(census)) => Some(census),
            _ => None,
        }
    };
    let answers = join_all(chat.pools().iter().map(census)).await;
    let answers: Option<Vec<Census>> = answers.into_iter().collect();
    answers.map(|answers| Crowd::of(&answers))
}
