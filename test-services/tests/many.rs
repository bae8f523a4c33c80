//! Servers that stand in for each other.

use redis::{Client, cmd};
use test_services::{Cluster, Engine, Sentinels};

#[test]
fn sentinels_put_a_replica_in_the_place_of_a_dead_master() {
    let sentinels = Sentinels::start(Engine::Redis);
    let former = sentinels.master().port();
    let mut master = sentinels.master().admin();
    cmd("SET").arg("key").arg("kept").exec(&mut master).expect("it answers");
    let copies: u32 = cmd("WAIT").arg(2).arg(10_000).query(&mut master).expect("it answers");
    assert_eq!(copies, 2);
    sentinels.fail_over();
    assert_ne!(sentinels.master().port(), former);
    let kept: String =
        cmd("GET").arg("key").query(&mut sentinels.master().admin()).expect("it answers");
    assert_eq!(kept, "kept");
}

#[test]
fn a_replica_takes_the_slots_of_a_dead_master() {
    let cluster = Cluster::start(Engine::Redis);
    let key = "anonchat:{main}:pool";
    let former = cluster.master_of(key).port();
    let mut master = cluster.master_of(key).admin();
    cmd("SET").arg(key).arg("kept").exec(&mut master).expect("it answers");
    let copies: u32 = cmd("WAIT").arg(1).arg(10_000).query(&mut master).expect("it answers");
    assert_eq!(copies, 1);
    let elsewhere = cluster.nodes().iter().find(|node| node.port() != former).expect("it answers");
    let url = elsewhere.tcp_url();
    let moved = cmd("GET")
        .arg(key)
        .exec(&mut Client::open(url).expect("it answers").get_connection().expect("it answers"));
    assert!(moved.is_err(), "another node sends the client on");
    cluster.fail_over(key);
    assert_ne!(cluster.master_of(key).port(), former);
    let kept: String =
        cmd("GET").arg(key).query(&mut cluster.master_of(key).admin()).expect("it answers");
    assert_eq!(kept, "kept");
}
