import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { captures, type SyntheticCapture } from "../../../scripts/synthetic/index.mjs";
import { openCapture } from "../../../src/capture/open.ts";
import { PcapWriter } from "../../../src/files/pcap-writer.ts";
import type { Packet } from "../../../src/packet/packet.ts";
import { all } from "../../../src/protocols/all.ts";
import { Columns, fieldNames } from "../../../src/report/wireshark/columns.ts";
import { casesShown, everyCase } from "../../support/cases.ts";
import { hasTshark, tsharkCells, tsharkCellsLater } from "../../support/tshark.ts";
import {
  casesNeverShown,
  inFragments,
  knownDifference,
  knownDifferences,
  namesNeverShown,
  wrongOnPurpose,
} from "./synthetic-differences.ts";
import { fileOf } from "./synthetic-file.ts";

if (!hasTshark)
  process.stderr.write("skipped: synthetic captures are not compared, tshark is not installed\n");

const names = fieldNames(all);
/** Beside the cells, that tshark finds nothing malformed: of that we print nothing. */
const compared = [...names, "_ws.malformed"];

/** Captures of one link type that one file holds, one behind the other. */
interface Group {
  readonly name: string;
  readonly linkType: number;
  readonly members: readonly SyntheticCapture[];
}

const alone = (one: SyntheticCapture): Group => ({ ...one, members: [one] });

/** Together where nothing is known to differ, since starting tshark takes longest: a difference may last to the file's end. */
function grouped(): Group[] {
  const differing = new Set(knownDifferences.map((one) => one.capture));
  const groups: Group[] = captures.filter(({ name }) => differing.has(name)).map(alone);
  for (const linkType of new Set(captures.map((one) => one.linkType))) {
    const members = captures.filter((c) => c.linkType === linkType && !differing.has(c.name));
    groups.push({ name: `link type ${linkType}`, linkType, members });
  }
  return groups.filter(({ members }) => members.length > 0);
}

async function packetsIn(file: Uint8Array): Promise<Packet[]> {
  const found: Packet[] = [];
  for await (const packet of openCapture(file)) found.push(packet);
  return found;
}
const dissected = (capture: SyntheticCapture): Promise<Packet[]> =>
  packetsIn(fileOf([capture]).file);

const protocolsOf = (packet: Packet): string[] =>
  packet.layers.map((layer) => layer.schema.root.name);

const isWrong = ({ name }: SyntheticCapture): boolean => wrongOnPurpose.includes(name);

/** Of a datagram in fragments, the first has a header whose length counts those behind it too. */
const isPiece = ({ name }: SyntheticCapture, { error }: Packet): boolean =>
  inFragments.includes(name) && error?.kind === "truncated" && error.protocol === "udp";

describe.each(captures.filter((one) => !isWrong(one)))("the synthetic capture $name", (capture) => {
  it("comes back as the layers that it was built of, without fault", async () => {
    const built = capture.packets();
    for (const [i, packet] of (await dissected(capture)).entries()) {
      const wanted = protocolsOf(built[i]!);
      expect({
        number: packet.number,
        error: isPiece(capture, packet) ? null : packet.error,
        layers: protocolsOf(packet).slice(0, wanted.length),
      }).toEqual({ number: i + 1, error: null, layers: wanted });
    }
  });
});

describe("the synthetic captures", () => {
  it("show every field name that is listed", async () => {
    const shown = new Set<string>();
    for (const capture of captures) {
      const columns = new Columns(names);
      for (const packet of await dissected(capture))
        columns.cells(packet).forEach((cell, i) => {
          if (cell !== "") shown.add(names[i]!);
        });
    }
    const missing = names.filter((name) => !shown.has(name));
    expect(missing).toEqual(Object.keys(namesNeverShown).sort());
  });

  it("show every case of every declaration", async () => {
    const shown = new Set<string>();
    for (const capture of captures)
      for (const packet of await dissected(capture))
        for (const one of casesShown(packet)) shown.add(one);
    const missing = everyCase(all).filter((one) => !shown.has(one));
    expect(missing).toEqual(Object.keys(casesNeverShown).sort());
  });
});

describe.skipIf(!hasTshark)("tshark and the synthetic captures", () => {
  const folder = mkdtempSync(join(tmpdir(), "wirecraft-synthetic-"));
  afterAll(() => rmSync(folder, { recursive: true }));
  const differing = new Set<string>();

  it("knows every field name that is listed", () => {
    const file = join(folder, "names.pcap");
    writeFileSync(file, new PcapWriter().take());
    expect(tsharkCells(file, names).unknown).toEqual([]);
  });

  it.concurrent.each(grouped())("agree in every cell of $name", async (group) => {
    const path = join(folder, `${group.name}.pcap`);
    const { file, owners } = fileOf(group.members);
    writeFileSync(path, file);
    const { frames } = await tsharkCellsLater(path, compared);
    const columns = new Columns(names);
    const wrong: string[] = [];
    const packets = await packetsIn(file);
    expect(frames.length).toBe(packets.length);
    for (const [i, packet] of packets.entries()) {
      const cells = [...columns.cells(packet), ""];
      for (const [at, name] of compared.entries()) {
        const theirs = frames[i]![at]!;
        if (theirs === cells[at]) continue;
        const owner = owners[i]!;
        const known = knownDifference(owner, name);
        if (known !== undefined) differing.add(known);
        else wrong.push(`${owner} #${i + 1} ${name}: tshark "${theirs}", ours "${cells[at]}"`);
      }
    }
    expect(wrong).toEqual([]);
  });

  it("differ where a known difference is listed", () => {
    const listed = knownDifferences.flatMap((one) =>
      one.fields.map((field) => `${one.capture} ${field}`),
    );
    expect(listed.filter((one) => !differing.has(one))).toEqual([]);
  });
});
