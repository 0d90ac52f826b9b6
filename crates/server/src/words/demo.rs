//! Words of a demonstration: what stands on every page of it, and its own page.

use super::words;

words! {
    demo_word: "Demonstration" | "Demonstration";
    demo_time(time: &str, times: &str): "Everything here is made up. It is {time}; time runs {times} times as fast as usual." | "Allt här är påhittat. Klockan är {time}; tiden går {times} gånger så fort som vanligt.";
    demo_time_real(time: &str): "Everything here is made up. It is {time}; time runs as usual." | "Allt här är påhittat. Klockan är {time}; tiden går som vanligt.";
    demo_time_still(time: &str): "Everything here is made up. It is {time}, and time stands still." | "Allt här är påhittat. Klockan är {time}, och tiden står still.";
    demo_what: "What to look at" | "Vad man kan titta på";
    demo_title: "A patch night in short" | "En patchnatt i korthet";
    demo_lead: "Twelve invented hosts are patched in one night. The agent’s core on each of them, its messages and the server are the real ones." | "Tolv påhittade värdar patchas under en natt. Agentens kärna på var och en, dess meddelanden och servern är de riktiga.";
    demo_look: "Where to look" | "Vart man tittar";
    demo_look_board: "The board" | "Tavlan";
    demo_look_board_says: "Ring by ring: what is dark, what is proven, what waits for what. Pause or stop the night there." | "Ring för ring: vad som är mörkt, vad som är bevisat, vad som väntar på vad. Pausa eller stoppa natten där.";
    demo_look_ward(unit: &str): "The card of {unit}" | "Kortet för {unit}";
    demo_look_ward_says: "From 22:15 its only central station restarts. In the morning the unit is asked for a further outage: answer it there, or the charge nurse does after 25 minutes of the night’s time." | "Från 22:15 startar dess enda övervakningscentral om. På morgonen tillfrågas enheten om ett ytterligare avbrott: svara där, annars gör avdelningsansvarig sjuksköterska det efter 25 minuter av nattens tid.";
    demo_look_host(host: &str): "The story of {host}" | "Historien om {host}";
    demo_look_host_says: "Installed, restarted, every source clear; and before half past six a second restart is pending." | "Installerad, omstartad, alla källor rena; och före halv sju väntar en andra omstart.";
    demo_look_liar(host: &str): "The story of {host}" | "Historien om {host}";
    demo_look_liar_says: "Its installer says done, and the old program is still there: its ring stops, and no further station is begun." | "Dess installationsprogram säger klart, och det gamla programmet är kvar: ringen stoppas, och ingen ytterligare central påbörjas.";
    demo_look_incidents: "The incidents" | "Händelserna";
    demo_look_incidents_says: "What was caught, and what shows that it is over." | "Vad som upptäcktes, och vad som visar att det är över.";
    demo_look_archives: "Two image archives" | "Två bildarkiv";
    demo_look_archives_says: "Invented, and compared in earnest: from 22:45 on what is new comes to A only, two emergency patients among it. The gate says no-go and names them first; send again, and a proof opens it." | "Påhittade, och jämförda på riktigt: från 22:45 kommer det nya bara till A, två akutpatienter med det. Grinden säger gå inte över och nämner dem först; skicka igen, så öppnar ett bevis den.";
    demo_look_plan: "The plan" | "Planen";
    demo_look_plan_says: "What, where and when; who agreed, and what each unit was told." | "Vad, var och när; vem som gick med på den, och vad varje enhet fick veta.";
    demo_asked(host: &str): "{host} needs a second restart. The unit is asked when." | "{host} behöver en andra omstart. Enheten tillfrågas när.";
    demo_asked_act: "Answer on the card" | "Svara på kortet";
    demo_left(from: &str, to: &str): "This night began {from} and was left at {to}. It does not go on: its invented machines ended with the program that ran them." | "Den här natten började {from} och lämnades {to}. Den fortsätter inte: de påhittade maskinerna avslutades med programmet som körde dem.";
    demo_left_step: "For a new night, stop the program with Ctrl-C and start it like this. What was done here is then removed." | "För en ny natt: stoppa programmet med Ctrl-C och starta det så här. Det som gjorts här tas då bort.";
    demo_beside: "A plain tool beside Segue" | "Ett vanligt verktyg bredvid Segue";
    demo_beside_says: "The plain tool looks at the exit status of the installer and, once, right after the restart, at /run/reboot-required. It does not look again. Segue says nothing is proven before later evidence does." | "Det vanliga verktyget tittar på installationsprogrammets slutkod och, en gång, direkt efter omstarten, på /run/reboot-required. Det tittar inte igen. Segue kallar inget bevisat förrän senare bevis gör det.";
    demo_beside_differ(n: u64) one "{n} host is complete for the plain tool and not for Segue." | "{n} värd är klar för det vanliga verktyget och inte för Segue." many "{n} hosts are complete for the plain tool and not for Segue." | "{n} värdar är klara för det vanliga verktyget och inte för Segue.";
    demo_col_host: "Host" | "Värd";
    demo_col_plain: "The plain tool says" | "Det vanliga verktyget säger";
    demo_col_looked: "It looked" | "Det tittade";
    demo_col_segue: "Segue says now" | "Segue säger nu";
    demo_label_plain: "Plain tool" | "Vanligt";
    demo_label_segue: "Segue" | "Segue";
    demo_not_yet: "nothing yet" | "inget än";
    demo_complete: "complete, no restart pending" | "klart, ingen omstart väntar";
    demo_restart_needed: "installed, restart needed" | "installerat, omstart behövs";
    demo_failed: "failed" | "misslyckades";
    demo_no_night: "The night is about to begin: its plan is being drafted." | "Natten börjar strax: dess plan håller på att skrivas.";
    demo_no_night_step: "See the plans" | "Se planerna";
}
