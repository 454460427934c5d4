//! `/menu`, and the menu on every page for signed-in people.

use askama::Template;

use crate::visitor::SignedIn;
use crate::web::error::Result;
use crate::web::page;

/// The menu entry of a page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// The pages of Live view.
    Live,
    /// Devices, Add device, one device.
    Devices,
    /// What was captured on this phone.
    Pictures,
    /// Configuration and the pages below it.
    Configuration,
    /// The page that explains the app.
    Help,
}

/// The contents of a page's menu.
#[derive(Debug, Clone)]
pub struct Menu {
    /// User name of the signed-in person.
    pub user_name: String,
    /// Mail address of the signed-in person.
    pub email: String,
    /// Seconds until this browser's key has to renew the session, with Auto-login.
    pub renews_in: Option<i64>,
    here: Option<Place>,
}

/// One entry of the menu.
#[derive(Debug, Clone, Copy)]
pub struct Item {
    /// Path that it leads to.
    pub address: &'static str,
    /// Name of its icon in `icons.html`.
    pub icon: &'static str,
    /// Message key of its text.
    pub key: &'static str,
    /// Whether the current page belongs to it.
    pub is_here: bool,
}

const ITEMS: [(Place, &str, &str, &str); 5] = [
    (Place::Live, "/live", "video", key!("menu-live")),
    (
        Place::Devices,
        "/devices",
        "hard-drive",
        key!("menu-devices"),
    ),
    (Place::Pictures, "/pictures", "images", key!("kept-title")),
    (
        Place::Configuration,
        "/configuration",
        "settings",
        key!("menu-configuration"),
    ),
    (Place::Help, "/help", "help", key!("menu-help")),
];

impl Menu {
    /// The menu of a page that belongs to `here`.
    pub fn new(who: &SignedIn, here: Place) -> Menu {
        Menu::at(who, Some(here))
    }

    fn at(who: &SignedIn, here: Option<Place>) -> Menu {
        Menu {
            user_name: who.user_name.clone(),
            email: who.email.clone(),
            renews_in: who.renews_in,
            here,
        }
    }

    /// The entries of the menu, in order.
    pub fn items(&self) -> impl Iterator<Item = Item> + '_ {
        ITEMS.iter().map(|(place, address, icon, key)| Item {
            address,
            icon,
            key,
            is_here: self.here == Some(*place),
        })
    }
}

#[derive(Template)]
#[template(path = "menu.html")]
struct MenuPage {
    menu: Menu,
}

/// `GET /menu`: the menu as a page, for browsers without JavaScript.
pub async fn show(who: SignedIn) -> Result {
    Ok(page::show(&MenuPage {
        menu: Menu::at(&who, None),
    }))
}
