/** What was said in streams: messages of applications, told as events with the packets that brought them. */
export type { Application, Connection, FirstBytes, ShownMessage, Verdict } from "./application.ts";
export { applications } from "./applications.ts";
export type { ConnectionInfo, StreamEvent, StreamNote } from "./event.ts";
export type { AnalysisEvent, StreamEvents } from "./events.ts";
export { type Line, type Place, type Side, SideInput, type Waiting } from "./input.ts";
