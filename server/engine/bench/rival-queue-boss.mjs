// Empties a queue of pg-boss of so many jobs, a thousand at a time in four loops; prints jobs per second.
import { PgBoss } from "pg-boss";

const jobs = Number(process.argv[2]);
const batchSize = 1000;
const queue = `orders-${Date.now()}`;
const boss = new PgBoss({ connectionString: process.env.DATABASE_URL, max: 10 });
boss.on("error", console.error);
await boss.start();
await boss.createQueue(queue);
for (let first = 1; first <= jobs; first += batchSize) {
  const numbers = Array.from({ length: Math.min(batchSize, jobs - first + 1) }, (_, place) => first + place);
  await boss.insert(queue, numbers.map((n) => ({ data: { event: `order-${n}.placed`, key: `order-${n}` } })));
}
let done = 0;
const empty = async () => {
  for (;;) {
    const found = await boss.fetch(queue, { batchSize });
    if (found.length === 0) return;
    await boss.complete(queue, found.map((job) => job.id));
    done += found.length;
  }
};
const began = performance.now();
await Promise.all([empty(), empty(), empty(), empty()]);
console.log(Math.round((done / (performance.now() - began)) * 1000));
process.exit(0);
