// A hospital with a patch night that a test plays: the clock and the hosts obey lines on standard input (crates/server/examples/night.rs),
// the people are in the browser.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { dirname, join } from 'node:path';

const SEGUE = process.env.SEGUE_BIN ?? new URL('../../../target/debug/segue', import.meta.url).pathname;
const BINARY = join(dirname(SEGUE), 'examples', 'night');
const ANSWER_WITHIN_MS = 60_000;

/** Starts the hospital two hours before its night. `says(line)` resolves with what was answered, once all of it has happened. */
export async function startNight() {
  const child = spawn(BINARY, [], { stdio: ['pipe', 'pipe', 'inherit'], env: { ...process.env, RUST_BACKTRACE: '1' } });
  const exited = once(child, 'exit');
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const answer = async (to) => {
    let timer;
    const late = new Promise((_, reject) => { timer = setTimeout(() => reject(new Error(`${to}: no answer`)), ANSWER_WITHIN_MS); });
    const { value, done } = await Promise.race([lines.next(), late]).finally(() => clearTimeout(timer));
    if (done) throw new Error(`${to}: ${BINARY} ended`);
    if (value.startsWith('wrong: ')) throw new Error(`${to}: ${value}`);
    return value;
  };
  const [url, ...password] = (await answer('the start')).split(' ');
  return {
    url,
    password: password.join(' '),
    says: (line) => { child.stdin.write(`${line}\n`); return answer(line); },
    stop: async () => { child.stdin.end(); await exited; },
  };
}
