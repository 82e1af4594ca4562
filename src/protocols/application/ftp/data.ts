import { protocol } from "../../../schema/protocol.ts";
import { tcpPorts } from "../../transport/tcp.ts";

/**
 * Part of a file or a listing, on a data connection of FTP (RFC 959 §3.2): nothing but its bytes.
 * Port 20 is where servers connect from in active mode; others are told by the control connection alone.
 */
export const ftpData = protocol({
  name: "ftpData",
  label: "FTP-Data",
  title: "FTP Data",
  spec: "RFC 959 §3.2",
  filter: "ftp-data",
  over: [tcpPorts.at(20)],
  test: (_, start, end) => end > start,
}).bytes("data", "Data", "rest", { filter: null });
