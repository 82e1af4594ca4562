import { readFileSync } from "node:fs";
import { it } from "vitest";
import { all } from "../../src/protocols/all.ts";
import { createDissector } from "../../src/packet/dissector.ts";
import { tilingFaults } from "./inspect.ts";
import { hex, packetOf, rebuilt, valuesIn } from "./packets.ts";
it("x", () => {
  const d = createDissector(all);
  for (const [name, list, at] of JSON.parse(readFileSync("/tmp/cases.json", "utf8"))) {
    const b = Uint8Array.from(list);
    for (const n of at) b[(n >> 3) % b.length]! ^= 1 << (n & 7);
    const first = all.find((p) => p.schema.name === name.split(".")[0])!;
    console.log("=====", name, at);
    console.log(hex(b)); console.dir(valuesIn(b, first), { depth: 9 });
    for (const p of [packetOf(b, first), d.dissect(b, first)]) {
      console.log(String(p.chain), p.error);
      if (hex(rebuilt(p)) !== hex(b)) console.log("REBUILT", hex(rebuilt(p)));
      for (const l of p.layers) console.log(tilingFaults(l));
    }
    const whole = d.dissect(b, first).layers.map((l) => l.schema.root.name);
    for (let c = 0; c < b.length; c++) { const p = d.dissect(b.slice(0, c), first); const n = p.layers.map((l) => l.schema.root.name); if (!whole.slice(0, n.length).every((x, i) => x === n[i]) || n.length > whole.length) console.log("CUT", c, whole, n); const e=p.error; if (e && (e.offset+e.available>c||e.available<0||e.offset<0)) console.log("ERR",c,e); }
  }
});
