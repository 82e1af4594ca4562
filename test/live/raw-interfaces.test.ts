import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { PcapSource, RingSource, SocketSource } from "../../src/live/index.ts";
import { suite } from "./raw-suite.ts";

/**
 * The suite of layer-2 sockets over real interfaces. The process that runs it has to be in a network namespace with a cable in
 * it: this file starts itself again in one, and there {@link inside} is set.
 */
const inside = process.env.WIRECRAFT_CABLE === "yes";

const reason = ((): string | null => {
  if (process.platform !== "linux") return "network namespaces are Linux's";
  if (process.getuid?.() !== 0) return "making network namespaces wants root";
  const argv = ["-n", "ip", "link", "show"];
  return spawnSync("unshare", argv).status === 0 ? null : "there is no unshare, or no ip";
})();
if (reason !== null) process.stderr.write(`skipped: sockets over interfaces (${reason})\n`);

if (inside) {
  // A source does not see what it sends itself.
  const own = { showsOwn: false };
  suite("packet sockets", () => [new SocketSource("one0"), new SocketSource("two0")], own);
  suite("rings", () => [new RingSource("one0"), new RingSource("two0")], own);
  suite("libpcap", () => [new PcapSource("one0"), new PcapSource("two0")], own);
} else
  describe.skipIf(reason !== null)("layer-2 sockets", () => {
    test("do over interfaces what they do over a simulated link", () => {
      const cable = "ip link add one0 type veth peer name two0";
      const up = "ip link set one0 up && ip link set two0 up && sleep 0.2";
      const quiet = "for f in /proc/sys/net/ipv6/conf/*/disable_ipv6; do echo 1 > $f; done";
      const again = `"${process.execPath}" node_modules/vitest/vitest.mjs run --typecheck.enabled=false test/live/raw-interfaces.test.ts`;
      const { status, stdout, stderr } = spawnSync(
        "unshare",
        ["-n", "sh", "-c", `${cable} && { ${quiet}; } && ${up} && ${again}`],
        {
          cwd: fileURLToPath(new URL("../../", import.meta.url)),
          encoding: "utf8",
          env: { ...process.env, WIRECRAFT_CABLE: "yes", NO_COLOR: "1", WIRECRAFT_TEST_REPORT: "" },
        },
      );
      expect([status, status === 0 ? "" : stdout + stderr]).toEqual([0, ""]);
      const passed = Number(/Tests +(\d+) passed/.exec(stdout)?.[1]);
      expect(passed).toBeGreaterThan(50);
    }, 120_000);
  });
