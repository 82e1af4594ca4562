/** The front door in Node: all of the portable one, with captures opened from paths and standard input too. */
export * from "../index.ts";
export { openCapture } from "./open.ts";
