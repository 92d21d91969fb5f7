// Frames, heap and nodes of a page that shows ten thousand unpaced operations: a measurement, not a test.
//
// The page beside it: the same browser on a page that does nothing, because a machine without a graphics card and with
// neighbours has long frames of its own.
import type { CDPSession, Page } from '@playwright/test';
import { expect, test, workbench } from './tests/lab.js';

const ROUNDS = Number(process.env.ROUNDS ?? 3);
const CROWD = { strategy: 'atomic-update', buyers: 16, products: 1, quantity: 1_000_000 };
const BUSY = workbench({ ...CROWD, purchases: 625, think_ms: 0 });

type Frames = { p50: number; p99: number; max: number; count: number };

test('frames', async ({ lab }) => {
  const devtools = await lab.page.context().newCDPSession(lab.page);
  await devtools.send('Performance.enable');
  await devtools.send('HeapProfiler.enable');
  console.log('round           frames  p50 ms  p99 ms  max ms   heap MB  DOM nodes  entries    took s');
  for (let round = 1; round <= ROUNDS; round++) {
    await lab.open('/labs/concurrency');
    await begin(lab.page);
    await lab.page.waitForTimeout(3_000);
    tell(`${round} idle page`, await end(lab.page), await memory(devtools));
    await lab.open(BUSY);
    const before = await memory(devtools);
    const spentBefore = await spent(devtools);
    await begin(lab.page);
    const began = Date.now();
    const run = await lab.another(() => lab.at('run').click());
    await expect(lab.at('scrubber')).toHaveJSProperty('value', String(run.entries));
    const took = (Date.now() - began) / 1000;
    const frames = await end(lab.page);
    const spentAfter = await spent(devtools);
    const after = await memory(devtools);
    tell(`${round} busy before`, undefined, before);
    tell(`${round} busy after`, frames, after, `${run.entries.toString().padStart(8)} ${took.toFixed(1).padStart(9)}`);
    const shares = Object.entries(spentAfter).map(([name, s]) => `${name} ${(s - spentBefore[name]!).toFixed(1)} s`);
    console.log(`               of the main thread: ${shares.join(', ')}`);
  }
});

/** Entries a second, and how long buyers think for that: each purchase is three entries. */
const RATES = [
  { rate: 1_000, think_ms: 48, purchases: 170 },
  { rate: 5_000, think_ms: 9, purchases: 800 },
];
/** A run at such a rate takes eight seconds, and longer on a busy machine. */
const RUN_MS_MAX = 60_000;
/** The log that the page is compared with keeps so many lines. */
const LINES_MAX = 2_000;

test('the main thread at a steady rate, beside a log of lines', async ({ lab }) => {
  const devtools = await lab.page.context().newCDPSession(lab.page);
  await devtools.send('Performance.enable');
  console.log('round           frames  p50 ms  p99 ms  max ms   main thread, ms in each second');
  for (let round = 1; round <= ROUNDS; round++) {
    for (const { rate, think_ms, purchases } of RATES) {
      await lab.open(workbench({ ...CROWD, think_ms, purchases }));
      const ours = await costs(lab.page, devtools, async () => {
        await lab.another(() => lab.at('run').click(), RUN_MS_MAX);
      });
      await lab.page.goto('about:blank');
      const log = await costs(lab.page, devtools, () => logOfLines(lab.page, rate, ours.seconds));
      tellCosts(`${round} ours ${rate}/s`, ours);
      tellCosts(`${round} log  ${rate}/s`, log);
      console.log(`               ratio ${(ours.busy / log.busy).toFixed(2)}`);
    }
  }
});

type Costs = { frames: Frames; busy: number; seconds: number };

/** What something costs the page: its frames, and how long the main thread was busy in each second. */
async function costs(page: Page, devtools: CDPSession, act: () => Promise<void>): Promise<Costs> {
  await begin(page);
  const before = (await spent(devtools)).all!;
  const began = Date.now();
  await act();
  const seconds = (Date.now() - began) / 1000;
  const busy = (((await spent(devtools)).all! - before) * 1000) / seconds;
  return { frames: await end(page), busy, seconds };
}

function tellCosts(name: string, { frames, busy }: Costs): void {
  const cells = [frames.p50, frames.p99, frames.max].map((value) => value.toFixed(1).padStart(7));
  console.log(`${name.padEnd(14)} ${String(frames.count).padStart(7)} ${cells.join(' ')} ${busy.toFixed(0).padStart(9)}`);
}

/** A page that appends a line for each entry, once a frame, and keeps the latest. */
async function logOfLines(page: Page, rate: number, seconds: number): Promise<void> {
  await page.evaluate(
    ([rate, seconds, linesMax]) =>
      new Promise<void>((done) => {
        const log = document.createElement('div');
        log.style.cssText = 'height:600px;overflow:hidden;font:14px monospace';
        document.body.append(log);
        const began = performance.now();
        let lines = 0;
        const draw = (now: number) => {
          const due = Math.floor(((now - began) * rate!) / 1000);
          const fresh = document.createDocumentFragment();
          for (; lines < due; lines++) {
            const line = document.createElement('div');
            line.textContent = `${lines} buyer-${lines % 16} sets stock sku-001 to ${1_000_000 - lines}`;
            fresh.append(line);
          }
          log.append(fresh);
          while (log.childElementCount > linesMax!) log.firstChild!.remove();
          log.scrollTop = log.scrollHeight;
          if (now - began < seconds! * 1000) requestAnimationFrame(draw);
          else done();
        };
        requestAnimationFrame(draw);
      }),
    [rate, seconds, LINES_MAX],
  );
}

/** Begins to note how far frames are apart. */
async function begin(page: Page): Promise<void> {
  await page.evaluate(() => {
    const noted: number[] = [];
    let last = performance.now();
    let goes_on = true;
    const note = (now: number) => {
      noted.push(now - last);
      last = now;
      if (goes_on) requestAnimationFrame(note);
    };
    requestAnimationFrame((now) => {
      last = now;
      requestAnimationFrame(note);
    });
    Object.assign(window, { framesNoted: () => ((goes_on = false), noted) });
  });
}

async function end(page: Page): Promise<Frames> {
  const noted = await page.evaluate(() => (window as unknown as { framesNoted: () => number[] }).framesNoted());
  noted.sort((a, b) => a - b);
  const at = (part: number) => noted[Math.min(noted.length - 1, Math.floor(noted.length * part))] ?? 0;
  return { p50: at(0.5), p99: at(0.99), max: at(1), count: noted.length };
}

/** Seconds of the main thread so far, by what they went into. */
async function spent(devtools: CDPSession): Promise<Record<string, number>> {
  const { metrics } = await devtools.send('Performance.getMetrics');
  const value = (name: string) => metrics.find((metric) => metric.name === name)?.value ?? 0;
  return {
    all: value('TaskDuration'),
    script: value('ScriptDuration'),
    style: value('RecalcStyleDuration'),
    layout: value('LayoutDuration'),
  };
}

/** What is left after the garbage is gone. */
async function memory(devtools: CDPSession): Promise<{ heap: number; nodes: number }> {
  await devtools.send('HeapProfiler.collectGarbage');
  const { metrics } = await devtools.send('Performance.getMetrics');
  const value = (name: string) => metrics.find((metric) => metric.name === name)?.value ?? 0;
  return { heap: value('JSHeapUsedSize') / 1e6, nodes: value('Nodes') };
}

function tell(name: string, frames: Frames | undefined, memory: { heap: number; nodes: number }, more = ''): void {
  const cell = (value: number | undefined, digits: number) => (value?.toFixed(digits) ?? '').padStart(7);
  const { count, p50, p99, max } = frames ?? {};
  console.log(
    `${name.padEnd(14)} ${cell(count, 0)} ${cell(p50, 1)} ${cell(p99, 1)} ${cell(max, 1)} ` +
      `${cell(memory.heap, 2).padStart(9)} ${cell(memory.nodes, 0).padStart(10)} ${more}`,
  );
}
