import { describe, expect, test } from "vitest";
import { MessageWriter, messagesOf } from "../../src/live/native/netlink-message.ts";
import {
  interfaceSettings,
  setInterface,
  settingsOf,
  writeChange,
} from "../../src/live/settings.ts";
import { type Child, lab, type Namespace, noLab } from "./lab.ts";

const nobody = ["setpriv", "--reuid", "65534", "--clear-groups"];

/** Runs calls of the settings one after the other, and gives what they gave or threw. */
async function calls(at: Namespace, code: string[], ...before: string[]): Promise<unknown[]> {
  const program = `import { interfaceSettings, setInterface } from "wirecraft/live";
    const run = (call) => {
      try { return call() } catch ({ code, message }) { return [code, message] }
    };
    console.log(JSON.stringify([${code.map((one) => `run(() => ${one})`).join(", ")}]));`;
  const child: Child = at.spawnNode(program, [], before);
  const line = await child.line();
  expect(await child.done).toBe(0);
  return JSON.parse(line) as unknown[];
}

/** What the command ip says of an interface. */
function shown(at: Namespace): Record<string, unknown> {
  return JSON.parse(at.exec(["ip", "-j", "link", "show", at.device]))[0];
}

describe.skipIf(noLab !== null)("an interface", () => {
  test("has settings that anybody may read", async (t) => {
    const { left } = await lab(t);
    const [settings] = await calls(left, ['interfaceSettings("left0")'], ...nobody);
    expect(settings).toMatchObject({
      name: "left0",
      index: shown(left)["ifindex"],
      up: true,
      running: true,
      state: "up",
      mtu: 1500,
      leastMtu: 68,
      mostMtu: 65535,
      mac: left.mac,
      permanentMac: null,
      promiscuous: false,
      kind: "veth",
    });
  });

  test("is switched off and on, with what else is changed", async (t) => {
    const { left } = await lab(t);
    const [off] = await calls(left, ['setInterface("left0", { up: false })']);
    expect(off).toMatchObject({ up: false, running: false, state: "down", mtu: 1500 });
    expect(shown(left)["operstate"]).toBe("DOWN");
    const change = '{ up: true, mtu: 9000, mac: "02:77:00:00:00:99" }';
    const [on] = await calls(left, [`setInterface("left0", ${change})`]);
    expect(on).toMatchObject({ up: true, mtu: 9000, mac: "02:77:00:00:00:99" });
    const now = shown(left);
    expect([now["mtu"], now["address"]]).toEqual([9000, "02:77:00:00:00:99"]);
    expect(now["flags"]).toContain("UP");
    const [same] = await calls(left, ['setInterface("left0", {})']);
    expect(same).toMatchObject({ up: true, mtu: 9000, mac: "02:77:00:00:00:99" });
  });

  test("has limits, of which the kernel's words tell", async (t) => {
    const { left } = await lab(t);
    const results = await calls(left, [
      'setInterface("left0", { mtu: 70000 })',
      'setInterface("left0", { mtu: 67 })',
      'setInterface("left0", { mac: "01:00:00:00:00:01" })',
      'setInterface("left0", { mtu: 1.5 })',
      'setInterface("left0", { mac: "02:77" })',
    ]);
    const [most, least, multicast, fraction, short] = results as [string | undefined, string][];
    expect(most).toEqual([
      "ERR_DEVICE_FAILED",
      "left0: setting mtu: Invalid argument (mtu greater than device maximum)",
    ]);
    expect(least![1]).toContain("(mtu less than device minimum)");
    expect(multicast![1]).toBe("left0: setting mac: Cannot assign requested address");
    expect(fraction![1]).toBe("mtu: 1.5 is not an integer from 0 to 2147483647");
    expect(short![1]).toContain("02:77");
    expect(shown(left)).toMatchObject({ mtu: 1500, address: left.mac });
  });

  test("may not be changed by everybody", async (t) => {
    const { left } = await lab(t);
    const [refused] = await calls(left, ['setInterface("left0", { mtu: 1400 })'], ...nobody);
    const [code, message] = refused as [string, string];
    expect(code).toBe("ERR_DEVICE_PERMISSION");
    expect(message).toContain("left0: setting mtu: Operation not permitted");
    expect(message).toContain("CAP_NET_ADMIN");
    expect(shown(left)["mtu"]).toBe(1500);
  });
});

describe.skipIf(process.platform !== "linux")("an interface that is not there", () => {
  test.each(["nowhere0", "", "a-name-that-is-too-long", "é".repeat(8)])(
    "is missing: %j",
    (name) => {
      const missing = expect.objectContaining({ code: "ERR_DEVICE_MISSING", device: name });
      expect(() => interfaceSettings(name)).toThrow(missing);
      expect(() => setInterface(name, { up: true })).toThrow(missing);
    },
  );
});

describe("messages about interfaces", () => {
  test("say what is to be changed, and leave the rest alone", () => {
    const hexOf = (change: Parameters<typeof writeChange>[2]): string => {
      const writer = new MessageWriter().begin(16, 5, 1);
      writeChange(writer, 7, change);
      return writer.end().written().subarray(16).toString("hex");
    };
    // struct ifinfomsg: family, type, index, flags, which of them are meant
    expect(hexOf({})).toBe("0000000007000000" + "0000000000000000");
    expect(hexOf({ up: true })).toBe("0000000007000000" + "0100000001000000");
    expect(hexOf({ up: false })).toBe("0000000007000000" + "0000000001000000");
    expect(hexOf({ mtu: 9000, mac: Buffer.from("027700000001", "hex") }).slice(32)).toBe(
      "0a000100" + "0277000000010000" + "08000400" + "28230000",
    );
  });

  test("that are short or of another kind have no settings, or unknown ones", () => {
    const empty = new MessageWriter().begin(16, 0, 1).bytes(Buffer.alloc(16)).u32(16, 99).end();
    const [message] = [...messagesOf(empty.written())];
    expect(settingsOf(message!)).toMatchObject({ name: "", mtu: 0, mac: null, state: "unknown" });
    expect(settingsOf({ ...message!, type: 17 })).toBeNull();
    expect(settingsOf({ ...message!, body: message!.body.subarray(0, 15) })).toBeNull();
  });
});
