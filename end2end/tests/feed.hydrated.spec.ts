// A connection that breaks: the page says so, comes back, and neither misses nor repeats an entry.
import type { WebSocketRoute } from '@playwright/test';
import { Api, type Entry } from './api.js';
import { CLASSIC_ADDRESS, expect, test, workbench } from './lab.js';
import { Server } from './server.js';

/** The first connection brings this many entries, and then breaks, be it in the middle of a frame. */
const HEARD_BEFORE = 10;

type Frame = { kind: string; entries?: Entry[] };

function after(socket: WebSocketRoute): number {
  return Number(new URL(socket.url()).searchParams.get('after'));
}

test('a dropped websocket says so, and goes on from the very next entry', async ({ lab }) => {
  const asked: number[] = [];
  const heard: number[] = [];
  let mend = (): void => undefined;
  const mended = new Promise<void>((resolve) => (mend = resolve));
  await lab.page.routeWebSocket(/\/feed\?/, async (socket) => {
    asked.push(after(socket));
    // Every connection but the first waits until the test has seen what the page says meanwhile.
    if (asked.length > 1) await mended;
    const server = socket.connectToServer();
    server.onMessage((message) => {
      if (asked.length === 1 && heard.length >= HEARD_BEFORE) return;
      const frame = JSON.parse(String(message)) as Frame;
      const entries = asked.length > 1 ? frame.entries : frame.entries?.slice(0, HEARD_BEFORE - heard.length);
      heard.push(...(entries ?? []).map(({ seq }) => seq));
      socket.send(JSON.stringify({ ...frame, ...(entries && { entries }) }));
      if (asked.length === 1 && heard.length >= HEARD_BEFORE) void Promise.all([socket.close(), server.close()]);
    });
  });

  await lab.open(workbench({ strategy: 'atomic-update', buyers: 4, purchases: 4, quantity: 50, pace: 'brisk' }));
  await lab.at('run').click();
  await expect(lab.at('connection')).toHaveAttribute('data-state', 'lost');
  const last = heard.at(-1)!;
  await expect(lab.at('connection')).toHaveText(`Connection lost. Trying again from entry ${last + 1}. Nothing is missed.`);
  await expect(lab.rows).toHaveCount(last);
  mend();

  const run = await lab.ends();
  await lab.shows(run.entries, run.entries);
  expect(asked.slice(0, 2)).toEqual([0, last]);
  expect(heard).toEqual((await lab.api.journal(run.id)).map(({ seq }) => seq));
});

test('a run that others watch is the same for them, from wherever they come in', async ({ lab, context }) => {
  await lab.open(CLASSIC_ADDRESS.replace('pace=instant', 'pace=brisk'));
  await lab.at('run').click();
  await expect(lab.at('entry-4')).toBeVisible();
  const other = await context.newPage();
  await other.goto(`/runs/${lab.runId()}`);
  const run = await lab.ends();
  await expect(other.locator('[data-run-state]')).toHaveAttribute('data-run-state', 'finished');
  const rows = other.getByTestId('entries').locator('[data-testid^="entry-"]');
  await expect(rows).toHaveText(await lab.rows.allTextContents());
  await expect(rows).toHaveCount(run.entries);
});

test('a server that goes away and comes back: the page says so, and shows the run as cut off', async ({ lab, request }) => {
  test.slow();
  const own = await Server.start();
  let again: Server | undefined;
  lab.watch.allow(new RegExp(`foreign request: (http|ws)://${own.host}`));
  lab.watch.allow(/ERR_CONNECTION_REFUSED|WebSocket connection to/);
  try {
    await lab.open(own.url + CLASSIC_ADDRESS.replace('pace=instant', 'pace=watch'));
    await lab.at('run').click();
    await expect(lab.at('entry-4')).toBeVisible();
    again = await own.restart();
    await expect(lab.state).toHaveAttribute('data-run-state', 'interrupted', { timeout: 15_000 });
    await lab.rules('no-lost-update', 'undecided');
    const journal = await new Api(request, again.url).journal(lab.runId());
    expect(journal.map(({ seq }) => seq)).toEqual(journal.map((_, place) => place + 1));
    expect(journal.slice(-2).map(({ event }) => event.type)).toEqual(['interrupted', 'verdict']);
    await expect(lab.rows).toHaveCount(journal.length);
  } finally {
    await (again ?? own).stop();
  }
});

test('a server that does not answer is told in a sentence, and the button can be pressed again', async ({ lab }) => {
  lab.watch.allow(/ERR_(FAILED|CONNECTION_REFUSED)/);
  await lab.open(CLASSIC_ADDRESS);
  await lab.page.route('**/api/v1/runs', (route) => route.abort('connectionrefused'));
  await lab.at('run').click();
  await expect(lab.at('run-problem')).toContainText('The server did not answer');
  await lab.page.unroute('**/api/v1/runs');
  await lab.run();
  await expect(lab.at('run-problem')).toBeEmpty();
});

test("a server's refusal is shown in its own words", async ({ lab }) => {
  lab.watch.allow(/status of 429/);
  await lab.open(CLASSIC_ADDRESS);
  const detail = 'This session has asked for too many runs; wait a minute.';
  const problem = { type: '/problems/too-many', title: 'Too many', status: 429, detail };
  await lab.page.route('**/api/v1/runs', (route) =>
    route.fulfill({ status: 429, contentType: 'application/problem+json', json: problem }),
  );
  await lab.at('run').click();
  await expect(lab.at('run-problem')).toHaveText(detail);
  await expect(lab.state).toHaveAttribute('data-run-state', 'idle');
});
