//! What every page shares: who asks (`Ctx`), the frame around it (`Shell`), and a template as an answer (`Page`).

use std::sync::Arc;

use askama::Template;
use axum::extract::{FromRef, FromRequestParts, Request};
use axum::http::request::Parts;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use model::Time;
use model::people::Role;

use crate::AppState;
use crate::clock::{Lapse, Local};
use crate::front::{SignedIn, Theme, Visitor};
use crate::http::{Problem, assets};
use crate::nav::{self, NavEntry};
use crate::words::{Language, Words};

impl Words {
    /// A role's name.
    pub fn role(self, role: Role) -> &'static str {
        match role {
            Role::Reader => self.role_reader(),
            Role::Ward => self.role_ward(),
            Role::Engineer => self.role_engineer(),
            Role::Admin => self.role_admin(),
        }
    }
}

/// Everything about one request that a page needs: who asks, in which language, and when. An extractor.
#[derive(Clone)]
pub struct Ctx {
    /// The state shared by all.
    pub app: AppState,
    /// Who asks.
    pub visitor: Arc<Visitor>,
    /// Texts in the reader's language.
    pub w: Words,
    /// The present instant: one reading for the whole answer.
    pub now: Time,
    /// Path with query, as asked.
    pub here: String,
    /// Versions of the live topics, read before the page reads anything: a change in between is never missed.
    pub live_versions: String,
}

impl Ctx {
    fn build(app: &AppState, visitor: &Arc<Visitor>, here: String) -> Ctx {
        Ctx {
            w: visitor.words(),
            now: app.clock.now(),
            live_versions: app.live.versions_text(),
            app: app.clone(),
            visitor: Arc::clone(visitor),
            here,
        }
    }

    /// The context of `request`, when the visitor was recognised.
    pub(crate) fn of(app: &AppState, request: &Request) -> Option<Ctx> {
        let here = request.uri().path_and_query().map_or("/", |here| here.as_str()).to_owned();
        request.extensions().get::<Arc<Visitor>>().map(|visitor| Ctx::build(app, visitor, here))
    }

    /// The person who is signed in; behind the door every page but the public ones has one.
    pub fn person(&self) -> Result<&SignedIn, Problem> {
        self.visitor.signed_in.as_ref().ok_or(Problem::SignedOut)
    }

    /// The person, if the role reaches `least`. (Every POST already asks for an engineer; ask here for an admin.)
    pub fn require(&self, least: Role) -> Result<&SignedIn, Problem> {
        let person = self.person()?;
        if person.role >= least { Ok(person) } else { Err(Problem::Role(person.role)) }
    }

    /// May the reader do what asks for `least`? For showing or hiding buttons; the door decides anyway.
    pub fn may(&self, least: Role) -> bool {
        self.visitor.signed_in.as_ref().is_some_and(|person| person.role >= least)
    }

    /// How instants are written for this reader.
    pub fn local(&self) -> Local {
        Local { w: self.w, zone: self.app.zone.clone(), now: self.now }
    }

    /// The frame of a page titled `title`.
    pub fn shell(&self, title: impl Into<String>) -> Shell {
        let path = self.here.split('?').next().unwrap_or("/").to_owned();
        let person = self.visitor.signed_in.as_ref();
        let ready = person.is_some_and(|person| !person.must_change);
        let nav = if ready { nav::entries(self.w, &self.app.nav, &path) } else { Vec::new() };
        Shell {
            w: self.w,
            title: title.into(),
            hospital: self.app.settings.hospital.clone(),
            nav,
            person: person.map(|person| (person.name.to_string(), self.w.role(person.role))),
            theme: self.visitor.theme,
            keys: self.visitor.keys,
            csrf: self.visitor.token.form_token(),
            here: self.here.clone(),
            crumbs: Vec::new(),
            live: ready.then(|| self.live_versions.clone()),
            made_at: self.local().clock_seconds(self.now),
            demo: self.app.clock.lapse().map(|lapse| self.demo_time(lapse)),
            tour: ready && self.app.settings.demonstration.is_some(),
        }
    }

    /// What time it is in a demonstration, and how it passes.
    fn demo_time(&self, lapse: Lapse) -> String {
        let local = self.local();
        let time = format!("{} {}", local.day(self.now), local.clock(self.now));
        match lapse.times {
            0 => self.w.demo_time_still(&time),
            1 => self.w.demo_time_real(&time),
            times => self.w.demo_time(&time, &self.w.number(u64::from(times))),
        }
    }

    /// Answers with `template`.
    pub fn page<T: Template>(&self, template: T) -> Page<T> {
        Page { template, status: StatusCode::OK }
    }
}

impl<S> FromRequestParts<S> for Ctx
where
    AppState: FromRef<S>,
    S: Send + Sync,
{
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Ctx, Problem> {
        let app = AppState::from_ref(state);
        let here = parts.uri.path_and_query().map_or("/", |here| here.as_str()).to_owned();
        let visitor = parts.extensions.get::<Arc<Visitor>>();
        let visitor = visitor.ok_or_else(|| Problem::internal("a page was asked for without a visitor"))?;
        Ok(Ctx::build(&app, visitor, here))
    }
}

/// One step of the way from the overview to this page.
#[derive(Clone, Debug)]
pub struct Crumb {
    /// Where it leads.
    pub href: String,
    /// What it is called.
    pub label: String,
}

/// The frame around a page: what `layout.html` shows.
#[derive(Clone, Debug)]
pub struct Shell {
    /// Texts.
    pub w: Words,
    /// Title of the page.
    pub title: String,
    /// The hospital's name.
    pub hospital: String,
    /// Main pages; empty before signing in.
    pub nav: Vec<NavEntry>,
    /// Name and role of whoever is signed in.
    pub person: Option<(String, &'static str)>,
    /// Colours.
    pub theme: Theme,
    /// Are single keys (`j`, `?`, `/`) listened to? Some readers' tools press keys by themselves (WCAG 2.1.4).
    pub keys: bool,
    /// Form token: every form posts it as `csrf`, every upload has it in its address.
    pub csrf: String,
    /// This page's path and query.
    pub here: String,
    /// The way here, without this page itself.
    pub crumbs: Vec<Crumb>,
    /// Versions of the live topics that this page was made from; `None` where nothing is live.
    pub live: Option<String>,
    /// When this page was made, as a clock.
    pub made_at: String,
    /// In a demonstration: that it is one, and what its time is.
    pub demo: Option<String>,
    /// Is there a page that says what to look at?
    pub tour: bool,
}

impl Shell {
    /// Adds a step to the way here.
    #[must_use]
    pub fn crumb(mut self, href: impl Into<String>, label: impl Into<String>) -> Shell {
        self.crumbs.push(Crumb { href: href.into(), label: label.into() });
        self
    }

    /// Address of a file of `static/`.
    pub fn asset(&self, name: &str) -> &'static str {
        assets::url(name)
    }

    /// Every language.
    pub fn languages(&self) -> [Language; 2] {
        Language::ALL
    }

    /// Every choice of colours with its name.
    pub fn themes(&self) -> [(Theme, &'static str); 3] {
        Theme::ALL.map(|theme| {
            let label = match theme {
                Theme::Auto => self.w.theme_auto(),
                Theme::Light => self.w.theme_light(),
                Theme::Dark => self.w.theme_dark(),
            };
            (theme, label)
        })
    }
}

/// A template as an answer.
pub struct Page<T: Template> {
    template: T,
    status: StatusCode,
}

impl<T: Template> Page<T> {
    /// The same page with another status, such as 422 for a form with errors.
    #[must_use]
    pub fn status(mut self, status: StatusCode) -> Page<T> {
        self.status = status;
        self
    }
}

impl<T: Template> IntoResponse for Page<T> {
    fn into_response(self) -> Response {
        match self.template.render() {
            Ok(html) => {
                (self.status, [(header::CONTENT_TYPE, "text/html; charset=utf-8")], html).into_response()
            }
            Err(error) => Problem::internal(error).into_response(),
        }
    }
}
