import { u16, u32 } from "../../../schema/field.ts";
import { record } from "../../../schema/protocol.ts";
import { at, variants } from "../../../schema/variants.ts";
import { http2SettingNames } from "../../iana/http.ts";

const base = record("http2.setting", "Setting", { spec: "RFC 9113 §6.5.1" }).fields({
  id: u16("Identifier", { filter: "settings.id", names: http2SettingNames }),
});
const setting = (title: string, filter: string, initial = 0) =>
  base.fields({ value: u32(title, { filter: `settings.${filter}`, default: initial }) });

const made = variants(
  base,
  "id",
  {
    headerTableSize: at(1, setting("Header Table Size", "header_table_size", 4096)),
    enablePush: at(2, setting("Enable Push", "enable_push", 1)),
    maxConcurrentStreams: at(3, setting("Max Concurrent Streams", "max_concurrent_streams", 100)),
    initialWindowSize: at(4, setting("Initial Window Size", "initial_window_size", 65_535)),
    maxFrameSize: at(5, setting("Max Frame Size", "max_frame_size", 16_384)),
    maxHeaderListSize: at(6, setting("Max Header List Size", "max_header_list_size")),
    enableConnectProtocol: at(8, setting("Enable Connect Protocol", "extended_connect")),
  },
  setting("Value", "unknown"),
);
type Made = typeof made;
/** The declaration of {@link http2Setting}. */
export interface Http2Setting extends Made {}
/** One setting of a SETTINGS frame (RFC 9113 §6.5.1; Extended CONNECT: RFC 8441 §3). */
export const http2Setting: Http2Setting = made;
