// Reads a line of JSON for each link, with a figure's declaration and a query, and answers what the page makes of it.
import { createInterface } from "node:readline";

globalThis.location = { search: "" };
globalThis.addEventListener = () => {};
const { readAddress } = await import("../../site/static/js/address.js");
const { differing, paramsOf, read } = await import("../../site/static/js/settings.js");

for await (const line of createInterface({ input: process.stdin })) {
  const { spec, query } = JSON.parse(line);
  location.search = query;
  const { positions, complaints } = read(spec, readAddress(spec.name));
  const params = paramsOf(spec, positions);
  const again = read(spec, differing(spec, params));
  process.stdout.write(`${JSON.stringify({ positions, complaints, params, again })}\n`);
}
