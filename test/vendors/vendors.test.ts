import { describe, expect, it, vi } from "vitest";
import { vendorNow, vendorOf, vendorsReady } from "../../src/vendors/vendors.ts";

describe("vendors of MAC addresses", () => {
  it("are known only when the listing is loaded", async () => {
    vi.resetModules();
    const fresh = await import("../../src/vendors/vendors.ts");
    expect(() => fresh.vendorNow("00:00:0c:12:34:56")).toThrow("await vendorsReady() first");
    await fresh.vendorsReady();
    expect(fresh.vendorNow("00:00:0c:12:34:56")).toBe("Cisco Systems, Inc");
  });

  it.each([
    ["00:00:0c:12:34:56", "Cisco Systems, Inc"],
    ["00-00-00-00-00-01", "XEROX CORPORATION"],
    ["0000.0c12.3456", "Cisco Systems, Inc"],
  ])("are found for %s", async (mac, name) => {
    expect(await vendorOf(mac)).toBe(name);
    await vendorsReady();
    expect(vendorNow(mac)).toBe(name);
  });

  it("are those of the smallest block", async () => {
    // 0055DA is IEEE's own block, cut into smaller ones (MA-M).
    const [large, medium] = [
      await vendorOf("00:55:da:f0:00:00"),
      await vendorOf("00:55:da:00:00:01"),
    ];
    expect(large).not.toBe(medium);
    // 70B3D5 likewise, into the smallest (MA-S).
    expect(await vendorOf("70:b3:d5:00:10:00")).not.toBe(await vendorOf("70:b3:d5:00:00:00"));
  });

  it("are unknown for addresses that nobody was given", async () => {
    expect(await vendorOf("ff:ff:ff:ff:ff:ff")).toBeUndefined();
    expect(await vendorOf(Uint8Array.of(0x02, 0x00, 0x5e, 0x10, 0, 1))).toBeUndefined();
  });

  it("are asked for with a MAC address", async () => {
    await expect(vendorOf("192.0.2.1")).rejects.toThrow(RangeError);
    await expect(vendorOf("nonsense")).rejects.toThrow(TypeError);
    await vendorsReady();
    expect(() => vendorNow("::1")).toThrow(RangeError);
  });
});
