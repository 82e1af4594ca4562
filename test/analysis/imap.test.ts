import { describe, expect, it } from "vitest";
import { imapApplication } from "../../src/analysis/imap/imap.ts";
import { expectSameOfCuts } from "./cuts.ts";
import { client, gap, type Piece, readHostile, readPieces, server } from "./hostile.ts";
import { told } from "./told.ts";

const tell = (...pieces: readonly Piece[]): string[] => told(pieces, imapApplication);

const mail = "Subject: hi\r\n\r\nbody {3}\r\n";
const fetched: readonly Piece[] = [
  server("* OK [CAPABILITY IMAP4rev2] ready\r\n"),
  client("a1 LOGIN {3}\r\n"),
  server("+ go\r\n"),
  client('bob "a \\"b"\r\na2 SELECT inbox\r\n'),
  server("a1 OK in\r\n* 3 EXISTS\r\n* FLAGS (\\Seen)\r\na2 OK [READ-WRITE] done\r\n"),
  client("a3 UID FETCH 1 (BODY[])\r\n"),
  server(`* 1 FETCH (UID 7 BODY[] {${mail.length}}\r\n${mail} FLAGS (\\Seen))\r\na3 OK done\r\n`),
  client("a4 IDLE\r\n"),
  server("+ idling\r\n"),
  client("DONE\r\na5 LOGOUT\r\n"),
  server("a4 OK done\r\n* BYE x\r\na5 OK bye\r\n"),
];
const fetchedTold = [
  'imap.response tag="*" name="OK" text="[CAPABILITY IMAP4rev2] ready" complete=true',
  'imap.response tag="+" text="go" complete=true',
  'imap.command tag="a1" command="LOGIN" arguments="{3} \\"a \\\\\\"b\\"" literals=["bob"] credentials={"mechanism":"LOGIN","user":"bob","password":"a \\"b"}',
  'imap.command tag="a2" command="SELECT" arguments="inbox"',
  'imap.response tag="a1" name="OK" text="in" command=LOGIN complete=true',
  'imap.response tag="*" name="EXISTS" number=3 complete=true',
  'imap.response tag="*" name="FLAGS" text="(\\\\Seen)" complete=true',
  'imap.response tag="a2" name="OK" text="[READ-WRITE] done" command=SELECT complete=true',
  'imap.command tag="a3" command="FETCH" isUid=true arguments="1 (BODY[])"',
  'mail.message protocol="imap" headers=[{"name":"Subject","value":"hi"}] subject="hi" headersComplete=true',
  'mail.part path="1" headers=[{"name":"Subject","value":"hi"}] mediaType="text/plain"',
  'mail.data "body {3}\\r\\n"',
  "mail.part.end size=10 complete=true",
  "mail.end size=25 complete=true",
  'imap.response tag="*" name="FETCH" number=1 text="(UID 7 BODY[] {25} FLAGS (\\\\Seen))" literals=[null] complete=true',
  'imap.response tag="a3" name="OK" text="done" command=FETCH complete=true',
  'imap.command tag="a4" command="IDLE"',
  'imap.response tag="+" text="idling" complete=true',
  'imap.command tag="a5" command="LOGOUT"',
  'imap.response tag="a4" name="OK" text="done" command=IDLE complete=true',
  'imap.response tag="*" name="BYE" text="x" complete=true',
  'imap.response tag="a5" name="OK" text="bye" command=LOGOUT complete=true',
];

describe("IMAP over streams", () => {
  it("tells commands and responses with their literals, and mails", () => {
    expect(tell(...fetched)).toEqual(fetchedTold);
  });

  it("tells the same of pieces of any size", () => {
    expectSameOfCuts(fetched, (pieces) => tell(...pieces), fetchedTold);
  });

  it("reads a mail that a client appends, and one that the server refuses", () => {
    const begin = `a1 APPEND saved (\\Seen) {${mail.length}}\r\n`;
    const taken = tell(
      server("* OK x\r\n"),
      client(begin),
      server("+ go\r\n"),
      client(`${mail}\r\n`),
    );
    expect(taken.slice(-2)).toEqual([
      "mail.end size=25 complete=true",
      'imap.command tag="a1" command="APPEND" arguments="saved (\\\\Seen) {25}" literals=[null]',
    ]);
    const plus = tell(
      server("* OK x\r\n"),
      client(`${begin.replace("}", "+}")}${mail}\r\na2 NOOP\r\n`),
    );
    expect(plus.at(-1)).toBe('imap.command tag="a2" command="NOOP"');
    const refused = tell(
      server("* OK x\r\n"),
      client(begin),
      server("a1 NO full\r\n"),
      client("a2 NOOP\r\n"),
      server("a2 OK x\r\n"),
    );
    expect(refused.slice(-2)).toEqual([
      'imap.command tag="a2" command="NOOP"',
      'imap.response tag="a2" name="OK" text="x" command=NOOP complete=true',
    ]);
    expect(refused.some((line) => line.startsWith("mail"))).toBe(false);
  });

  it("says who somebody is", () => {
    const lines = tell(
      server("* OK x\r\n"),
      client("a AUTHENTICATE PLAIN\r\n"),
      server("+ \r\n"),
      client("AGJvYgBzZWNyZXQ=\r\n"),
      server("a OK in\r\n"),
      client("b AUTHENTICATE PLAIN AGJvYgBzZWNyZXQ=\r\n"),
    );
    const said = 'credentials={"mechanism":"PLAIN","user":"bob","password":"secret"}';
    expect(lines[3]).toBe(`imap.auth mechanism="PLAIN" answer="AGJvYgBzZWNyZXQ=" ${said}`);
    expect(lines[5]).toContain(said);
  });

  it("leaves the rest to TLS after STARTTLS", () => {
    const hello = client("\x16\x03\x01\x00\x02\x01\x00");
    const begun = [server("* OK x\r\n"), client("a STARTTLS\r\n")];
    const { reader } = readPieces([...begun, server("a OK go\r\n"), hello], { port: 143 });
    expect(reader.application?.name).toBe("tls");
    expect(tell(...begun, server("a NO x\r\n"), client("b NOOP\r\n")).at(-1)).toBe(
      'imap.command tag="b" command="NOOP"',
    );
  });

  it("passes gaps, also in a literal, whose length is known", () => {
    const lines = tell(
      client("a1 FETCH 1 (RFC822)\r\n"),
      server("* 1 FETCH (RFC822 {40}\r\nA: b\r\n\r\n"),
      gap(1, 20),
      server("0123456789\r\n)\r\na1 OK x\r\n"),
    );
    expect(lines.slice(-4)).toEqual(
      [
        "mail.part.end size=12",
        "mail.end size=20",
        'imap.response tag="*" name="FETCH" number=1 text="(RFC822 {40})" literals=[null]',
        'imap.response tag="a1" name="OK" text="x" command=FETCH complete=true',
      ].map((line) =>
        line.startsWith("mail.part") ? expect.stringContaining("mail.part.end") : line,
      ),
    );
    expect(
      tell(server("* OK x\r\n"), gap(1, 5), server("EXISTS\r\n* 4 RECENT\r\n")).slice(1),
    ).toEqual([
      "note gap: 5 bytes are missing",
      "note garbage: rest of a line behind missing bytes",
      'imap.response tag="*" name="RECENT" number=4 complete=true',
    ]);
  });

  it("keeps short literals, and counts long ones", () => {
    const long = "x".repeat(20_000);
    const lines = tell(
      server("* OK x\r\n"),
      client(`a SEARCH {4+}\r\nab\r\n {20000+}\r\n${long}\r\nb NOOP\r\n`),
    );
    expect(lines.slice(1)).toEqual([
      'imap.command tag="a" command="SEARCH" arguments="{4+} {20000+}" literals=["ab\\r\\n",null]',
      'imap.command tag="b" command="NOOP"',
    ]);
  });

  it("shows responses whole, with their mails", () => {
    const shown: string[] = [];
    const pieces = [
      ...fetched.slice(0, 6),
      server("* 1 FETCH (BODY[] {25}\r\nSubject: "),
      server("hi\r\n\r\nbody {3}\r\n)\r\n"),
    ];
    readPieces(pieces, {
      applications: [imapApplication],
      port: 143,
      onMessage: (names, from, to) => shown.push(`${names.join("+")} ${to - from}`),
    });
    expect(shown.at(-1)).toBe(`imap+mail ${"* 1 FETCH (BODY[] {25}\r\n)\r\n".length + 25}`);
  });

  it("is not upset by anything", () => {
    const { events, notes } = readHostile(imapApplication, [fetched], { port: 143, rounds: 1000 });
    expect(events).toBeGreaterThan(5000);
    expect(notes).toBeGreaterThan(500);
  });
});
