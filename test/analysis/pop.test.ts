import { describe, expect, it } from "vitest";
import { popApplication } from "../../src/analysis/pop/pop.ts";
import { expectSameOfCuts } from "./cuts.ts";
import { client, gap, type Piece, readHostile, readPieces, server } from "./hostile.ts";
import { told } from "./told.ts";

const tell = (...pieces: readonly Piece[]): string[] => told(pieces, popApplication);

const mail = "Subject: hi\r\nContent-Type: text/plain\r\n\r\n..one\r\n";
const fetched: readonly Piece[] = [
  server("+OK ready\r\n"),
  client("USER bob\r\n"),
  server("+OK\r\n"),
  client("PASS a secret\r\n"),
  server("-ERR no\r\n"),
  client("CAPA\r\nLIST\r\nLIST 1\r\n"),
  server("+OK list\r\nTOP\r\n..x\r\n.\r\n+OK\r\n1 50\r\n.\r\n+OK 1 50\r\n"),
  client("RETR 1\r\nQUIT\r\n"),
  server(`+OK 50 octets\r\n${mail}.\r\n+OK bye\r\n`),
];
const fetchedTold = [
  'pop.response status="+OK" text="ready" complete=true',
  'pop.command command="USER" argument="bob" credentials={"mechanism":"USER","user":"bob","password":null}',
  'pop.response status="+OK" complete=true command=USER',
  'pop.command command="PASS" argument="a secret" credentials={"mechanism":"PASS","user":null,"password":"a secret"}',
  'pop.response status="-ERR" text="no" complete=true command=PASS',
  'pop.command command="CAPA"',
  'pop.command command="LIST"',
  'pop.command command="LIST" argument="1"',
  'pop.response status="+OK" text="list" lines=["TOP",".x"] complete=true command=CAPA',
  'pop.response status="+OK" lines=["1 50"] complete=true command=LIST',
  'pop.response status="+OK" text="1 50" complete=true command=LIST',
  'pop.command command="RETR" argument="1"',
  'pop.command command="QUIT"',
  'pop.response status="+OK" text="50 octets" complete=true command=RETR',
  'mail.message protocol="pop" headers=[{"name":"Subject","value":"hi"},{"name":"Content-Type","value":"text/plain"}] subject="hi" headersComplete=true',
  'mail.part path="1" headers=[{"name":"Subject","value":"hi"},{"name":"Content-Type","value":"text/plain"}] mediaType="text/plain"',
  'mail.data ".one\\r\\n"',
  "mail.part.end size=6 complete=true",
  `mail.end size=${mail.length - 1} complete=true`,
  'pop.response status="+OK" text="bye" complete=true command=QUIT',
];

describe("POP over streams", () => {
  it("tells commands with their responses, lists and mails", () => {
    expect(tell(...fetched)).toEqual(fetchedTold);
  });

  it("tells the same of pieces of any size", () => {
    expectSameOfCuts(fetched, (pieces) => tell(...pieces), fetchedTold);
  });

  it("says who somebody is", () => {
    const lines = tell(
      server("+OK <1896.697@x>\r\n"),
      client("APOP mrose c4c9334bac560ecc979e58001b3e22fb\r\n"),
      server("-ERR no\r\n"),
      client("AUTH PLAIN\r\n"),
      server("+ \r\n"),
      client("AGJvYgBzZWNyZXQ=\r\n"),
      server("+OK\r\n"),
    );
    expect(lines[1]).toContain('credentials={"mechanism":"APOP","user":"mrose","password":null}');
    expect(lines.slice(-2)).toEqual([
      'pop.auth mechanism="PLAIN" answer="AGJvYgBzZWNyZXQ=" credentials={"mechanism":"PLAIN","user":"bob","password":"secret"}',
      'pop.response status="+OK" complete=true command=AUTH',
    ]);
  });

  it("leaves the rest to TLS after STLS", () => {
    const hello = client("\x16\x03\x01\x00\x02\x01\x00");
    const { reader } = readPieces(
      [server("+OK\r\n"), client("STLS\r\n"), server("+OK go\r\n"), hello],
      {
        port: 110,
      },
    );
    expect(reader.application?.name).toBe("tls");
    expect(
      tell(server("+OK\r\n"), client("STLS\r\n"), server("-ERR no\r\n"), client("NOOP\r\n")).at(-1),
    ).toBe('pop.command command="NOOP"');
  });

  it("passes gaps in a mail and behind it", () => {
    const begun = [server("+OK\r\n"), client("RETR 1\r\n")];
    const amid = tell(
      ...begun,
      server("+OK\r\nA: b\r\n\r\nx\r\n"),
      gap(1, 50),
      server("y\r\n.\r\n+OK z\r\n"),
    );
    expect(amid.slice(-6)).toEqual([
      'mail.data "x\\r\\n"',
      "note gap: 50 bytes are missing",
      'mail.data "y\\r\\n"',
      "mail.part.end size=6",
      "mail.end size=14",
      'pop.response status="+OK" text="z" complete=true',
    ]);
    const lost = tell(
      ...begun,
      server("+OK\r\nA: b\r\n\r\nx\r\n"),
      gap(1, 50),
      server("+OK z\r\n"),
    );
    expect(lost.slice(-2)).toEqual([
      "mail.end size=11",
      'pop.response status="+OK" text="z" complete=true',
    ]);
  });

  it("reads one side alone, and leaves out what is no line of it", () => {
    expect(tell(client("LIST\r\n\x01\x02\r\nQUIT\r\n"))).toEqual([
      'pop.command command="LIST"',
      "note garbage: no command",
      'pop.command command="QUIT"',
    ]);
    expect(tell(server("+OK a\r\n1 2\r\n.\r\n-ERR b\r\n"))).toEqual([
      'pop.response status="+OK" text="a" complete=true',
      "note garbage: no response",
      "note garbage: no response",
      'pop.response status="-ERR" text="b" complete=true',
    ]);
  });

  it("bounds lists", () => {
    const lines: string[] = [];
    readPieces(
      [client("LIST\r\n"), server(`+OK\r\n${"1 234567\r\n".repeat(20_000)}.\r\n+OK x\r\n`)],
      {
        applications: [popApplication],
        port: 110,
        onEvent: (event) => {
          if (event.type === "pop.response")
            lines.push(`${event.text} ${event.lines.join().length}`);
          if (event.type === "note") lines.push(event.text);
        },
      },
    );
    expect(lines[0]).toBe("a list has more lines than what is kept");
    expect(Number(lines[1])).toBeLessThanOrEqual(65_536);
    expect(lines[2]).toBe("x 0");
  });

  it("is not upset by anything", () => {
    const { events, notes } = readHostile(popApplication, [fetched], { port: 110, rounds: 1000 });
    expect(events).toBeGreaterThan(5000);
    expect(notes).toBeGreaterThan(500);
  });
});
