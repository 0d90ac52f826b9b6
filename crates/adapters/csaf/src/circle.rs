//! Products that are defined by way of themselves (CSAF 2.0 test 6.1.3): refused, since no reading of them ends.

use std::collections::{HashMap, HashSet};

use adapter_input::{At, Fault, Reason};
use model::advisory::Product;

/// What is wrong, when the combinations among `products` go in a circle; `tree` is `/product_tree`.
pub(crate) fn find(products: &[Product], tree: &At<'_, '_>) -> Result<Option<Fault>, Fault> {
    let mut edges: HashMap<&str, Vec<&str>> = HashMap::new();
    for product in products {
        if let Some(combination) = &product.combination {
            let steps = product.qualifiers.iter().map(|(_, id)| &**id);
            let all = [&*combination.component, &*combination.host].into_iter().chain(steps);
            edges.entry(&product.id).or_default().extend(all);
        }
    }
    on_a_circle(&edges).map(|id| circle_fault(tree, id)).transpose()
}

/// What is wrong with the relationship that defines `id` by way of itself, and where it stands.
fn circle_fault(tree: &At<'_, '_>, id: &str) -> Result<Fault, Fault> {
    let problem = format!("product \"{}\" is defined by way of itself", adapter_input::cut_short(id));
    let expected = "relationships that do not go in a circle";
    for key in ["relationships", "product_paths"] {
        let Some(entries) = tree.get(key)? else { continue };
        for entry in entries.items()? {
            if entry.need("full_product_name")?.text_of("product_id")? == Some(id) {
                return Ok(entry.fault(Reason::Invalid, problem, expected));
            }
        }
    }
    Ok(tree.fault(Reason::Invalid, problem, expected))
}

/// A product that is reached from itself, when there is one.
fn on_a_circle<'e>(edges: &HashMap<&'e str, Vec<&'e str>>) -> Option<&'e str> {
    let mut done: HashSet<&str> = HashSet::new();
    let mut open: HashSet<&str> = HashSet::new();
    let mut starts: Vec<&&str> = edges.keys().collect();
    starts.sort_unstable();
    for start in starts {
        let mut stack: Vec<(&'e str, usize)> = vec![(start, 0)];
        while let Some((id, next)) = stack.pop() {
            if next == 0 {
                if done.contains(id) {
                    continue;
                }
                open.insert(id);
            }
            match edges.get(id).and_then(|targets| targets.get(next)) {
                Some(target) if open.contains(target) => return Some(target),
                Some(target) => {
                    stack.push((id, next + 1));
                    stack.push((target, 0));
                }
                None => {
                    open.remove(id);
                    done.insert(id);
                }
            }
        }
    }
    None
}
