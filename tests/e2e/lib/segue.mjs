// Starts a Segue of its own for one test file: fresh data folder, free port, and the one-time password it printed.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

const BINARY = process.env.SEGUE_BIN ?? new URL('../../../target/debug/segue', import.meta.url).pathname;
const READY_WITHIN_MS = 30_000;
const STOPPED_WITHIN_MS = 15_000;
/** What stands before the one-time password where Segue was started. */
const ONE_TIME_PASSWORD = /one-time password\W+(\S+)/i;

/** A port that nobody listens on now. */
export async function freePort() {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const { port } = probe.address();
  probe.close();
  await once(probe, 'close');
  return port;
}

/** Polls `condition` until it is true; a test waits for conditions, never for an amount of time. */
export async function until(what, condition, withinMs = 10_000) {
  const end = Date.now() + withinMs;
  for (;;) {
    const value = await condition();
    if (value) return value;
    if (Date.now() > end) throw new Error(`${what}: not so after ${withinMs / 1000} s`);
    await pause(50);
  }
}

/**
 * Starts `segue serve` (or `segue demo` with `command`) and waits until `/readyz` says 200.
 * Stop it with `stop()`, which also removes the data folder; it fails when Segue did not end by itself. `stop({ keep: true })` leaves
 * the folder, for `again` of a later start: there is somebody who can sign in already, and no one-time password.
 */
export async function startSegue({ command = 'serve', args = [], again = null } = {}) {
  const data = again ?? await mkdtemp(join(tmpdir(), 'segue-e2e-'));
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const address = command === 'demo' ? ['--port', String(port)] : ['--listen', `127.0.0.1:${port}`];
  const child = spawn(BINARY, [command, '--data', data, ...address, ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, RUST_BACKTRACE: '1' },
  });
  let said = '';
  let failed = null;
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => { said += chunk; });
  child.on('error', (error) => { failed = error; });
  const exited = once(child, 'exit').catch(() => []);

  const stop = async ({ keep = false } = {}) => {
    if (child.exitCode === null && child.signalCode === null && !failed) {
      child.kill('SIGTERM');
      const timer = setTimeout(() => child.kill('SIGKILL'), STOPPED_WITHIN_MS);
      await exited;
      clearTimeout(timer);
    }
    if (!keep) await rm(data, { recursive: true, force: true });
    if (child.signalCode === 'SIGKILL') throw new Error('segue did not end within its time after SIGTERM');
  };

  try {
    await until('/readyz', async () => {
      if (failed) throw failed;
      if (child.exitCode !== null) throw new Error(`segue ended with ${child.exitCode}`);
      return fetch(`${url}/readyz`).then((answer) => answer.ok, () => false);
    }, READY_WITHIN_MS);
    if (!again) await until('a one-time password', () => ONE_TIME_PASSWORD.test(said));
  } catch (error) {
    await stop().catch(() => {});
    throw new Error(`${BINARY} ${command}: ${error.message}; it said:\n${said}`);
  }
  return { url, data, stop, said: () => said, oneTimePassword: ONE_TIME_PASSWORD.exec(said)?.[1] };
}
