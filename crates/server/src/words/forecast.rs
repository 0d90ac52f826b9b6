//! Words of the page that says how forecasts came out.

use super::words;

words! {
    forecast_title: "How forecasts came out" | "Hur prognoserna slog in";
    forecast_lead: "Each night that is over is forecast from the others, as if it were still to come, and compared with what happened." | "Varje natt som är över förutsägs från de andra, som om den ännu låg framför oss, och jämförs med vad som hände.";
    forecast_means: "When forecasts are right, nine of ten lie inside, half take no longer than the P50, and nine of ten no longer than the P90. A few nights cannot say that yet." | "När prognoserna stämmer ligger nio av tio inom intervallet, hälften tar inte längre tid än P50 och nio av tio inte längre än P90. Ett fåtal nätter kan inte visa det än.";
    forecast_imported(records: &str, nights: &str): "{records} records of {nights} nights were brought in from files; the others are of nights that were run here." | "{records} mätningar från {nights} nätter kommer från filer; de övriga är från nätter som kördes här.";
    forecast_empty: "Here stands how long work really took beside what was forecast. No patch night has been yet." | "Här står hur lång tid arbetet verkligen tog bredvid vad som förutsågs. Ingen patchnatt har varit än.";
    forecast_empty_step: "See the plans" | "Se planerna";
    forecast_col_model: "Device family" | "Enhetsfamilj";
    forecast_col_step: "Step" | "Steg";
    forecast_col_records: "Records" | "Mätningar";
    forecast_col_nights: "Nights" | "Nätter";
    forecast_col_inside: "Inside the 90 % interval" | "Inom 90 %-intervallet";
    forecast_col_shorter: "Shorter" | "Kortare";
    forecast_col_longer: "Longer" | "Längre";
    forecast_col_p50: "No longer than P50" | "Inte längre än P50";
    forecast_col_p90: "No longer than P90" | "Inte längre än P90";
    forecast_step_download: "Download" | "Hämtning";
    forecast_step_install: "Install" | "Installation";
    forecast_step_restart: "Restart" | "Omstart";
    forecast_step_probe: "Function test" | "Funktionstest";
    forecast_one_night: "one night only: none could be held out" | "bara en natt: ingen kunde hållas utanför";
    forecast_no_model: "model not in the register" | "modellen finns inte i registret";
}
