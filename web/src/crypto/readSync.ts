import { arrayIn, asObject, field, integerIn, objectIn, stringsIn } from "../platform/json.ts";
import type { CryptoSync } from "./CryptoMachine.ts";

/**
 * What an answer of `/sync` says of devices, keys and to-device events; the rooms' part is the
 * caller's.
 *
 * - Spec: [Extensions to /sync](https://spec.matrix.org/v1.19/client-server-api/#e2e-extensions-to-sync)
 */
export function readCryptoSync(
  raw: unknown,
): Pick<CryptoSync, "toDevice" | "changedUsers" | "leftUsers" | "counts"> {
  const lists = field(raw, "device_lists");
  const counts = objectIn(raw, "device_one_time_keys_count");
  const hasFallbackTypes = Array.isArray(field(raw, "device_unused_fallback_key_types"));
  return {
    toDevice: arrayIn(field(raw, "to_device"), "events").map(asObject)
      .filter((event) => event !== undefined),
    changedUsers: stringsIn(lists, "changed"),
    leftUsers: stringsIn(lists, "left"),
    counts: {
      // Where all counts are zero, they may be left out.
      oneTime: integerIn(counts, "signed_curve25519") ?? 0,
      ...(hasFallbackTypes
        ? {
          hasUnusedFallback: stringsIn(raw, "device_unused_fallback_key_types")
            .includes("signed_curve25519"),
        }
        : {}),
    },
  };
}
