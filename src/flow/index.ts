/** Which packets belong together: conversations between two ends, and flows with what was sent in them. */
export { type CommunityIdInput, communityId, communityIdOf } from "./community-id.ts";
export { Connection, type ConnectionState, type Phase } from "./connection.ts";
export {
  type Conversation,
  type ConversationOptions,
  ConversationTable,
} from "./conversations.ts";
export { type EndReason, Flow, FlowSide } from "./flow.ts";
export { FlowKey, type FlowKeyOptions, flowKey } from "./key.ts";
export {
  type FlowFormat,
  type FlowLog,
  type FlowLogOptions,
  flowFormats,
  flowJson,
  flowLog,
} from "./log.ts";
export type { FlowLevel } from "./place.ts";
export { FlowTable, type FlowTableOptions } from "./table.ts";
