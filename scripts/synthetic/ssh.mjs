// SSH: whole connections, with every method of key exchange and kind of key, and what is encrypted behind them.
import { build, ssh, sshMessage, tcp } from "wirecraft";
import { counting, frame, IP_A, IP_B, packet4 } from "./common.mjs";

const CLIENT = 0;
const SERVER = 1;

/** A connection from a port of its own; what is said are recipes or bytes, one segment each. */
function connection(port, ...said) {
  const seq = [1000, 2000];
  return said.map(([side, ...parts]) => {
    const ends = side === CLIENT ? { srcPort: port, dstPort: 22 } : { srcPort: 22, dstPort: port };
    const ip = side === CLIENT ? {} : { src: IP_B, dst: IP_A };
    const numbers = { seq: seq[side], ack: seq[1 - side], flags: { ack: true, psh: true } };
    const made = build(frame(), packet4(ip), tcp({ ...ends, ...numbers }), ...parts);
    seq[side] += made.bytes().length - 54;
    return made;
  });
}

const line = (text) => ssh({ identification: { line: text } });
const packet = (message) => ssh({ packet: { message } });
const lists = (kex, cipher, mac) =>
  packet(
    sshMessage.kexInit({
      cookie: counting(16, 33),
      kexAlgorithms: `${kex},ecdh-sha2-nistp384`,
      serverHostKeyAlgorithms: "ssh-ed25519,ssh-rsa",
      encryptionAlgorithmsClientToServer: cipher,
      encryptionAlgorithmsServerToClient: `${cipher},3des-cbc`,
      macAlgorithmsClientToServer: mac,
      macAlgorithmsServerToClient: `${mac},hmac-md5`,
      compressionAlgorithmsClientToServer: "none",
      compressionAlgorithmsServerToClient: "none,zlib",
      languagesClientToServer: "de",
      languagesServerToClient: "en,de",
      firstKexPacketFollows: 1,
      reserved: counting(4, 91),
    }),
  );
const begun = (kex, cipher = "aes128-ctr", mac = "hmac-sha2-256") => [
  [CLIENT, line("SSH-2.0-client_1 a comment")],
  [SERVER, line("SSH-2.0-server_2")],
  [CLIENT, lists(kex, cipher, mac)],
  [SERVER, lists(kex, cipher, mac)],
];
const value = packet(sshMessage.keyExchangeInit({ public: counting(32, 7) }));
const reply = (hostKey, signature, given = counting(32, 9)) =>
  packet(sshMessage.keyExchangeReply({ reply: { hostKey, public: given, signature } }));
const newKeys = packet(sshMessage.newKeys());

const ed25519 = { type: "ssh-ed25519", eddsa: { key: counting(32, 40) } };
const rsa = { type: "ssh-rsa", rsa: { e: counting(3), n: counting(129, 50) } };
const dsa = {
  type: "ssh-dss",
  dsa: { p: counting(65, 3), q: counting(21, 4), g: counting(64, 5), y: counting(63, 6) },
};
const ecdsa = { type: "ecdsa-sha2-nistp256", ecdsa: { id: "nistp256", q: counting(65, 8) } };
const certified = (key) => ({
  ...key,
  type: `${key.type}-cert-v01@openssh.com`,
  nonce: { nonce: counting(32, 60) },
  certificate: { serial: 7n, kind: 2, keyId: "host", principals: counting(8), validAfter: 9n },
});
const bySelf = { type: "ssh-ed25519", data: counting(68, 70) };
const byRsa = (type) => ({ type, rsa: { s: counting(128, 80) } });
const byDsa = { type: "ssh-dss", dsa: { rs: counting(40, 90) } };
const byEcdsa = {
  type: "ecdsa-sha2-nistp256",
  ecdsa: { r: counting(32, 11), s: counting(33, 12) },
};

const curves = () =>
  connection(
    52_201,
    ...begun("curve25519-sha256"),
    [CLIENT, value],
    [SERVER, reply(ed25519, bySelf), newKeys],
    [CLIENT, newKeys],
    [CLIENT, counting(64, 100)],
    [SERVER, counting(48, 120)],
  );

const keys = () =>
  connection(
    52_202,
    ...begun("diffie-hellman-group14-sha256"),
    [CLIENT, packet(sshMessage.keyExchangeInit({ public: counting(1026, 7) }))],
    [SERVER, reply(rsa, byRsa("ssh-rsa"))],
    [SERVER, reply(rsa, byRsa("rsa-sha2-512"))],
    [SERVER, reply(dsa, byDsa)],
    [SERVER, reply(ecdsa, byEcdsa)],
    [SERVER, reply(certified(ed25519), bySelf)],
    [SERVER, reply(certified(ecdsa), byEcdsa)],
    [SERVER, reply(certified(rsa), byRsa("rsa-sha2-256"))],
    [SERVER, reply(certified(dsa), byDsa)],
    [SERVER, reply({ type: "x-other", data: counting(9) }, { type: "x-other", data: counting(8) })],
    [SERVER, reply({ type: "ssh-ed448", eddsa: { key: counting(57) } }, { type: "ssh-ed448" })],
  );

const groups = () =>
  connection(
    52_203,
    ...begun("diffie-hellman-group-exchange-sha256"),
    [CLIENT, packet(sshMessage.groupExchangeRequest({ least: 1025, bits: 2049, most: 8193 }))],
    [
      SERVER,
      packet(sshMessage.keyExchangeReply({ group: { p: counting(257, 21), g: counting(1, 5) } })),
    ],
    [CLIENT, packet(sshMessage.groupExchangeInit({ public: counting(256, 22) }))],
    [
      SERVER,
      packet(
        sshMessage.groupExchangeReply({
          reply: { hostKey: ed25519, public: counting(255, 23), signature: bySelf },
        }),
      ),
      newKeys,
    ],
    [CLIENT, newKeys],
    [CLIENT, counting(64, 100)],
    [SERVER, counting(48, 120)],
  );

const olderGroups = () =>
  connection(52_204, ...begun("diffie-hellman-group-exchange-sha1"), [
    CLIENT,
    packet(sshMessage.keyExchangeInit({ bits: 1031 })),
  ]);

const unknownCipher = () =>
  connection(
    52_205,
    ...begun("ecdh-sha2-nistp256", "arcfour256", "hmac-sha1"),
    [CLIENT, value],
    [SERVER, reply(ed25519, bySelf), newKeys],
    [CLIENT, newKeys],
    [CLIENT, counting(64, 100)],
    [SERVER, counting(48, 120)],
  );

const messages = () =>
  connection(
    52_206,
    ...begun("diffie-hellman-group14-sha256"),
    [CLIENT, packet(sshMessage.ignore({ data: counting(5) }))],
    [CLIENT, packet(sshMessage.unimplemented({ sequence: 3 }))],
    [CLIENT, packet(sshMessage.debug({ alwaysDisplay: 1, message: "look", language: "en" }))],
    [CLIENT, packet(sshMessage.serviceRequest({ name: "ssh-userauth" }))],
    [SERVER, packet(sshMessage.serviceAccept({ name: "ssh-userauth" }))],
    [SERVER, packet(sshMessage.extensionInfo({ extensions: [{ name: "a", value: counting(3) }] }))],
    [SERVER, packet(sshMessage({ code: 35, data: counting(6) }))],
    [SERVER, packet(sshMessage.groupExchangeInit({ public: counting(4) }))],
    [CLIENT, packet(sshMessage.disconnect({ reason: 11, description: "bye", language: "en" }))],
  );

/** Without the client's line nobody looks into packets. */
const unannounced = () =>
  connection(
    52_207,
    [SERVER, line("SSH-2.0-server_2")],
    [SERVER, lists("curve25519-sha256", "aes128-ctr", "hmac-sha1")],
    [CLIENT, value],
  );

export const shells = [
  { name: "ssh-curves", linkType: 1, packets: curves },
  { name: "ssh-keys", linkType: 1, packets: keys },
  { name: "ssh-groups", linkType: 1, packets: groups },
  { name: "ssh-older-groups", linkType: 1, packets: olderGroups },
  { name: "ssh-unknown-cipher", linkType: 1, packets: unknownCipher },
  { name: "ssh-messages", linkType: 1, packets: messages },
  { name: "ssh-unannounced", linkType: 1, packets: unannounced },
];
