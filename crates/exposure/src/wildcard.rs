//! Model numbers with wildcards, as CSAF 2.0 §3.1.3.3.5 writes them. What a fitting number means is `product`'s business.

/// CSAF model-number wildcards: `*` any run, `?` one character, backslash takes the next as it is; case and outer blanks apart.
pub fn wildcard(pattern: &str, text: &str) -> bool {
    let (pattern, text) = (pattern.trim(), text.trim());
    // Most patterns hold no sign, and most texts begin otherwise: told apart without taking either to pieces.
    let literal = pattern.find(['*', '?', '\\']).unwrap_or(pattern.len());
    let begins = |head: &str| text.get(..literal).is_some_and(|start| start.eq_ignore_ascii_case(head));
    if pattern.is_ascii() && text.is_ascii() {
        let head = pattern.get(..literal).unwrap_or(pattern);
        if literal == pattern.len() {
            return !text.is_empty() && text.eq_ignore_ascii_case(pattern);
        }
        if !begins(head) {
            return false;
        }
    }
    #[derive(Clone, Copy, PartialEq)]
    enum Step {
        Literal(char),
        One,
        Run,
    }
    let mut steps = Vec::new();
    let mut escaped = false;
    for c in pattern.to_lowercase().chars() {
        match c {
            '\\' if !escaped => escaped = true,
            '*' if !escaped => steps.push(Step::Run),
            '?' if !escaped => steps.push(Step::One),
            c => {
                escaped = false;
                steps.push(Step::Literal(c));
            }
        }
    }
    let text: Vec<char> = text.to_lowercase().chars().collect();
    // Reached positions after each step; linear in pattern × text, no backtracking.
    let mut reached = vec![false; text.len() + 1];
    if let Some(first) = reached.first_mut() {
        *first = true;
    }
    for step in steps {
        let mut next = vec![false; text.len() + 1];
        let mut run = false;
        for (at, (now, after)) in reached.iter().zip(text.iter().map(Some).chain([None])).enumerate() {
            match step {
                Step::Run => {
                    run |= *now;
                    if let Some(slot) = next.get_mut(at) {
                        *slot = run;
                    }
                }
                Step::One | Step::Literal(_) => {
                    let fits = after.is_some_and(|c| step == Step::One || step == Step::Literal(*c));
                    if let Some(slot) = next.get_mut(at + 1).filter(|_| *now && fits) {
                        *slot = true;
                    }
                }
            }
        }
        reached = next;
    }
    !text.is_empty() && reached.last() == Some(&true)
}

#[cfg(test)]
mod tests {
    use super::wildcard;

    #[test]
    fn a_star_is_any_run_a_question_mark_one_character_and_a_backslash_takes_the_next_as_it_is() {
        for (pattern, text, fits) in [
            ("866060", " 866060 ", true),
            ("866060", "866061", false),
            ("866060", "8660601", false),
            ("KES-2*", "kes-200", true),
            ("KES-2*", "KES-2", true),
            ("KES-2*", "KES-300", false),
            ("86606?", "866062", true),
            ("86606?", "86606", false),
            ("*60", "866060", true),
            ("A\\*1", "a*1", true),
            ("A\\*1", "AB1", false),
            ("ÄB*", "äb12", true),
            ("*", "", false),
            ("", "", false),
        ] {
            assert_eq!(wildcard(pattern, text), fits, "{pattern} {text}");
        }
    }
}
