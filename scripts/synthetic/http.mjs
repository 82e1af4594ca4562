// HTTP and SSDP: messages with each header that has a field of its own.
import { build, http, ssdp, tcp } from "wirecraft";
import { frame, IP_A, IP_B, overUdp, packet4 } from "./common.mjs";

const lines = (headers) => Object.entries(headers).map(([name, value]) => ({ name, value }));
const asks = { flags: { ack: true, psh: true }, dstPort: 80 };

/** One side of a connection of its own. */
const ask = (port, message, ...body) =>
  build(
    frame(),
    packet4(),
    tcp({ ...asks, srcPort: port, seq: 1000, ack: 2000 }),
    http(message),
    ...body,
  );
const answer = (port, message, ...body) =>
  build(
    frame(),
    packet4({ src: IP_B, dst: IP_A }),
    tcp({ flags: { ack: true, psh: true }, srcPort: 80, dstPort: port, seq: 2000, ack: 3000 }),
    http(message),
    ...body,
  );

const requests = () => [
  ask(51_001, {
    request: { method: "GET", uri: "/path/page?a=1&b=2", version: "HTTP/1.0" },
    headers: lines({
      Host: "www.example.com",
      Accept: "text/html",
      "Accept-Encoding": "gzip",
      "Accept-Language": "en",
      "User-Agent": "example/1.0",
      Referer: "http://www.example.com/",
      Cookie: "a=1; b=2",
      "Cache-Control": "no-cache",
      Connection: "close",
      "X-Forwarded-For": "192.0.2.7",
      "X-Other": "of nobody's",
    }),
  }),
  ask(51_002, {
    request: { method: "GET", uri: "/chat", version: "HTTP/1.1" },
    headers: lines({
      Host: "www.example.com",
      Upgrade: "websocket",
      Connection: "Upgrade",
      "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
      "Sec-WebSocket-Version": "13",
      "Sec-WebSocket-Protocol": "chat",
      "Sec-WebSocket-Extensions": "permessage-deflate",
    }),
  }),
  ask(51_003, {
    request: { method: "GET", uri: "/", version: "HTTP/1.1" },
    headers: lines({ Host: "www.example.com", "Proxy-Authorization": "Digest abc" }),
  }),
];
const responses = () => [
  answer(51_004, {
    response: { version: "HTTP/1.1", code: 200, phrase: "Fine" },
    headers: lines({
      Date: "Mon, 02 Mar 2026 07:30:02 GMT",
      Server: "example",
      "Last-Modified": "Mon, 02 Mar 2026 07:00:00 GMT",
      "Set-Cookie": "a=1",
      Location: "http://www.example.com/other",
      "Content-Length": "0",
    }),
  }),
  answer(51_005, {
    response: { version: "HTTP/1.1", code: 401, phrase: "Unauthorized" },
    headers: lines({
      "WWW-Authenticate": "Digest realm=x",
      "Proxy-Authenticate": "Digest realm=y",
      "Content-Length": "0",
    }),
  }),
];

const discovery = () => [
  build(
    ...overUdp(1900, 49_900),
    ssdp({
      request: { method: "M-SEARCH", uri: "*", version: "HTTP/1.1" },
      headers: lines({
        HOST: "239.255.255.250:1900",
        MAN: '"ssdp:discover"',
        MX: "2",
        ST: "ssdp:all",
      }),
    }),
  ),
  build(
    ...overUdp(49_900, 1900),
    ssdp({
      response: { version: "HTTP/1.1", code: 200, phrase: "OK" },
      headers: lines({ LOCATION: "http://192.0.2.9/d.xml", SERVER: "x/1", ST: "upnp:rootdevice" }),
    }),
  ),
];

export const texts = [
  { name: "http-requests", linkType: 1, packets: requests },
  { name: "http-responses", linkType: 1, packets: responses },
  { name: "ssdp", linkType: 1, packets: discovery },
];
