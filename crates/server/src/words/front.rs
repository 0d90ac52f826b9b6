//! Words of signing in, passwords, the start page and confirmations.

use super::words;

words! {
    sign_in_title: "Sign in" | "Logga in";
    sign_in_lead: "Segue shows which clinical devices are exposed, how sure that is, and what is not known." | "Segue visar vilka medicintekniska enheter som är sårbara, hur säkert det är och vad som är okänt.";
    sign_in_name: "Name" | "Namn";
    sign_in_password: "Password" | "Lösenord";
    sign_in_button: "Sign in" | "Logga in";
    sign_in_first: "First start? The name is admin; the one-time password was printed where Segue was started." | "Första starten? Namnet är admin; engångslösenordet skrevs ut där Segue startades.";
    sign_in_wrong: "Name or password is wrong." | "Namn eller lösenord är fel.";
    sign_in_wait(seconds: i64): "Too many tries for this name or from this address. Try again in {seconds} s." | "För många försök för namnet eller från adressen. Försök igen om {seconds} s.";
    sign_in_busy: "Many people are signing in at once. Try again in a few seconds." | "Många loggar in samtidigt. Försök igen om några sekunder.";
    sign_in_session(idle: i64, absolute: i64): "You are signed out after {idle} min without use, and after {absolute} h in any case." | "Du loggas ut efter {idle} min utan användning, och efter {absolute} h i vilket fall.";
    password_title: "Choose your password" | "Välj ditt lösenord";
    password_must: "The one-time password has done its work. Choose your own before you go on." | "Engångslösenordet har gjort sitt. Välj ett eget innan du går vidare.";
    password_other_sessions: "Your other sessions are signed out when the password changes." | "Dina andra sessioner loggas ut när lösenordet ändras.";
    password_current: "Present password" | "Nuvarande lösenord";
    password_new: "New password" | "Nytt lösenord";
    password_again: "New password again" | "Nytt lösenord igen";
    password_rule(characters: usize): "At least {characters} characters. Long is better than odd." | "Minst {characters} tecken. Långt är bättre än krångligt.";
    password_button: "Change password" | "Byt lösenord";
    password_wrong: "This is not your present password." | "Det är inte ditt nuvarande lösenord.";
    password_short(characters: usize): "The new password has fewer than {characters} characters." | "Det nya lösenordet har färre än {characters} tecken.";
    password_long(characters: usize): "The new password has more than {characters} characters." | "Det nya lösenordet har fler än {characters} tecken.";
    password_differ: "The two new passwords differ." | "De två nya lösenorden är olika.";
    password_same: "The new password is the old one." | "Det nya lösenordet är det gamla.";
    password_common: "This password holds your name, or is on every list of guesses." | "Lösenordet innehåller ditt namn eller finns på alla gissningslistor.";
    password_done: "The password was changed." | "Lösenordet byttes.";
}
