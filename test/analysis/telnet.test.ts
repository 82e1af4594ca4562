import { describe, expect, it } from "vitest";
import { telnetApplication } from "../../src/analysis/telnet/telnet.ts";
import { expectSameOfCuts } from "./cuts.ts";
import { client, gap, type Piece, readHostile, readPieces, server } from "./hostile.ts";
import { told } from "./told.ts";

const tell = (...pieces: readonly Piece[]): string[] =>
  told(pieces, telnetApplication).map((line) =>
    line.replace(/^(telnet\.data) bytes=.* text=/, "$1 "),
  );

const session: readonly Piece[] = [
  server("\xff\xfd\x18\xff\xfb\x03"),
  client("\xff\xfb\x18\xff\xfe\x03"),
  server("\xff\xfa\x18\x01\xff\xf0"),
  client("\xff\xfa\x18\x00xt\xff\xfferm\xff\xf0"),
  server("login: "),
  client("b\xff\xffb\r\n\xff\xf4"),
];
const parameters = (bytes: string): string =>
  `data=${JSON.stringify(Object.fromEntries([...bytes].map((c, i) => [i, c.charCodeAt(0)])))}`;
const sessionTold = [
  'telnet.negotiation verb="do" option=24',
  'telnet.negotiation verb="will" option=3',
  'telnet.negotiation verb="will" option=24',
  'telnet.negotiation verb="dont" option=3',
  `telnet.subnegotiation option=24 ${parameters("\x01")} complete=true`,
  `telnet.subnegotiation option=24 ${parameters("\x00xt\xfferm")} complete=true`,
  'telnet.data "login: "',
  'telnet.data "b\xffb\\r\\n"',
  "telnet.command command=244",
];

describe("Telnet over streams", () => {
  it("tells data, commands, negotiations and what they are about", () => {
    expect(tell(...session)).toEqual(sessionTold);
  });

  it("tells the same of pieces of any size", () => {
    expectSameOfCuts(session, (pieces) => tell(...pieces), sessionTold);
  });

  it("gives data as text: UTF-8 where it is that", () => {
    const { events } = readPieces([server("\xc3\xa4"), server("\xe4")], {
      applications: [telnetApplication],
      port: 23,
    });
    expect(events).toMatchObject([{ text: "ä" }, { text: "ä" }]);
  });

  it("ends a subnegotiation at any command, and bounds it", () => {
    expect(tell(client("\xff\xfa\x18\x01x\xff\xf1y")).slice(0, 3)).toEqual([
      "note malformed: a subnegotiation has no end",
      `telnet.subnegotiation option=24 ${parameters("\x01x")}`,
      "telnet.command command=241",
    ]);
    const lines = tell(client(`\xff\xfa\x18${"x".repeat(70_000)}\xff\xf0ok`));
    expect(lines[0]).toBe("note limit: a subnegotiation is too long");
    expect(lines.at(-1)).toBe('telnet.data "ok"');
  });

  it("notes what is no command, what is cut off and what is missing", () => {
    expect(tell(client("a\xff\x01b"), gap(0, 5), client("c\xff"))).toEqual([
      'telnet.data "a"',
      "note malformed: 1 is no command",
      'telnet.data "b"',
      "note gap: 5 bytes are missing",
      'telnet.data "c"',
      "note incomplete: a command was cut off",
    ]);
  });

  it("is known on other ports by its negotiation, and not by a byte of 255", () => {
    const found = (...pieces: readonly Piece[]): string | undefined =>
      readPieces(pieces, { applications: [telnetApplication], port: 4000 }).reader.first?.name;
    expect(found(server("\xff\xfd\x18\xff\xfb\x03"))).toBe("telnet");
    expect(found(server("\xff\xd8\xff\xe0\x00\x10JFIF"))).toBeUndefined();
    expect(found(client("GET / HTTP/1.1\r\n\r\n"))).toBeUndefined();
  });

  it("is not upset by anything", () => {
    const { events, notes } = readHostile(telnetApplication, [session], { port: 23, rounds: 1000 });
    expect(events).toBeGreaterThan(4000);
    expect(notes).toBeGreaterThan(300);
  });
});
