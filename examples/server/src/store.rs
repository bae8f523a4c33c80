//! Opens the store that the operator has named.

use std::path::PathBuf;
use std::sync::Arc;

use anonchat_axum::Builder;
use anonchat_core::{Policy, PoolId};
use anonchat_store::MemoryStore;

use crate::keys::Keys;
use crate::refusal::Refusal;
use crate::safety::{self, Keeper};

/// The setting that keeps everything in this process.
const MEMORY: &str = "memory";

/// Gives the chat its store, its pools, and the record of admin actions, which is in the same
/// place. With a safety file there is somebody to keep it.
///
/// Rooms by code are in the same place as well.
///
/// A server whose store cannot be reached does not start: who runs it learns so at once, and
/// whatever restarts it tries again. One that runs bears it when its store goes away.
pub(crate) async fn open(
    builder: Builder,
    store: &str,
    safety_file: Option<PathBuf>,
    pools: Vec<PoolId>,
    policy: Policy,
    keys: &Keys,
) -> Result<(Builder, Option<Keeper>), Refusal> {
    let mut names = pools.iter().enumerate();
    if let Some((_, twice)) = names.find(|(before, name)| pools[..*before].contains(name)) {
        return Err(Refusal::PoolTwice(twice.as_str().to_owned()));
    }
    let builder = builder.pools(pools.clone());
    if store == MEMORY {
        let builder = with_rooms(builder, &policy)?;
        let store = MemoryStore::new(policy)?.with_pools(pools);
        let (store, keeper) = match safety_file {
            None => {
                tracing::warn!("the store is in memory: a restart forgets bans, blocks and limits");
                (Arc::new(store), None)
            }
            Some(path) => {
                let (store, keeper) = safety::open(store, path, keys).await?;
                (store, Some(keeper))
            }
        };
        return Ok((builder.store(Arc::clone(&store)).admin_store(store), keeper));
    }
    if safety_file.is_some() {
        return Err(Refusal::SafetyFileOfStore);
    }
    if keys.development {
        return Err(Refusal::KeyOfStore);
    }
    Ok((shared(builder, store, pools, policy, keys).await?, None))
}

/// Gives the chat its rooms, in memory.
#[cfg(feature = "rooms")]
fn with_rooms(builder: Builder, policy: &Policy) -> Result<Builder, Refusal> {
    Ok(builder.rooms(anonchat_store::MemoryRooms::new(Arc::new(policy.clone()))?))
}

#[cfg(not(feature = "rooms"))]
fn with_rooms(builder: Builder, _policy: &Policy) -> Result<Builder, Refusal> {
    Ok(builder)
}

#[cfg(feature = "redis")]
async fn shared(
    builder: Builder,
    url: &str,
    pools: Vec<PoolId>,
    policy: Policy,
    keys: &Keys,
) -> Result<Builder, Refusal> {
    use anonchat_core::StoreError;
    use anonchat_store::{ConnectError, RedisStore};

    let mut redis = RedisStore::builder(url.parse()?).policy(policy).pools(pools);
    if let Some(key) = keys.device.last() {
        redis = redis.key_fingerprint(key.fingerprint());
    }
    match redis.connect().await {
        Ok(store) => {
            let store = Arc::new(store);
            let builder = builder.rate_limits(store.rate_limits());
            let builder = with_shared_rooms(builder, &store, keys).await?;
            Ok(builder.store(Arc::clone(&store)).admin_store(store))
        }
        Err(ConnectError::Store(StoreError::OtherKey)) => Err(Refusal::OtherKey),
        Err(error) => Err(Refusal::StoreOpen(error)),
    }
}

/// Gives the chat its rooms, in the same Redis, sealed under keys that are derived from all that
/// are given.
#[cfg(all(feature = "redis", feature = "rooms"))]
async fn with_shared_rooms(
    builder: Builder,
    store: &anonchat_store::RedisStore,
    keys: &Keys,
) -> Result<Builder, Refusal> {
    use anonchat_core::StoreError;
    use anonchat_store::RoomKeys;

    let mut secrets = keys.device.iter().map(anonchat_axum::Secret::room_key);
    let Some(newest) = secrets.next() else { return Err(Refusal::KeyOfStore) };
    let sealed = secrets.fold(RoomKeys::new(*newest), |all, older| all.with_older(*older));
    match store.rooms(&sealed).await {
        Ok(rooms) => Ok(builder.rooms(rooms)),
        Err(StoreError::OtherKey) => Err(Refusal::OtherKey),
        Err(error) => Err(Refusal::StoreOpen(error.into())),
    }
}

#[cfg(all(feature = "redis", not(feature = "rooms")))]
async fn with_shared_rooms(
    builder: Builder,
    _store: &anonchat_store::RedisStore,
    _keys: &Keys,
) -> Result<Builder, Refusal> {
    Ok(builder)
}

#[cfg(not(feature = "redis"))]
async fn shared(
    _builder: Builder,
    _url: &str,
    _pools: Vec<PoolId>,
    _policy: Policy,
    _keys: &Keys,
) -> Result<Builder, Refusal> {
    Err(Refusal::Store)
}
