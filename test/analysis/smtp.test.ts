import { describe, expect, it } from "vitest";
import { smtpApplication } from "../../src/analysis/smtp/smtp.ts";
import { expectSameOfCuts } from "./cuts.ts";
import { client, gap, type Piece, readHostile, readPieces, server } from "./hostile.ts";
import { told } from "./told.ts";

const tell = (...pieces: readonly Piece[]): string[] => told(pieces, smtpApplication);

const greeting = server("220 mx ESMTP\r\n");
const sent: readonly Piece[] = [
  greeting,
  client("EHLO me\r\n"),
  server("250-mx\r\n250-PIPELINING\r\n250 CHUNKING\r\n"),
  client(
    "MAIL FROM:<a@example.org> SIZE=9\r\nRCPT TO:<b@example.org>\r\nRCPT TO:<c@example.org>\r\nDATA\r\n",
  ),
  server("250 ok\r\n250 ok\r\n250 ok\r\n354 go\r\n"),
  client("Subject: hi\r\n\r\n..one\r\ntwo\r\n.\r\nQUIT\r\n"),
  server("250 queued\r\n221 bye\r\n"),
];
const sentTold = [
  'smtp.reply code=220 lines=["mx ESMTP"] complete=true',
  'smtp.command command="EHLO" argument="me"',
  'smtp.reply code=250 lines=["mx","PIPELINING","CHUNKING"] command=EHLO complete=true',
  'smtp.command command="MAIL" argument="FROM:<a@example.org> SIZE=9"',
  'smtp.command command="RCPT" argument="TO:<b@example.org>"',
  'smtp.command command="RCPT" argument="TO:<c@example.org>"',
  'smtp.command command="DATA"',
  'smtp.reply code=250 lines=["ok"] command=MAIL complete=true',
  'smtp.reply code=250 lines=["ok"] command=RCPT complete=true',
  'smtp.reply code=250 lines=["ok"] command=RCPT complete=true',
  'smtp.reply code=354 lines=["go"] command=DATA complete=true',
  'mail.message protocol="smtp" sender="a@example.org" recipients=["b@example.org","c@example.org"] headers=[{"name":"Subject","value":"hi"}] subject="hi" headersComplete=true',
  'mail.part path="1" headers=[{"name":"Subject","value":"hi"}] mediaType="text/plain"',
  'mail.data ".one\\r\\ntwo\\r\\n"',
  "mail.part.end size=11 complete=true",
  "mail.end size=26 complete=true",
  'smtp.message from="a@example.org" to=["b@example.org","c@example.org"] size=26 complete=true',
  'smtp.command command="QUIT"',
  'smtp.reply code=250 lines=["queued"] command=DATA complete=true',
  'smtp.reply code=221 lines=["bye"] command=QUIT complete=true',
];

describe("SMTP over streams", () => {
  it("tells commands with their replies, and the mail with its envelope", () => {
    expect(tell(...sent)).toEqual(sentTold);
  });

  it("tells the same of pieces of any size", () => {
    expectSameOfCuts(sent, (pieces) => tell(...pieces), sentTold);
  });

  it("says which packets brought a mail", () => {
    const { events } = readPieces(
      [...sent.slice(0, 5), client("Subject: x\r\n\r\na\r\n"), client("b\r\n.\r\n")],
      { applications: [smtpApplication], port: 25 },
    );
    const message = events.find(({ type }) => type === "smtp.message");
    expect(message?.place).toMatchObject({ side: 0, packets: [7], length: 6 });
    const reply = events.find(({ type }) => type === "smtp.reply");
    expect(reply?.place).toMatchObject({ side: 1, offset: 0, length: 14, packets: [1] });
  });

  it("reads mail in chunks of any bytes, the last of which may be empty", () => {
    const lines = tell(
      greeting,
      client(
        "MAIL FROM:<>\r\nRCPT TO:<b@x>\r\nBDAT 14\r\nSubject: x\r\n\r\nBDAT 5\r\n.\r\n.\rBDAT 0 LAST\r\nQUIT\r\n",
      ),
    );
    expect(
      lines.filter((line) => /^(?:mail|smtp\.message|smtp\.command)/.test(line)).slice(2),
    ).toEqual([
      'smtp.command command="BDAT" argument="14"',
      expect.stringContaining("mail.message"),
      expect.stringContaining("mail.part"),
      'smtp.command command="BDAT" argument="5"',
      'mail.data ".\\r\\n.\\r"',
      'smtp.command command="BDAT" argument="0 LAST"',
      "mail.part.end size=5 complete=true",
      "mail.end size=19 complete=true",
      expect.stringContaining('smtp.message to=["b@x"] size=19 complete=true'),
      'smtp.command command="QUIT"',
    ]);
  });

  it.each(["-5", "x", "", "1 2 3", "99999999999999999999"])("has no chunk of %o bytes", (size) => {
    const lines = tell(greeting, client(`BDAT ${size}\r\nNOOP\r\n`));
    expect(lines).toContain("note malformed: BDAT without a size");
    expect(lines.at(-1)).toBe('smtp.command command="NOOP"');
  });

  it("goes on with commands where the server takes no mail", () => {
    const lines = tell(greeting, client("DATA\r\n"), server("503 no\r\n"), client("QUIT\r\n"));
    expect(lines.slice(1)).toEqual([
      'smtp.command command="DATA"',
      'smtp.reply code=503 lines=["no"] command=DATA complete=true',
      'smtp.command command="QUIT"',
    ]);
  });

  it("knows mail from commands where only the client is there", () => {
    const lines = tell(client("HELO x\r\nDATA\r\nSubject: a\r\n\r\nb\r\n.\r\nDATA\r\nQUIT\r\n"));
    expect(lines.filter((line) => line.startsWith("smtp.command"))).toHaveLength(4);
    expect(lines).toContain('mail.data "b\\r\\n"');
  });

  it.each([
    [
      "PLAIN at once",
      [client("AUTH PLAIN AGJvYgBzZWNyZXQ=\r\n")],
      'smtp.command command="AUTH" argument="PLAIN AGJvYgBzZWNyZXQ=" credentials={"mechanism":"PLAIN","user":"bob","password":"secret"}',
    ],
    [
      "PLAIN in a line of its own",
      [client("AUTH PLAIN\r\n"), server("334 \r\n"), client("AGJvYgBzZWNyZXQ=\r\n")],
      'smtp.auth mechanism="PLAIN" answer="AGJvYgBzZWNyZXQ=" credentials={"mechanism":"PLAIN","user":"bob","password":"secret"}',
    ],
    [
      "LOGIN",
      [
        client("AUTH LOGIN\r\n"),
        server("334 x\r\n"),
        client("Ym9i\r\n"),
        server("334 y\r\n"),
        client("c2VjcmV0\r\n"),
      ],
      'smtp.auth mechanism="LOGIN" answer="c2VjcmV0" credentials={"mechanism":"LOGIN","user":null,"password":"secret"}',
    ],
    [
      "what hides the password",
      [client("AUTH CRAM-MD5\r\n"), server("334 x\r\n"), client("Ym9iIGI5\r\n")],
      'smtp.auth mechanism="CRAM-MD5" answer="Ym9iIGI5" credentials={"mechanism":"CRAM-MD5","user":"bob","password":null}',
    ],
  ])("says who somebody is by %s", (_, pieces, last) => {
    expect(tell(greeting, ...pieces).at(-1)).toBe(last);
    expect(tell(greeting, ...pieces, server("235 ok\r\n"), client("NOOP\r\n")).at(-1)).toBe(
      'smtp.command command="NOOP"',
    );
  });

  it("leaves the rest to TLS after STARTTLS, and reads on where that is refused", () => {
    const hello = client("\x16\x03\x01\x00\x02\x01\x00");
    const yes = [greeting, client("STARTTLS\r\n"), server("220 go\r\n"), hello];
    expect(tell(...yes).slice(1)).toEqual([
      'smtp.command command="STARTTLS"',
      'smtp.reply code=220 lines=["go"] command=STARTTLS complete=true',
    ]);
    const { reader } = readPieces(yes, { port: 25 });
    expect(reader.application?.name).toBe("tls");
    const no = [greeting, client("STARTTLS\r\n"), server("454 no\r\n"), client("QUIT\r\n")];
    expect(tell(...no).at(-1)).toBe('smtp.command command="QUIT"');
  });

  it("passes gaps: a mail goes on, and ends by what the server says where its end is missing", () => {
    const begun = sent.slice(0, 5);
    expect(
      tell(...begun, client("Subject: x\r\n\r\na\r\n"), gap(0, 100), client("b\r\n.\r\n")).slice(
        -6,
      ),
    ).toEqual([
      'mail.data "a\\r\\n"',
      "note gap: 100 bytes are missing",
      'mail.data "b\\r\\n"',
      "mail.part.end size=6",
      "mail.end size=20",
      expect.stringMatching(/^smtp.message .*size=20$/),
    ]);
    const lost = tell(
      ...begun,
      client("Subject: x\r\n\r\na\r\n"),
      gap(0, 100),
      server("250 ok\r\n"),
      client("NOOP\r\n"),
    );
    expect(lost.at(-1)).toBe('smtp.command command="NOOP"');
    expect(tell(greeting, gap(1, 9), server("rest\r\n250 ok\r\n")).slice(1)).toEqual([
      "note gap: 9 bytes are missing",
      "note garbage: rest of a line behind missing bytes",
      'smtp.reply code=250 lines=["ok"] complete=true',
    ]);
  });

  it("leaves out what is no line of its protocol", () => {
    const noise = "\x00\x01\x02\r\n";
    expect(
      tell(greeting, client(`${noise}NOOP\r\n`), server(`${noise}250 ok\r\n`)).slice(1),
    ).toEqual([
      "note garbage: no command",
      'smtp.command command="NOOP"',
      "note garbage: no line of a reply",
      'smtp.reply code=250 lines=["ok"] command=NOOP complete=true',
    ]);
  });

  it("cuts lines and replies that are too long", () => {
    const long = tell(greeting, client(`NOOP ${"x".repeat(40_000)}\r\nRSET\r\n`));
    expect(long.at(-1)).toBe('smtp.command command="RSET"');
    expect(long[1]).toBe("note limit: a line is longer than what is kept");
    const many = `${"250-x\r\n".repeat(3000)}250 y\r\n`;
    const { events } = readPieces([server(many)], { applications: [smtpApplication], port: 25 });
    expect(events[0]).toMatchObject({ type: "note", kind: "limit" });
    expect(events[1]).toMatchObject({ type: "smtp.reply", code: 250, complete: true });
    expect(events[1]).toHaveProperty("lines.length", 1000);
  });

  it("shows commands by whole lines, and mail with its last part", () => {
    const shown: string[] = [];
    readPieces(
      [
        ...sent.slice(0, 5),
        client("Subject: x\r\n"),
        client("\r\na\r\n.\r\n"),
        client("QU"),
        client("IT\r\n"),
      ],
      {
        applications: [smtpApplication],
        port: 25,
        onMessage: (names, from, to) => shown.push(`${names.join("+")} ${from}-${to}`),
      },
    );
    expect(shown.slice(-3)).toEqual([
      expect.stringMatching(/^smtpData \d+-\d+$/),
      expect.stringMatching(/^smtpData\+mail \d+-\d+$/),
      expect.stringMatching(/^smtp \d+-\d+$/),
    ]);
  });

  it("is not upset by anything", () => {
    const chunks = [
      greeting,
      client("BDAT 14\r\nSubject: x\r\n\r\nBDAT 5 LAST\r\n12345AUTH LOGIN\r\nYQ==\r\nSTARTTLS\r\n"),
    ];
    const { events, notes } = readHostile(smtpApplication, [sent, chunks], {
      port: 25,
      rounds: 1500,
    });
    expect(events).toBeGreaterThan(5000);
    expect(notes).toBeGreaterThan(500);
  });
});
