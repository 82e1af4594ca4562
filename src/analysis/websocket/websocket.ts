import { frameExtent, websocketFault } from "../../protocols/application/websocket/frame.ts";
import { websocket } from "../../protocols/application/websocket/websocket.ts";
import type { Application, Connection, FirstBytes, Verdict } from "../application.ts";
import { httpField } from "../http/fields.ts";
import { type HttpUpgrade, httpUpgrades } from "../http/upgrade.ts";
import { permessageDeflate } from "./extensions.ts";
import { SideReader } from "./reader.ts";

/** Only where it is expected: its frames begin as many other things do. */
function guess({ inputs, isExpected }: FirstBytes): Verdict {
  if (!isExpected) return "no";
  let verdict: Verdict = "more";
  for (const { bytes, start, end } of inputs) {
    const extent = frameExtent(bytes, start, end);
    if (extent === null) continue;
    if (websocketFault(bytes, start, extent) !== "") return "no";
    verdict = "yes";
  }
  return verdict;
}

/** Tells the handshake, and gives what it says of compression. */
function open(connection: Connection, { request, response }: HttpUpgrade) {
  const deflate = permessageDeflate(httpField(response.headers, "sec-websocket-extensions") ?? "");
  connection.emit({
    type: "websocket.open",
    connection: connection.info,
    place: response.place,
    request,
    response,
    protocol: httpField(response.headers, "sec-websocket-protocol") ?? "",
    deflate,
  });
  return deflate;
}

/** WebSocket (RFC 6455), with compressed messages (RFC 7692). An Upgrade of HTTP leads to it. */
export const websocketApplication: Application = {
  name: "websocket",
  ports: [],
  protocols: [websocket],
  guess,
  read(connection) {
    const upgrade = connection.shared(httpUpgrades).get(connection);
    const deflate = upgrade === undefined ? null : open(connection, upgrade);
    const [client, server] = connection.inputs;
    return [
      new SideReader(connection, client, deflate).read(),
      new SideReader(connection, server, deflate).read(),
    ];
  },
};
