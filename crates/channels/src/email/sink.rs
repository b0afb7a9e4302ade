//! Mail without a mail server: each letter becomes a file that any mail program opens.

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
    /// Writes into `<data>/mail`, which is made when the first letter comes.
    pub fn new(options: &EmailOptions, data: impl Into<PathBuf>, clock: Arc<dyn Clock>) -> Result<Self, BadSetting> {
        Ok(Self { composer: Composer::new(options, clock)?, folder: data.into().join("mail") })
    }

    /// Under a name of its own first, so that nobody reads half a letter, and a repeat replaces it. For
    /// the account that runs the server alone: mails say what their readers read.
    async fn write(&self, name: &str, message: &[u8]) -> io::Result<()> {
        DirBuilder::new().recursive(true).mode(0o700).create(&self.folder).await?;
        let unfinished = self.folder.join(format!(".{name}.part"));
        let mut file = OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&unfinished).await?;
        // One that was left unfinished keeps its mode, and a umask takes more away than is meant to be.
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
