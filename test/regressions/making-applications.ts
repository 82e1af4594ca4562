import { ftpData, sshEncrypted, ssl2, tls, websocket } from "../../src/index.ts";
import { bytes } from "../support/packets.ts";
import type { Table } from "./making-rows.ts";

/** Messages of applications that no synthetic capture shows by itself: what they are, the connection before them says. */
export const applicationMessages: Table = {
  rows: [
    ["FTP data", ftpData({ data: bytes("68656c6c6f") }), "68656c6c6f"],
    [
      "an encrypted packet of SSH",
      sshEncrypted({ packetLength: bytes("01020304"), data: bytes("aabbcc") }),
      "01020304 aabbcc",
    ],
    ["a text of WebSocket", websocket({ opcode: 1, payload: bytes("6869") }), "81 02 6869"],
    [
      "a masked frame of WebSocket",
      websocket({ opcode: 2, masked: true, maskingKey: bytes("01020304"), payload: bytes("696a") }),
      "82 82 01020304 696a",
    ],
    [
      "a frame of WebSocket with a longer length",
      websocket({ payloadLength: 126, payload: new Uint8Array(130) }),
      `82 7e 0082 ${"00".repeat(130)}`,
    ],
    ["a TLS record of another type", tls({ type: 99, data: bytes("aabb") }), "63 0303 0002 aabb"],
    [
      "a message of SSL 2.0 of another type",
      ssl2({ type: 9, data: bytes("aabb") }),
      "8003 09 aabb",
    ],
  ],
};
