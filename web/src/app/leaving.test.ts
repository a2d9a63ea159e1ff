import { assertEquals } from "../platform/assert.ts";
import { leaving } from "./leaving.ts";

Deno.test("Nobody signs out before what opens their messages is stored", () => {
  const ready = { phase: "ready", code: {} } as const;
  assertEquals(leaving(ready, { waiting: 0 }), { isRefused: false });
  assertEquals(leaving(ready, { waiting: 3 }).isRefused, true);
  assertEquals(leaving({ phase: "new" }, { waiting: 0 }).isRefused, true);
  const code = { text: "Es", number: 1, createdTS: 1 };
  assertEquals(leaving({ phase: "unsaved", code }, { waiting: 0 }).isRefused, true);
});

Deno.test("A device that is not confirmed is warned of, and may go", () => {
  const locked = { phase: "locked", code: {}, takesPassphrase: false, canCompare: true } as const;
  assertEquals(leaving(locked, { waiting: 9 }), {
    isRefused: false,
    note: { key: "signOut.locked" },
  });
  assertEquals(leaving(undefined, undefined), { isRefused: false });
});
