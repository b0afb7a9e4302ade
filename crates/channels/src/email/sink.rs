//! The e-mail channel without an SMTP server: it writes each e-mail to a file that any mail program can open.

use std::{fs::Permissions, io, os::unix::fs::PermissionsExt, path::PathBuf, sync::Arc};

use async_trait::async_trait;
use campanile_domain::{
    Clock,
    channel::{Attempt, Channel, Letter},
};
use campanile_shared::Channel as Name;
use tokio::{
    fs::{DirBuilder, OpenOptions},
    io::AsyncWriteExt,
};

use super::{EmailOptions, composer::Composer};
use crate::BadSetting;

/// The e-mail channel while no SMTP server is configured.
pub struct Sink {
    composer: Composer,
    folder: PathBuf,
}

impl Sink {
    /// Creates the channel. It writes to `<data>/mail`, which is created with the first e-mail.
    pub fn new(options: &EmailOptions, data: impl Into<PathBuf>, clock: Arc<dyn Clock>) -> Result<Self, BadSetting> {
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
impl Channel for Sink {
    fn name(&self) -> Name {
        Name::Email
    }

    fn lane(&self, _: &str) -> String {
        super::LANE.to_owned()
    }

    async fn attempt(&self, letter: &Letter) -> Attempt {
        let message = match self.composer.compose(letter) {
            Ok(message) => message.formatted(),
            Err(why) => return Attempt::rejected(why),
        };
        let name = format!("{}.eml", letter.id);
        match self.write(&name, &message).await {
            Ok(()) => Attempt::delivered(format!("written to mail/{name}")),
            Err(error) => Attempt::retry(format!("mail/{name} cannot be written: {error}")),
        }
    }
}
