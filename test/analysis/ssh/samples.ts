import { assemble } from "../../../src/packet/assemble.ts";
import { sshMessage } from "../../../src/protocols/application/ssh/message.ts";
import { ssh } from "../../../src/protocols/application/ssh/ssh.ts";
import type { AnyRecipe } from "../../../src/schema/recipe.ts";
import { client, type Piece, server } from "../hostile.ts";

/** The bytes of one packet around a message. */
export function packet(message: AnyRecipe): Uint8Array {
  const values = { packet: { message } };
  return assemble([{ schema: ssh.schema, values }]).bytes.slice();
}

export const many = (size: number, byte: number): Uint8Array => new Uint8Array(size).fill(byte);

/** What a side can do; what is not given is the same on both. */
export const kexInit = (lists: Readonly<Record<string, string>> = {}): Uint8Array =>
  packet(
    sshMessage.kexInit({
      cookie: many(16, 7),
      kexAlgorithms: "curve25519-sha256,ecdh-sha2-nistp256",
      serverHostKeyAlgorithms: "ssh-ed25519",
      encryptionAlgorithmsClientToServer: "aes128-ctr",
      encryptionAlgorithmsServerToClient: "aes256-gcm@openssh.com",
      macAlgorithmsClientToServer: "hmac-sha2-256-etm@openssh.com",
      macAlgorithmsServerToClient: "hmac-sha2-256",
      compressionAlgorithmsClientToServer: "none",
      compressionAlgorithmsServerToClient: "none",
      ...lists,
    }),
  );

/** A host key as it is sent: a type and 32 bytes. */
export const reply = (): Uint8Array =>
  packet(
    sshMessage.keyExchangeReply({
      reply: {
        hostKey: { type: "ssh-ed25519", eddsa: { key: many(32, 0x42) } },
        public: many(32, 2),
        signature: { type: "ssh-ed25519", data: many(68, 3) },
      },
    }),
  );

export const newKeys = (): Uint8Array => packet(sshMessage.newKeys());
export const publicValue = (): Uint8Array =>
  packet(sshMessage.keyExchangeInit({ public: many(32, 1) }));

/** `count` encrypted packets of readable lengths, with so many bytes of a code behind each. */
export function ciphered(count: number, tag: number): Uint8Array {
  const one = many(4 + 32 + tag, 0x99);
  one.set([0, 0, 0, 32]);
  const whole = new Uint8Array(one.length * count);
  for (let i = 0; i < count; i++) whole.set(one, i * one.length);
  return whole;
}

/** A whole connection. */
export const connection = (): Piece[] => [
  client("SSH-2.0-OpenSSH_9.7\r\n"),
  server("Welcome\r\n\tto all\r\nSSH-2.0-Example_1 some comment\r\n"),
  client(kexInit()),
  server(kexInit({ kexAlgorithms: "ecdh-sha2-nistp256" })),
  client(publicValue()),
  server(reply()),
  server(newKeys()),
  client(newKeys()),
  client(ciphered(3, 32)),
  server(ciphered(2, 16)),
];
