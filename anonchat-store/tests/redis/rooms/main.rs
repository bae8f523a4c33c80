//! `RedisRooms`: it passes the suite for rooms, finds out wrong scripts, shows nobody what is said,
//! forgets in time, and survives what Redis survives.

mod edits;
mod mutants;
mod outages;
mod people;
mod privacy;
mod stories;
mod suite;
