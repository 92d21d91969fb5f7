// A phone of 360 by 740: everything fits, is in reach, and is large enough for a thumb.
import { CLASSIC_ADDRESS, expect, test } from './lab.js';
import { PAGES } from './pages.js';
import { begins, goesBack, swap, TRAY_ADDRESS } from './tray.js';

/** The smallest side of what a thumb can hit, in CSS pixels. */
const TOUCH_PX_MIN = 44;
/** The same for a number in the middle of a sentence (WCAG 2.2, 2.5.8), whose area reaches beyond what is seen of it. */
const TOUCH_IN_TEXT_PX_MIN = 24;

for (const { name, go } of PAGES) {
  test(`${name} needs no sideways scrolling`, async ({ lab }) => {
    await go(lab);
    const { width } = lab.page.viewportSize()!;
    const wide = await lab.page.evaluate((width) => {
      const isCut = (element: Element): boolean => {
        const parent = element.parentElement;
        if (!parent) return false;
        return getComputedStyle(parent).overflowX !== 'visible' || isCut(parent);
      };
      const out = [...document.body.querySelectorAll('*')].filter(
        (element) => element.getBoundingClientRect().right > width + 0.5 && !isCut(element),
      );
      return out.map((element) => `${element.tagName.toLowerCase()}.${element.getAttribute('class') ?? ''}`);
    }, width);
    expect.soft(wide, 'nothing reaches beyond the right edge').toEqual([]);
    expect(await lab.page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(width);
  });

  test(`${name} has buttons and fields for thumbs`, async ({ lab }) => {
    await go(lab);
    const targets = 'button, a.button, summary, select, textarea, input[type="number"]';
    const small = await lab.page.evaluate(
      ([targets, min, minInText]) => {
        const found = [...document.querySelectorAll<HTMLElement>(targets)].filter((target) => target.checkVisibility());
        const sizes = found.map((target) => ({ target, box: target.getBoundingClientRect() }));
        const needs = (target: HTMLElement): number => (target.matches('.cite') ? minInText : min);
        const small = sizes.filter(({ target, box }) => Math.min(box.width, box.height) < needs(target) - 0.5);
        return small.map(({ target, box }) => {
          const words = target.dataset.testid ?? target.textContent?.trim().slice(0, 30) ?? '';
          return `${target.tagName.toLowerCase()} "${words}": ${Math.round(box.width)} x ${Math.round(box.height)}`;
        });
      },
      [targets, TOUCH_PX_MIN, TOUCH_IN_TEXT_PX_MIN] as const,
    );
    expect(small, `every target is at least ${TOUCH_PX_MIN} px, or ${TOUCH_IN_TEXT_PX_MIN} px in a text`).toEqual([]);
  });
}

test('the run button is in reach without scrolling, and a tap runs', async ({ lab }) => {
  await lab.open(CLASSIC_ADDRESS);
  await expect(lab.at('run')).toBeInViewport({ ratio: 1 });
  await lab.another(() => lab.at('run').tap());
  await lab.rules('no-lost-update', 'broken');
});

test('after a tap on run the stage comes into view, and a tap on the proof picks its entry', async ({ lab }) => {
  await lab.open(CLASSIC_ADDRESS);
  await lab.another(() => lab.at('run').tap());
  await expect(lab.at('stage')).toBeInViewport();
  const proof = lab.judgement('no-oversell').getByTestId('evidence').getByRole('button').first();
  const seq = await proof.locator('.seq').textContent();
  await proof.tap();
  await expect(lab.at('inspector')).toContainText(`Entry ${seq}`);
});

test('two taps from home break a real row', async ({ lab }) => {
  test.slow();
  await lab.open('/');
  await lab.at('lab-concurrency').getByTestId('play-classic').tap();
  await lab.page.waitForURL(/run=/);
  await lab.isAwake();
  await lab.ends(40_000);
  await lab.rules('no-oversell', 'broken');
});

test('a run is moved by hand with a thumb', async ({ lab }) => {
  await lab.open(CLASSIC_ADDRESS.replace('schedule=recorded', 'schedule=by-hand').replace(/&choices=[^&]*/, ''));
  await lab.at('run').tap();
  await expect(lab.at('choose-buyer-1')).toBeInViewport();
  for (const actor of ['buyer-1', 'buyer-2', 'buyer-1']) {
    const offer = await lab.at('hand').getAttribute('data-offer');
    await lab.at(`choose-${actor}`).tap();
    await expect(lab.at('hand')).not.toHaveAttribute('data-offer', offer!);
  }
  await lab.at('choose-buyer-2').tap();
  await lab.ends();
  await lab.rules('no-lost-update', 'broken');
});

test('two messages are swapped with a finger', async ({ lab }) => {
  await lab.page.setViewportSize({ width: 390, height: 844 });
  await begins(lab, TRAY_ADDRESS);
  const grip = (place: number) => lab.at('tray-card').nth(place).locator('.grip');
  // Clear of the bar at the bottom.
  await grip(1).evaluate((element) => element.scrollIntoView({ block: 'center' }));
  const [from, to] = [await grip(1).boundingBox(), await grip(0).boundingBox()];
  const finger = await lab.page.context().newCDPSession(lab.page);
  const touch = (type: 'touchStart' | 'touchMove' | 'touchEnd', y?: number) =>
    finger.send('Input.dispatchTouchEvent', { type, touchPoints: y === undefined ? [] : [{ x: from!.x + 20, y }] });
  await swap(lab, async () => {
    await touch('touchStart', from!.y + 20);
    await touch('touchMove', (from!.y + to!.y) / 2 + 20);
    await touch('touchMove', to!.y + 20);
    await touch('touchEnd');
  });
  await goesBack(lab);
});
