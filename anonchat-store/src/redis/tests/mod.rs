//! What goes to the scripts and what comes back, byte by byte; and what becomes of it.

mod arguments;
mod made;
mod mailbox;
mod outages;
mod replies;
mod whispers;
