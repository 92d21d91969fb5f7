// Empties graphile-worker's queue of so many jobs; prints jobs per second.
import { makeWorkerUtils, run } from "graphile-worker";

const jobs = Number(process.argv[2]);
const connectionString = process.env.DATABASE_URL;
const utils = await makeWorkerUtils({ connectionString });
await utils.migrate();
for (let first = 1; first <= jobs; first += 1000) {
  const numbers = Array.from({ length: Math.min(1000, jobs - first + 1) }, (_, place) => first + place);
  await utils.addJobs(numbers.map((n) => ({ identifier: "publish", payload: { event: `order-${n}.placed`, key: `order-${n}` } })));
}
let done = 0;
let finish;
const emptied = new Promise((resolve) => (finish = resolve));
const publish = async () => {
  done += 1;
  if (done === jobs) finish();
};
const began = performance.now();
const worker = {
  connectionString,
  concurrentJobs: 24,
  maxPoolSize: 25,
  localQueue: { size: 500 },
  completeJobBatchDelay: 0,
  failJobBatchDelay: 0,
};
const runner = await run({ connectionString, noHandleSignals: true, taskList: { publish }, preset: { worker } });
await emptied;
await runner.stop();
console.log(Math.round((jobs / (performance.now() - began)) * 1000));
await utils.release();
process.exit(0);
