import type { EventItem, ImageContent, TimelineItem } from "../../matrix/contract.ts";

export type PictureItem = { readonly item: EventItem; readonly content: ImageContent };

/** The pictures among the items of a timeline. */
export function picturesIn(items: readonly TimelineItem[]): readonly PictureItem[] {
  return items.flatMap((item) =>
    item.kind === "event" && item.content.kind === "image" ? [{ item, content: item.content }] : []
  );
}

/** A picture by its key, and the keys of those before and after it. */
export function neighbours(pictures: readonly PictureItem[], key: string) {
  const at = pictures.findIndex(({ item }) => item.key === key);
  return {
    current: pictures[at],
    previous: pictures[at - 1]?.item.key,
    next: at < 0 ? undefined : pictures[at + 1]?.item.key,
  };
}
