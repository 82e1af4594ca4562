import { describe, expect, it } from "vitest";
import { extendedPassive, extendedPort, sixNumbers } from "../../src/analysis/ftp/address.ts";
import { ftpDataApplication } from "../../src/analysis/ftp/data.ts";
import type { FtpFileEvent } from "../../src/analysis/ftp/events.ts";
import { FtpExpectations } from "../../src/analysis/ftp/expectations.ts";
import { ftpApplication } from "../../src/analysis/ftp/ftp.ts";
import type { Side } from "../../src/analysis/input.ts";
import { ConnectionReader, type ReaderEnvironment } from "../../src/analysis/reader.ts";
import { createDissector } from "../../src/packet/dissector.ts";
import { all } from "../../src/protocols/all.ts";
import { expectSameOfCuts } from "./cuts.ts";
import { client, gap, type Piece, readHostile, readPieces, server } from "./hostile.ts";
import { told } from "./told.ts";

const tell = (...pieces: readonly Piece[]): string[] => told(pieces, ftpApplication);

const session: readonly Piece[] = [
  server("220-hello\r\n 220 not yet\r\n220 there\r\n"),
  client("USER bob\r\n"),
  server("331 password\r\n"),
  client("PASS a b\r\n"),
  server("230 in\r\n"),
  client("RETR a b.txt\r\nQUIT\r\n"),
  server("150 opening\r\n226 done\r\n221 bye\r\n"),
];
const sessionTold = [
  'ftp.reply code=220 lines=["hello"," 220 not yet","there"] complete=true',
  'ftp.command command="USER" argument="bob" credentials={"mechanism":"USER","user":"bob","password":null}',
  'ftp.reply code=331 lines=["password"] command=USER complete=true',
  'ftp.command command="PASS" argument="a b" credentials={"mechanism":"PASS","user":null,"password":"a b"}',
  'ftp.reply code=230 lines=["in"] command=PASS complete=true',
  'ftp.command command="RETR" argument="a b.txt"',
  'ftp.command command="QUIT"',
  'ftp.reply code=150 lines=["opening"] command=RETR complete=true',
  'ftp.reply code=226 lines=["done"] command=RETR complete=true',
  'ftp.reply code=221 lines=["bye"] command=QUIT complete=true',
];

describe("FTP over streams", () => {
  it("tells commands with their replies, preliminary ones too", () => {
    expect(tell(...session)).toEqual(sessionTold);
  });

  it("tells the same of pieces of any size", () => {
    expectSameOfCuts(session, (pieces) => tell(...pieces), sessionTold);
  });

  it("leaves the rest to TLS after AUTH, and reads on where that is refused", () => {
    const hello = client("\x16\x03\x01\x00\x02\x01\x00");
    const begun = [server("220 x\r\n"), client("AUTH TLS\r\n")];
    const { reader } = readPieces([...begun, server("234 go\r\n"), hello], { port: 21 });
    expect(reader.application?.name).toBe("tls");
    expect(tell(...begun, server("502 no\r\n"), client("QUIT\r\n")).at(-1)).toBe(
      'ftp.command command="QUIT"',
    );
    const alone = readPieces([client("AUTH TLS\r\n"), hello], { port: 21 });
    expect(alone.reader.application?.name).toBe("tls");
  });

  it("notes garbage, gaps and lines that are too long, and reads on", () => {
    expect(
      tell(
        server("220 x\r\n"),
        client(`\x01\x02\r\nNOOP ${"x".repeat(9000)}\r\n`),
        gap(1, 7),
        server("st\r\n200 y\r\n"),
        client("QU"),
      ).map((line) => line.replace(/x{8000,}/, "x…")),
    ).toEqual([
      'ftp.reply code=220 lines=["x"] complete=true',
      "note garbage: no command",
      "note limit: a line is longer than what is kept",
      'ftp.command command="NOOP" argument="x…"',
      "note gap: 7 bytes are missing",
      "note garbage: rest of a line behind missing bytes",
      'ftp.reply code=200 lines=["y"] command=NOOP complete=true',
      "note incomplete: a line was cut off",
    ]);
  });

  it("is known on other ports by its greeting, and not SMTP's", () => {
    const found = (text: string): string | undefined =>
      readPieces([server(text), client("USER x\r\n")], { port: 2121 }).reader.first?.name;
    expect(found("220 An FTP server\r\n")).toBe("ftp");
    expect(found("220 mx ESMTP\r\n")).toBe("smtp");
  });

  it("is not upset by anything", () => {
    const { events, notes } = readHostile(ftpApplication, [session], { port: 21, rounds: 1000 });
    expect(events).toBeGreaterThan(5000);
    expect(notes).toBeGreaterThan(500);
  });
});

describe("addresses of data connections", () => {
  it("are six numbers", () => {
    expect(sixNumbers("10,0,0,1,4,5")).toEqual({ address: "10.0.0.1", port: 1029 });
    expect(sixNumbers("Entering Passive Mode (192,0,2,1,255,255).")?.port).toBe(65_535);
    for (const wrong of ["1,2,3,4,5", "300,0,0,1,4,5", "1,2,3,4,0,0", ""])
      expect(sixNumbers(wrong)).toBeNull();
  });

  it("are a family, an address and a port", () => {
    expect(extendedPort("|1|192.0.2.1|99|")).toMatchObject({ address: "192.0.2.1", port: 99 });
    expect(extendedPort("!2!2001:DB8:0::1!99!")?.address).toBe("2001:db8::1");
    for (const wrong of ["|1|192.0.2.1|", "|3|x|9|", "|2|x|9|", "|1|1.2.3.4|70000|", "", "|"])
      expect(extendedPort(wrong)).toBeNull();
    expect(extendedPassive("Entering (|||6446|)")).toBe(6446);
    for (const wrong of ["(||6446|)", "(|||0|)", "(|||99999|)", "6446"])
      expect(extendedPassive(wrong)).toBe(0);
  });

  it("are forgotten when there are too many of them, or they are old", () => {
    const known = new FtpExpectations();
    const info = { index: 0, src: "a", srcPort: 1, dst: "b", dstPort: 21 };
    for (let port = 1; port <= 5000; port++) known.add(info, "server", ["b"], port, 0);
    expect(known.size).toBe(4096);
    expect(known.find({ ...info, dstPort: 1 }, 0)).toBeNull();
    expect(known.find({ ...info, dstPort: 5000 }, 0)).not.toBeNull();
    expect(known.find({ ...info, dstPort: 5000 }, 10_000)).toBeNull();
  });
});

const dissector = createDissector(all);

/** Connections of one analysis: what they tell of files, as short lines. */
class Analysis {
  readonly lines: string[] = [];
  readonly files: FtpFileEvent[] = [];
  private readonly environment: ReaderEnvironment = {
    applications: [ftpApplication, ftpDataApplication],
    dissector,
    isByContent: () => true,
    inputLimit: 65_536,
    onEvent: (event) => {
      if (event.type === "ftp.file") {
        this.files.push(event);
        const { command, name, direction, isListing } = event;
        this.lines.push(`${command?.command} ${name} ${direction}${isListing ? " listing" : ""}`);
      } else if (event.type === "ftp.data")
        this.lines.push(`${event.offset} ${String.fromCharCode(...event.bytes)}`);
      else if (event.type === "ftp.end")
        this.lines.push(`${event.size} ${event.missing} ${event.complete ? "" : "in"}complete`);
    },
    onMessage: null,
    shared: new Map(),
  };

  open(
    src: string,
    srcPort: number,
    dst: string,
    dstPort: number,
  ): (side: Side, text: string | number | null) => void {
    const reader = new ConnectionReader(this.environment, { index: 0, src, srcPort, dst, dstPort });
    const origin = { packet: 1, seconds: 1, nanoseconds: 0, retransmitted: false };
    return (side, said) => {
      if (said === null) reader.end(side);
      else if (typeof said === "number") reader.gap(side, said);
      else {
        const bytes = Uint8Array.from(said, (c) => c.charCodeAt(0));
        reader.data(side, bytes, 0, bytes.length, origin);
      }
    };
  }
}

describe("files on data connections", () => {
  const begin = () => {
    const analysis = new Analysis();
    const control = analysis.open("192.0.2.1", 40_000, "192.0.2.2", 21);
    control(1, "220 x\r\n");
    return { analysis, control };
  };

  it("are known by PASV, also where another address is said than the one that is used", () => {
    for (const address of ["192,0,2,2", "10,0,0,9"]) {
      const { analysis, control } = begin();
      control(0, "PASV\r\n");
      control(1, `227 passive (${address},20,1)\r\n`);
      control(0, "RETR dir/a.bin\r\n");
      const data = analysis.open("192.0.2.1", 40_001, "192.0.2.2", 5121);
      data(1, "abc");
      data(1, "def");
      data(1, null);
      expect(analysis.lines).toEqual(["RETR dir/a.bin download", "0 abc", "3 def", "6 0 complete"]);
      expect(analysis.files[0]?.command?.connection.dstPort).toBe(21);
    }
  });

  it("are known by PORT, EPRT and EPSV, with IPv6 too", () => {
    const { analysis, control } = begin();
    control(0, "PORT 192,0,2,1,20,2\r\n");
    control(0, "STOR up.txt\r\n");
    const active = analysis.open("192.0.2.2", 20, "192.0.2.1", 5122);
    active(1, "up");
    active(1, null);
    const six = analysis.open("2001:db8::1", 40_002, "2001:db8::2", 21);
    six(1, "220 x\r\n");
    six(0, "EPRT |2|2001:DB8::1|5123|\r\nLIST\r\n");
    const listing = analysis.open("2001:db8::2", 30_000, "2001:db8::1", 5123);
    listing(0, "a\r\n");
    listing(0, null);
    six(0, "EPSV\r\n");
    six(1, "229 (|||5124|)\r\n");
    six(0, "APPE more\r\n");
    const passive = analysis.open("2001:db8::1", 40_003, "2001:db8::2", 5124);
    passive(0, "more");
    passive(0, null);
    expect(analysis.lines).toEqual([
      "STOR up.txt upload",
      "0 up",
      "2 0 complete",
      "LIST  download listing",
      "0 a\r\n",
      "3 0 complete",
      "APPE more upload",
      "0 more",
      "4 0 complete",
    ]);
  });

  it("are told by port 20 alone, by who sends", () => {
    const { analysis } = begin();
    const data = analysis.open("192.0.2.9", 20, "192.0.2.1", 6000);
    data(0, "x");
    data(0, null);
    expect(analysis.lines).toEqual(["undefined  download", "0 x", "1 0 complete"]);
  });

  it("go on behind missing bytes, with their place", () => {
    const { analysis, control } = begin();
    control(0, "PASV\r\nRETR f\r\n");
    control(1, "227 (192,0,2,2,20,1)\r\n");
    const data = analysis.open("192.0.2.1", 40_001, "192.0.2.2", 5121);
    data(1, "ab");
    data(1, 10);
    data(1, "cd");
    data(1, null);
    expect(analysis.lines).toEqual(["RETR f download", "0 ab", "12 cd", "4 10 incomplete"]);
  });

  it("are not what TLS protects, nor what nobody announced", () => {
    const { analysis, control } = begin();
    control(0, "PASV\r\n");
    control(1, "227 (192,0,2,2,20,1)\r\n");
    analysis.open("192.0.2.1", 40_001, "192.0.2.2", 5121)(1, "\x16\x03\x01\x00\x02xy");
    analysis.open("192.0.2.1", 40_001, "192.0.2.2", 5999)(1, "abc");
    expect(analysis.lines).toEqual([]);
  });

  it("are not upset by anything", () => {
    const sample = [client("abc"), server("def")];
    const { events } = readHostile(ftpDataApplication, [sample], { port: 20, rounds: 300 });
    expect(events).toBeGreaterThan(1000);
  });
});
