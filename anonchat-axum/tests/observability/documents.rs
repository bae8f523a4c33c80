//! The README, the dashboard and the alert rules of `docs/observability` agree with the server.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use promql_parser::label::MatchOp;
use promql_parser::parser::{Expr, VectorSelector, parse};
use promql_parser::util::{ExprVisitor, walk_expr};
use serde::Deserialize;
use serde_json::Value;

use crate::client::{Server, lenient};
use crate::scrape::{Scrape, split};

fn document(name: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/observability").join(name);
    fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// The rows of the table below a heading of the README, without the two of its head.
fn table(heading: &str) -> Vec<Vec<String>> {
    let text = document("README.md");
    let after = text.split(&format!("\n## {heading}\n")).nth(1).expect("heading").to_owned();
    let section = after.split("\n## ").next().expect("section");
    let rows = section.lines().filter(|line| line.starts_with('|')).skip(2);
    let cells = rows.map(|row| row.trim_matches('|').split(" |").map(str::trim).map(str::to_owned));
    cells.map(Iterator::collect).collect()
}

/// What stands between backticks.
fn quoted(cell: &str) -> BTreeSet<String> {
    cell.split('`').skip(1).step_by(2).map(str::to_owned).collect()
}

/// The labels of the README, each with its values.
pub(crate) fn documented_labels() -> BTreeMap<String, BTreeSet<String>> {
    let rows = table("Labels");
    rows.iter().map(|row| (row[0].trim_matches('`').to_owned(), quoted(&row[1]))).collect()
}

/// Names of series as a document gives them: a histogram is one.
fn family(series: &str) -> &str {
    let parts = ["_bucket", "_sum", "_count"];
    parts.iter().find_map(|part| series.strip_suffix(part)).unwrap_or(series)
}

#[tokio::test]
async fn the_readme_lists_every_metric_with_its_type_and_labels() {
    let server = Server::start(lenient()).await;
    let scrape = Scrape::of(&server).await;
    let mut real = BTreeMap::<_, BTreeSet<_>>::new();
    for series in scrape.series.keys() {
        let (name, labels) = split(series);
        let labels = labels.into_iter().map(|(label, _)| label).filter(|label| *label != "le");
        real.entry(family(name).to_owned()).or_default().extend(labels.map(str::to_owned));
    }
    let rows = table("Metrics");
    let listed: BTreeMap<_, _> =
        rows.iter().map(|row| (row[0].trim_matches('`').to_owned(), quoted(&row[2]))).collect();
    assert_eq!(listed, real);
    for row in &rows {
        let name = row[0].trim_matches('`');
        let name = name.strip_suffix("_total").or(name.strip_suffix("_info")).unwrap_or(name);
        let line = format!("# TYPE {name} {}", row[1]);
        assert!(scrape.text.lines().any(|found| found == line), "{line}");
        assert!(!row[3].is_empty(), "{name} means something");
    }
}

/// Checks every selector of an expression against what a server says.
struct Selectors<'a> {
    scrape: &'a Scrape,
    seen: BTreeSet<String>,
}

impl Selectors<'_> {
    fn check(&mut self, selector: &VectorSelector) {
        let name = selector.name.as_deref().expect("a selector by name");
        if name == "up" {
            return; // Prometheus makes it
        }
        let series: Vec<_> = self
            .scrape
            .series
            .keys()
            .map(|key| split(key))
            .filter(|(key, _)| *key == name)
            .collect();
        assert!(!series.is_empty(), "there is no metric {name}");
        self.seen.insert(family(name).to_owned());
        for matcher in &selector.matchers.matchers {
            if ["instance", "job"].contains(&matcher.name.as_str()) {
                continue; // so are these
            }
            let labels = series.iter().flat_map(|(_, labels)| labels);
            let values: BTreeSet<_> = labels
                .filter(|(label, _)| *label == matcher.name)
                .map(|(_, value)| *value)
                .collect();
            let chosen = match &matcher.op {
                MatchOp::Equal | MatchOp::NotEqual => values.contains(matcher.value.as_str()),
                // Every alternative has to be one of the values.
                MatchOp::Re(_) | MatchOp::NotRe(_) => {
                    matcher.value.split('|').all(|value| values.contains(value))
                }
            };
            assert!(chosen, "{name} has no {matcher}");
        }
    }
}

impl ExprVisitor for Selectors<'_> {
    type Error = std::convert::Infallible;

    fn pre_visit(&mut self, expression: &Expr) -> Result<bool, Self::Error> {
        match expression {
            Expr::VectorSelector(selector) => self.check(selector),
            Expr::MatrixSelector(matrix) => self.check(&matrix.vs),
            _ => {}
        }
        Ok(true)
    }
}

fn check(expression: &str, selectors: &mut Selectors<'_>) {
    let plain = expression.replace("$__rate_interval", "5m").replace("$instance", ".*");
    let parsed = parse(&plain).unwrap_or_else(|error| panic!("{expression}: {error}"));
    let Ok(_) = walk_expr(selectors, &parsed);
}

#[tokio::test]
async fn every_panel_of_the_dashboard_shows_metrics_that_exist() {
    let server = Server::start(lenient()).await;
    let scrape = Scrape::of(&server).await;
    let mut selectors = Selectors { scrape: &scrape, seen: BTreeSet::new() };
    let dashboard: Value = serde_json::from_str(&document("grafana-dashboard.json")).expect("JSON");
    let panels = dashboard["panels"].as_array().expect("panels");
    let mut ids = BTreeSet::new();
    for panel in panels {
        assert!(ids.insert(panel["id"].as_u64().expect("id")), "{panel}");
        assert!(!panel["title"].as_str().expect("title").is_empty());
        if panel["type"] == "row" {
            continue;
        }
        let targets = panel["targets"].as_array().expect("targets");
        assert!(!targets.is_empty(), "{panel}");
        for target in targets {
            check(target["expr"].as_str().expect("expression"), &mut selectors);
        }
    }
    let all: BTreeSet<_> = scrape.names().into_iter().map(|name| family(name).to_owned()).collect();
    assert_eq!(selectors.seen, all, "every metric has its place on the dashboard");
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Rules {
    groups: Vec<Group>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Group {
    name: String,
    rules: Vec<Rule>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Rule {
    alert: String,
    expr: String,
    #[serde(rename = "for")]
    lasting: Option<String>,
    labels: BTreeMap<String, String>,
    annotations: BTreeMap<String, String>,
}

#[tokio::test]
async fn every_alert_is_about_metrics_that_exist_and_says_what_is_wrong() {
    let server = Server::start(lenient()).await;
    let scrape = Scrape::of(&server).await;
    let mut selectors = Selectors { scrape: &scrape, seen: BTreeSet::new() };
    let rules: Rules = yaml_serde::from_str(&document("alerts.yml")).expect("rules");
    let mut names = BTreeSet::new();
    for group in &rules.groups {
        assert!(!group.name.is_empty() && !group.rules.is_empty());
        for rule in &group.rules {
            let name = &rule.alert;
            assert!(names.insert(name.clone()), "{name} is there twice");
            let severity = rule.labels.get("severity").map(String::as_str);
            assert!(matches!(severity, Some("critical" | "warning")), "{name}: {severity:?}");
            for annotation in ["summary", "description"] {
                assert!(
                    rule.annotations.get(annotation).is_some_and(|it| !it.is_empty()),
                    "{name}"
                );
            }
            let minutes = rule.lasting.as_ref().map(|lasting| lasting.strip_suffix('m'));
            assert!(
                minutes.is_none_or(|it| it.is_some_and(|it| it.parse::<u8>().is_ok())),
                "{name}"
            );
            check(&rule.expr, &mut selectors);
        }
    }
    assert!(!selectors.seen.is_empty());
    let listed: BTreeSet<_> =
        table("What to alert on").iter().map(|row| row[0].trim_matches('`').to_owned()).collect();
    assert_eq!(names, listed, "the README says why there is each");
}

#[test]
fn an_expression_about_nothing_is_found() {
    let scrape = Scrape::read("anonchat_pairs 1\nanonchat_x_total{call=\"read\"} 1\n".to_owned());
    for (expression, fits) in [
        ("rate(anonchat_x_total{call=\"read\"}[5m]) > max(anonchat_pairs)", true),
        ("anonchat_pears", false),
        ("sum(rate(anonchat_x_total{call=\"write\"}[5m]))", false),
        ("anonchat_x_total{kind=\"read\"}", false),
        ("anonchat_x_total{call=~\"read|write\"}", false),
        ("sum by (", false),
    ] {
        let checked = std::panic::catch_unwind(|| {
            check(expression, &mut Selectors { scrape: &scrape, seen: BTreeSet::new() });
        });
        assert_eq!(checked.is_ok(), fits, "{expression}");
    }
}
