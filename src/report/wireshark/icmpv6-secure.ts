import { viewOf } from "../../schema/layer.ts";
import type { Extra } from "./context.ts";
import { certificateNames, emitPublicKey, emitWholeName } from "./x509.ts";

/** Names that are distinguished names in DER (RFC 3971 §6.4.3). */
const DISTINGUISHED = 1;

/** Keys and names of X.509 in options of secure neighbor discovery (RFC 3971 §5.1, §6.4.3). */
export const icmpv6SecureExtra: Extra = {
  protocol: "icmpv6.option",
  names: certificateNames,
  cells(layer, emit) {
    const { schema } = layer;
    if (schema.caseName !== "cga" && schema.caseName !== "trustAnchor") return;
    const { publicKey, name, nameType } = viewOf(layer) as {
      readonly publicKey?: Uint8Array;
      readonly name?: Uint8Array;
      readonly nameType?: number;
    };
    if (publicKey !== undefined) emitPublicKey(publicKey, emit);
    if (name !== undefined && nameType === DISTINGUISHED) emitWholeName(name, emit);
  },
};
