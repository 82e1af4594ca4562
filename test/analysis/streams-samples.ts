import { statSync } from "node:fs";
import { applications } from "../../src/analysis/applications.ts";
import type { Side } from "../../src/analysis/input.ts";
import { parseHex } from "../../src/bytes/hex.ts";
import { openCapture } from "../../src/node/open.ts";
import { tcp } from "../../src/protocols/transport/tcp.ts";
import { filesBelow } from "../support/corpus.ts";
import { client, type Piece, server } from "./hostile.ts";
import { connection as sshConnection } from "./ssh/samples.ts";

const bytes = (hex: string): Uint8Array => parseHex(hex.replace(/\s+/g, ""));

/** A name of DNS as it is sent. */
const question = "076578616d706c6503636f6d00 0001 0001";
const dnsQuery = bytes(`001d 1234 0100 0001 0000 0000 0000 ${question}`);
const dnsAnswer = bytes(
  `002d 1234 8180 0001 0001 0000 0000 ${question} c00c 0001 0001 0000003c 0004 c0000201`,
);

const clientHello = bytes(
  `1603010041 0100003d 0303 ${"11".repeat(32)} 00 0004 1301c02f 0100 0010
   0000000c 000a 00 0007 6578616d706c65`,
);
const serverHello = bytes(`160303002a 02000026 0303 ${"22".repeat(32)} 00 c02f 00`);
const tlsRest = bytes("140303000101 1703030010 00112233445566778899aabbccddeeff 15030300020100");

const preface = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
const settings = bytes("000006040000000000 000300000064");
const headers = bytes("00000a010500000001 828684418aa0e41d139d");
const data = bytes("00000500010000000168656c6c6f");
const goAway = bytes("000008070000000000 0000000100000000");

const upgrade =
  "GET /chat HTTP/1.1\r\nHost: example.com\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n" +
  "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n";
const switched =
  "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n" +
  "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n";

const mail =
  "From: a@example.com\r\nSubject: =?utf-8?B?w6Q=?=\r\nMIME-Version: 1.0\r\n" +
  'Content-Type: multipart/mixed; boundary="b"\r\n\r\n--b\r\n\r\ntext\r\n' +
  '--b\r\nContent-Type: text/plain; name="f"\r\nContent-Transfer-Encoding: base64\r\n\r\nYWJj\r\n--b--\r\n';

/** Conversations of each application by its name, written by hand. */
export const samples: Readonly<Record<string, readonly (readonly Piece[])[]>> = {
  dns: [[client(dnsQuery), server(dnsAnswer), client(dnsQuery), server(dnsAnswer)]],
  tls: [[client(clientHello), server(serverHello), server(tlsRest), client(tlsRest)]],
  ssh: [sshConnection()],
  http: [
    [
      client("GET /a?b=c HTTP/1.1\r\nHost: example.com\r\n\r\n"),
      server("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello"),
      client("POST /b HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\nX: y\r\n\r\n"),
      server("HTTP/1.0 404 Not Found\r\n\r\nuntil the end"),
    ],
  ],
  http2: [
    [
      client(preface),
      client(settings),
      server(settings),
      client(headers),
      server(headers),
      server(data),
      server(goAway),
    ],
  ],
  websocket: [
    [
      client(upgrade),
      server(switched),
      client(bytes("818537fa213d7f9f4d5158")),
      server(bytes("810548656c6c6f 8900 0103616263 880203e8")),
    ],
  ],
  smtp: [
    [
      server("220 mx.example.com ESMTP\r\n"),
      client("EHLO me\r\n"),
      server("250-mx.example.com\r\n250 PIPELINING\r\n"),
      client("MAIL FROM:<a@example.com>\r\nRCPT TO:<b@example.com>\r\nDATA\r\n"),
      server("250 ok\r\n250 ok\r\n354 go\r\n"),
      client(`${mail}.\r\nQUIT\r\n`),
      server("250 queued\r\n221 bye\r\n"),
    ],
  ],
  ftp: [
    [
      server("220-hello\r\n220 ready\r\n"),
      client("USER a\r\nPASS b\r\n"),
      server("331 password\r\n230 in\r\n"),
      client("PASV\r\nRETR file\r\nEPSV\r\nPORT 192,0,2,1,4,5\r\n"),
      server(
        "227 Entering Passive Mode (192,0,2,2,8,1)\r\n150 opening\r\n226 done\r\n229 (|||99|)\r\n200 ok\r\n",
      ),
    ],
  ],
  "ftp-data": [[server("a file with some content\r\n".repeat(5))]],
  pop: [
    [
      server("+OK ready <1.2@example.com>\r\n"),
      client("USER a\r\nPASS b\r\nLIST\r\nRETR 1\r\n"),
      server(`+OK\r\n+OK\r\n+OK\r\n1 120\r\n.\r\n+OK\r\n${mail}.\r\n`),
      client("AUTH PLAIN\r\nAGEAYg==\r\nSTLS\r\n"),
      server("+ \r\n+OK\r\n+OK begin\r\n"),
      client(clientHello),
    ],
  ],
  imap: [
    [
      server("* OK [CAPABILITY IMAP4rev1] ready\r\n"),
      client('a1 LOGIN "u" {3}\r\n'),
      server("+ go on\r\n"),
      client("abc\r\na2 SELECT INBOX\r\na3 FETCH 1 (BODY[])\r\n"),
      server(
        `a1 OK in\r\n* 1 EXISTS\r\na2 OK done\r\n* 1 FETCH (BODY[] {${mail.length}}\r\n${mail})\r\na3 OK\r\n`,
      ),
    ],
  ],
  telnet: [
    [
      server(bytes("fffd18 fffd20 fffb03 fffa1801fff0")),
      client(bytes("fffb18 fffa1800787465726dfff0")),
      server("login: "),
      client("root\r\0"),
      server("\xff\xffpassword\r\n"),
    ],
  ],
};

/** The port under which an application is expected; one that has none is found by content. */
export const portOf = (name: string): number =>
  applications.find((one) => one.name === name)?.ports[0] ?? 8888;

const MOST_FILE = 200_000;
const MOST_PIECES = 40;
const MOST_PIECE = 1500;

/** Conversations of real captures by application: the first pieces of each, at most so many of one application. */
export async function corpusSamples(folder: string, most: number): Promise<Map<string, Piece[][]>> {
  const found = new Map<string, Piece[][]>();
  const wanted = /http|tls|ssl|ssh|smtp|ftp|pop|imap|telnet|dns|websocket|mail/i;
  for (const path of filesBelow(folder)) {
    if (!wanted.test(path) || statSync(path).size > MOST_FILE) continue;
    try {
      await collect(path, found, most);
    } catch {
      // Captures that are wrong on purpose: what was read before counts.
    }
  }
  return found;
}

async function collect(path: string, found: Map<string, Piece[][]>, most: number): Promise<void> {
  const known = new Map<string, Piece[]>();
  for await (const packet of openCapture(path)) {
    const segment = packet.get(tcp);
    if (segment === undefined) continue;
    const { srcPort, dstPort, layer } = segment;
    const name = (port: number): string | undefined =>
      applications.find(({ ports }) => ports.includes(port))?.name;
    const application = name(dstPort) ?? name(srcPort);
    if (application === undefined || layer.headerEnd >= layer.end) continue;
    const side: Side = name(dstPort) === undefined ? 1 : 0;
    const key = `${application} ${side === 0 ? srcPort : dstPort}`;
    let pieces = known.get(key);
    if (pieces === undefined) {
      const list = found.get(application) ?? [];
      if (list.length >= most) continue;
      found.set(application, [...list, (pieces = [])]);
      known.set(key, pieces);
    }
    if (pieces.length < MOST_PIECES)
      pieces.push({
        side,
        bytes: layer.bytes.slice(layer.headerEnd, layer.end).subarray(0, MOST_PIECE),
      });
  }
}
