//! What goes to the scripts and what comes back, byte by byte.

mod arguments;
mod made;
mod replies;
mod whispers;
