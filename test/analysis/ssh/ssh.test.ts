import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import type { AnalysisEvent } from "../../../src/analysis/events.ts";
import { choose, listsOf } from "../../../src/analysis/ssh/algorithms.ts";
import { parseIdentification } from "../../../src/analysis/ssh/banner.ts";
import { sshApplication } from "../../../src/analysis/ssh/ssh.ts";
import { createDissector } from "../../../src/packet/dissector.ts";
import { sshMessage } from "../../../src/protocols/application/ssh/message.ts";
import { ssh } from "../../../src/protocols/application/ssh/ssh.ts";
import { expectSameOfCuts, inBytes } from "../cuts.ts";
import {
  client,
  gap,
  type Piece,
  type ReadOptions,
  readHostile,
  readPieces,
  server,
} from "../hostile.ts";
import {
  ciphered,
  connection,
  kexInit,
  many,
  newKeys,
  packet,
  publicValue,
  reply,
} from "./samples.ts";

const only: ReadOptions = { applications: [sshApplication], port: 22 };
const read = (pieces: readonly Piece[], options: ReadOptions = {}): readonly AnalysisEvent[] =>
  readPieces(pieces, { ...only, ...options }).events;

/** What an event tells, as one line. */
function line(event: AnalysisEvent): string {
  const { side, offset, length } = event.place;
  const where = `${side} ${offset}+${length}`;
  switch (event.type) {
    case "ssh.banner":
      return `${where} ${event.version} ${event.software}|${event.comments}|${event.before.join("/")}`;
    case "ssh.kexInit":
      return `${where} kexInit ${event.hassh}`;
    case "ssh.algorithms":
      return `${where} ${event.algorithms.kex} ${JSON.stringify(event.algorithms.clientToServer)}`;
    case "ssh.hostKey":
      return `${where} ${event.keyType} ${event.sha256}`;
    case "ssh.message":
      return `${where} ${event.code} ${event.message.is}`;
    case "ssh.encrypted":
      return `${where} encrypted ${event.bytes}-${event.missing} ${event.packets}`;
    case "note":
      return `${where} ${event.kind}: ${event.text}`;
    default:
      return `${where} ${event.type}`;
  }
}
/** Events of a side, in order. */
const told = (pieces: readonly Piece[], options: ReadOptions = {}): string[] =>
  read(pieces, options).map(line);
const bySide = (lines: readonly string[]): string[] => [...lines].sort((a, b) => +a[0]! - +b[0]!);

const md5 = (text: string): string => createHash("md5").update(text).digest("hex");

describe("a connection of SSH", () => {
  const hassh = md5(
    "curve25519-sha256,ecdh-sha2-nistp256;aes128-ctr;hmac-sha2-256-etm@openssh.com;none",
  );
  const hasshServer = md5("ecdh-sha2-nistp256;aes256-gcm@openssh.com;hmac-sha2-256;none");
  const key = Buffer.concat([
    Buffer.from([0, 0, 0, 11]),
    Buffer.from("ssh-ed25519"),
    Buffer.from([0, 0, 0, 32]),
    Buffer.alloc(32, 0x42),
  ]);
  const sha256 = createHash("sha256").update(key).digest("base64").replace(/=+$/, "");
  const expected = [
    "0 0+21 2.0 OpenSSH_9.7||",
    "1 18+32 2.0 Example_1|some comment|Welcome/\tto all",
    `0 21+200 kexInit ${hassh}`,
    `1 50+184 kexInit ${hasshServer}`,
    '1 50+184 ecdh-sha2-nistp256 {"encryption":"aes128-ctr","mac":"hmac-sha2-256-etm@openssh.com","compression":"none"}',
    "0 221+48 30 keyExchangeInit",
    "1 234+192 31 keyExchangeReply",
    `1 234+192 ssh-ed25519 SHA256:${sha256}`,
    "1 426+16 ssh.newKeys",
    "0 269+16 ssh.newKeys",
    "0 285+204 encrypted 204-0 3",
    "1 442+104 encrypted 104-0 2",
  ];

  it("is told with its algorithms, key and fingerprints", () => {
    expect(told(connection())).toEqual(expected);
    const [found] = read(connection()).filter(({ type }) => type === "ssh.hostKey");
    if (found?.type !== "ssh.hostKey") throw new Error("no key");
    expect(Buffer.from(found.key).equals(key)).toBe(true);
    const pairs = md5Of(key).match(/../g)!.join(":");
    expect(found).toMatchObject({ md5: `MD5:${pairs}`, isCertificate: false });
    expect(found.place.packets).toEqual([6]);
  });
  const md5Of = (bytes: Buffer): string => createHash("md5").update(bytes).digest("hex");

  it("is the same wherever it is cut", () => {
    expectSameOfCuts(connection(), told, expected);
  });

  it("is the same on another port, where its first letters tell it", () => {
    expect(told(connection(), { port: 2222 })).toEqual(expected);
    expect(told(inBytes(connection()), { port: 2222 })).toEqual(expected);
  });

  it("is told of each side alone", () => {
    for (const side of [0, 1]) {
      const alone = connection().filter((piece) => piece.side === side);
      const lines = bySide(expected).filter((one) => one.startsWith(String(side)));
      // Without the other's list nobody knows what was chosen, nor where packets end.
      const wanted = lines
        .filter((one) => !one.includes('{"encryption"'))
        .map((one) => one.replace(/(encrypted \d+-0) \d/, "$1 null"));
      expect(told(alone)).toEqual(wanted);
    }
  });

  it("is told where the capture began with the server", () => {
    const events = readPieces([client("SSH-2.0-server\r\n"), client(kexInit())], only).events;
    expect(events.map(({ type }) => type)).toEqual(["ssh.banner", "ssh.kexInit"]);
  });
});

describe("lines of identification", () => {
  it("have a version, software and a comment", () => {
    expect(parseIdentification("SSH-1.99-Cisco-1.25")).toEqual({
      version: "1.99",
      software: "Cisco-1.25",
      comments: "",
    });
    expect(parseIdentification("SSH-2.0-a b c")).toMatchObject({ software: "a", comments: "b c" });
    expect(parseIdentification("SSH-2.0")).toMatchObject({ version: "2.0", software: "" });
  });

  it("of version 1 are said so, and nothing more is read", () => {
    const events = read([server("SSH-1.5-old\n"), client("SSH-1.5-old\n"), server(many(24, 0))]);
    expect(events[0]).toMatchObject({ type: "ssh.banner", isOld: true, version: "1.5" });
    expect(events.map(line).at(-1)).toBe("1 12+24 encrypted 24-0 null");
    expect(events.some(({ type }) => type === "note")).toBe(false);
  });

  it("of version 1.99 speak the second too", () => {
    expect(told([server("SSH-1.99-x\n"), server(kexInit())]).length).toBe(2);
  });

  it("may come late, but not behind anything", () => {
    const lines = `${"a line\n".repeat(100)}SSH-2.0-x\r\n`;
    const [banner] = read([server(lines)]);
    expect(banner).toMatchObject({ type: "ssh.banner", software: "x" });
    expect(banner?.type === "ssh.banner" && banner.before.length).toBe(64);
    expect(told([server(`${"x".repeat(9000)}\nSSH-2.0-x\r\n`)])).toEqual([
      "1 0+8192 garbage: no identification begins here",
      "1 0+9012 encrypted 9012-0 null",
    ]);
    expect(told([server("a\0b\nSSH-2.0-x\r\n")])[0]).toContain("garbage");
    expect(told([server("only text\nmore")])).toEqual([
      "1 10+4 incomplete: lines, but none of identification",
      "1 10+4 incomplete: a packet was cut off",
    ]);
  });
});

describe("what is wrong in a stream", () => {
  const start = [client("SSH-2.0-a\r\n"), server("SSH-2.0-b\r\n")];

  it("is said, and what follows counts as encrypted", () => {
    expect(told([...start, client("GET / HTTP/1.1\r\n\r\n")]).slice(2)).toEqual([
      "0 11+6 garbage: no packet begins here: the rest is not read",
      "0 11+18 encrypted 18-0 null",
    ]);
  });

  it("behind a gap is read where a packet begins", () => {
    const pieces = [
      ...start,
      client(kexInit().subarray(0, 50)),
      gap(0, 150),
      client(publicValue()),
    ];
    expect(told(pieces).slice(2)).toEqual([
      "0 11+50 incomplete: a packet was cut off",
      "0 11+50 gap: 150 bytes are missing",
      "0 211+48 30 keyExchangeInit",
    ]);
  });

  it("behind a gap is taken for encrypted where none begins", () => {
    const pieces = [...start, gap(0, 150), client(many(40, 0x77)), gap(0, 8), client(many(2, 1))];
    expect(told(pieces).slice(2)).toEqual([
      "0 11+0 gap: 150 bytes are missing",
      "0 161+50 encrypted 42-8 null",
    ]);
  });

  it("before the line is passed", () => {
    expect(told([gap(0, 5), client("SSH-2.0-a\r\n"), client(newKeys())])).toEqual([
      "0 5+11 2.0 a||",
      "0 16+16 ssh.newKeys",
    ]);
    expect(told([client("SSH-2"), gap(0, 6), client(newKeys())])).toEqual([
      "0 0+5 incomplete: a packet was cut off",
      "0 0+5 gap: 6 bytes are missing",
      "0 11+16 ssh.newKeys",
    ]);
  });

  it("may be lists and keys that do not fit their packets", () => {
    const lists = kexInit();
    lists.set([0xff, 0xff], 22);
    const wrong = reply();
    wrong.set([0, 0, 1], 10);
    expect(told([...start, client(lists), server(wrong)]).slice(2)).toEqual([
      "0 11+200 malformed: a message does not fit its packet",
      "1 11+192 31 keyExchangeReply",
      "1 11+192 malformed: a host key does not fit its packet",
    ]);
  });

  it("is bounded by what may be kept", () => {
    const long = packet(sshMessage.ignore({ data: many(5000, 1) }));
    const pieces = [...start, ...inBytes([client(long), client(newKeys())])];
    const { events, reader } = readPieces(pieces, {
      ...only,
      inputLimit: 4096,
      onPiece: ({ held }) => expect(held).toBeLessThan(400_000),
    });
    expect(events.map(line).slice(2)).toEqual([
      "0 11+6 limit: a packet of 5016 bytes is left out",
      "0 5027+16 ssh.newKeys",
    ]);
    expect(reader.isIdle).toBe(true);
  });

  it("is never an exception, nor more than is kept, nor without end", () => {
    const old = [server("SSH-1.5-old\n"), client("SSH-1.5-old\n"), server(many(24, 0))];
    const { events, notes } = readHostile(sshApplication, [connection(), old], { port: 22 });
    expect(events).toBeGreaterThan(5000);
    expect(notes).toBeGreaterThan(500);
  });
});

describe("what is encrypted", () => {
  const until = (lists: Record<string, string>): Piece[] => [
    client("SSH-2.0-a\r\n"),
    server("SSH-2.0-b\r\n"),
    client(kexInit(lists)),
    server(kexInit(lists)),
    client(newKeys()),
  ];
  const last = (lists: Record<string, string>, bytes: Uint8Array): string | undefined =>
    told([...until(lists), client(bytes)]).at(-1);

  it("is counted in packets where their lengths are readable", () => {
    expect(last({}, ciphered(7, 32))).toContain("encrypted 476-0 7");
    const gcm = { encryptionAlgorithmsClientToServer: "aes128-gcm@openssh.com" };
    expect(last(gcm, ciphered(7, 16))).toContain("encrypted 364-0 7");
    expect(last({ macAlgorithmsClientToServer: "hmac-sha1" }, ciphered(7, 20))).toContain(" null");
    const chacha = { encryptionAlgorithmsClientToServer: "chacha20-poly1305@openssh.com" };
    expect(last(chacha, ciphered(7, 16))).toContain(" null");
    expect(last({}, many(100, 0xff))).toContain(" null");
  });

  it("names the first and the last packet that brought it", () => {
    const pieces = [...until({}), ...[1, 2, 3].map(() => client(ciphered(1, 32)))];
    const found = read(pieces).find(({ type }) => type === "ssh.encrypted");
    expect(found?.place).toMatchObject({ packets: [6, 8], length: 204, seconds: 7 });
  });

  it("keeps nothing, however long it is", () => {
    const pieces = [...until({}), ...Array.from({ length: 3000 }, () => client(ciphered(1, 32)))];
    readPieces(pieces, { ...only, onPiece: ({ held }) => expect(held).toBeLessThan(16_384) });
  });
});

describe("algorithms", () => {
  const lists = (names: Record<string, string>) => {
    const found = createDissector([ssh]).dissect(kexInit(names), ssh).require(ssh);
    const message = found.packet!.message!;
    if (message.is !== "kexInit") throw new Error(message.is);
    return listsOf(message);
  };

  it("are the first of the client's that the server has too", () => {
    const client = lists({ kexAlgorithms: "a,b,c,kex-strict-c-v00@openssh.com" });
    const server = lists({ kexAlgorithms: "c,b,kex-strict-s-v00@openssh.com" });
    expect(choose(client, server)).toMatchObject({ kex: "b", isStrict: true });
    expect(choose(server, client)).toMatchObject({ kex: "c", isStrict: false });
  });

  it("may be none, and no MAC where the cipher is one", () => {
    const chosen = choose(lists({ kexAlgorithms: "a" }), lists({ kexAlgorithms: "" }));
    expect(chosen.kex).toBeNull();
    expect(chosen.serverToClient).toMatchObject({
      encryption: "aes256-gcm@openssh.com",
      mac: null,
    });
    expect(chosen.clientToServer.mac).toBe("hmac-sha2-256-etm@openssh.com");
  });
});
