// Makes examples/session.pcap: a short morning of one computer on a home network, 34 frames.
//
//   node scripts/example.mjs            writes the capture
//   node scripts/example.mjs --check    writes nothing; exit code 1 when the file is not what would be written
//
// Every byte is laid down here by hand, lengths and checksums by the few functions below and not by src/, so that the capture
// can witness against it. Addresses and names are those set aside for documentation (RFC 5737, RFC 3849, RFC 2606).
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { argv, exit, stderr, stdout } from "node:process";
import { fileURLToPath } from "node:url";

const target = fileURLToPath(new URL("../examples/session.pcap", import.meta.url));

// ---- bytes

const u8 = (...values) => Buffer.from(values);
const u16 = (...values) => Buffer.concat(values.map((v) => u8(v >> 8, v & 255)));
const u32 = (...values) => Buffer.concat(values.map((v) => u16(v >>> 16, v & 0xffff)));
const hex = (text) => Buffer.from(text.replace(/[^0-9a-f]/g, ""), "hex");
const join = (...parts) =>
  Buffer.concat(parts.map((p) => (typeof p === "string" ? Buffer.from(p, "latin1") : p)));

/** RFC 1071. */
function checksum(...parts) {
  const bytes = join(...parts);
  let sum = 0;
  for (let i = 0; i < bytes.length; i += 2) sum += (bytes[i] << 8) | (bytes[i + 1] ?? 0);
  while (sum > 0xffff) sum = (sum & 0xffff) + (sum >>> 16);
  return 0xffff - sum;
}

/** The bytes with their checksum, computed over `before` and them, put at `at`. */
function summed(bytes, at, before = u8()) {
  u16(checksum(before, bytes)).copy(bytes, at);
  return bytes;
}

// ---- who takes part

const mac = {
  laptop: hex("02:00:5e:10:00:0a"),
  router: hex("02:00:5e:10:00:01"),
  all: hex("ff:ff:ff:ff:ff:ff"),
};
const v4 = {
  laptop: u8(192, 0, 2, 10),
  router: u8(192, 0, 2, 1),
  web: u8(198, 51, 100, 80),
  none: u8(198, 51, 100, 99),
};
const v6 = {
  laptop: hex("2001 0db8 0000 0001 0000 0000 0000 000a"),
  router: hex("2001 0db8 0000 0001 0000 0000 0000 0001"),
  web: hex("2001 0db8 0000 0080 0000 0000 0000 0080"),
  solicited: hex("ff02 0000 0000 0000 0000 0001 ff00 0001"),
};

// ---- layers, lowest first

const ethernet = (dst, src, type, payload) => {
  const frame = join(dst, src, u16(type), payload);
  return frame.length < 60 ? join(frame, Buffer.alloc(60 - frame.length)) : frame;
};
const up = (type, payload) => ethernet(mac.router, mac.laptop, type, payload);
const down = (type, payload) => ethernet(mac.laptop, mac.router, type, payload);

const arp = (operation, ...addresses) =>
  join(u16(1, 0x0800), u8(6, 4), u16(operation), ...addresses);

let id = 0x1c00;
const ipv4 = (src, dst, protocol, payload, ttl = 64) =>
  join(
    summed(
      join(u8(0x45, 0), u16(20 + payload.length, id++, 0x4000), u8(ttl, protocol, 0, 0), src, dst),
      10,
    ),
    payload,
  );
const ipv6 = (src, dst, next, payload, hops = 64) =>
  join(u32(0x60000000), u16(payload.length), u8(next, hops), src, dst, payload);

/** What transport checksums cover of the addresses; the same sum serves both versions. */
const pseudo = (src, dst, protocol, length) => join(src, dst, u32(length, protocol));

const udp = (src, dst, srcPort, dstPort, data) => {
  const length = 8 + data.length;
  return summed(join(u16(srcPort, dstPort, length, 0), data), 6, pseudo(src, dst, 17, length));
};
const icmp = (type, code, ...rest) => summed(join(u8(type, code, 0, 0), ...rest), 2);
const icmpv6 = (src, dst, type, ...rest) => {
  const message = join(u8(type, 0, 0, 0), ...rest);
  return summed(message, 2, pseudo(src, dst, 58, message.length));
};

const FIN = 1;
const SYN = 2;
const PSH = 8;
const ACK = 16;
/** Of the first segments, and of the others, scaled by 2^7; of the client and of the server. */
const windows = [
  [64_240, 65_160],
  [502, 509],
];

/** One TCP connection: both ends' sequence numbers, and the segments that it makes. */
function connection(client, server, ports, isn, network) {
  const seq = [isn[0], isn[1]];
  return (from, flags, { options = u8(), data = "" } = {}) => {
    const [src, dst] = from === 0 ? [client, server] : [server, client];
    const [srcPort, dstPort] = from === 0 ? ports : [ports[1], ports[0]];
    const head = join(
      u16(srcPort, dstPort),
      u32(seq[from], flags & ACK ? seq[1 - from] : 0),
      u8((20 + options.length) << 2, flags),
      u16(windows[flags & SYN ? 0 : 1][from], 0, 0),
      options,
      data,
    );
    seq[from] += data.length + (flags & (SYN | FIN) ? 1 : 0);
    const segment = summed(head, 16, pseudo(src, dst, 6, head.length));
    return (from === 0 ? up : down)(...network(src, dst, segment));
  };
}
const over4 = (src, dst, segment) => [0x0800, ipv4(src, dst, 6, segment)];
const over6 = (src, dst, segment) => [0x86dd, ipv6(src, dst, 6, segment)];

/** MSS, SACK permitted, timestamps, no-operation, window scale. */
const synOptions = (mss, value, echo) =>
  join(u8(2, 4), u16(mss), u8(4, 2), u8(8, 10), u32(value, echo), u8(1), u8(3, 3, 7));
const timestamps = (value, echo) => join(u8(1, 1, 8, 10), u32(value, echo));

// ---- DNS

const name = (text) =>
  join(...text.split(".").map((label) => join(u8(label.length), label)), u8(0));
const question = (text, type) => join(name(text), u16(type, 1));
const record = (owner, type, ttl, data) =>
  join(owner, u16(type, 1), u32(ttl), u16(data.length), data);
const QUERIED = u16(0xc00c); // a pointer to the name in the question

const dnsQuery = (id, type) => join(u16(id, 0x0100, 1, 0, 0, 0), question("www.example.com", type));
const dnsAnswer = (id, type, ...records) =>
  join(u16(id, 0x8180, 1, records.length, 0, 0), question("www.example.com", type), ...records);
/** www.example.com is another name of web.example.com; the suffix is a pointer to "example.com" in the question. */
const alias = record(QUERIED, 5, 300, join(u8(3), "web", u16(0xc010)));
const WEB = u16(0xc000 + 12 + 17 + 4 + 12); // a pointer to the alias' target
const ask = (port, data) =>
  up(0x0800, ipv4(v4.laptop, v4.router, 17, udp(v4.laptop, v4.router, port, 53, data)));
const tell = (port, data) =>
  down(0x0800, ipv4(v4.router, v4.laptop, 17, udp(v4.router, v4.laptop, 53, port, data)));

// ---- the session

const START = Date.UTC(2026, 2, 2, 7, 30) / 1000;
const frames = [];
let clock = 0;
/** Adds a frame that comes so many microseconds after the one before. */
function after(microseconds, frame) {
  clock += microseconds;
  frames.push({ at: clock, frame });
}

after(
  0,
  ethernet(mac.all, mac.laptop, 0x0806, arp(1, mac.laptop, v4.laptop, Buffer.alloc(6), v4.router)),
);
after(412, down(0x0806, arp(2, mac.router, v4.router, mac.laptop, v4.laptop)));

after(1_150, ask(49512, dnsQuery(0x3a7f, 1)));
after(8_304, tell(49512, dnsAnswer(0x3a7f, 1, alias, record(WEB, 1, 60, v4.web))));
after(96, ask(49513, dnsQuery(0x3a80, 28)));
after(7_991, tell(49513, dnsAnswer(0x3a80, 28, alias, record(WEB, 28, 60, v6.web))));

const letters = "abcdefghijklmnopqrstuvwabcdefghi";
for (const seq of [1, 2]) {
  const echo = (type) => icmp(type, 0, u16(0x2bad, seq), letters);
  after(988_000, up(0x0800, ipv4(v4.laptop, v4.web, 1, echo(8))));
  after(11_870, down(0x0800, ipv4(v4.web, v4.laptop, 1, echo(0), 57)));
}

const page =
  "<!doctype html>\n<title>Example</title>\n<p>It is a quiet morning on this network.</p>\n".repeat(
    18,
  );
const request =
  "GET / HTTP/1.1\r\nHost: www.example.com\r\nUser-Agent: example/1.0\r\nAccept: */*\r\n\r\n";
const response = [
  "HTTP/1.1 200 OK\r\nDate: Mon, 02 Mar 2026 07:30:02 GMT\r\nServer: example\r\n",
  `Content-Type: text/html\r\nContent-Length: ${page.length}\r\nETag: "54-1"\r\n\r\n${page}`,
].join("");
const MSS = 1448; // 1460 less the timestamps that every segment carries

let tcp = connection(v4.laptop, v4.web, [50342, 80], [0x7c1f0e20, 0xe8a90310], over4);
const t = (client, server) => timestamps(client, server);
after(20_500, tcp(0, SYN, { options: synOptions(1460, 4_011_200, 0) }));
after(11_640, tcp(1, SYN | ACK, { options: synOptions(1460, 880_310, 4_011_200) }));
after(58, tcp(0, ACK, { options: t(4_011_212, 880_310) }));
after(240, tcp(0, PSH | ACK, { options: t(4_011_212, 880_310), data: request }));
after(12_030, tcp(1, ACK, { options: t(880_322, 4_011_212) }));
after(1_204, tcp(1, ACK, { options: t(880_324, 4_011_212), data: response.slice(0, MSS) }));
after(9, tcp(1, PSH | ACK, { options: t(880_324, 4_011_212), data: response.slice(MSS) }));
after(64, tcp(0, ACK, { options: t(4_011_226, 880_324) }));
after(2_100, tcp(0, FIN | ACK, { options: t(4_011_228, 880_324) }));
after(11_702, tcp(1, FIN | ACK, { options: t(880_338, 4_011_228) }));
after(47, tcp(0, ACK, { options: t(4_011_240, 880_338) }));

const lladdr = (type, address) => join(u8(type, 1), address);
const multicast = hex("33:33:ff:00:00:01");
const solicitation = [u32(0), v6.router, lladdr(1, mac.laptop)];
const advertisement = [u32(0xe0000000), v6.router, lladdr(2, mac.router)];
const neighbour = (src, dst, type, parts) =>
  ipv6(src, dst, 58, icmpv6(src, dst, type, ...parts), 255);
after(
  300_000,
  ethernet(multicast, mac.laptop, 0x86dd, neighbour(v6.laptop, v6.solicited, 135, solicitation)),
);
after(390, down(0x86dd, neighbour(v6.router, v6.laptop, 136, advertisement)));

const echo6 = (src, dst, type) =>
  ipv6(src, dst, 58, icmpv6(src, dst, type, u16(0x2bae, 1), letters));
after(75, up(0x86dd, echo6(v6.laptop, v6.web, 128)));
after(12_400, down(0x86dd, echo6(v6.web, v6.laptop, 129)));

tcp = connection(v6.laptop, v6.web, [50344, 80], [0x11a2b300, 0x5d00c9f4], over6);
const again = request.replace("\r\n\r\n", '\r\nIf-None-Match: "54-1"\r\n\r\n');
after(1_900, tcp(0, SYN, { options: synOptions(1440, 4_011_700, 0) }));
after(12_210, tcp(1, SYN | ACK, { options: synOptions(1440, 51_004, 4_011_700) }));
after(61, tcp(0, ACK, { options: t(4_011_712, 51_004) }));
after(180, tcp(0, PSH | ACK, { options: t(4_011_712, 51_004), data: again }));
const unchanged =
  'HTTP/1.1 304 Not Modified\r\nDate: Mon, 02 Mar 2026 07:30:02 GMT\r\nETag: "54-1"\r\n\r\n';
after(12_630, tcp(1, PSH | ACK, { options: t(51_017, 4_011_712), data: unchanged }));
after(50, tcp(0, ACK, { options: t(4_011_725, 51_017) }));

const probe = ipv4(
  v4.laptop,
  v4.none,
  17,
  udp(v4.laptop, v4.none, 50111, 33434, Buffer.from("anyone?")),
  30,
);
after(500_000, up(0x0800, probe));
after(3_020, down(0x0800, ipv4(v4.router, v4.laptop, 1, icmp(3, 1, u32(0), probe))));

const tagged = (payload) => join(u16(0x600a, 0x0800), payload); // 802.1Q: priority 3, VLAN 10
const ntpSeconds = Math.floor(clock / 1_000_000) + START + 2_208_988_800;
const ntp = join(hex("23 00 06 ec"), Buffer.alloc(36), u32(ntpSeconds, 0xec000000));
after(
  7_000,
  up(0x8100, tagged(ipv4(v4.laptop, v4.router, 17, udp(v4.laptop, v4.router, 123, 123, ntp)))),
);

// ---- the file: pcap, little endian, microseconds, Ethernet

const le32 = (...values) => Buffer.from(Uint32Array.from(values).buffer);
const file = Buffer.concat([
  le32(0xa1b2c3d4, 0x0004_0002, 0, 0, 262_144, 1),
  ...frames.map(({ at, frame }) => {
    const seconds = START + Math.floor(at / 1_000_000);
    return join(le32(seconds, at % 1_000_000, frame.length, frame.length), frame);
  }),
]);

if (argv.includes("--check")) {
  if (existsSync(target) && readFileSync(target).equals(file)) exit(0);
  stderr.write("examples/session.pcap is not what scripts/example.mjs makes\n");
  exit(1);
}
writeFileSync(target, file);
stdout.write(`examples/session.pcap: ${frames.length} frames, ${file.length} bytes\n`);
