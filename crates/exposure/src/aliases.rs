//! The book of confirmed names: what people have said. Spellings that differ only in case, blanks and dashes share an
//! answer, so that one question is asked once.

use std::collections::BTreeMap;

use model::alias::{AliasAnswer, AliasSubject};

use crate::names::squash;
use crate::product::Answers;

/// Every answer in force.
#[derive(Clone, Debug, Default)]
pub struct AliasBook {
    vendors: BTreeMap<[String; 2], AliasAnswer>,
    products: BTreeMap<[String; 4], AliasAnswer>,
}

impl AliasBook {
    /// Records an answer; returns the one it replaces.
    pub fn put(&mut self, subject: &AliasSubject, answer: AliasAnswer) -> Option<AliasAnswer> {
        match Key::of(subject) {
            Key::Vendor(key) => self.vendors.insert(key, answer),
            Key::Product(key) => self.products.insert(key, answer),
        }
    }

    /// Takes an answer back.
    pub fn remove(&mut self, subject: &AliasSubject) -> Option<AliasAnswer> {
        match Key::of(subject) {
            Key::Vendor(key) => self.vendors.remove(&key),
            Key::Product(key) => self.products.remove(&key),
        }
    }

    /// The answer to one question.
    pub fn get(&self, subject: &AliasSubject) -> Option<AliasAnswer> {
        match Key::of(subject) {
            Key::Vendor(key) => self.vendors.get(&key).copied(),
            Key::Product(key) => self.products.get(&key).copied(),
        }
    }

    /// The answers that bear on one pair of names.
    pub fn answers(&self, manufacturer: &str, model: &str, vendor: &str, product: &str) -> Answers {
        if self.is_empty() {
            return Answers::default();
        }
        let (manufacturer, vendor) = (squash(manufacturer), squash(vendor));
        let product_key = || [manufacturer.clone(), squash(model), vendor.clone(), squash(product)];
        Answers {
            product: if self.products.is_empty() { None } else { self.products.get(&product_key()).copied() },
            vendor: self.vendors.get(&[manufacturer, vendor]).copied(),
        }
    }

    /// The products of the advisories, squashed, that a person said this model is.
    pub fn same_products(&self, manufacturer: &str, model: &str) -> impl Iterator<Item = &str> {
        let from = [squash(manufacturer), squash(model), String::new(), String::new()];
        let own = [from[0].clone(), from[1].clone()];
        self.products
            .range(from..)
            .take_while(move |(key, _)| key.starts_with(&own))
            .filter(|(_, answer)| **answer == AliasAnswer::Same)
            .map(|([_, _, _, product], _)| product.as_str())
    }

    /// The models of the register, as (manufacturer, model) squashed, that a person said are this product.
    pub fn same_models(&self, vendor: &str, product: &str) -> impl Iterator<Item = (&str, &str)> {
        let own = [squash(vendor), squash(product)];
        self.products
            .iter()
            .filter(move |([_, _, vendor, product], answer)| {
                **answer == AliasAnswer::Same && *vendor == own[0] && *product == own[1]
            })
            .map(|([manufacturer, model, ..], _)| (manufacturer.as_str(), model.as_str()))
    }

    /// Number of answers in force.
    pub fn len(&self) -> usize {
        self.vendors.len() + self.products.len()
    }

    /// No answer yet.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

enum Key {
    Vendor([String; 2]),
    Product([String; 4]),
}

impl Key {
    fn of(subject: &AliasSubject) -> Key {
        match subject {
            AliasSubject::Vendor { manufacturer, vendor } => {
                Key::Vendor([squash(manufacturer), squash(vendor)])
            }
            AliasSubject::Product { manufacturer, model, vendor, product } => {
                Key::Product([squash(manufacturer), squash(model), squash(vendor), squash(product)])
            }
        }
    }
}
