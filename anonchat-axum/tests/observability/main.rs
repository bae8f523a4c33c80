//! What a server says about itself: that it is true, that it names nobody, and that the documents
//! about it agree with it.

#[path = "../client/mod.rs"]
mod client;
mod counting;
mod documents;
#[path = "../double/mod.rs"]
mod double;
mod exposure;
#[path = "../doors/judge.rs"]
#[allow(dead_code, reason = "other doors use the rest")]
mod judge;
mod privacy;
mod scrape;
