//! A person's inbox, told apart into notifications and banners.

use campanile_domain::{Notification, Person, inbox::LARGEST_PAGE, store::StoredItem};
use campanile_shared::{
    Change, Filter, Recipients, View,
    inbox::{Action, CAP, Selection},
};
use uuid::Uuid;

use super::error::Refusal;
use crate::app::App;

/// Which half of an inbox.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Half {
    /// What was sent to everyone.
    Banners,
    /// Everything else.
    Notifications,
}

/// How many pages of an inbox are looked through for one answer.
const MOST_PAGES: usize = 10;

impl Half {
    fn holds(self, notification: &Notification) -> bool {
        let banner = notification.to.contains(&Recipients::Everyone);
        banner == (self == Self::Banners)
    }

    /// Up to `most` items of a view below a sequence, the newest first, and where to go on.
    pub async fn items(
        self,
        app: &App,
        who: &Person,
        view: View,
        before: Option<u64>,
        most: usize,
    ) -> Result<(Vec<StoredItem>, Option<u64>), Refusal> {
        let filter = Filter { view, ..Filter::default() };
        let (mut found, mut before): (Vec<StoredItem>, _) = (Vec::new(), before);
        for _ in 0..MOST_PAGES {
            let page = app.campanile.store().page(who.tenant, who.id, &filter, before, LARGEST_PAGE).await?;
            for item in page.items {
                if found.len() == most {
                    return Ok((found, before));
                }
                before = Some(item.notification.sequence);
                if self.holds(&item.notification) {
                    found.push(item);
                }
            }
            before = page.next;
            if before.is_none() {
                break;
            }
        }
        Ok((found, before))
    }

    /// How many items of a view there are, up to the cap of all counts.
    pub async fn count(self, app: &App, who: &Person, view: View) -> Result<usize, Refusal> {
        Ok(self.items(app, who, view, None, CAP as usize).await?.0.len())
    }
}

/// Does something to items.
pub async fn mark(app: &App, who: &Person, action: Action, ids: Vec<Uuid>) -> Result<(), Refusal> {
    if !ids.is_empty() {
        app.campanile.change(who, Change { action, items: Selection::Ids(ids) }).await?;
    }
    Ok(())
}
