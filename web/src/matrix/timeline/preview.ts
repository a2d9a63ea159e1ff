import type { Event } from "./parseEvent.ts";
import { eventContent } from "./eventContent.ts";

/**
 * Whether an event is worth a line in the list of rooms, and brings its room to the top of it:
 * what people say, not who comes and goes.
 */
export function isPreviewable(event: Event): boolean {
  if (event.stateKey !== undefined) return false;
  return eventContent(event, (id) => ({ id, name: id })) !== undefined;
}
