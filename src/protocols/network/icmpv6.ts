import { at, type Variants, variants } from "../../schema/variants.ts";
import { base, message } from "./icmpv6-base.ts";
import { errorMessages } from "./icmpv6-errors.ts";
import { informationMessages } from "./icmpv6-information.ts";
import { mobileMessages } from "./icmpv6-mobile.ts";
import { multicastMessages } from "./icmpv6-multicast.ts";
import { neighborMessages } from "./icmpv6-neighbor.ts";
import { rplControl } from "./rpl.ts";

const rplMessages = { rplControl: at(155, rplControl) };

/** All messages by name. */
type Messages = typeof errorMessages &
  typeof informationMessages &
  typeof mobileMessages &
  typeof multicastMessages &
  typeof neighborMessages &
  typeof rplMessages;

interface Head {
  type: number;
  code: number;
  checksum: number;
}

/** Internet Control Message Protocol version 6, by message type: `icmpv6.echoRequest({ id: 1, seq: 1 })`. */
export const icmpv6: Variants<Messages, Head, Partial<Readonly<Head>>> = variants(
  base,
  "type",
  {
    ...errorMessages,
    ...neighborMessages,
    ...multicastMessages,
    ...informationMessages,
    ...mobileMessages,
    ...rplMessages,
  },
  message(),
);
