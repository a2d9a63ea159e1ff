import { memo } from "react";
import type { MediaURI, Person, RoomSummary, ThumbnailSize } from "../matrix/contract.ts";
import { Avatar } from "../ui/Avatar.tsx";
import { useStore } from "../ui/useStore.ts";
import { useWords } from "../locales/Words.tsx";
import { roomName } from "../locales/roomName.ts";
import { useClient } from "./Surroundings.tsx";

type Size = "xs" | "s" | "m" | "l" | "xl";

const small: ThumbnailSize = { width: 96, height: 96, method: "crop" };
const large: ThumbnailSize = { width: 256, height: 256, method: "crop" };

type PictureProps = {
  readonly name: string;
  readonly seed: string;
  readonly uri: MediaURI | undefined;
  readonly size?: Size | undefined;
  readonly shape?: "round" | "square" | undefined;
};

/** A picture by its address on the server; initials until it is there. */
export function Picture({ uri, ...rest }: PictureProps) {
  return uri === undefined ? <Avatar {...rest} /> : <FetchedPicture uri={uri} {...rest} />;
}

function FetchedPicture({ uri, ...rest }: PictureProps & { readonly uri: MediaURI }) {
  const size = rest.size === "l" || rest.size === "xl" ? large : small;
  const media = useStore(useClient().media.url({ kind: "mxc", uri }, size));
  return <Avatar {...rest} url={media.state === "ready" ? media.url : undefined} />;
}

type PersonProps = { readonly person: Person; readonly size?: Size | undefined };

export const PersonPicture = memo(function PersonPicture({ person, size }: PersonProps) {
  return <Picture name={person.name} seed={person.id} uri={person.avatar} size={size} />;
});

type RoomProps = { readonly summary: RoomSummary; readonly size?: Size | undefined };

export const RoomPicture = memo(function RoomPicture({ summary, size }: RoomProps) {
  const { t, format } = useWords();
  return (
    <Picture
      name={roomName(summary.name, t, format)}
      seed={summary.directUserID ?? summary.id}
      uri={summary.avatar}
      size={size}
      shape={summary.isDirect ? "round" : "square"}
    />
  );
});
