import { octets, u8, u32 } from "../../../schema/field.ts";
import { messageBase } from "./message-base.ts";

/** Names as they stand in lists that random packets have. */
const kex = ["curve25519-sha256", "ecdh-sha2-nistp256", "diffie-hellman-group14-sha256"];
const ciphers = ["aes128-ctr", "aes256-ctr", "chacha20-poly1305@openssh.com"];

const anyOf = (list: readonly string[]) => ({
  valid: (random: { pick<T>(from: readonly T[]): T }): string => random.pick(list),
});
const NOTHING = { valid: (): string => "" };

/**
 * What a side can do, most wanted first, as lists of names separated by commas (RFC 4253 §7.1). The first of the client's
 * names that the server has too is chosen.
 */
export const kexInit = messageBase
  .fields({
    cookie: octets(16, "Cookie"),
    kexAlgorithmsLength: u32("Length of Key Exchange Methods"),
  })
  .text("kexAlgorithms", "Key Exchange Methods", { field: "kexAlgorithmsLength" }, anyOf(kex))
  .fields({ serverHostKeyAlgorithmsLength: u32("Length of Host Key Algorithms") })
  .text(
    "serverHostKeyAlgorithms",
    "Host Key Algorithms",
    { field: "serverHostKeyAlgorithmsLength" },
    anyOf(["ssh-ed25519", "rsa-sha2-512,ssh-ed25519"]),
  )
  .fields({
    encryptionAlgorithmsClientToServerLength: u32("Length of Ciphers, Client to Server"),
  })
  .text(
    "encryptionAlgorithmsClientToServer",
    "Ciphers, Client to Server",
    { field: "encryptionAlgorithmsClientToServerLength" },
    anyOf(ciphers),
  )
  .fields({
    encryptionAlgorithmsServerToClientLength: u32("Length of Ciphers, Server to Client"),
  })
  .text(
    "encryptionAlgorithmsServerToClient",
    "Ciphers, Server to Client",
    { field: "encryptionAlgorithmsServerToClientLength" },
    anyOf(ciphers),
  )
  .fields({ macAlgorithmsClientToServerLength: u32("Length of MACs, Client to Server") })
  .text(
    "macAlgorithmsClientToServer",
    "MACs, Client to Server",
    { field: "macAlgorithmsClientToServerLength" },
    anyOf(["hmac-sha2-256"]),
  )
  .fields({ macAlgorithmsServerToClientLength: u32("Length of MACs, Server to Client") })
  .text(
    "macAlgorithmsServerToClient",
    "MACs, Server to Client",
    { field: "macAlgorithmsServerToClientLength" },
    anyOf(["hmac-sha2-512"]),
  )
  .fields({
    compressionAlgorithmsClientToServerLength: u32("Length of Compressions, Client to Server"),
  })
  .text(
    "compressionAlgorithmsClientToServer",
    "Compressions, Client to Server",
    { field: "compressionAlgorithmsClientToServerLength" },
    anyOf(["none", "none,zlib"]),
  )
  .fields({
    compressionAlgorithmsServerToClientLength: u32("Length of Compressions, Server to Client"),
  })
  .text(
    "compressionAlgorithmsServerToClient",
    "Compressions, Server to Client",
    { field: "compressionAlgorithmsServerToClientLength" },
    anyOf(["none", "none,zlib"]),
  )
  .fields({ languagesClientToServerLength: u32("Length of Languages, Client to Server") })
  .text(
    "languagesClientToServer",
    "Languages, Client to Server",
    { field: "languagesClientToServerLength" },
    NOTHING,
  )
  .fields({ languagesServerToClientLength: u32("Length of Languages, Server to Client") })
  .text(
    "languagesServerToClient",
    "Languages, Server to Client",
    { field: "languagesServerToClientLength" },
    NOTHING,
  )
  .fields({
    firstKexPacketFollows: u8("First Key Exchange Packet Follows", { valid: [0, 1] }),
    reserved: octets(4, "Reserved", { filter: "kex.reserved" }),
  });
