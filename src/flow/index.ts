/** Which packets belong together: conversations between two ends. */
export {
  type Conversation,
  type ConversationOptions,
  ConversationTable,
} from "./conversations.ts";
