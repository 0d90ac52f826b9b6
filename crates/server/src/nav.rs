//! The main navigation: few entries in one line, the others behind them in groups that open without a script.

use crate::words::Words;

/// A page of the main navigation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Nav {
    /// `/`
    Overview,
    /// `/board`
    Board,
    /// `/plans`
    Plans,
    /// `/calendar`
    Calendar,
    /// `/forecast`
    Forecast,
    /// `/ward`
    Wards,
    /// `/hosts`
    Hosts,
    /// `/incidents`
    Incidents,
    /// `/archive`
    Archive,
    /// `/matrix`
    Matrix,
    /// `/devices`
    Devices,
    /// `/advisories`
    Advisories,
    /// `/aliases`
    Aliases,
    /// `/imports`
    Imports,
    /// `/hospital`
    Hospital,
    /// `/audit`
    Audit,
    /// `/settings`
    Settings,
}

impl Nav {
    /// In the order shown. A page is shown once a route of its path exists.
    pub const ALL: [Nav; 17] = [
        Nav::Overview,
        Nav::Board,
        Nav::Plans,
        Nav::Calendar,
        Nav::Forecast,
        Nav::Wards,
        Nav::Hosts,
        Nav::Incidents,
        Nav::Archive,
        Nav::Matrix,
        Nav::Devices,
        Nav::Advisories,
        Nav::Aliases,
        Nav::Imports,
        Nav::Hospital,
        Nav::Audit,
        Nav::Settings,
    ];

    /// Where it is.
    pub fn path(self) -> &'static str {
        match self {
            Nav::Overview => "/",
            Nav::Board => "/board",
            Nav::Plans => "/plans",
            Nav::Calendar => "/calendar",
            Nav::Forecast => "/forecast",
            Nav::Wards => "/ward",
            Nav::Hosts => "/hosts",
            Nav::Incidents => "/incidents",
            Nav::Archive => "/archive",
            Nav::Matrix => "/matrix",
            Nav::Devices => "/devices",
            Nav::Advisories => "/advisories",
            Nav::Aliases => "/aliases",
            Nav::Imports => "/imports",
            Nav::Hospital => "/hospital",
            Nav::Audit => "/audit",
            Nav::Settings => "/settings",
        }
    }

    /// What it is called.
    fn label(self, w: Words) -> &'static str {
        match self {
            Nav::Overview => w.nav_overview(),
            Nav::Board => w.nav_board(),
            Nav::Plans => w.nav_plans(),
            Nav::Calendar => w.nav_calendar(),
            Nav::Forecast => w.nav_forecast(),
            Nav::Wards => w.nav_wards(),
            Nav::Hosts => w.nav_hosts(),
            Nav::Incidents => w.nav_incidents(),
            Nav::Archive => w.nav_archive(),
            Nav::Matrix => w.nav_matrix(),
            Nav::Devices => w.nav_devices(),
            Nav::Advisories => w.nav_advisories(),
            Nav::Aliases => w.nav_aliases(),
            Nav::Imports => w.nav_imports(),
            Nav::Hospital => w.nav_hospital(),
            Nav::Audit => w.nav_audit(),
            Nav::Settings => w.nav_settings(),
        }
    }

    /// Is `path` this page or one below it?
    fn holds(self, path: &str) -> bool {
        match self {
            Nav::Overview => path == "/",
            Nav::Board
            | Nav::Plans
            | Nav::Calendar
            | Nav::Forecast
            | Nav::Wards
            | Nav::Hosts
            | Nav::Incidents
            | Nav::Archive
            | Nav::Matrix
            | Nav::Devices
            | Nav::Advisories
            | Nav::Aliases
            | Nav::Imports
            | Nav::Hospital
            | Nav::Audit
            | Nav::Settings => {
                path.strip_prefix(self.path()).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
            }
        }
    }
}

/// Some pages of the navigation behind one word.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Group {
    /// Each by itself.
    None,
    /// What is planned.
    Planning,
    /// What stands at this moment.
    Now,
    /// What is open to attack, and by what it is known.
    Exposure,
    /// What is told to Segue, and what it keeps.
    House,
}

impl Group {
    fn of(nav: Nav) -> Group {
        match nav {
            Nav::Overview | Nav::Board => Group::None,
            Nav::Plans | Nav::Calendar | Nav::Forecast => Group::Planning,
            Nav::Wards | Nav::Hosts | Nav::Incidents | Nav::Archive => Group::Now,
            Nav::Matrix | Nav::Devices | Nav::Advisories | Nav::Aliases => Group::Exposure,
            Nav::Imports | Nav::Hospital | Nav::Audit | Nav::Settings => Group::House,
        }
    }

    fn label(self, w: Words) -> &'static str {
        match self {
            Group::None => "",
            Group::Planning => w.nav_planning(),
            Group::Now => w.nav_now(),
            Group::Exposure => w.nav_exposure(),
            Group::House => w.nav_house(),
        }
    }
}

/// One page of the navigation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NavItem {
    /// Where it leads.
    pub href: &'static str,
    /// What it is called.
    pub label: &'static str,
    /// Are we in it?
    pub current: bool,
}

/// One entry of the line: a page by itself, or a group of them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NavEntry {
    /// What the group is called; empty for a page by itself.
    pub label: &'static str,
    /// Its pages.
    pub items: Vec<NavItem>,
}

impl NavEntry {
    /// The page of the group in which we are.
    pub fn here(&self) -> Option<&NavItem> {
        self.items.iter().find(|item| item.current)
    }
}

/// The line for somebody who is at `path`. A group of one page is that page.
pub(crate) fn entries(w: Words, known: &[Nav], path: &str) -> Vec<NavEntry> {
    let mut out: Vec<(Group, NavEntry)> = Vec::new();
    for nav in known {
        let item = NavItem { href: nav.path(), label: nav.label(w), current: nav.holds(path) };
        let group = Group::of(*nav);
        match out.last_mut() {
            Some((last, entry)) if *last == group && group != Group::None => entry.items.push(item),
            Some(_) | None => out.push((group, NavEntry { label: group.label(w), items: vec![item] })),
        }
    }
    let alone = |(_, entry): (Group, NavEntry)| {
        if entry.items.len() == 1 { NavEntry { label: "", ..entry } } else { entry }
    };
    out.into_iter().map(alone).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::words::Language;

    #[test]
    fn seventeen_pages_are_six_entries_and_the_one_where_we_are_is_found_below_its_group() {
        let w = Words::of(Language::English);
        let line = entries(w, &Nav::ALL, "/devices/7");
        assert_eq!(line.len(), 6);
        assert_eq!(line.iter().map(|entry| entry.items.len()).sum::<usize>(), Nav::ALL.len());
        let here: Vec<_> = line.iter().filter_map(|entry| Some((entry.label, entry.here()?.label))).collect();
        assert_eq!(here, [(w.nav_exposure(), w.nav_devices())]);
    }

    #[test]
    fn a_group_of_which_one_page_exists_is_that_page() {
        let line = entries(Words::of(Language::English), &[Nav::Overview, Nav::Hosts], "/");
        assert!(line.iter().all(|entry| entry.label.is_empty() && entry.items.len() == 1), "{line:?}");
    }
}
