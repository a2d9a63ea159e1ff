import type { EventContent, EventItem, RoomSummary, TimelineItem, Timestamp } from "../contract.ts";
import { person, self } from "./people.ts";

const minute = 60_000;
const day = 24 * 60 * minute;

/** The sample rooms, newest activity first. */
export function fakeSummaries(now: Timestamp): RoomSummary[] {
  const base = {
    kind: "room",
    membership: "join",
    isDirect: false,
    isEncrypted: false,
    isPublic: false,
    joinedCount: 9,
    isFavourite: false,
    isLowPriority: false,
    notifications: "default",
    unreadCount: 0,
    highlightCount: 0,
    isMarkedUnread: false,
    typing: [],
  } as const;
  const said = (who: number, body: string, ago: number) => ({
    preview: { sender: person(who), isOwn: who === 0, content: text(body), ts: now - ago },
    lastActivityTS: now - ago,
  });
  const own = (name: string) => ({ kind: "own", text: name }) as const;
  return [
    {
      ...base,
      id: "!presse:culture.example",
      name: own("Revue de presse"),
      topic: "Les articles du jour, avant 9 h",
      isFavourite: true,
      unreadCount: 3,
      highlightCount: 1,
      ...said(1, "@Amélie Dupont tu as vu l’édito ?", 2 * minute),
    },
    {
      ...base,
      id: "!basile:culture.example",
      name: { kind: "heroes", names: [person(1).name], others: 0 },
      isDirect: true,
      directUserID: person(1).id,
      joinedCount: 2,
      unreadCount: 1,
      typing: [person(1)],
      ...said(1, "On se retrouve à 14 h ?", 7 * minute),
    },
    {
      ...base,
      id: "!agents:culture.example",
      name: own("Communauté des agents publics du numérique et de l’administration ouverte"),
      topic: "Entraide, annonces et retours d’expérience. Soyez bienvenus.",
      isPublic: true,
      joinedCount: 4213,
      ...said(4, "Merci à tous pour vos retours !", 40 * minute),
    },
    {
      ...base,
      id: "!chloe:culture.example",
      name: { kind: "heroes", names: [person(2).name], others: 0 },
      isDirect: true,
      directUserID: person(2).id,
      joinedCount: 2,
      ...said(0, "Je vous envoie la note ce soir.", 3 * 60 * minute),
    },
    {
      ...base,
      id: "!budget:culture.example",
      name: { kind: "heroes", names: [person(5).name, person(6).name, person(7).name], others: 2 },
      joinedCount: 6,
      isMarkedUnread: true,
      ...said(5, "Le tableau est à jour.", day),
    },
    {
      ...base,
      id: "!archives:culture.example",
      name: own("Archives 2025"),
      isLowPriority: true,
      notifications: "mute",
      unreadCount: 12,
      ...said(9, "Dossier versé.", 6 * day),
    },
    {
      ...base,
      id: "!coffre:culture.example",
      name: own("Cellule sécurité"),
      isEncrypted: true,
      lastActivityTS: now - 8 * day,
      preview: {
        sender: person(6),
        isOwn: false,
        content: { kind: "unreadable", cause: "encrypted" },
        ts: now - 8 * day,
      },
    },
    {
      ...base,
      id: "!invitation:culture.example",
      name: own("Préparation du séminaire"),
      membership: "invite",
      invitation: { by: person(3), reason: "Rejoins-nous pour l’ordre du jour" },
      lastActivityTS: now - 15 * minute,
    },
  ];
}

/** `count` messages that end now, with a little of everything among the last ones. */
export function fakeItems(roomID: string, count: number, now: Timestamp): TimelineItem[] {
  const items: TimelineItem[] = [];
  for (let index = 0; index < count; index++) {
    const left = count - index;
    const who = Math.floor(index / 3) * 7 % 10;
    const ts = now - left * 11 * minute;
    items.push({ ...item(`${roomID}-${index}`, ts, who, content(left, index)), ...extras(left) });
  }
  return items;
}

/** The last messages of a room whose messages are secret: one for each reason not to read one. */
export function unreadableItems(roomID: string, now: Timestamp): TimelineItem[] {
  return (["before", "gone", "damaged", "withheld", "locked", "coming"] as const)
    .map((why, index) =>
      item(`${roomID}-${why}`, now - (6 - index) * minute, 1 + index, {
        kind: "unreadable",
        cause: "encrypted",
        why,
      })
    );
}

export function item(key: string, ts: Timestamp, who: number, content: EventContent): EventItem {
  return {
    kind: "event",
    key,
    eventID: `$${key}`,
    sender: person(who),
    isOwn: person(who).id === self.id,
    ts,
    content,
    reactions: [],
    readBy: [],
    isHighlight: false,
    canEdit: who === 0 && content.kind === "text",
    canRedact: who === 0,
  };
}

export function text(body: string, html?: string): EventContent {
  return { kind: "text", style: "text", body, ...(html === undefined ? {} : { html }) };
}

const sentences = [
  "Bonjour à tous",
  "La réunion est décalée à 10 h 30, salle Malraux.",
  "Quelqu’un a-t-il le lien vers le dossier partagé ?",
  "Oui, je l’ai déposé hier : https://www.example.gouv.fr/dossiers/2026/rapport-annuel",
  "Parfait, merci !",
  "Le compte rendu est relu. Il reste à valider la partie sur l’accessibilité, " +
  "puis nous pourrons le diffuser aux directions et aux services déconcentrés avant la fin du mois.",
  "👍",
  "Je m’en occupe.",
];

function content(left: number, index: number): EventContent {
  switch (left) {
    case 14:
      return { kind: "membership", change: "joined", target: person(7) };
    case 13:
      return { kind: "topic-changed", topic: "Les articles du jour, avant 9 h" };
    case 11:
      return text(
        "Voici **l’essentiel** :\n- un point\n- un autre\n\n```python\nprint('bonjour')\n```",
        "<p>Voici <strong>l’essentiel</strong> :</p><ul><li>un point</li><li>un autre</li></ul>" +
          "<pre><code class=\"language-python\">print('bonjour')\n</code></pre>",
      );
    case 10:
      return { kind: "redacted", by: person(1), reason: "Mauvais salon" };
    case 9:
      return { kind: "unreadable", cause: "encrypted", why: "coming" };
    case 8:
      return {
        kind: "image",
        fileName: "affiche.png",
        caption: "La nouvelle affiche",
        source: { kind: "local", id: "affiche" },
        mimeType: "image/png",
        sizeBytes: 240_000,
        width: 1200,
        height: 800,
      };
    case 7:
      return {
        kind: "file",
        fileName: "Compte rendu du comité – version relue et corrigée.pdf",
        source: { kind: "local", id: "pdf" },
        mimeType: "application/pdf",
        sizeBytes: 1_482_113,
      };
    case 4:
      return text(
        "@Amélie Dupont tu as vu l’édito ?",
        '<a href="https://matrix.to/#/@amelie.dupont:culture.example">@Amélie Dupont</a> ' +
          "tu as vu l’édito ?",
      );
    default:
      return text(sentences[index * 5 % sentences.length] ?? "");
  }
}

function extras(left: number): Partial<EventItem> {
  switch (left) {
    case 11:
      return {
        reactions: [
          { key: "👍", count: 4, isOwn: true, people: [0, 1, 2, 3].map(person) },
          { key: "🎉", count: 1, isOwn: false, people: [person(5)] },
        ],
      };
    case 6:
      return {
        replyTo: {
          eventID: "$quoted",
          state: "ready",
          sender: person(3),
          content: text("Qui relit la note avant 16 h ?"),
        },
      };
    case 5:
      return { editedTS: Date.UTC(2026, 10, 24, 9), replyTo: { eventID: "$x", state: "missing" } };
    case 4:
      return { isHighlight: true };
    case 1:
      return { readBy: [1, 2, 4, 5].map((index) => ({ ...person(index), ts: 0 })) };
    default:
      return {};
  }
}
