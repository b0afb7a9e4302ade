//! `cargo xtask test`: runs every check that a change must pass.

use std::process::Command;

use crate::{Result, dist, process, report::Report, run, test_counts::TestCounts, tools, workspace::Workspace};

const WASM: [&str; 2] = ["--target", "wasm32-unknown-unknown"];
const DENY_WARNINGS: [&str; 3] = ["--", "--deny", "warnings"];

/// Runs all steps; returns whether all succeeded. After a failed step, the steps that do not need it still run.
pub fn run(workspace: &Workspace) -> bool {
    let mut report = Report::default();
    let cargo = |arguments: &[&str]| workspace.command("cargo", arguments);

    report.check("Formatting", || process::run(&mut cargo(&["fmt", "--all", "--check"])));
    report.check("Clippy, native", || process::run(cargo(&["clippy", "--workspace", "--all-targets"]).args(DENY_WARNINGS)));
    report.check("Clippy, wasm32", || {
        tools::wasm_target(workspace)?;
        let console = ["clippy", "--package", "campanile-frontend", "--package", "campanile-panel", "--all-targets"];
        process::run(cargo(&console).args(WASM).args(DENY_WARNINGS))
    });
    report.check("Documentation", || process::run(cargo(&["doc", "--workspace", "--no-deps"]).env("RUSTDOCFLAGS", "--deny warnings")));
    report.check("Dependencies, unused", || {
        tools::cargo_machete(workspace)?;
        // Not as `cargo machete`: below `cargo xtask` it would take its own name for a folder.
        process::run(&mut workspace.command("cargo-machete", ["--with-metadata"]))
    });
    report.check("Dependencies, licences and sources", || {
        tools::cargo_deny(workspace)?;
        // The sources of every platform, which the steps before did not need.
        process::run(&mut cargo(&["fetch", "--quiet"]))?;
        process::run(&mut cargo(&["deny", "--offline", "check", "bans", "licenses", "sources"]))
    });
    report.tests("Native tests", TestCounts::of_cargo, || {
        tools::for_native_tests(workspace)?;
        // This test runs on the release build, below.
        Ok(cargo(&["test", "--workspace", "--no-fail-fast", "--", "--skip", "noisy_neighbour::"]))
    });
    report.tests("Tests of the embedded element's JavaScript", TestCounts::of_node, || {
        let mut node = workspace.command("node", ["--test", "--test-reporter=spec"]);
        node.current_dir(workspace.file("frontend/bell"));
        Ok(node)
    });
    report.tests("Wasm tests, in Chromium", TestCounts::of_cargo, || wasm_tests(workspace));
    let dist = report.check("Console", || dist::build(workspace));
    if dist {
        // The same choice of packages as for the native tests, so that nothing is compiled again.
        let sizes = ["test", "--workspace", "--bin", "campanile-bench", "--", "--ignored", "bytes::"];
        report.tests("Sizes", TestCounts::of_cargo, || Ok(cargo(&sizes)));
    }
    let server = report.check("Server, release", || run::build_server(workspace).map(drop));
    if server {
        report.tests("Load test of the release build", TestCounts::of_cargo, || {
            let mut load_test = cargo(&["test", "--workspace", "--test", "it", "noisy_neighbour::"]);
            load_test.env("CAMPANILE_BINARY", workspace.target("release/campanile"));
            Ok(load_test)
        });
        report.tests("Third-party clients", TestCounts::of_node, || clients(workspace));
    }
    if dist && server {
        report.tests("Browser tests", TestCounts::of_playwright, || browser_tests(workspace));
    } else {
        report.check("Browser tests", || Err("the console or the server was not built".into()));
    }
    report.close()
}

fn wasm_tests(workspace: &Workspace) -> Result<Command> {
    tools::for_wasm_tests(workspace)?;
    let driver = workspace.find("chromedriver").ok_or("chromedriver is not on the PATH")?;
    let mut command = workspace.command("cargo", ["test", "--package", "campanile-frontend", "--no-fail-fast"]);
    command
        .args(WASM)
        .env("CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUNNER", "wasm-bindgen-test-runner")
        .env("CHROMEDRIVER", driver)
        .env("WASM_BINDGEN_TEST_WEBDRIVER_JSON", workspace.file("crates/xtask/webdriver.json"))
        .env("WASM_BINDGEN_TEST_TIMEOUT", "120");
    Ok(command)
}

fn clients(workspace: &Workspace) -> Result<Command> {
    let python = tools::for_clients(workspace)?;
    let mut command = workspace.command("node", ["--test", "--test-concurrency=2", "--test-reporter=spec"]);
    command
        .current_dir(workspace.file(tools::CLIENTS))
        .env("CLIENTS_BINARY", workspace.target("release/campanile"))
        .env("CLIENTS_PYTHON", python);
    Ok(command)
}

fn browser_tests(workspace: &Workspace) -> Result<Command> {
    tools::for_browser_tests(workspace)?;
    let program = |name: &str| workspace.find(name).ok_or_else(|| format!("{name} is not on the PATH"));
    let mut command = workspace.command("node", ["node_modules/@playwright/test/cli.js", "test"]);
    command
        .current_dir(workspace.file("frontend/e2e"))
        .env("E2E_BINARY", workspace.target("release/campanile"))
        .env("E2E_DIST", workspace.file("dist"))
        .env("E2E_CHROMIUM", program("chromium")?)
        .env("E2E_NGINX", program("nginx")?);
    Ok(command)
}
