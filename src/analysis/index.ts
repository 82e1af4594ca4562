/** What was said in streams: messages of applications, told as events with the packets that brought them. */
export {
  type Analysed,
  type AnalyseOptions,
  analyse,
  StreamAnalysis,
  type StreamAnalysisOptions,
  type StreamAnalysisStats,
} from "./analysis.ts";
export type { Application, Connection, FirstBytes, ShownMessage, Verdict } from "./application.ts";
export { applications } from "./applications.ts";
export type { ConnectionInfo, StreamEvent, StreamNote } from "./event.ts";
export type { AnalysisEvent, StreamEvents } from "./events.ts";
export {
  type FollowedConversation,
  type Follower,
  type FollowerOptions,
  type FollowNode,
  type FollowPiece,
  type FollowProtocol,
  follow,
  followProtocols,
} from "./follow.ts";
export type {
  FtpCommandEvent,
  FtpDataEvent,
  FtpEndEvent,
  FtpEvents,
  FtpFileEvent,
  FtpReplyEvent,
} from "./ftp/events.ts";
export { HttpBodies, type HttpBodiesOptions, type HttpBody } from "./http/bodies.ts";
export type {
  HttpDataEvent,
  HttpEndEvent,
  HttpEvents,
  HttpField,
  HttpFraming,
  HttpMessageEvent,
  HttpRequestEvent,
  HttpResponseEvent,
} from "./http/events.ts";
export { httpField, httpFields, httpMediaType, httpWords } from "./http/fields.ts";
export { type HttpUpgrade, httpUpgrades } from "./http/upgrade.ts";
export type {
  Http2DataEvent,
  Http2Detail,
  Http2EndEvent,
  Http2Events,
  Http2FrameEvent,
  Http2HeadersEvent,
  Http2Kind,
  Http2SettingValue,
  Http2StreamEvent,
} from "./http2/events.ts";
export {
  type HpackBlock,
  HpackDecoder,
  type HpackField,
  type HpackForm,
  type HpackLimits,
} from "./http2/hpack.ts";
export { type HpackCoding, HpackEncoder, type HpackInput } from "./http2/hpack-encoder.ts";
export type { TableField } from "./http2/static-table.ts";
export type {
  ImapAuthEvent,
  ImapCommandEvent,
  ImapEvents,
  ImapResponseEvent,
} from "./imap/events.ts";
export { type Line, type Place, type Side, SideInput, type Waiting } from "./input.ts";
export type {
  MailDataEvent,
  MailEndEvent,
  MailEvent,
  MailEvents,
  MailPartEndEvent,
  MailPartEvent,
  MailProtocol,
} from "./mime/events.ts";
export { type MailField, mailField as mailHeader } from "./mime/header.ts";
export {
  type CarriedObject,
  type ObjectEnd,
  type ObjectProtocol,
  type ObjectSink,
  Objects,
  type ObjectsOptions,
  objectProtocols,
  safeName,
} from "./objects.ts";
export type {
  PopAuthEvent,
  PopCommandEvent,
  PopEvents,
  PopResponseEvent,
} from "./pop/events.ts";
export type {
  SmtpAuthEvent,
  SmtpCommandEvent,
  SmtpEvents,
  SmtpMessageEvent,
  SmtpReplyEvent,
} from "./smtp/events.ts";
export { formatSpan, type Span } from "./span.ts";
export type {
  SshAlgorithms,
  SshDirectionAlgorithms,
  SshDirectionLists,
  SshKexLists,
} from "./ssh/algorithms.ts";
export type {
  SshAlgorithmsEvent,
  SshBannerEvent,
  SshEncryptedEvent,
  SshEvents,
  SshHostKeyEvent,
  SshKexInitEvent,
  SshMessageEvent,
  SshNewKeysEvent,
} from "./ssh/events.ts";
export { md5Fingerprint, sha256Fingerprint } from "./ssh/fingerprint.ts";
export { carriersOf } from "./statistics/carriers.ts";
export {
  type ConversationCount,
  type ConversationEnd,
  type ConversationKind,
  Conversations,
  type ConversationsOptions,
  conversationKinds,
  type DirectionCount,
  schemasOf,
} from "./statistics/conversations.ts";
export { type EndpointCount, type Endpoints, endpointsOf } from "./statistics/endpoints.ts";
export { type ProtocolCount, ProtocolHierarchy } from "./statistics/hierarchy.ts";
export { type IntervalCount, IoOverTime } from "./statistics/io.ts";
export { TcpFindings, TcpMark } from "./tcp-analysis.ts";
export { type TcpNote, type TcpNoteKind, TcpNotes, tcpNoteKinds } from "./tcp-notes.ts";
export type {
  TelnetCommandEvent,
  TelnetDataEvent,
  TelnetEvents,
  TelnetNegotiationEvent,
  TelnetSubnegotiationEvent,
} from "./telnet/events.ts";
export type { Credentials } from "./text/credentials.ts";
export type {
  TlsAlertEvent,
  TlsApplicationDataEvent,
  TlsCertificateEvent,
  TlsChangeCipherSpecEvent,
  TlsClientHelloEvent,
  TlsEvents,
  TlsHandshakeEvent,
  TlsHeartbeatEvent,
  TlsServerHelloEvent,
} from "./tls/events.ts";
export type { ClientOffer, ServerChoice } from "./tls/hello.ts";
export { ja3, ja3Hash, ja3s } from "./tls/ja3.ts";
export { ja4, ja4Text } from "./tls/ja4.ts";
export { type Certificate, type NameAttribute, readCertificate } from "./tls/x509.ts";
export type {
  WebsocketCloseEvent,
  WebsocketEvents,
  WebsocketFrameEvent,
  WebsocketMessageEvent,
  WebsocketOpenEvent,
  WebsocketPingEvent,
} from "./websocket/events.ts";
export type { PermessageDeflate } from "./websocket/extensions.ts";
