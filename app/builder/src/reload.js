// Reloads the page after each build of `./dev watch`, which writes a new word into reload.txt when the new
// server is about to start. A server that was away and is back counts as new too: its page may be older.
const PERIOD_MS = 150;

let known = null;
let wasAway = false;

async function look() {
    try {
        const answer = await fetch("/pkg/reload.txt", { cache: "no-store" });
        const word = await answer.text();
        if (wasAway || (known !== null && word !== known)) {
            location.reload();
            return;
        }
        known = word;
    } catch {
        wasAway = true;
    }
    setTimeout(look, PERIOD_MS);
}

look();
