/** Why a device could not be used. */
export type DeviceErrorCode =
  /** No such interface, or it has gone. */
  | "ERR_DEVICE_MISSING"
  /** Not without more rights. */
  | "ERR_DEVICE_PERMISSION"
  /** The interface is there but down. */
  | "ERR_DEVICE_DOWN"
  /** A library or program that is needed is not installed. */
  | "ERR_DEVICE_SUPPORT"
  /** It was closed. */
  | "ERR_DEVICE_CLOSED"
  /** Anything else that the system says. */
  | "ERR_DEVICE_FAILED";

/** A fault of an interface, of the way to it, or of the rights to use it; the message says what to do where something helps. */
export class DeviceError extends Error {
  readonly code: DeviceErrorCode;
  /** The interface; empty where it is about none. */
  readonly device: string;

  constructor(code: DeviceErrorCode, device: string, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = "DeviceError";
    this.code = code;
    this.device = device;
  }
}

/** What using a closed source throws. */
export const closedError = (device: string): DeviceError =>
  new DeviceError("ERR_DEVICE_CLOSED", device, `${device} is closed`);
