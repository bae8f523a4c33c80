//! The text of `/metrics`, read.

use std::collections::{BTreeMap, BTreeSet};

use crate::client::{ADMIN_KEY, Answer, Server};

/// One scrape.
pub(crate) struct Scrape {
    pub(crate) text: String,
    /// Every series, by its name with its labels as they are written.
    pub(crate) series: BTreeMap<String, f64>,
}

impl Scrape {
    pub(crate) async fn of(server: &Server) -> Self {
        let answer = get(server, Some(ADMIN_KEY)).await;
        assert_eq!(answer.status, 200, "{answer:?}");
        Self::read(answer.body)
    }

    pub(crate) fn read(text: String) -> Self {
        let lines = text.lines().filter(|line| !line.starts_with('#'));
        let series = lines.map(|line| {
            let (name, value) = line.rsplit_once(' ').expect("name and value");
            (name.to_owned(), value.parse().expect("a number"))
        });
        Self { series: series.collect(), text }
    }

    /// The value of a series, which is there.
    pub(crate) fn value(&self, series: &str) -> f64 {
        *self.series.get(series).unwrap_or_else(|| panic!("{series} is not in {}", self.text))
    }

    /// The names of all series, without labels.
    pub(crate) fn names(&self) -> BTreeSet<&str> {
        self.series.keys().map(|series| split(series).0).collect()
    }

    /// The labels of all series but the bounds of buckets: each with its values.
    pub(crate) fn labels(&self) -> BTreeMap<&str, BTreeSet<&str>> {
        let mut labels = BTreeMap::<_, BTreeSet<_>>::new();
        for (name, value) in self.series.keys().flat_map(|series| split(series).1) {
            if name != "le" {
                labels.entry(name).or_default().insert(value);
            }
        }
        labels
    }
}

/// A series' name, and its labels with their values. No value here has a quote or a comma in it.
pub(crate) fn split(series: &str) -> (&str, Vec<(&str, &str)>) {
    let Some((name, labels)) = series.split_once('{') else { return (series, Vec::new()) };
    let labels = labels.strip_suffix('}').expect("closed").split(',');
    let pairs = labels.map(|label| label.split_once('=').expect("a value"));
    (name, pairs.map(|(label, value)| (label, value.trim_matches('"'))).collect())
}

pub(crate) async fn get(server: &Server, key: Option<&str>) -> Answer {
    let key = key.map(|key| format!("\r\nAuthorization: Bearer {key}")).unwrap_or_default();
    server.http(&format!("GET /metrics HTTP/1.1{key}"), b"").await
}
