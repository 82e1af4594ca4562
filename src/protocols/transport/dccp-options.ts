import { bits, u8, u16, u24, u32, u48 } from "../../schema/field.ts";
import { record } from "../../schema/protocol.ts";
import { at, variants } from "../../schema/variants.ts";
import { dccpFeatureNames, dccpOptionNames } from "../iana/dccp.ts";

const kind = record("dccp.option", "Option", { spec: "RFC 4340 §5.8" }).fields({
  type: u8("Option Type", { filter: "option_type", names: dccpOptionNames }),
});

/** Types below 32 are single bytes; all others have a length, which counts type and length too. */
const option = kind.fields({ length: u8("Length", { filter: null }) }).header({ field: "length" });

/** Negotiates a feature: its number, and values in order of preference (RFC 4340 §6.1). */
const feature = option
  .fields({ feature: u8("Feature Number", { filter: "feature_number", names: dccpFeatureNames }) })
  .bytes("values", "Values", "rest", { filter: null });

/** Elapsed times are given in as few bytes as hold them: two or four (RFC 4340 §13.2). */
const elapsed = (title: string) => ({
  short: u16(title, { filter: "elapsed_time" }),
  long: u32(title, { filter: "elapsed_time" }),
});

const count = { filter: "ndp_count" } as const;
const unknown = option.bytes("data", "Data", "rest", { filter: null });

/** Non-data packets since the last data: in as few bytes as hold them, one to six (RFC 4340 §7.7.1). */
const ndpCount = variants(
  option,
  "length",
  {
    ndpCount8: at(3, option.fields({ count: u8("NDP Count", count) })),
    ndpCount16: at(4, option.fields({ count: u16("NDP Count", count) })),
    ndpCount24: at(5, option.fields({ count: u24("NDP Count", count) })),
    ndpCount32: at(6, option.fields({ count: u32("NDP Count", count) })),
    ndpCount40: at(7, option.fields({ count: bits(40, "NDP Count", count) })),
    ndpCount48: at(8, option.fields({ count: u48("NDP Count", count) })),
  },
  unknown,
);

const made = variants(
  kind,
  "type",
  {
    padding: at(0, kind),
    mandatory: at(1, kind),
    slowReceiver: at(2, kind),
    reservedSingle: at(
      Array.from({ length: 29 }, (_, i) => i + 3),
      kind,
    ),
    changeL: at(32, feature),
    confirmL: at(33, feature),
    changeR: at(34, feature),
    confirmR: at(35, feature),
    initCookie: at(36, option.bytes("cookie", "Init Cookie", "rest", { filter: "init_cookie" })),
    ndpCount: at(37, ndpCount),
    ackVector0: at(
      38,
      option.bytes("vector", "Ack Vector", "rest", { filter: "ack_vector.nonce_0" }),
    ),
    ackVector1: at(
      39,
      option.bytes("vector", "Ack Vector", "rest", { filter: "ack_vector.nonce_1" }),
    ),
    dataDropped: at(40, option.bytes("blocks", "Drop Blocks", "rest", { filter: "data_dropped" })),
    timestamp: at(41, option.fields({ timestamp: u32("Timestamp") })),
    timestampEcho: at(
      42,
      option
        .fields({ echo: u32("Timestamp Echo", { filter: "timestamp_echo" }) })
        .when((o) => o.length === 8, { elapsed: elapsed("Elapsed Time").short })
        .when((o) => o.length === 10, { longElapsed: elapsed("Elapsed Time").long }),
    ),
    elapsedTime: at(
      43,
      option
        .when((o) => o.length === 4, { elapsed: elapsed("Elapsed Time").short })
        .when((o) => o.length === 6, { longElapsed: elapsed("Elapsed Time").long }),
    ),
    dataChecksum: at(
      44,
      option.fields({ crc: u32("CRC-32c of the data", { filter: "checksum_data", base: "hex" }) }),
    ),
    // Of the congestion control with identifier 3, TFRC (RFC 4342 §8).
    lossEventRate: at(
      192,
      option.fields({ rate: u32("Loss Event Rate", { filter: "ccid3_loss_event_rate" }) }),
    ),
    lossIntervals: at(
      193,
      option.bytes("intervals", "Loss Intervals", "rest", { filter: "ccid3_loss_intervals" }),
    ),
    receiveRate: at(
      194,
      option.fields({ rate: u32("Receive Rate", { filter: "ccid3_receive_rate" }) }),
    ),
  },
  unknown,
);
type Made = typeof made;
/** The type of {@link dccpOption}, under a name: spelled out in every use it would fill files. */
export interface DccpOption extends Made {}
/** Options of DCCP (RFC 4340 §5.8). */
export const dccpOption: DccpOption = made;
