//! `campanile directory …`

use std::{
    fs::File,
    io::{BufRead, BufReader, Cursor, Read, stdin},
    iter,
    path::{Path, PathBuf},
};

use campanile_domain::{
    Campanile,
    import::{Difference, ImportPlan, MAX_LINE_BYTES},
    model::access::Actor,
    security_log::{Entry, event::SecurityEvent},
};
use campanile_shared::directory::{Directory, Record};
use clap::Subcommand;

use super::{
    lookup::operator_on,
    output::{CliError, print_line},
};

/// The largest JSON document, in bytes.
const MAX_DOCUMENT_BYTES: u64 = 16 << 20;

/// The commands for a directory.
#[derive(Subcommand)]
pub enum Command {
    /// Import people, names of objects, and relations: one record per line (NDJSON), or one JSON document.
    Import {
        /// The tenant's name.
        tenant: String,
        /// The file; - is standard input.
        #[arg(default_value = "-")]
        file: PathBuf,
        /// Show the changes without making them.
        #[arg(long)]
        dry_run: bool,
        /// Remove every relation that the import does not name.
        #[arg(long)]
        whole: bool,
        /// Like --whole, but only for objects that begin with this text, such as application:.
        #[arg(long, value_name = "PREFIX", conflicts_with = "whole")]
        part: Option<String>,
        /// The number of relations to remove, as --dry-run prints it; required if it is more than half of them.
        #[arg(long, value_name = "NUMBER")]
        confirm: Option<u64>,
    },
    /// Print the whole directory in the format of an import.
    Export {
        /// The tenant's name.
        tenant: String,
    },
}

/// Runs one of the commands.
pub async fn run(command: Command, campanile: &Campanile) -> Result<(), CliError> {
    match command {
        Command::Import { tenant: name, file, dry_run, whole, part, confirm } => {
            let by = operator_on(campanile, &name).await?;
            let plan = ImportPlan { dry_run, whole: part.or_else(|| whole.then(String::new)), confirm };
            import(campanile, &by, &file, plan).await
        }
        Command::Export { tenant: name } => export(campanile, &operator_on(campanile, &name).await?).await,
    }
}

async fn import(campanile: &Campanile, by: &Actor, file: &Path, plan: ImportPlan) -> Result<(), CliError> {
    let dry = plan.dry_run;
    let mut import = campanile.import(by, plan)?;
    let input: Box<dyn Read> = if file == Path::new("-") { Box::new(stdin()) } else { Box::new(File::open(file)?) };
    for record in records(BufReader::new(input))? {
        let differences = match record? {
            Some(record) => import.push(record).await?,
            None => vec![import.reject_unreadable()],
        };
        print_differences(differences, dry)?;
    }
    if import.counts.read == 0 {
        return Err("the import contains no record; nothing was changed".into());
    }
    while let Some(differences) = import.finish_step().await? {
        print_differences(differences, dry)?;
    }
    let counts = serde_json::to_string(&import.counts)?;
    print_line(&counts)?;
    match (import.rejected_count(), import.unconfirmed()) {
        (0, None) => Ok(()),
        (_, Some(ending)) if dry => {
            print_line(&format!("{ending} relations would be removed, more than half of them; the import needs --confirm {ending}"))
        }
        (_, Some(ending)) => Err(format!(
            "{ending} relations would be removed, more than half of them. The records were imported, and no relation was removed. Check \
             the result of --dry-run, and repeat the import with --confirm {ending}"
        )
        .into()),
        (refused, None) => Err(format!("{refused} records are invalid; the others were imported, and no relation was removed").into()),
    }
}

/// The records of an input. `None` is a line that is not a record.
type Records = Box<dyn Iterator<Item = Result<Option<Record>, CliError>>>;

/// The records of a file: one per line, or in one JSON document. A document is read completely, because its people
/// may come after the relations that name them. The number of lines is not limited.
fn records(mut input: impl BufRead + 'static) -> Result<Records, CliError> {
    let mut first = String::new();
    while first.trim().is_empty() && input.by_ref().take(MAX_DOCUMENT_BYTES).read_line(&mut first)? > 0 {}
    // A first line that is a complete directory is the whole document. Incomplete JSON is the start of a document.
    // Anything else is the first record, because a record has other members than a directory.
    let directory: Directory = match serde_json::from_str(&first) {
        Ok(directory) => directory,
        Err(error) if error.is_eof() && !first.is_empty() => {
            let mut document = first;
            input.take(MAX_DOCUMENT_BYTES).read_to_string(&mut document)?;
            if document.len() as u64 > MAX_DOCUMENT_BYTES {
                return Err(format!(
                    "the document is larger than {} MiB; write one record per line instead (NDJSON)",
                    MAX_DOCUMENT_BYTES >> 20
                )
                .into());
            }
            serde_json::from_str(&document)?
        }
        Err(_) => {
            let mut lines = Cursor::new(first).chain(input);
            return Ok(Box::new(iter::from_fn(move || {
                let line = next_line(&mut lines).transpose()?;
                Some(line.map(|line| serde_json::from_slice(&line).ok()))
            })));
        }
    };
    Ok(Box::new(directory.into_records().map(|record| Ok(Some(record)))))
}

/// The next line that is not blank. `None` at the end.
fn next_line(lines: &mut impl BufRead) -> Result<Option<Vec<u8>>, CliError> {
    loop {
        let mut line = Vec::new();
        if lines.by_ref().take(MAX_LINE_BYTES as u64 + 1).read_until(b'\n', &mut line)? == 0 {
            return Ok(None);
        }
        if line.len() > MAX_LINE_BYTES {
            return Err(format!("a line is longer than {} KiB", MAX_LINE_BYTES >> 10).into());
        }
        if !line.trim_ascii().is_empty() {
            return Ok(Some(line));
        }
    }
}

fn print_differences(differences: Vec<Difference>, dry: bool) -> Result<(), CliError> {
    for difference in differences {
        match difference {
            Difference::Put(record) if dry => print_line(&format!("+ {}", serde_json::to_string(&record)?))?,
            Difference::Ended(relation) if dry => print_line(&format!("- {}", serde_json::to_string(&Record::Relation(relation))?))?,
            Difference::Rejected(record, why) => print_line(&format!("! record {record}: {why:?}"))?,
            Difference::Put(_) | Difference::Ended(_) => {}
        }
    }
    Ok(())
}

async fn export(campanile: &Campanile, by: &Actor) -> Result<(), CliError> {
    let export = campanile.export_directory(by);
    Entry::new(SecurityEvent::Export).by(by).detail("directory").finished(&export);
    let mut export = export?;
    while let Some(records) = export.next_page().await? {
        for record in records {
            print_line(&serde_json::to_string(&record)?)?;
        }
    }
    Ok(())
}
