//! The REST routes, asked by a tool that makes its requests up from their description.

mod running;

use std::process::Command;

use running::{OTHER, Process, STRONG, run};

/// Cases of each route and phase. The seed is fixed, so that a run can be had again.
const CASES: &str = "60";

#[test]
fn the_description_is_printed_as_it_is_served() {
    let (success, printed, _) = run(&["openapi"]);
    assert!(success);
    let server = Process::start(&["--listen", "127.0.0.1:0"]);
    let (head, served) = server.get("/openapi.json", "");
    assert!(head.starts_with("http/1.1 200"), "{head}");
    let json = |text: &str| serde_json::from_str::<serde_json::Value>(text).expect("JSON");
    assert_eq!(json(&printed), json(&served));
    server.terminate();
}

/// Nothing that fits the description, and nothing that does not, is answered by a 5xx or by what
/// the description does not say.
///
/// In two goes, since maintenance and pictures would meet: the first route turns away with 503
/// what comes in by the others. The live figures have no end, and are tested elsewhere.
#[test]
fn no_made_up_request_breaks_the_server_or_its_description() {
    let schemathesis = std::env::var("SCHEMATHESIS")
        .expect("SCHEMATHESIS names the tool; scripts/test installs it");
    let folder = std::env::temp_dir().join(format!("anonchat-made-up-{}", std::process::id()));
    std::fs::create_dir_all(&folder).expect("a folder");
    let policy = folder.join("policy.toml");
    let lenient =
        "[rates]\nrest_per_minute = 0\nverifications_per_hour = 0\nsign_ins_per_minute = 0\n";
    std::fs::write(&policy, lenient).expect("written");
    let path = policy.to_str().expect("path");
    let keys = ["--key", STRONG, "--admin-key", OTHER, "--listen", "127.0.0.1:0"];
    let server = Process::start(&[&keys[..], &["--policy", path]].concat());
    let address = format!("http://{}", server.addresses[0]);
    let others = ["--exclude-path", "/admin/live", "--exclude-operation-id", "switch_maintenance"];
    let switch = ["--include-operation-id", "switch_maintenance"];
    for chosen in [&others[..], &switch] {
        let output = Command::new(&schemathesis)
            .args(["run", &format!("{address}/openapi.json"), "--url", &address])
            .args(["--header", &format!("Authorization: Bearer {OTHER}")])
            .args(["--checks", CHECKS, "--max-examples", CASES, "--seed", "1"])
            .args(["--generation-database", "none", "--no-color", "--request-timeout", "60"])
            .args(chosen)
            .current_dir(&folder) // where it keeps notes
            .output()
            .expect("schemathesis runs");
        let told = String::from_utf8_lossy(&output.stdout);
        assert!(output.status.success(), "{told}");
    }
    server.terminate();
    let _ = std::fs::remove_dir_all(folder);
}

/// All that the tool knows to look at, but for one: that what fits the description is carried out.
/// Descriptions cannot say that a ban ends in the future.
const CHECKS: &str = "not_a_server_error,status_code_conformance,content_type_conformance,\
    response_headers_conformance,response_schema_conformance,negative_data_rejection,\
    ignored_auth,missing_required_header,unsupported_method";
