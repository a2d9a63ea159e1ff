import { ListWindow } from "./ListWindow.ts";

function same(actual: unknown, wanted: unknown): void {
  if (JSON.stringify(actual) !== JSON.stringify(wanted)) {
    throw new Error(`${JSON.stringify(actual)} instead of ${JSON.stringify(wanted)}`);
  }
}

const keys = (count: number, from = 0) =>
  Array.from({ length: count }, (_, index) => `row ${index + from}`);

Deno.test("At the end, the last rows are drawn, and a margin above them", () => {
  const list = new ListWindow();
  list.setRows(keys(1000), () => 10);
  same(list.range(0, 100, 50), { start: 985, end: 1000 });
  same(list.height, 10_000);
});

Deno.test("Rows that come before the others do not change the distance of these from the end", () => {
  const list = new ListWindow();
  list.setRows(keys(100), () => 10);
  list.measure("row 99", 35);
  const before = list.from(list.indexOf("row 90") ?? -1);
  list.setRows([...keys(500, 1000), ...keys(100)], () => 25);
  list.forget();
  list.setRows([...keys(500, 1000), ...keys(100)], () => 10);
  list.measure("row 99", 35);
  same(list.from(list.indexOf("row 90") ?? -1), before);
});

Deno.test("Every place in the list is covered by the range drawn for it", () => {
  const list = new ListWindow();
  list.setRows(keys(300), (index) => 5 + index % 7);
  for (let index = 0; index < 300; index += 3) list.measure(`row ${index}`, 80);
  for (let end = 0; end < list.height; end += 37) {
    const { start, end: stop } = list.range(end, 200, 0);
    const top = list.height - end - 200;
    if (list.before(start) > Math.max(0, top)) throw new Error(`a hole above at ${end}`);
    if (list.before(stop) < list.height - end) throw new Error(`a hole below at ${end}`);
  }
});

Deno.test("An empty list draws nothing, and a place beyond the ends draws what is there", () => {
  const list = new ListWindow();
  same(list.range(0, 100, 100), { start: 0, end: 0 });
  list.setRows(["only"], () => 10);
  same(list.range(1e9, 100, 0), { start: 0, end: 1 });
  same(list.range(-1e9, 100, 0), { start: 0, end: 1 });
});
