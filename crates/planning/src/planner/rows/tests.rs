//! What a window has only so many places of, counted by rows.

use super::*;
use crate::dice::Dice;

/// So many devices of each of these lengths, the columns in that order.
fn taken(lengths: &[(u32, u32)], begins_latest: u32) -> Taken {
    let terms = (0..lengths.len() as u32).map(|column| (column, 1)).collect();
    Taken { terms, begins_latest, spans: lengths.to_vec(), ..Taken::default() }
}

/// The rows let so many of each length in.
fn let_in(taken: &Taken, places: u32, counts: &[u32]) -> bool {
    let rows = in_pieces(taken, places).expect("something takes time");
    rows.iter().all(|(terms, most)| {
        let sum: i64 = terms.iter().map(|(column, each)| each * i64::from(counts[*column as usize])).sum();
        sum <= *most
    })
}

#[test]
fn a_night_full_of_workstations_has_room_for_few_pumps_and_the_rows_say_so() {
    // Twelve at once, the last begins 300 minutes after the window has opened: ten workstations of 32 minutes at each place.
    let night = taken(&[(32, 120), (9, 60), (22, 40)], 300);
    assert!(let_in(&night, 12, &[120, 12, 0]), "a pump in front of the last workstation of each place");
    assert!(!let_in(&night, 12, &[121, 0, 0]));
    assert!(!let_in(&night, 12, &[120, 17, 0]));
    assert!(!let_in(&night, 12, &[117, 0, 7]), "monitors are longer than what ten workstations leave");
}

#[test]
fn whatever_can_follow_one_another_at_the_places_of_a_window_is_let_in() {
    let mut dice = Dice::new(11);
    for _ in 0..20_000 {
        let begins_latest = dice.below(400) as u32;
        let lengths: Vec<(u32, u32)> =
            (0..1 + dice.below(4)).map(|_| (1 + dice.below(90) as u32, 1 + dice.below(30) as u32)).collect();
        let places = 1 + dice.below(4) as u32;
        let mut counts = vec![0; lengths.len()];
        for _ in 0..places {
            let mut minute = 0;
            while minute <= begins_latest {
                let which = dice.below(lengths.len());
                counts[which] += 1;
                minute += lengths[which].0;
            }
        }
        let here = taken(&lengths, begins_latest);
        assert!(let_in(&here, places, &counts), "{lengths:?} {counts:?} at {places} until {begins_latest}");
    }
}
