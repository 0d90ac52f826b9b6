//! The product tree (CSAF 2.0 §3.2.2, 2.1 §3.2.3) as a flat list of products, and the names others refer to them by.

use std::collections::{HashMap, HashSet};

use adapter_input::{At, Fault, Findings, Reason};
use model::advisory::{Combination, Product};
use model::finding::Severity;

use crate::circle;
use crate::document::Budget;
use crate::names::{Path, helpers, place};
use crate::{NAME_LENGTH_MAX_BYTES, PRODUCTS_MAX_COUNT};

/// The products of a document and its product groups.
#[derive(Default)]
pub(crate) struct Tree<'n> {
    products: Vec<Product>,
    /// How often each id is defined; from the second time on a product is called `id#2`, `id#3`, …
    defined: HashMap<&'n str, usize>,
    /// The ids made up that way.
    made_up: HashSet<Box<str>>,
    groups: HashMap<&'n str, Vec<&'n str>>,
}

/// Reads `/product_tree`.
pub(crate) fn read<'n>(
    tree: &At<'_, 'n>,
    budget: &mut Budget,
    findings: &mut Findings,
) -> Result<Tree<'n>, Fault> {
    let mut out = Tree::default();
    if let Some(branches) = tree.get("branches")? {
        out.read_branches(&branches, &mut Vec::new(), budget, findings)?;
    }
    if let Some(names) = tree.get("full_product_names")? {
        for name in names.items()? {
            out.define(&name, &Vec::new(), None, budget, findings)?;
        }
    }
    out.read_relationships(tree, budget, findings)?;
    out.read_paths(tree, budget, findings)?;
    out.check_references(tree, findings)?;
    out.read_groups(tree, findings)?;
    Ok(out)
}

impl<'n> Tree<'n> {
    /// The products, in document order.
    pub(crate) fn into_products(self) -> Vec<Product> {
        self.products
    }

    /// The products read so far.
    pub(crate) fn products(&self) -> &[Product] {
        &self.products
    }

    fn read_branches(
        &mut self,
        branches: &At<'_, 'n>,
        path: &mut Path<'n>,
        budget: &mut Budget,
        findings: &mut Findings,
    ) -> Result<(), Fault> {
        for branch in branches.items()? {
            let category = branch.need("category")?.name(NAME_LENGTH_MAX_BYTES)?;
            let name_at = branch.need("name")?;
            let name = name_at.text()?;
            if name.len() > NAME_LENGTH_MAX_BYTES {
                return Err(name_at.fault(
                    Reason::Limit,
                    "the name is too long",
                    format!("at most {NAME_LENGTH_MAX_BYTES} bytes"),
                ));
            }
            path.push((category, name));
            let product = branch.get("product")?;
            let below = branch.get("branches")?;
            if product.is_none() && below.is_none() {
                let problem = "this branch leads to no product";
                branch.note(findings, Severity::Warning, problem, "a product, or further branches");
            }
            if let Some(product) = product {
                self.define(&product, path, None, budget, findings)?;
            }
            if let Some(below) = below {
                self.read_branches(&below, path, budget, findings)?;
            }
            path.pop();
        }
        Ok(())
    }

    fn read_relationships(
        &mut self,
        tree: &At<'_, 'n>,
        budget: &mut Budget,
        findings: &mut Findings,
    ) -> Result<(), Fault> {
        let Some(relationships) = tree.get("relationships")? else {
            return Ok(());
        };
        for relationship in relationships.items()? {
            let kind = relationship.need("category")?;
            let component = relationship.need("product_reference")?;
            let host = relationship.need("relates_to_product_reference")?;
            let combination = Combination {
                kind: budget.copy(kind.name(NAME_LENGTH_MAX_BYTES)?, &kind)?,
                component: budget.copy(component.name(NAME_LENGTH_MAX_BYTES)?, &component)?,
                host: budget.copy(host.name(NAME_LENGTH_MAX_BYTES)?, &host)?,
            };
            let name = relationship.need("full_product_name")?;
            self.define(&name, &Vec::new(), Some(combination), budget, findings)?;
        }
        Ok(())
    }

    /// 2.1's product paths: a first product and what it is in, on or with, one step after the other. The first step is
    /// the combination; further steps are qualifiers: (category, product id).
    fn read_paths(
        &mut self,
        tree: &At<'_, 'n>,
        budget: &mut Budget,
        findings: &mut Findings,
    ) -> Result<(), Fault> {
        let Some(paths) = tree.get("product_paths")? else {
            return Ok(());
        };
        for path in paths.items()? {
            let component = path.need("beginning_product_reference")?;
            let mut steps: Path<'n> = Vec::new();
            let subpaths = path.need("subpaths")?;
            for subpath in subpaths.items()? {
                let kind = subpath.need("category")?.name(NAME_LENGTH_MAX_BYTES)?;
                steps.push((kind, subpath.need("next_product_reference")?.name(NAME_LENGTH_MAX_BYTES)?));
            }
            let Some((kind, host)) = steps.first().copied() else {
                return Err(subpaths.fault(Reason::Missing, "the path has no step", "at least one step"));
            };
            let combination = Combination {
                kind: budget.copy(kind, &subpaths)?,
                component: budget.copy(component.name(NAME_LENGTH_MAX_BYTES)?, &component)?,
                host: budget.copy(host, &subpaths)?,
            };
            let name = path.need("full_product_name")?;
            self.define(&name, &steps.split_off(1), Some(combination), budget, findings)?;
        }
        Ok(())
    }

    /// Adds the product that `at` (a full product name) defines, `path` leading to it.
    fn define(
        &mut self,
        at: &At<'_, 'n>,
        path: &Path<'n>,
        combination: Option<Combination>,
        budget: &mut Budget,
        findings: &mut Findings,
    ) -> Result<(), Fault> {
        let id_at = at.need("product_id")?;
        let id = id_at.name(NAME_LENGTH_MAX_BYTES)?;
        let name = at.need("name")?;
        let mut product = Product {
            id: budget.copy(id, &id_at)?,
            full_name: budget
                .copy(name.name_unless_blank(NAME_LENGTH_MAX_BYTES, findings)?.unwrap_or(""), &name)?,
            helpers: helpers(at, budget, findings)?,
            combination,
            ..Product::default()
        };
        place(&mut product, path, at, budget, findings)?;
        if self.made_up.contains(&product.id) {
            return Err(id_at.fault(
                Reason::Invalid,
                "this product id is ambiguous",
                "an id that no other product has",
            ));
        }
        let times = self.defined.entry(id).or_insert(0);
        *times += 1;
        if *times > 1 {
            id_at.note(
                findings,
                Severity::Warning,
                "this product id is defined twice",
                "each product id once",
            );
            product.id = nth(id, *times);
            let fresh = self.made_up.insert(product.id.clone());
            if !fresh || self.defined.contains_key(&*product.id) {
                return Err(id_at.fault(Reason::Invalid, "this product id is ambiguous", "an id of its own"));
            }
        }
        if self.products.len() >= PRODUCTS_MAX_COUNT {
            let expected = format!("at most {PRODUCTS_MAX_COUNT} products");
            return Err(at.fault(Reason::Limit, "the document has too many products", expected));
        }
        self.products.push(product);
        Ok(())
    }

    /// Relationships must refer to products that exist (else a warning), and must not go in a circle (else refused):
    /// CSAF 2.0 tests 6.1.1 and 6.1.3.
    fn check_references(&self, tree: &At<'_, 'n>, findings: &mut Findings) -> Result<(), Fault> {
        if let Some(fault) = circle::find(&self.products, tree)? {
            return Err(fault);
        }
        for key in ["relationships", "product_paths"] {
            let Some(entries) = tree.get(key)? else { continue };
            for entry in entries.items()? {
                for key in
                    ["product_reference", "relates_to_product_reference", "beginning_product_reference"]
                {
                    if let Some(reference) = entry.get(key)? {
                        self.warn_if_undefined(&reference, findings)?;
                    }
                }
                let Some(subpaths) = entry.get("subpaths")? else { continue };
                for subpath in subpaths.items()? {
                    self.warn_if_undefined(&subpath.need("next_product_reference")?, findings)?;
                }
            }
        }
        Ok(())
    }

    fn warn_if_undefined(&self, reference: &At<'_, 'n>, findings: &mut Findings) -> Result<(), Fault> {
        if !self.defined.contains_key(reference.text()?) {
            let problem = "this product id is not defined in the product tree";
            reference.note(
                findings,
                Severity::Warning,
                problem,
                "a product id that the product tree defines",
            );
        }
        Ok(())
    }

    fn read_groups(&mut self, tree: &At<'_, 'n>, findings: &mut Findings) -> Result<(), Fault> {
        let Some(groups) = tree.get("product_groups")? else {
            return Ok(());
        };
        for group in groups.items()? {
            let id_at = group.need("group_id")?;
            let ids = group.need("product_ids")?;
            let mut members = Vec::new();
            for id in ids.items()? {
                self.warn_if_undefined(&id, findings)?;
                members.push(id.name(NAME_LENGTH_MAX_BYTES)?);
            }
            let known = self.groups.entry(id_at.name(NAME_LENGTH_MAX_BYTES)?).or_default();
            if !known.is_empty() {
                let problem = "this product group is defined twice; its members are taken together";
                id_at.note(findings, Severity::Warning, problem, "each group id once");
            }
            known.extend(members);
        }
        Ok(())
    }

    /// Adds the products that `ids` (an array of product ids) names to `list`. An id that is not defined is kept as
    /// written, with a warning; one that is defined twice stands for all its products.
    pub(crate) fn add_products(
        &self,
        ids: &At<'_, 'n>,
        list: &mut List<'n>,
        budget: &mut Budget,
        findings: &mut Findings,
    ) -> Result<(), Fault> {
        for id_at in ids.items()? {
            let id = id_at.name(NAME_LENGTH_MAX_BYTES)?;
            self.warn_if_undefined(&id_at, findings)?;
            self.add_one(id, &id_at, list, budget)?;
        }
        Ok(())
    }

    /// Adds the members of the product groups that `ids` names to `list`. A group that is not defined is kept as if it
    /// were a product, so that "for these" never turns into "for all".
    pub(crate) fn add_groups(
        &self,
        ids: &At<'_, 'n>,
        list: &mut List<'n>,
        budget: &mut Budget,
        findings: &mut Findings,
    ) -> Result<(), Fault> {
        for id_at in ids.items()? {
            let id = id_at.name(NAME_LENGTH_MAX_BYTES)?;
            match self.groups.get(id) {
                Some(members) => {
                    for member in members {
                        self.add_one(member, &id_at, list, budget)?;
                    }
                }
                None => {
                    let problem = "this product group is not defined in the product tree";
                    id_at.note(
                        findings,
                        Severity::Warning,
                        problem,
                        "a group id that the product tree defines",
                    );
                    self.add_one(id, &id_at, list, budget)?;
                }
            }
        }
        Ok(())
    }

    fn add_one(
        &self,
        id: &'n str,
        at: &At<'_, 'n>,
        list: &mut List<'n>,
        budget: &mut Budget,
    ) -> Result<(), Fault> {
        if list.known.insert(id) {
            list.ids.push(budget.copy(id, at)?);
            for n in 2..=self.defined.get(id).copied().unwrap_or(1) {
                list.ids.push(budget.copy(&nth(id, n), at)?);
            }
        }
        Ok(())
    }
}

/// Product ids in the order named, none twice.
#[derive(Default)]
pub(crate) struct List<'n> {
    pub(crate) ids: Vec<Box<str>>,
    known: HashSet<&'n str>,
}

fn nth(id: &str, n: usize) -> Box<str> {
    format!("{id}#{n}").into()
}
