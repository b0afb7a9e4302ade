//! The e-mail channel without an SMTP server: it writes each e-mail to a file that any mail program can open.

use std::{fs::Permissions, io, os::unix::fs::PermissionsExt, path::PathBuf, sync::Arc};

use async_trait::async_trait;
use campanile_domain::{
    Clock,
    model::attempt_result::AttemptResult,
    ports::channel::{Channel, OutgoingMessage},
};
use campanile_shared::Channel as Name;
use tokio::{
    fs::{DirBuilder, OpenOptions},
    io::AsyncWriteExt,
};

use super::{EmailOptions, composer::Composer};
use crate::SettingError;

/// How many e-mails are written at once.
const CONCURRENT_FILES: u32 = 4;

/// The e-mail channel while no SMTP server is configured.
pub struct FileTransport {
    composer: Composer,
    folder: PathBuf,
}

impl FileTransport {
    /// Creates the channel. It writes to `<data>/mail`, which is created with the first e-mail.
    pub fn new(options: &EmailOptions, data: impl Into<PathBuf>, clock: Arc<dyn Clock>) -> Result<Self, SettingError> {
        Ok(Self { composer: Composer::new(options, clock)?, folder: data.into().join("mail") })
    }

    /// Writes to a temporary file and renames it, so that no one reads an incomplete e-mail. A repeat replaces the file. Only
    /// the account that runs the server can read it, because e-mails contain private text.
    async fn write(&self, name: &str, message: &[u8]) -> io::Result<()> {
        DirBuilder::new().recursive(true).mode(0o700).create(&self.folder).await?;
        let unfinished = self.folder.join(format!(".{name}.part"));
        let mut file = OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&unfinished).await?;
        // A leftover temporary file keeps its old mode, and a umask may remove more bits than intended.
        file.set_permissions(Permissions::from_mode(0o600)).await?;
        file.write_all(message).await?;
        file.flush().await?;
        tokio::fs::rename(unfinished, self.folder.join(name)).await
    }
}

#[async_trait]
impl Channel for FileTransport {
    fn name(&self) -> Name {
        Name::Email
    }

    fn queue(&self, _: &str) -> String {
        super::QUEUE.to_owned()
    }

    fn concurrency(&self) -> u32 {
        CONCURRENT_FILES
    }

    async fn attempt(&self, outgoing: &OutgoingMessage) -> AttemptResult {
        let message = match self.composer.compose(outgoing) {
            Ok(message) => message.formatted(),
            Err(why) => return AttemptResult::rejected(why),
        };
        let name = format!("{}.eml", outgoing.id);
        match self.write(&name, &message).await {
            Ok(()) => AttemptResult::delivered(format!("written to mail/{name}")),
            Err(error) => AttemptResult::retry(format!("mail/{name} cannot be written: {error}")),
        }
    }
}
