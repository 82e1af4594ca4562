// DNS with each EDNS option, and over TCP with each stateful operation.
import { build, dns, dnsTcp, tcp } from "wirecraft";
import { counting, frame, hex, IP_A, MAC_A, MAC_B, packet4 } from "./common.mjs";
import { NAME, respond } from "./dns.mjs";

const options = [
  { is: "llq", opcode: 1, error: 0, llqId: 0x0102030405060708n, lease: 7200 },
  { is: "updateLease", lease: 3600 },
  { is: "updateLease", lease: 3600, keyLease: 7200 },
  { is: "nsid", nsid: hex("6e7331") },
  { is: "owner", version: 0, sequence: 7, primary: MAC_A, password: new Uint8Array(0) },
  { is: "owner", version: 0, sequence: 8, primary: MAC_A, wakeup: MAC_B, password: counting(4) },
  { is: "dau", algorithms: [{ algorithm: 8 }, { algorithm: 13 }] },
  { is: "dhu", algorithms: [{ algorithm: 1 }, { algorithm: 2 }] },
  { is: "n3u", algorithms: [{ algorithm: 1 }] },
  { is: "clientSubnet", sourcePrefix: 24, scopePrefix: 16, ipv4: "192.0.2.0" },
  { is: "clientSubnet", family: 2, sourcePrefix: 56, scopePrefix: 48, ipv6: "2001:db8:0:100::" },
  { is: "clientSubnet", family: 9, sourcePrefix: 8, scopePrefix: 0, address: hex("0a") },
  { is: "expire", expire: 86_400 },
  { is: "expire" },
  { is: "cookie", client: counting(8) },
  { is: "cookie", client: counting(8), server: counting(16, 20) },
  { is: "tcpKeepalive", timeout: 300 },
  { is: "padding", padding: new Uint8Array(7) },
  { is: "chain", trustPoint: "example.com" },
  { is: "keyTag", tags: [{ tag: 0x1234 }, { tag: 0x5678 }] },
  { is: "extendedError", infoCode: 6, extraText: "bogus" },
  { is: "clientTag", tag: 0x0102 },
  { is: "serverTag", tag: 0x0304 },
  { is: "reportChannel", agent: "agent.example.com" },
  { is: "zoneVersion", labels: 2, versionType: 0, version: hex("7893a1b2") },
  { is: "moreTypesQuery", types: [{ type: 28 }] },
  { is: "moreTypesResponse", types: [{ type: 28 }] },
  { is: "umbrella", identity: counting(8) },
  { is: "deviceId", identifier: counting(8) },
  { is: "unknown", code: 65_001, data: counting(4) },
];
const optionPackets = () =>
  options.map((one, i) =>
    respond(3000 + i, [], {
      additionals: [
        {
          is: "opt",
          name: ".",
          udpPayloadSize: 1400,
          extendedRcode: 1,
          version: 0,
          flags: { do: true },
          options: [one],
        },
      ],
    }),
  );

const overTcp = (message, i) =>
  build(
    frame(),
    packet4(),
    tcp({
      srcPort: 49_100 + i,
      dstPort: 53,
      seq: 1000,
      ack: 2000,
      flags: { ack: true, psh: true },
    }),
    dnsTcp(),
    message,
  );
const stateful = [
  { is: "keepAlive", inactivity: 15_000, interval: 3_600_000 },
  { is: "retryDelay", delay: 1000 },
  { is: "encryptionPadding", padding: new Uint8Array(5) },
  { is: "unknown", type: 0xf801, data: counting(4) },
];
/** Push notifications (RFC 8765), which tshark 4.0 does not know. */
const pushed = [
  { is: "subscribe", name: NAME, rrType: 1, rrClass: 1 },
  { is: "push", records: [{ is: "a", name: NAME, ttl: 60, address: IP_A }] },
  { is: "unsubscribe", messageId: 0x0102 },
  { is: "reconfirm", name: NAME, rrType: 1, rrClass: 1, rdata: hex("c000020a") },
];
const operate = (list, first) => () =>
  list.map((one, i) =>
    overTcp(dns({ id: 5000 + first + i, flags: { opcode: 6 }, tlvs: [one] }), first + i),
  );

export const nameOptions = [
  { name: "dns-options", linkType: 1, packets: optionPackets },
  { name: "dns-stateful", linkType: 1, packets: operate(stateful, 0) },
  { name: "dns-push", linkType: 1, packets: operate(pushed, 50) },
];
