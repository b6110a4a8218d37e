import { expect, test } from "vitest";
import { reachOf } from "./reach";

test.each([
  ["https://track.example.com", "everyone"],
  ["https://track.example.com.", "everyone"],
  ["https://xn--bcher-kva.example", "everyone"],
  ["https://8.8.8.8:8443", "everyone"],
  ["https://172.32.0.1", "everyone"],
  ["https://[2001:db8::1]", "everyone"],
  ["https://fcbank.example.com", "everyone"],
  ["http://localhost:8787", "this-computer"],
  ["http://sealbreak.localhost", "this-computer"],
  ["http://127.0.0.1:8787", "this-computer"],
  ["http://127.1", "this-computer"],
  ["http://0.0.0.0", "this-computer"],
  ["http://[::1]:8787", "this-computer"],
  ["http://[::ffff:127.0.0.1]", "this-computer"],
  ["http://server:8787", "this-network"],
  ["http://server.local", "this-network"],
  ["http://nas.home.arpa", "this-network"],
  ["http://10.0.0.1", "this-network"],
  ["http://172.16.0.1", "this-network"],
  ["http://192.168.1.20:8787", "this-network"],
  ["http://100.64.0.1", "this-network"],
  ["http://169.254.1.1", "this-network"],
  ["http://[fd00::1]", "this-network"],
  ["http://[fe80::1]", "this-network"],
  ["http://[::ffff:192.168.1.20]", "this-network"],
])("%s is reached by %s", (base, reach) => {
  expect(reachOf(base)).toBe(reach);
});
