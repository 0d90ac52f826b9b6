//! `/calendar/feeds`: what is planned as a file, and as secret addresses that calendar programs read by themselves. An address is shown
//! in the answer that made it and nowhere else; only the SHA-256 of its secret is recorded, and it can be revoked.

use askama::Template;
use axum::Form;
use axum::extract::{Path, RawQuery};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use hospital::feeds::{FeedOf, FeedOpened};
use hospital::{Command, State};
use model::ids::{AccountId, UnitId};
use model::people::Role;
use model::plan::Owner;
use serde::Deserialize;

use super::events::{events, named, tells};
use crate::clock::Local;
use crate::export::ics;
use crate::front::Token;
use crate::http::Problem;
use crate::page::{Ctx, Shell};
use crate::pages::Confirm;
use crate::pages::night::past::as_planned;
use crate::pages::night::{carry, say};
use crate::pages::overview::view::query;
use crate::parts::{Choice, Field, FieldKind};

/// Digits of a feed's own name in addresses that are no secret: the beginning of the SHA-256 of its secret.
const ID_DIGITS: usize = 16;
/// Most makers that are offered; whoever makes more than these devices names one in the API's file address.
const MAKERS_MAX: usize = 500;
const OWNERS: [Owner; 4] = [Owner::ClinicalEngineering, Owner::It, Owner::Vendor, Owner::Ward];

#[derive(Template)]
#[template(path = "pages/feeds.html")]
struct FeedsPage {
    shell: Shell,
    may: bool,
    field: Field,
    choices: Vec<(String, String)>,
    open: Vec<OpenFeed>,
}

struct OpenFeed {
    of: String,
    by: String,
    revoke: String,
}

#[derive(Template)]
#[template(path = "pages/feed_once.html")]
struct OncePage {
    shell: Shell,
    of: String,
    address: String,
}

/// A feed as an address or a form names it: `unit:WARD-5`, `owner:it`, `person:erik`, `vendor:Nordpuls`.
pub(super) fn key(of: &FeedOf) -> String {
    match of {
        FeedOf::Unit(unit) => format!("unit:{unit}"),
        FeedOf::Owner(owner) => format!("owner:{}", say::owner_word(*owner)),
        FeedOf::Person(person) => format!("person:{person}"),
        FeedOf::Vendor(maker) => format!("vendor:{maker}"),
    }
}

/// The feed of that name, if it is of something that there is.
fn read_key(state: &State, text: &str) -> Option<FeedOf> {
    let (kind, name) = text.split_once(':')?;
    match kind {
        "unit" => {
            let unit = UnitId::new(name).ok().filter(|unit| state.places().units.contains_key(unit))?;
            Some(FeedOf::Unit(unit))
        }
        "owner" => OWNERS.into_iter().find(|owner| say::owner_word(*owner) == name).map(FeedOf::Owner),
        "person" => {
            let known = |id: &AccountId| state.people().accounts.contains_key(id);
            Some(FeedOf::Person(AccountId::new(name).ok().filter(known)?))
        }
        "vendor" => {
            let made = state.register().iter().any(|device| device.manufacturer() == name);
            made.then(|| FeedOf::Vendor(name.into()))
        }
        _ => None,
    }
}

/// Everybody for whom there is a feed.
fn all(state: &State) -> Vec<FeedOf> {
    let mut makers: Vec<&str> = state.register().iter().map(|device| device.manufacturer()).collect();
    makers.sort_unstable();
    makers.dedup();
    makers.retain(|maker| !maker.trim().is_empty());
    let units = state.places().units.keys().cloned().map(FeedOf::Unit);
    let people = state.people().accounts.keys().cloned().map(FeedOf::Person);
    let makers = makers.into_iter().take(MAKERS_MAX).map(|maker| FeedOf::Vendor(maker.into()));
    units.chain(OWNERS.map(FeedOf::Owner)).chain(people).chain(makers).collect()
}

fn page(ctx: &Ctx, chosen: &str, error: &str) -> FeedsPage {
    let (w, local) = (ctx.w, ctx.local());
    ctx.app.domain.node.read(|state| {
        let all: Vec<(String, String)> =
            all(state).iter().map(|of| (key(of), named(&local, state, of))).collect();
        let offered =
            all.iter().map(|(key, name)| Choice { value: key.clone(), label: name.clone() }).collect();
        let open = state.people().feeds.iter().map(|(token_sha256, feed)| OpenFeed {
            of: named(&local, state, &feed.of),
            by: w.plan_approved(feed.by.as_str(), &local.moment(feed.opened)),
            revoke: format!("/calendar/feeds/{}/revoke", id_of(token_sha256)),
        });
        FeedsPage {
            shell: ctx.shell(w.feeds_title()).crumb("/calendar", w.calendar_title()),
            may: ctx.may(Role::Engineer),
            field: Field::new("of", w.feeds_what(), FieldKind::Select(offered))
                .value(chosen)
                .hint(w.feeds_what_hint())
                .error(error),
            choices: all
                .into_iter()
                .map(|(key, name)| (name, query("/calendar/feeds/file", &[("of", &key)])))
                .collect(),
            open: open.collect(),
        }
    })
}

fn id_of(token_sha256: &str) -> &str {
    token_sha256.get(..ID_DIGITS).unwrap_or(token_sha256)
}

pub(super) async fn show(ctx: Ctx) -> Result<Response, Problem> {
    ctx.person()?;
    Ok(ctx.page(page(&ctx, "", "")).into_response())
}

#[derive(Deserialize)]
pub(super) struct Said {
    #[serde(default)]
    of: String,
}

/// Makes an address. Its secret is in this answer alone.
pub(super) async fn open(ctx: Ctx, headers: HeaderMap, Form(said): Form<Said>) -> Result<Response, Problem> {
    let by = ctx.require(Role::Engineer)?.name.clone();
    let w = ctx.w;
    let Some(of) = ctx.app.domain.node.read(|state| read_key(state, &said.of)) else {
        let page = page(&ctx, &said.of, w.feeds_wrong());
        return Ok(ctx.page(page).status(StatusCode::UNPROCESSABLE_ENTITY).into_response());
    };
    let token = Token::random();
    let token_sha256 = hex::encode(token.digest().0).into();
    carry(&ctx, Command::OpenFeed(FeedOpened { token_sha256, of: of.clone(), by })).await?;
    let local = ctx.local();
    let page = OncePage {
        shell: ctx
            .shell(w.feeds_once())
            .crumb("/calendar", w.calendar_title())
            .crumb("/calendar/feeds", w.feeds_title()),
        of: ctx.app.domain.node.read(|state| named(&local, state, &of)),
        address: format!("{}/feeds/{}.ics", own_address(&ctx, &headers), token.reveal()),
    };
    Ok(ctx.page(page).into_response())
}

/// How the reader's own browser came here; a program on the same network comes the same way.
fn own_address(ctx: &Ctx, headers: &HeaderMap) -> String {
    let host = headers.get(header::HOST).and_then(|host| host.to_str().ok()).unwrap_or("");
    let settings = &ctx.app.settings;
    let scheme = if settings.tls || settings.behind_proxy { "https" } else { "http" };
    if host.is_empty() { String::new() } else { format!("{scheme}://{host}") }
}

/// The feed that an address which is no secret names: its SHA-256, and what it is of.
fn found(ctx: &Ctx, id: &str) -> Result<(Box<str>, String), Problem> {
    let local = ctx.local();
    ctx.app.domain.node.read(|state| {
        let mut fitting = state.people().feeds.iter().filter(|(token_sha256, _)| id_of(token_sha256) == id);
        match (fitting.next(), fitting.next()) {
            (Some((token_sha256, feed)), None) => Ok((token_sha256.clone(), named(&local, state, &feed.of))),
            (Some(_) | None, _) => Err(Problem::NotFound),
        }
    })
}

pub(super) async fn ask_revoke(ctx: Ctx, Path(id): Path<String>) -> Result<Response, Problem> {
    ctx.require(Role::Engineer)?;
    let w = ctx.w;
    let (_, of) = found(&ctx, &id)?;
    let confirm = Confirm {
        shell: ctx.shell(w.feeds_revoke_title(&of)).crumb("/calendar/feeds", w.feeds_title()),
        sentence: w.feeds_revoke_says().to_owned(),
        concerns: vec![of],
        action: format!("/calendar/feeds/{id}/revoke"),
        fields: Vec::new(),
        verb: w.feeds_revoke_verb().to_owned(),
        destructive: true,
        back: "/calendar/feeds".to_owned(),
    };
    Ok(ctx.page(confirm).into_response())
}

pub(super) async fn revoke(ctx: Ctx, Path(id): Path<String>) -> Result<Response, Problem> {
    ctx.require(Role::Engineer)?;
    let (token_sha256, _) = found(&ctx, &id)?;
    carry(&ctx, Command::CloseFeed { token_sha256 }).await?;
    Ok(Redirect::to("/calendar/feeds").into_response())
}

/// The file of a feed, for whoever is signed in: `?of=unit:WARD-5`.
pub(super) async fn file(ctx: Ctx, RawQuery(asked): RawQuery) -> Result<Response, Problem> {
    ctx.person()?;
    let asked = asked.unwrap_or_default();
    let of =
        form_urlencoded::parse(asked.as_bytes()).find(|(key, _)| key == "of").map(|(_, of)| of.into_owned());
    let of = of.and_then(|of| ctx.app.domain.node.read(|state| read_key(state, &of)));
    let of = of.ok_or_else(|| Problem::Bad(ctx.w.feeds_wrong().to_owned()))?;
    told(&ctx, &of).await
}

/// The feed at a secret address, for whoever has it.
pub(super) async fn read(ctx: Ctx, Path(token): Path<String>) -> Result<Response, Problem> {
    let token = Token::parse(token.strip_suffix(".ics").unwrap_or(&token)).ok_or(Problem::NotFound)?;
    let token_sha256 = hex::encode(token.digest().0);
    let of = ctx
        .app
        .domain
        .node
        .read(|state| state.people().feeds.get(token_sha256.as_str()).map(|feed| feed.of.clone()));
    told(&ctx, &of.ok_or(Problem::NotFound)?).await
}

async fn told(ctx: &Ctx, of: &FeedOf) -> Result<Response, Problem> {
    let outlooks = as_planned(ctx, |state, record| tells(state, record, of, ctx.now)).await?;
    let local: Local = ctx.local();
    let (name, events) =
        ctx.app.domain.node.read(|state| {
            (format!("Segue: {}", named(&local, state, of)), events(&local, state, of, &outlooks))
        });
    let headers = [
        (header::CONTENT_TYPE, "text/calendar; charset=utf-8"),
        (header::CONTENT_DISPOSITION, "attachment; filename=\"segue.ics\""),
    ];
    Ok((headers, ics::calendar(&name, &events)).into_response())
}
