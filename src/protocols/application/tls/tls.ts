import { readU16, readUint } from "../../../bytes/numbers.ts";
import { u8, u16 } from "../../../schema/field.ts";
import type { Layer } from "../../../schema/layer.ts";
import { protocol } from "../../../schema/protocol.ts";
import type { AnySchema } from "../../../schema/schema.ts";
import { at, variants } from "../../../schema/variants.ts";
import {
  tlsAlertLevelNames,
  tlsAlertNames,
  tlsContentTypeNames,
  tlsHeartbeatNames,
  tlsVersionNames,
} from "../../iana/tls.ts";
import { tcpPorts } from "../../transport/tcp.ts";
import { isHandshakeStart, tlsHandshake } from "./handshake.ts";

/** Bytes of a record's header. */
export const TLS_HEADER = 5;
/** The most that a record holds: 2^14 bytes, and 2048 that protection and compression may add (RFC 5246 §6.2.3). */
export const TLS_MOST = 16_384 + 2048;

const CHANGE_CIPHER_SPEC = 20;
const ALERT = 21;
const HEARTBEAT = 24;

/**
 * Whether five bytes are the header of a record: a type in use, a version of SSL 3.0 or TLS, and a length that records of
 * this type have.
 */
export function isTlsHeader(bytes: Uint8Array, at: number): boolean {
  const type = bytes[at]!;
  if (type < CHANGE_CIPHER_SPEC || type > HEARTBEAT) return false;
  if (bytes[at + 1] !== 3 || bytes[at + 2]! > 4) return false;
  const length = readU16(bytes, at + 3);
  if (type === CHANGE_CIPHER_SPEC) return length >= 1 && length <= 256;
  if (type === ALERT) return length >= 2 && length <= 512;
  return length <= TLS_MOST && (length > 0 || type > 22);
}

/** Whether a whole record is here. */
const isRecord = (bytes: Uint8Array, start: number, end: number): boolean =>
  end - start >= TLS_HEADER &&
  isTlsHeader(bytes, start) &&
  start + TLS_HEADER + readU16(bytes, start + 3) <= end;

/** Another record follows where the bytes are one. */
const following = (): AnySchema => tls;

const base = protocol({
  name: "tls",
  title: "Transport Layer Security",
  spec: "RFC 8446 §5.1",
  over: [tcpPorts.at(443, 261, 448, 465, 563, 614, 636, 853, 989, 990, 992, 993, 994, 995, 5061)],
  test: isRecord,
})
  .fields({
    type: u8("Content Type", { filter: "record.content_type", names: tlsContentTypeNames }),
    version: u16("Version", {
      filter: "record.version",
      base: "hex",
      names: tlsVersionNames,
      default: 0x0303,
      valid: [0x0301, 0x0303],
    }),
    length: u16("Length", { filter: "record.length" }),
  })
  .header({ field: "length", plus: TLS_HEADER })
  .payload({ next: following });

const none = { filter: null } as const;

/** What is no message, or not all of one, is encrypted, or goes on in another record. */
const isNoMessage = (bytes: Uint8Array, at: number, end: number): boolean =>
  !isHandshakeStart(bytes, at, end) || at + 4 + readUint(bytes, at + 1, 3) > end;

/** A heartbeat that says of itself how long it is, with sixteen bytes of padding at least (RFC 6520 §4). */
function isPlainHeartbeat({ bytes, start, headerEnd }: Layer): boolean {
  const at = start + TLS_HEADER;
  if (at + 19 > headerEnd) return false;
  return bytes[at]! <= 2 && at + 3 + readU16(bytes, at + 1) + 16 <= headerEnd;
}

const heartbeat = base
  .when((h) => isPlainHeartbeat(h.layer), {
    messageType: u8("Message Type", {
      filter: "heartbeat_message.type",
      names: tlsHeartbeatNames,
      valid: [1, 2],
    }),
    payloadLength: u16("Payload Length", { filter: "heartbeat_message.payload_length" }),
  })
  .bytes(
    "content",
    "Payload",
    { field: "payloadLength" },
    {
      filter: "heartbeat_message.payload",
      when: (h) => h.payloadLength !== undefined,
    },
  )
  .bytes("padding", "Padding or Encrypted Message", "rest", {
    filter: "heartbeat_message.padding",
    valid: () => new Uint8Array(16),
  });

const made = variants(
  base,
  "type",
  {
    changeCipherSpec: at(
      CHANGE_CIPHER_SPEC,
      base.fields({ message: u8("Message", { filter: null, default: 1, valid: [1, 1] }) }),
    ),
    alert: at(
      ALERT,
      base
        .when(
          { field: "length", is: 2 },
          {
            level: u8("Level", { filter: "alert_message.level", names: tlsAlertLevelNames }),
            description: u8("Description", {
              filter: "alert_message.desc",
              names: tlsAlertNames,
            }),
          },
        )
        .bytes("encrypted", "Encrypted Alert", "rest", none),
    ),
    handshake: at(
      22,
      base
        .list("messages", "Messages", tlsHandshake, {
          stop: isNoMessage,
          filter: null,
          // What these hold only makes sense after others.
          valid: {
            except: [
              "encryptedExtensions",
              "certificate",
              "serverKeyExchange",
              "certificateRequest",
              "certificateVerify",
              "clientKeyExchange",
              "certificateStatus",
              "compressedCertificate",
            ],
          },
        })
        .bytes("fragment", "Encrypted or Incomplete Message", "rest", {
          filter: null,
          valid: () => new Uint8Array(0),
        }),
    ),
    applicationData: at(
      23,
      base.bytes("data", "Encrypted Data", "rest", {
        filter: "app_data",
        valid: (source) => source.bytes(1 + source.upTo(30)),
      }),
    ),
    heartbeat: at(HEARTBEAT, heartbeat),
  },
  base.bytes("data", "Data", "rest", none),
);

type Made = typeof made;
/** The declaration of {@link tls}; a name that types can be read by. */
export interface Tls extends Made {}
/**
 * A record of Transport Layer Security, versions 1.0 to 1.3, and of SSL 3.0 (RFC 8446 §5.1, RFC 5246 §6.2.1, RFC 6101). This is
 * for records that lie whole in a segment; streams are for who reads them in order.
 */
export const tls: Tls = made;
