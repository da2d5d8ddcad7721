//! The `quiora` binary: reads the command line, runs what it says, and tells failures in one line.

#![allow(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "the links and the one line of a failure are for a person"
)]

use anyhow::{Context, Result};
use clap::Parser;
use quiora::app::{App, Running};
use quiora::config::{AdminCommand, BaseUrl, Cli, Command, Config, CrowdArgs, DataArgs, InsteadOfViewers, LoadArgs};
use quiora::robot::audience::{self, CrowdConfig, CrowdReport, LoadConfig};
use quiora::telemetry;
use std::io::IsTerminal;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Duration;
use tokio::signal::unix::{SignalKind, signal};

/// Everything that matters has ended by itself before; a lookup that hangs in the system should not hold the exit up.
const LEFTOVERS: Duration = Duration::from_millis(200);

fn main() -> ExitCode {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(told) if !told.use_stderr() => {
            print!("{told}");
            return ExitCode::SUCCESS;
        }
        Err(wrong) => {
            eprintln!("{}", wrong.to_string().lines().next().unwrap_or("error: bad command line"));
            return ExitCode::FAILURE;
        }
    };
    telemetry::init(cli.log_format);
    match run(cli.command) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {}", in_one_line(&error));
            ExitCode::FAILURE
        }
    }
}

/// An error and its causes, without those that the line already tells.
fn in_one_line(error: &anyhow::Error) -> String {
    let mut line = String::new();
    for cause in error.chain().map(ToString::to_string) {
        if !line.contains(&cause) {
            let separator = if line.is_empty() { "" } else { ": " };
            line = line + separator + &cause;
        }
    }
    line
}

/// Runs a command on a runtime of its own. What is still running in the background afterwards is not waited for.
fn run(command: Command) -> Result<()> {
    let runtime = tokio::runtime::Runtime::new().context("cannot start")?;
    let outcome = runtime.block_on(obey(command));
    runtime.shutdown_timeout(LEFTOVERS);
    outcome
}

async fn obey(command: Command) -> Result<()> {
    match command {
        Command::Serve(args) => {
            let running = App::start(Config::try_from(args)?).await?;
            println!("Quiora is at {}", running.base());
            if let Some(link) = running.setup_link().await? {
                println!("Set up your shop: {link}");
            }
            running.run_until(asked_to_stop()?).await
        }
        Command::Demo(args) => {
            let running = App::start(Config::try_from(args)?).await?;
            print_demo(&running).await?;
            running.run_until(asked_to_stop()?).await
        }
        Command::Load(args) => match &args.instead {
            Some(InsteadOfViewers::Compare { reports, out }) => compare(reports, out),
            Some(InsteadOfViewers::Crowd(args)) => crowd(args).await,
            None => Box::pin(load(&args)).await,
        },
        Command::Admin(AdminCommand::LoginLink(args)) => login_link(args).await,
    }
}

async fn print_demo(running: &Running) -> Result<()> {
    let links = running.demo().await?;
    println!("Watch   {}", links.watch);
    println!("Studio  {}", links.studio);
    Ok(())
}

/// Loads a server. A person at a terminal sees a line a second that is written over, a log gets the table only.
async fn load(args: &LoadArgs) -> Result<()> {
    let config = LoadConfig::try_from(args)?;
    let watched = std::io::stderr().is_terminal();
    let report = audience::run(&config, |now| {
        if watched {
            eprint!(
                "\r\x1b[2K{:4} s  {:9}  joined {}  connected {}  playing {}  failed {}  {} packets/s  {:.0} Mbit/s",
                now.elapsed_s, now.phase, now.joined, now.connected, now.playing, now.failed, now.packets, now.megabits
            );
        }
    });
    let report = report.await;
    if watched {
        eprint!("\r\x1b[2K");
    }
    let report = report?;
    print!("{}", report.table());
    args.json.as_deref().map_or(Ok(()), |path| keep(&report, path))
}

/// Puts a crowd before a server.
async fn crowd(args: &CrowdArgs) -> Result<()> {
    let report = audience::run_crowd(&CrowdConfig::try_from(args)?).await?;
    print!("{}", report.table());
    if let Some(path) = &args.beside {
        let text = std::fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?;
        let other: CrowdReport = serde_json::from_str(&text).context("not a crowd's report")?;
        print!("{}", report.beside(&other).unwrap_or_default());
    }
    args.json.as_deref().map_or(Ok(()), |path| keep(&report, path))
}

/// Writes a report.
fn keep(report: &impl serde::Serialize, path: &Path) -> Result<()> {
    let json = serde_json::to_string_pretty(report).context("cannot write the report")?;
    std::fs::write(path, json).with_context(|| format!("cannot write {}", path.display()))
}

/// Compares reports: the table is printed, and written with the plots.
fn compare(reports: &[PathBuf], out: &Path) -> Result<()> {
    let read =
        |path: &PathBuf| std::fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()));
    let comparison = audience::compare(&reports.iter().map(read).collect::<Result<Vec<_>>>()?)?;
    print!("{}", comparison.table);
    std::fs::create_dir_all(out)?;
    std::fs::write(out.join("table.md"), &comparison.table)?;
    for (name, svg) in &comparison.plots {
        std::fs::write(out.join(name), svg)?;
    }
    Ok(())
}

async fn login_link(args: DataArgs) -> Result<()> {
    let base = args.base_url.unwrap_or_else(|| BaseUrl::localhost(args.listen.port()));
    println!("{}", App::login_link(&args.data_dir, args.database_url.as_deref(), &base).await?);
    Ok(())
}

/// Completes at Ctrl-C or SIGTERM.
fn asked_to_stop() -> Result<impl Future<Output = ()>> {
    let mut interrupt = signal(SignalKind::interrupt()).context("cannot listen to signals")?;
    let mut terminate = signal(SignalKind::terminate()).context("cannot listen to signals")?;
    Ok(async move {
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
        }
    })
}
