//! Small rooms, each answer beside that of trying everything.

use super::*;
use crate::dice::Dice;

/// Columns 0 to 4 are work, 5 and 6 the ways into two buildings.
fn drawn(dice: &mut Dice) -> (Room, Vec<i64>, Vec<u32>) {
    let mut visit = |switch: u32, columns: std::ops::Range<u32>| Visit {
        way: dice.between(0, 12),
        switch: (switch == 5 || dice.percent(50)).then_some(switch),
        columns: columns.map(|column| (column, dice.between(0, 9))).collect(),
    };
    let visits = vec![visit(5, 0..3), visit(6, 3..5)];
    let minutes = dice.between(0, 40);
    let worth = (0..7).map(|at| match at {
        5 | 6 => i64::from(dice.between(0, 6)),
        _ => 4 - i64::from(dice.between(0, 20)),
    });
    let worth = worth.collect();
    let upper = (0..7).map(|_| dice.between(0, 3)).collect();
    (Room { minutes, visits, ..Room::default() }, worth, upper)
}

fn tried(room: &Room, worth: &[i64], upper: &[u32]) -> i64 {
    let mut best = 0;
    let counts: Vec<u32> = upper[..5].iter().map(|most| most + 1).collect();
    for mut code in 0..counts.iter().product::<u32>() {
        let mut held = [0u32; 5];
        for (held, count) in held.iter_mut().zip(&counts) {
            *held = code % count;
            code /= count;
        }
        best = best.min(sum(room, worth, &held).unwrap_or(0));
    }
    best
}

/// What these numbers are worth; `None` where the minutes do not suffice.
fn sum(room: &Room, worth: &[i64], held: &[u32]) -> Option<i64> {
    let (mut minutes, mut sum) = (0, 0);
    for visit in &room.visits {
        let here = visit.columns.iter().map(|(column, each)| (held[*column as usize], each, *column));
        let (mut devices, mut of_visit) = (0, 0);
        for (count, each, column) in here {
            devices += count;
            of_visit += count * each;
            sum += worth[column as usize] * i64::from(count);
        }
        if devices > 0 {
            minutes += of_visit + visit.way;
            sum += visit.switch.map_or(0, |switch| worth[switch as usize]);
        }
    }
    (minutes <= room.minutes).then_some(sum)
}

#[test]
fn the_hands_of_a_window_do_what_trying_everything_finds_best() {
    let mut dice = Dice::new(11);
    let (mut knapsack, mut worked) = (Knapsack::default(), 0);
    for _ in 0..400 {
        let (room, worth, upper) = drawn(&mut dice);
        let best = tried(&room, &worth, &upper);
        assert_eq!(knapsack.least(&room, &worth, &upper), best, "{room:?} {worth:?} {upper:?}");
        let mut held = [0; 5];
        let least = knapsack.fill(&room, &worth, &upper, |column, count| held[column as usize] += count);
        assert_eq!(least, best);
        assert!(held.iter().zip(&upper).all(|(held, upper)| held <= upper));
        assert_eq!(sum(&room, &worth, &held), Some(best), "{room:?} {worth:?} {held:?}");
        worked += u32::from(best < 0);
    }
    assert!(worked > 200, "{worked} rooms in which something was worth while");
}
