//! `RedisStore` beyond the suite: the ways to reach a Redis, what it survives, whom it refuses, and
//! what it leaves behind.

mod connections;
mod guards;
mod outages;
mod people;
mod privacy;
mod rates;
