import { coded, u8, u32 } from "../../../schema/field.ts";
import type { Layer } from "../../../schema/layer.ts";
import { protocol, record } from "../../../schema/protocol.ts";
import type { AnySchema } from "../../../schema/schema.ts";
import { tcpPorts } from "../../transport/tcp.ts";
import { lineEnd } from "../http/text.ts";
import { sshMessage } from "./message.ts";
import { isIdentification, isSsh } from "./whole.ts";

/** The line that a side begins with (RFC 4253 §4.2): versions of protocol and software, and a comment. */
export const sshIdentification = record("ssh.identification", "Identification", {
  spec: "RFC 4253 §4.2",
})
  .text(
    "line",
    "Line",
    { until: "\r\n" },
    { filter: "protocol", default: "SSH-2.0-wirecraft", valid: () => "SSH-2.0-example_1.0 text" },
  )
  .fields({ end: coded(lineEnd, "Line End", { filter: null }) });

/** A packet as long as nothing is encrypted (RFC 4253 §6). */
export const sshPacket = record("ssh.packet", "Packet", { spec: "RFC 4253 §6" })
  .fields({
    length: u32("Packet Length", { filter: "packet_length" }),
    paddingLength: u8("Padding Length"),
  })
  .record("message", "Message", sshMessage, {
    size: (p) => Math.max(0, p.length - p.paddingLength - 1),
  })
  .bytes(
    "padding",
    "Padding String",
    { field: "paddingLength" },
    { filter: "padding_string", fills: { unit: 8, atLeast: 4 } },
  )
  .header({ field: "length", plus: 4 });

/** The Secure Shell as far as it is not encrypted: the line of identification, or a packet; more may follow. */
export const ssh = protocol({
  name: "ssh",
  title: "Secure Shell",
  spec: "RFC 4253",
  over: [tcpPorts.at(22)],
  test: isSsh,
})
  // The line comes first: bytes that are none yet, when building, make a packet.
  .record("identification", "Identification", sshIdentification, {
    when: (h) => isIdentification(h.layer.bytes, h.layer.start, h.layer.end),
  })
  .record("packet", "Packet", sshPacket, {
    when: (h) => !isIdentification(h.layer.bytes, h.layer.start, h.layer.end),
  })
  .payload({ next: ({ layer }): AnySchema | undefined => another(layer) });

const another = ({ bytes, headerEnd, end }: Layer): AnySchema | undefined =>
  isSsh(bytes, headerEnd, end) ? ssh : undefined;

/** What a side sends once its keys are in use: nobody knows where a packet ends (RFC 4253 §6). */
export const sshEncrypted = protocol({
  name: "sshEncrypted",
  label: "SSH",
  title: "Secure Shell, encrypted",
  spec: "RFC 4253 §6.3",
  filter: "ssh",
})
  .bytes("packetLength", "Packet Length", (h) => lengthSize(h.layer), {
    filter: "packet_length_encrypted",
    valid: (random) => random.bytes(LENGTH),
  })
  .bytes("data", "Encrypted Packet", "rest", {
    filter: "encrypted_packet",
    valid: (random) => random.bytes(1 + random.upTo(40)),
  });

/** Fewer bytes than a length has are none. */
const lengthSize = ({ start, end }: Layer): number => (end - start < LENGTH ? 0 : LENGTH);
const LENGTH = 4;
