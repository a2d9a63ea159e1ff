/** One end of a named channel: what one end posts, every other end of that name receives, copied. */
export interface Channel {
  post(message: unknown): void;
  listen(listener: (message: unknown) => void): void;
  close(): void;
}

export type OpenChannel = (name: string) => Channel;

/** Between the tabs and workers of one origin. */
export const openBroadcastChannel: OpenChannel = (name) => {
  const channel = new BroadcastChannel(name);
  return {
    post: (message) => channel.postMessage(message),
    listen: (listener) => channel.addEventListener("message", (event) => listener(event.data)),
    close: () => channel.close(),
  };
};

/** Channels for tests, within one thread. Messages arrive a turn later, as between threads. */
export function memoryChannels(): OpenChannel {
  const ends = new Map<string, Set<(message: unknown) => void>>();
  return (name) => {
    const mine = new Set<(message: unknown) => void>();
    let isOpen = true;
    const receive = (message: unknown) => {
      if (isOpen) mine.forEach((listener) => listener(message));
    };
    const all = ends.get(name) ?? new Set();
    ends.set(name, all.add(receive));
    return {
      post: (message) => {
        if (!isOpen) throw new DOMException("The channel is closed", "InvalidStateError");
        for (const end of all) {
          if (end !== receive) queueMicrotask(() => end(structuredClone(message)));
        }
      },
      listen: (listener) => void mine.add(listener),
      close: () => {
        isOpen = false;
        all.delete(receive);
      },
    };
  };
}
