// Messages on their way are cards, and the user puts them into an order.
import { expect, test } from './lab.js';
import { begins, cards, goesBack, swap, TRAY_ADDRESS } from './tray.js';

test('two cards swapped with the keyboard turn the view back, and the link gives the same run', async ({ lab }) => {
  await begins(lab, TRAY_ADDRESS);
  await expect(lab.at('tray')).toContainText("the lab's own network");
  const earlier = lab.at('tray-earlier-order-1.paid');
  await swap(lab, async () => {
    await earlier.focus();
    await lab.page.keyboard.press('Enter');
  });
  await expect(earlier, 'the keyboard stays on the card').toBeFocused();
  const run = await goesBack(lab);
  const journal = await lab.api.journal(run.id);
  expect(journal.filter(({ event }) => event.type === 'tray')).toHaveLength(1);
  await lab.at('other-strategy').selectOption('version-ignore-stale');
  await lab.another(() => lab.at('same-moves').click());
  await lab.rules('view-never-goes-back', 'holds');
});

test('two cards swapped with the pointer turn the view back', async ({ lab }) => {
  await begins(lab, TRAY_ADDRESS);
  const grip = (place: number) => lab.at('tray-card').nth(place).locator('.grip');
  await swap(lab, async () => {
    const [from, to] = [await grip(1).boundingBox(), await grip(0).boundingBox()];
    await lab.page.mouse.move(from!.x + 20, from!.y + 20);
    await lab.page.mouse.down();
    await expect(lab.at('tray-card').nth(1)).toHaveClass(/is-dragged/);
    await lab.page.mouse.move(to!.x + 20, to!.y + 20, { steps: 4 });
    await lab.page.mouse.up();
  });
  await goesBack(lab);
});

test('what may not overtake is refused with the reason, and what is held, doubled and dropped says so', async ({ lab }) => {
  // What is refused is an answer of 409, which the browser notes too.
  lab.watch.allow(/status of 409/);
  await begins(lab, TRAY_ADDRESS.replace('arrival-order', 'partitioned'));
  await lab.at('tray-earlier-order-1.paid').click();
  await expect(lab.at('hand-problem')).toContainText('This broker keeps order inside a partition');
  await expect.poll(() => cards(lab)).toEqual(['order-1.placed', 'order-1.paid']);
  await lab.at('tray-hold-order-1.placed').click();
  await expect(lab.at('tray-card').first()).toContainText('held');
  await lab.at('tray-release-order-1.placed').click();
  await lab.at('tray-double-order-1.placed').click();
  await expect(lab.at('tray-card')).toHaveCount(3);
  await lab.at('tray-drop-order-1.placed').click();
  await expect(lab.at('tray-card').first()).toContainText('comes at');
  await lab.at('hand-back').click();
  await expect(lab.at('tray-card').first()).toContainText('may be received');
});
