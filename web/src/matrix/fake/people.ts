import type { Member, Person } from "../contract.ts";

/** Those who appear in the sample data. The first is the person signed in. */
export const people: readonly Person[] = [
  ["amelie.dupont", "Amélie Dupont [Culture]"],
  ["basile.martin", "Basile Martin [Culture]"],
  ["chloe.bernard", "Chloé Bernard [Intérieur]"],
  ["david.le-goff", "David Le Goff [DINUM]"],
  ["emma.rousseau", "Emma Rousseau [Éducation nationale]"],
  ["farid.benali", "Farid Benali [Finances]"],
  ["gabrielle.lefevre", "Gabrielle Lefèvre [Justice]"],
  ["hugo.moreau", "Hugo Moreau [Écologie]"],
  ["ines.garcia", "Inès Garcia [Santé]"],
  ["jean-baptiste.poquelin", "Jean-Baptiste Poquelin [Culture]"],
].map(([localpart, name]) => ({ id: `@${localpart}:culture.example`, name: name ?? "" }));

export function person(index: number): Person {
  return people[index % people.length] ?? { id: "@?:culture.example", name: "?" };
}

export const self: Person = person(0);

export function memberNamed(who: Person, index: number): Member {
  const power = index === 0 ? 100 : index === 1 ? 50 : 0;
  return {
    ...who,
    membership: index === 8 ? "invite" : "join",
    power,
    role: power === 100 ? "admin" : power === 50 ? "moderator" : "member",
    isSelf: who.id === self.id,
  };
}
