import { u8, u16 } from "../../../schema/field.ts";
import type { Names } from "../../../schema/names.ts";
import type { ProtocolAbout } from "../../../schema/protocol.ts";
import { protocol } from "../../../schema/protocol.ts";
import { at, variants } from "../../../schema/variants.ts";
import { chapCodeNames, papCodeNames } from "../../iana/ppp.ts";
import { wholePacket } from "./control.ts";
import { pppProtocols } from "./ppp.ts";

/** What the packets of both begin with: the same as those of LCP, under names of their own. */
const head = (about: ProtocolAbout, names: Names) =>
  protocol(about)
    .fields({ code: u8("Code", { names }), identifier: u8("Identifier"), length: u16("Length") })
    .header(wholePacket)
    .payload({ whole: wholePacket });

const papHead = head(
  {
    name: "pap",
    title: "PPP Password Authentication Protocol",
    spec: "RFC 1334 §2",
    over: [pppProtocols.at(0xc023)],
  },
  papCodeNames,
);

const papAnswer = papHead
  .fields({ messageLength: u8("Message Length", { filter: "message.length" }) })
  .text("message", "Message", { field: "messageLength" });

/** Password Authentication Protocol of PPP. */
export const pap = variants(
  papHead,
  "code",
  {
    request: at(
      1,
      papHead
        .fields({ peerIdLength: u8("Peer-ID Length", { filter: "peer_id.length" }) })
        .text("peerId", "Peer-ID", { field: "peerIdLength" })
        .fields({ passwordLength: u8("Password Length", { filter: "password.length" }) })
        .text("password", "Password", { field: "passwordLength" }),
    ),
    ack: at(2, papAnswer),
    nak: at(3, papAnswer),
  },
  papHead.bytes("data", "Data", "rest", { filter: "stuff" }),
);

const chapHead = head(
  {
    name: "chap",
    title: "PPP Challenge Handshake Authentication Protocol",
    spec: "RFC 1994 §4",
    over: [pppProtocols.at(0xc223)],
  },
  chapCodeNames,
);

const chapValue = chapHead
  .fields({ valueSize: u8("Value Size") })
  .bytes("value", "Value", { field: "valueSize" })
  .text("name", "Name", "rest");
const chapAnswer = chapHead.text("message", "Message", "rest");

/** Challenge Handshake Authentication Protocol of PPP. */
export const chap = variants(
  chapHead,
  "code",
  {
    challenge: at(1, chapValue),
    response: at(2, chapValue),
    success: at(3, chapAnswer),
    failure: at(4, chapAnswer),
  },
  chapHead.bytes("data", "Data", "rest", { filter: "stuff" }),
);
