import type { Application } from "./application.ts";
import { dnsApplication } from "./dns/dns.ts";
import { ftpDataApplication } from "./ftp/data.ts";
import { ftpApplication } from "./ftp/ftp.ts";
import { httpApplication } from "./http/http.ts";
import { http2Application } from "./http2/http2.ts";
import { imapApplication } from "./imap/imap.ts";
import { popApplication } from "./pop/pop.ts";
import { smtpApplication } from "./smtp/smtp.ts";
import { sshApplication } from "./ssh/ssh.ts";
import { telnetApplication } from "./telnet/telnet.ts";
import { tlsApplication } from "./tls/tls.ts";
import { websocketApplication } from "./websocket/websocket.ts";

/**
 * The applications that are known, in the order in which they are asked whether a connection is theirs: those with an
 * unmistakable beginning first, those that guess from a few letters last.
 */
export const applications: readonly Application[] = [
  tlsApplication,
  sshApplication,
  http2Application,
  httpApplication,
  websocketApplication,
  dnsApplication,
  smtpApplication,
  ftpApplication,
  popApplication,
  imapApplication,
  telnetApplication,
  ftpDataApplication,
];
