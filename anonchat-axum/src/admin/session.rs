//! Sessions of those who have signed in: a sealed token, which every server of the deployment can
//! read and nobody else can make.
//!
//! It is bound to the admin key, another one of which ends all sessions.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use anonchat_core::UnixMillis;
use serde::{Deserialize, Serialize};

use crate::clock;
use crate::seal::Seal;
use crate::secret::Secret;

/// Nothing else derived from the same secret is under this label.
const LABEL: &[u8] = b"anonchat admin session\0";

/// How long a session lasts.
pub(super) const LIFETIME_S: u64 = 12 * 60 * 60;

/// The most bytes of a token that is looked at; those made here have about 200.
const MOST: usize = 512;

/// Sessions that were signed out of and would not be over yet. Each takes the key to make, so there
/// are few; beyond this the one that ends first is forgotten.
const ENDED: usize = 4_096;

/// Makes sessions under the first key, and reads those of all.
pub(crate) struct Sessions {
    seal: Seal,
    ended: Mutex<BTreeMap<u64, UnixMillis>>,
}

/// Somebody who has signed in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Session {
    /// A random number, which the record names and nobody can sign in with.
    pub(crate) id: u64,
    /// From when on it is refused.
    pub(crate) ends: UnixMillis,
}

/// What a token says. Its instants are milliseconds: see `token.rs`.
#[derive(Serialize, Deserialize)]
struct Statement {
    session: u64,
    issued: u64,
    ends: u64,
}

impl Sessions {
    /// `keys` as the operator gives them, the newest first. There must be one.
    pub(super) fn new(keys: &[Secret], admin_key: Option<&Secret>) -> Self {
        let admin = admin_key.map(|key| *key.derive(LABEL)).unwrap_or_default();
        Self { seal: Seal::new(keys, LABEL, MOST).bound_to(&admin), ended: Mutex::default() }
    }

    /// A session that begins now.
    pub(super) fn begin(at: UnixMillis) -> Session {
        Session { id: clock::number(), ends: at.after(LIFETIME_S * 1_000) }
    }

    /// The token of a session.
    pub(super) fn seal(&self, at: UnixMillis, session: Session) -> String {
        let (issued, ends) = (at.get(), session.ends.get());
        self.seal.seal(&Statement { session: session.id, issued, ends })
    }

    /// The session of a token, if it was sealed under one of the keys and is not over.
    pub(super) fn open(&self, at: UnixMillis, token: &str) -> Option<Session> {
        let Statement { session, issued, ends } = self.seal.open(token)?;
        let ends = ends.min(issued.saturating_add(LIFETIME_S * 1_000));
        let session = Session { id: session, ends: UnixMillis::new(ends) };
        self.lasts(at, session).then_some(session)
    }

    /// Whether a session is neither over nor signed out of.
    pub(super) fn lasts(&self, at: UnixMillis, session: Session) -> bool {
        at < session.ends && !self.ended().contains_key(&session.id)
    }

    /// Ends a session before its time. It began at `at` at the latest.
    pub(super) fn end(&self, at: UnixMillis, id: u64) {
        let mut ended = self.ended();
        ended.retain(|_, until| at < *until);
        if ended.len() >= ENDED
            && let Some(first) = ended.iter().min_by_key(|(_, until)| **until).map(|(id, _)| *id)
        {
            ended.remove(&first);
        }
        ended.insert(id, at.after(LIFETIME_S * 1_000));
    }

    fn ended(&self) -> MutexGuard<'_, BTreeMap<u64, UnixMillis>> {
        self.ended.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use anonchat_core::{Attestor, DeviceId, Gender};

    use super::*;
    use crate::token::Tokens;

    const NOW: UnixMillis = UnixMillis::new(1_800_000_000_000);

    fn sessions(keys: &[&str], admin: &str) -> Sessions {
        let keys: Vec<_> = keys.iter().copied().map(Secret::new).collect();
        Sessions::new(&keys, Some(&Secret::new(admin)))
    }

    fn sealed(sessions: &Sessions) -> String {
        sessions.seal(NOW, Sessions::begin(NOW))
    }

    #[test]
    fn a_session_lasts_twelve_hours_and_not_a_moment_longer() {
        let sessions = sessions(&["one"], "admin");
        let session = Sessions::begin(NOW);
        let token = sessions.seal(NOW, session);
        assert!(token.len() <= MOST, "{} bytes", token.len());
        assert_eq!(sessions.open(NOW, &token), Some(session));
        let end = NOW.after(12 * 3_600_000);
        assert_eq!(sessions.open(UnixMillis::new(end.get() - 1), &token), Some(session));
        assert_eq!(sessions.open(end, &token), None);
    }

    #[test]
    fn the_first_key_seals_sessions_and_all_keys_open_them() {
        let of = |keys: &[&str]| sessions(keys, "admin");
        let (old, both, new) = (of(&["old"]), of(&["new", "old"]), of(&["new"]));
        let (of_old, of_both) = (sealed(&old), sealed(&both));
        assert!(both.open(NOW, &of_old).is_some() && both.open(NOW, &of_both).is_some());
        assert!(new.open(NOW, &of_both).is_some());
        assert!(old.open(NOW, &of_both).is_none() && new.open(NOW, &of_old).is_none());
    }

    #[test]
    fn another_admin_key_ends_all_sessions() {
        let token = sealed(&sessions(&["one"], "admin"));
        assert!(sessions(&["one"], "admin").open(NOW, &token).is_some(), "on any server");
        assert!(sessions(&["one"], "other").open(NOW, &token).is_none());
    }

    #[test]
    fn a_verification_token_is_no_session_and_a_session_is_no_verification() {
        let keys = [Secret::new("one")];
        let sessions = Sessions::new(&keys, Some(&Secret::new("admin")));
        let tokens = Tokens::new(&keys, 60);
        let device = DeviceId::from_bytes([1; 16]);
        let verified = tokens.seal(NOW, device, Gender::Female).text;
        assert!(sessions.open(NOW, &verified).is_none());
        assert!(tokens.attest(NOW, device, &sealed(&sessions)).is_err());
    }

    #[test]
    fn a_session_that_was_changed_or_cut_is_refused() {
        let sessions = sessions(&["one"], "admin");
        let token = sealed(&sessions);
        for end in 0..token.len() {
            assert!(sessions.open(NOW, &token[..end]).is_none(), "cut at {end}");
        }
        for place in 0..token.len() {
            let mut bytes = token.clone().into_bytes();
            bytes[place] ^= 1;
            let Ok(changed) = String::from_utf8(bytes) else { continue };
            assert!(sessions.open(NOW, &changed).is_none(), "changed at {place}");
        }
    }

    #[test]
    fn who_has_signed_out_stays_out_and_others_stay_in() {
        let sessions = sessions(&["one"], "admin");
        let (one, two) = (Sessions::begin(NOW), Sessions::begin(NOW));
        let token = sessions.seal(NOW, one);
        sessions.end(NOW, one.id);
        assert!(sessions.open(NOW, &token).is_none());
        assert!(sessions.lasts(NOW, two));
        // What is remembered of it is bounded, and no longer than it would have lasted.
        for id in 0..2 * ENDED as u64 {
            sessions.end(NOW.after(1), id);
        }
        assert_eq!(sessions.ended().len(), ENDED);
        sessions.end(one.ends.after(1), 7);
        assert_eq!(sessions.ended().len(), 1);
    }
}
