// FTP, SMTP, POP, IMAP and Telnet: conversations with each field that is told of them.
import { build, ftp, imap, pop, smtp, tcp, telnet } from "wirecraft";
import { frame, hex, IP_A, IP_B, IP6_A, IP6_B, packet4, packet6 } from "./common.mjs";

const CLIENT = 0;
const SERVER = 1;
const text = (said) => Uint8Array.from(said, (c) => c.charCodeAt(0));

/** Connections of one capture; each gives the segments that it is told to, one after the other. */
function connection(clientPort, serverPort, six = false) {
  const seq = [1000, 2000];
  const [a, b] = six ? [IP6_A, IP6_B] : [IP_A, IP_B];
  const network = six ? packet6 : packet4;
  return (side, ...parts) => {
    const ends =
      side === CLIENT
        ? { srcPort: clientPort, dstPort: serverPort }
        : { srcPort: serverPort, dstPort: clientPort };
    const numbers = { seq: seq[side], ack: seq[1 - side], flags: { ack: true, psh: true } };
    const ip = network(side === CLIENT ? { src: a, dst: b } : { src: b, dst: a });
    const layers = parts.map((part) => (typeof part === "string" ? text(part) : part));
    const made = build(frame(), ip, tcp({ ...ends, ...numbers }), ...layers);
    seq[side] += made.bytes().length - (six ? 74 : 54);
    return made;
  };
}
/** A conversation of one connection. */
const talk = (clientPort, serverPort, said, six) => {
  const say = connection(clientPort, serverPort, six);
  return said.map(([side, ...parts]) => say(side, ...parts));
};

const files = () => {
  const control = connection(51_101, 21);
  const passive = connection(51_102, 5121);
  const active = connection(20, 5122);
  const nobodys = connection(20, 51_103);
  const ask = (said) => control(CLIENT, said);
  const say = (said) => control(SERVER, said);
  return [
    control(
      SERVER,
      ftp({ replies: [{ code: 220, separator: "-", text: "hello" }, { code: 220 }] }),
    ),
    control(CLIENT, ftp({ commands: [{ command: "USER", argument: "bob" }] })),
    say("331 password\r\n"),
    ask("PASS secret\r\n"),
    say("230 in\r\n"),
    ask("PWD\r\n"),
    say('257 "/folder/b ""o"" b" is it\r\n'),
    ask("CWD ../other\r\n"),
    say("250 there\r\n"),
    ask("PWD\r\n"),
    say("257 nowhere\r\n"),
    ask("PASV\r\n"),
    say("227 passive (198,51,100,20,20,1)\r\n"),
    ask("RETR file.txt\r\n"),
    passive(SERVER, "content\r\n"),
    ask("PORT 192,0,2,10,20,2\r\n"),
    say("200 okay\r\n"),
    ask("LIST\r\n"),
    active(CLIENT, Uint8Array.of(0, 1, 2, 255)),
    nobodys(CLIENT, "of nobody\r\n"),
    ask("PORT 203,0,113,9,20,9\r\n"),
    say("227 passive (203,0,113,7,20,3)\r\n"),
    ask("EPRT |1|192.0.2.10|5124|\r\n"),
    ask("EPRT |2|2001:db8::9|5125|\r\n"),
    ask("EPRT of nobody\r\n"),
    say("229 passive (|||5126|)\r\n"),
    say("229 of nobody\r\n"),
  ];
};
const files6 = () =>
  talk(
    51_110,
    21,
    [
      [CLIENT, "EPSV\r\n"],
      [SERVER, "229 passive (|||5127|)\r\n"],
    ],
    true,
  );

const mails = () => [
  ...talk(51_121, 25, [
    [SERVER, smtp({ replies: [{ code: 220, text: "mx" }] })],
    [CLIENT, smtp({ commands: [{ command: "EHLO", argument: "me" }] })],
    [SERVER, "250-mx\r\n250-AUTH\r\n250 SIZE\r\n"],
    [CLIENT, "AUTH LOGIN\r\n"],
    [SERVER, "334 VXNlcm5hbWU6\r\n"],
    [CLIENT, "Ym9i\r\n"],
    [SERVER, "334 UGFzc3dvcmQ6\r\n"],
    [CLIENT, "c2VjcmV0\r\n"],
    [SERVER, "235 in\r\n"],
    [CLIENT, "AUTH PLAIN AGJvYgBzZWNyZXQ=\r\n"],
    [SERVER, "503-once\r\n250 is enough\r\n"],
    [CLIENT, "MAIL FROM:<a@example.org>\r\nRCPT TO:<b@example.org>\r\nDATA\r\n"],
    [SERVER, "250 ok\r\n250 ok\r\n354 go\r\n"],
    [CLIENT, "From: a@example.org\r\nSubject: x\r\n\r\n..one\r\n"],
    [CLIENT, "two\r\n.\r\n"],
    [SERVER, "250 queued\r\n"],
    [CLIENT, "QUIT\r\n"],
    [SERVER, "221 bye\r\n"],
  ]),
  ...talk(51_122, 110, [
    [SERVER, pop({ responses: [{ indicator: "+OK", description: "ready" }] })],
    [CLIENT, pop({ commands: [{ command: "USER", argument: "bob" }] })],
    [SERVER, "-ERR who\r\n"],
    [CLIENT, "CAPA\r\n"],
    [SERVER, "+OK list\r\nTOP\r\nUIDL\r\n.\r\n"],
    [CLIENT, "RETR 1\r\n"],
    [SERVER, "+OK message follows\r\n"],
    [CLIENT, "RETR 2\r\n"],
    [SERVER, "+OK 40 octets\r\n"],
    [SERVER, "Subject: a\r\n\r\nhello\r\n"],
    [SERVER, "1234567890abcdefgh\r\n.\r\n"],
    [CLIENT, "STAT\r\nLIST\r\nQUIT\r\n"],
    [SERVER, "+OK 1 2\r\n"],
  ]),
];

const mailboxes = () =>
  talk(51_131, 143, [
    [SERVER, imap({ responses: [{ tag: "*", status: "OK", text: "ready" }] })],
    [CLIENT, imap({ commands: [{ tag: "a1", command: "LOGIN", arguments: "bob secret" }] })],
    [SERVER, "a1 OK LOGIN done\r\n"],
    [CLIENT, "a2 SELECT INBOX\r\n"],
    [SERVER, "* 3 EXISTS\r\n* FLAGS (\\Seen)\r\na2 OK [READ-WRITE] done\r\n"],
    [CLIENT, "a3 UID FETCH 1:* (FLAGS)\r\n"],
    [SERVER, "* 1 FETCH (FLAGS (\\Seen) UID 4)\r\na3 OK\r\n"],
    [CLIENT, "a4 FETCH 1 (BODY[])\r\n"],
    [SERVER, "* 1 FETCH (BODY[] {25}\r\nSubject: x\r\n\r\nbody here\r\n)\r\na4 OK done\r\n"],
    [CLIENT, "a5 LOGOUT\r\n"],
    [SERVER, "* BYE\r\na5 OK bye\r\n"],
  ]);

const say = (option, parameters) => ({
  command: 250,
  option,
  parameters: typeof parameters === "string" ? text(parameters) : parameters,
});
const items = (...given) => telnet({ items: given });
const terminals = () =>
  talk(51_141, 23, [
    [SERVER, items({ command: 253, option: 24 }, { command: 251, option: 3 })],
    [CLIENT, items({ command: 251, option: 24 }, say(24, hex("00 78 74 65 72 6d")))],
    [SERVER, items({ data: text("login: ") })],
    [CLIENT, items({ data: text("b\xffb\r\nline\nend\r\0x"), command: 244 })],
    [CLIENT, items(say(31, hex("00 ff 00 18")), say(31, hex("00")))],
    [CLIENT, items(say(24, hex("05 78")), say(35, "\0host:0.0"), say(33, hex("01")))],
    [SERVER, items(say(37, hex("01 02 02 0f 0d")), say(46, hex("01")))],
    [CLIENT, items(say(37, hex("00 02 03 61")), say(37, "\x03bob"))],
    [
      SERVER,
      items(say(38, hex("01 01 03")), say(38, hex("00 01 05 78 79")), say(38, hex("07 01 05"))),
    ],
    [CLIENT, items(say(44, hex("01 00 00 25 80")), say(44, hex("02 08")), say(44, hex("03 01")))],
    [CLIENT, items(say(44, hex("04 02")), say(44, hex("05 03")), say(39, hex("00 00 55")))],
  ]);

export const conversations = [
  { name: "ftp", linkType: 1, packets: files },
  { name: "ftp-ipv6", linkType: 1, packets: files6 },
  { name: "mail", linkType: 1, packets: mails },
  { name: "imap", linkType: 1, packets: mailboxes },
  { name: "telnet", linkType: 1, packets: terminals },
];
