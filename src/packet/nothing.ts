import { protocol } from "../schema/protocol.ts";

/** What stands below a packet whose first header is not known or not whole: no fields, all bytes are payload. */
export const nothing = protocol({ name: "nothing", title: "No protocol", label: "" });
