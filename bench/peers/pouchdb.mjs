// bench/peers/pouchdb.mjs ROWS FOLDER - A registers, A -> server -> B, changes 1,000, meets again.
import { fork } from "node:child_process";
import { createInterface } from "node:readline";
import { createReadStream } from "node:fs";
import PouchDB from "pouchdb";

const [rowsFile, folder, role] = process.argv.slice(2);
const batch = 1000;

if (role === "server") {
  const express = (await import("express")).default;
  const handler = (await import("express-pouchdb")).default;
  const app = express();
  const Stored = PouchDB.defaults({ prefix: `${folder}/server/` });
  app.use("/", handler(Stored, { mode: "minimumForPouchDB", logPath: `${folder}/log.txt` }));
  const listener = app.listen(0, "127.0.0.1", () => process.send(listener.address().port));
} else {
  await measure();
}

function say(workload, unit, value) {
  console.log(["PouchDB", workload, unit, value].join("\t"));
}

async function seconds(work) {
  const begin = performance.now();
  await work();
  return (performance.now() - begin) / 1000;
}

async function fill(db) {
  let docs = [];
  let count = 0;
  for await (const line of createInterface({ input: createReadStream(rowsFile) })) {
    docs.push(JSON.parse(line));
    count += 1;
    if (docs.length === batch) await db.bulkDocs(docs.splice(0));
  }
  await db.bulkDocs(docs);
  return count;
}

async function change(db) {
  const newest = await db.allDocs({ include_docs: true, descending: true, limit: batch });
  await db.bulkDocs(newest.rows.map(({ doc }) => ({ ...doc, remarks: doc.remarks + "改" })));
}

async function measure() {
  const { mkdirSync } = await import("node:fs");
  mkdirSync(`${folder}/server`);
  const server = fork(process.argv[1], [rowsFile, folder, "server"], { stdio: ["ignore", "ignore", "inherit", "ipc"] });
  const port = await new Promise((ready) => server.once("message", ready));
  const hub = `http://127.0.0.1:${port}/register`;
  const a = new PouchDB(`${folder}/a`);
  const b = new PouchDB(`${folder}/b`);
  const options = { batch_size: batch };
  const meet = async () => {
    await a.replicate.to(hub, options);
    await b.replicate.from(hub, options);
  };
  let count = 0;
  const importS = await seconds(async () => { count = await fill(a); });
  say("import", "rows/s", count / importS);
  say("first sync, wall", "s", await seconds(meet));
  await change(a);
  say("1,000 changed records, wall, meetings alone", "s", await seconds(meet));
  say("no-op, warm connection", "ms", 1000 * await seconds(() => a.replicate.to(hub, options)));
  const held = (await b.info()).doc_count;
  server.kill();
  if (held !== count) throw new Error(`B holds ${held} of ${count}`);
  process.exit(0);
}
