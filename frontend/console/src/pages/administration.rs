//! The page “Administration”: people, API keys, volume and the tenant's settings, in tabs. The tab is in the
//! URL's query, so that it can be shared.

mod api_keys;
mod context;
mod edit_person;
mod new_api_key;
mod new_person;
mod people;
mod person_fields;
mod portal_secret;
mod roles;
mod tenant;
mod volume;

use leptos::prelude::*;
use leptos_router::hooks::use_query_map;

use self::{api_keys::ApiKeys, people::People, portal_secret::PortalSecret, tenant::Tenant, volume::Volume};
use crate::{
    components::{icon::Icon, not_allowed::NotAllowed},
    i18n::t,
    lazy::view::lazy_view,
    page::Page,
    query_string,
    reactive::memo,
    state::State,
};

/// A tab of the page.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum AdminTab {
    People,
    Keys,
    Tenant,
    Volume,
}

impl AdminTab {
    const ALL: [Self; 4] = [Self::People, Self::Keys, Self::Volume, Self::Tenant];

    /// The name in the query.
    const fn name(self) -> &'static str {
        match self {
            Self::People => "people",
            Self::Keys => "keys",
            Self::Tenant => "tenant",
            Self::Volume => "volume",
        }
    }

    fn title(self) -> String {
        match self {
            Self::People => t::admin_people(),
            Self::Keys => t::admin_keys(),
            Self::Tenant => t::sign_in_tenant(),
            Self::Volume => t::admin_volume(),
        }
    }

    fn view(self) -> AnyView {
        match self {
            Self::People => view! { <People/> }.into_any(),
            Self::Keys => view! { <ApiKeys/> }.into_any(),
            Self::Tenant => view! { <Tenant/> <PortalSecret/> }.into_any(),
            Self::Volume => view! { <Volume/> }.into_any(),
        }
    }
}

lazy_view! {
    /// The page, loaded when it is first opened.
    page pages::load_page: LazyAdministration() = Administration()
}

/// The page.
#[component]
pub fn Administration() -> impl IntoView {
    let may_administer = untrack(|| State::expect().me()).is_some_and(|me| me.may_administer);
    view! {
        <main id="content" class="page administration" tabindex="-1">
            {if may_administer { view! { <AdminTabs/> }.into_any() } else { view! { <NotAllowed icon=Icon::Tower title=t::admin_not_allowed()/> }.into_any() }}
        </main>
    }
}

#[component]
fn AdminTabs() -> impl IntoView {
    let query = use_query_map();
    let part = memo(move || {
        let named = query.with(|query| query.get("part"));
        AdminTab::ALL.into_iter().find(|part| named.as_deref() == Some(part.name())).unwrap_or(AdminTab::ALL[0])
    });
    let link = move |this: AdminTab| {
        let href = format!("{}{}", Page::Administration.href(), query_string::encode(&[("part", this.name())]));
        view! {
            <li>
                <a href=href aria-current=move || (part.get() == this).then_some("page")>
                    {this.title()}
                </a>
            </li>
        }
    };
    view! {
        <h1>{t::page_administration()}</h1>
        <nav aria-label=t::page_administration()>
            <ul class="parts" role="list">
                {AdminTab::ALL.map(link).into_iter().collect_view()}
            </ul>
        </nav>
        {move || part.get().view()}
    }
}
