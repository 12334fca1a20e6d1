/** Charts over time: articles, alerts by severity, tolls by category; each also as a table. */

import { byId, el, fill, svg } from "./dom.js";
import { SEVERITIES, capital, categoryName, kindName, number, plural } from "./words.js";

const STEPS = { minute: 60_000, hour: 3_600_000, day: 86_400_000 };
const TOLLS = ["killed", "wounded", "missing", "displaced", "detained", "captured", "abducted"];
const BARS = 90; // at most, the newest
const LEADING = 5; // categories with a colour of their own
const HEIGHT = 150;
const LEFT = 44;
const BOTTOM = 22;
const TOP = 10;

export class Charts {
  #data = null;
  #tables = new Set();

  /** @param {{again: () => void}} desk */
  constructor(desk) {
    this.desk = desk;
    this.step = "auto";
    this.by = "published";
    this.kind = "killed";
    const choose = (label, name, options) => {
      const select = el("select", { name }, options.map(([value, words]) => el("option", { value }, words)));
      return [el("label", {}, `${label} `, select), select];
    };
    const [step, stepSelect] = choose("By", "step", [["auto", "time, as it fits"], ["minute", "minute"], ["hour", "hour"], ["day", "day"]]);
    const [by, bySelect] = choose("Time", "by", [["published", "of publication"], ["seen", "it came out"]]);
    const [kind, kindSelect] = choose("Toll", "kind", TOLLS.map((one) => [one, kindName(one)]));
    stepSelect.addEventListener("change", () => { this.step = stepSelect.value; this.desk.again(); });
    bySelect.addEventListener("change", () => { this.by = bySelect.value; this.desk.again(); });
    kindSelect.addEventListener("change", () => { this.kind = kindSelect.value; this.draw(); });
    this.body = el("div", { class: "chart-list" });
    this.width = 640;
    new ResizeObserver(() => {
      // Drawn as wide as it is shown: its words then have the page's size, on a phone too.
      const width = Math.round(Math.max(280, Math.min(1_000, this.body.clientWidth)));
      if (this.body.clientWidth && Math.abs(width - this.width) > 8) {
        this.width = width;
        this.draw();
      }
    }).observe(this.body);
    fill(byId("charts"), el("div", { class: "chart-tools" }, step, by, kind), this.body);
  }

  /** What to ask the service for, given what it said last. */
  parameters() {
    return { by: this.by, step: this.step === "auto" ? (this.#fitting ?? "hour") : this.step };
  }

  #fitting = null;

  /**
   * @param {Object} data as /series gives it
   * @returns {boolean} whether it is drawn; false where another step fits better and is to be asked for
   */
  show(data) {
    if (this.step === "auto" && data.points.length) {
      const hours = stretch(data.points) / STEPS.hour;
      const fitting = hours > 72 ? "day" : hours >= 2 ? "hour" : "minute";
      if (fitting !== data.step && fitting !== this.#fitting && !(data.step === "minute" && hours < 2)) {
        this.#fitting = fitting;
        return false;
      }
    }
    this.#data = data;
    this.draw();
    return true;
  }

  draw() {
    if (!this.#data) return;
    const points = filled(this.#data);
    if (!points.length) {
      fill(this.body, el("p", { class: "state" }, "Nothing to draw yet: charts begin with the first article."));
      return;
    }
    const step = this.#data.step;
    fill(this.body,
      this.#chart("articles", "Articles", points, step, [
        ["conflict", "news of conflict", (one) => one.conflict],
        ["rest", "other", (one) => one.articles - one.conflict],
      ]),
      this.#chart("alerts", "Alerts by severity", points, step, [...SEVERITIES].reverse().map((severity) =>
        [`severity-${severity}`, severity, (one) => one.severities[severity] ?? 0])),
      this.#tollChart(points, step),
      this.#data.truncated && el("p", { class: "muted" }, "Older points are left out."));
  }

  #tollChart(points, step) {
    const { kind } = this;
    const sums = new Map();
    for (const point of points) {
      for (const [category, of] of Object.entries(point.categories)) {
        if (of.tolls[kind]) sums.set(category, (sums.get(category) ?? 0) + of.tolls[kind].low);
      }
    }
    const leading = [...sums].sort((one, other) => other[1] - one[1]).slice(0, LEADING).map(([category]) => category);
    const low = (point, category) => point.categories[category]?.tolls[kind]?.low ?? 0;
    const series = leading.map((category, index) => [`category-${index}`, categoryName(category), (point) => low(point, category)]);
    series.push(["rest", "other", (point) => Math.max(0, (point.tolls[kind]?.low ?? 0) - leading.reduce((sum, category) => sum + low(point, category), 0))]);
    return this.#chart("tolls", `${capital(kindName(kind))}, as reported, by category`, points, step, series, {
      note: "The sum of what each article gives (its lower bound): several articles on one event count each, what a war has cost so far is left out. It is no toll of the day.",
      high: (point) => point.tolls[kind]?.high ?? null,
    });
  }

  #chart(id, title, points, step, series, { note = null, high = null } = {}) {
    const used = series.filter(([, , value]) => points.some((point) => value(point) > 0));
    const total = (point) => used.reduce((sum, [, , value]) => sum + value(point), 0);
    const sum = points.reduce((all, point) => all + total(point), 0);
    const asTable = this.#tables.has(id);
    const button = el("button", { type: "button", class: "button", "aria-pressed": String(asTable) }, "Table");
    button.addEventListener("click", () => {
      if (asTable) this.#tables.delete(id);
      else this.#tables.add(id);
      this.draw();
      byId(`chart-${id}`).querySelector("button").focus();
    });
    return el("figure", { class: "chart", id: `chart-${id}` },
      el("figcaption", {}, el("h3", {}, title), !note && el("span", { class: "count" }, number(sum)), button),
      asTable
        ? table(title, points, step, used, high)
        : [drawing(`${title}: ${summary(points, step, total)}`, points, step, used, total, high, this.width), legend(used)],
      note && el("p", { class: "muted" }, note));
  }
}

/** Points that can be: a wrong date years ahead would push all others off the chart. */
function past(points) {
  const latest = Date.now() + STEPS.day;
  return points.filter((one) => Date.parse(one.start) <= latest);
}

/** How long the newest nine in ten articles took to be published, in ms: some old ones make no long chart. */
function stretch(points) {
  const newest = past(points).reverse();
  const most = newest.reduce((sum, one) => sum + one.articles, 0) * 0.9;
  let [sum, last] = [0, newest[0]];
  for (const one of newest) {
    if (sum >= most) break;
    sum += one.articles;
    last = one;
  }
  return newest.length ? Date.parse(newest[0].start) - Date.parse(last.start) : 0;
}

/** The points with the empty ones between them, the newest {@link BARS}. */
function filled({ points, step }) {
  const by = new Map(past(points).map((one) => [Date.parse(one.start), one]));
  const times = [...by.keys()];
  if (!times.length) return [];
  const last = Math.max(...times);
  const first = Math.max(Math.min(...times), last - (BARS - 1) * STEPS[step]);
  const all = [];
  for (let at = first; at <= last; at += STEPS[step]) {
    all.push({ at, ...(by.get(at) ?? { articles: 0, conflict: 0, alerts: 0, severities: {}, categories: {}, tolls: {} }) });
  }
  return all;
}

function label(at, step, long = false) {
  // A day is a day of UTC, as the service counts it; minutes and hours are the reader's.
  const options = step === "day"
    ? { day: "numeric", month: "short", timeZone: "UTC", ...(long && { year: "numeric" }) }
    : { hour: "2-digit", minute: "2-digit", ...(long && { day: "numeric", month: "short" }) };
  return new Intl.DateTimeFormat("en-GB", options).format(at);
}

function summary(points, step, total) {
  let most = points[0];
  for (const point of points) if (total(point) > total(most)) most = point;
  return `${plural(points.length, step)} from ${label(points[0].at, step, true)} to ${label(points[points.length - 1].at, step, true)}, the most ${number(total(most))} at ${label(most.at, step, true)}`;
}

/** Round steps for an axis: 1, 2 or 5 times a power of ten, four or five of them. */
export function ticks(most) {
  if (most <= 0) return [0, 1];
  const rough = most / 4;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = Math.max(1, [1, 2, 5, 10].map((one) => one * power).find((one) => one >= rough));
  const found = [];
  for (let at = 0; at < most + step; at += step) found.push(at);
  return found;
}

const COMPACT = new Intl.NumberFormat("en-GB", { notation: "compact", maximumFractionDigits: 1 });

function drawing(words, points, step, series, total, high, wide) {
  const most = Math.max(1, ...points.map((point) => Math.max(total(point), high?.(point) ?? 0)));
  const marks = ticks(most);
  const top = marks[marks.length - 1];
  const y = (value) => TOP + (HEIGHT - TOP - BOTTOM) * (1 - value / top);
  const width = (wide - LEFT - 6) / points.length;
  const thick = Math.max(1, Math.min(28, width - (width > 4 ? 2 : 0.5)));
  const bars = points.map((point, index) => {
    const x = LEFT + index * width + (width - thick) / 2;
    let at = 0;
    const told = [label(point.at, step, true)];
    const group = svg("g", { class: "bar" });
    for (const [name, word, value] of series) {
      const size = value(point);
      if (size <= 0) continue;
      group.append(svg("rect", { class: `fill-${name}`, x, width: thick, y: y(at + size), height: Math.max(0.5, y(at) - y(at + size)) }));
      at += size;
      told.push(`${word}: ${number(size)}`);
    }
    const upper = high?.(point);
    if (upper && upper > at) {
      group.append(svg("path", { class: "upper", d: `M${x + thick / 2} ${y(at)}V${y(upper)}m${-Math.min(3, thick / 2)} 0h${Math.min(6, thick)}` }));
      told.push(`at most: ${number(upper)}`);
    }
    // The whole column can be pointed at, however low its bar is.
    group.append(svg("rect", { class: "column", x: LEFT + index * width, width, y: TOP, height: HEIGHT - TOP - BOTTOM }), svg("title", {}, told.join("\n")));
    return group;
  });
  const every = Math.max(1, Math.ceil(points.length / Math.max(2, Math.floor(wide / 100))));
  return svg("svg", { class: "plot", viewBox: `0 0 ${wide} ${HEIGHT}`, role: "img", "aria-label": words },
    marks.map((value) => [
      svg("path", { class: "rule", d: `M${LEFT} ${y(value)}H${wide - 6}` }),
      svg("text", { class: "tick", x: LEFT - 6, y: y(value) + 4, "text-anchor": "end" }, COMPACT.format(value)),
    ]),
    bars,
    points.map((point, index) => index % every === 0 && svg("text", { class: "tick", x: LEFT + (index + 0.5) * width, y: HEIGHT - 6, "text-anchor": index === 0 ? "start" : "middle" }, label(point.at, step))));
}

function legend(series) {
  return el("ul", { class: "chart-legend", "aria-hidden": "true" }, series.map(([name, words]) =>
    el("li", {}, svg("svg", { class: "swatch", viewBox: "0 0 10 10" }, svg("rect", { class: `fill-${name}`, width: 10, height: 10 })), words)));
}

function table(title, points, step, series, high) {
  const rows = points.filter((point) => series.some(([, , value]) => value(point) > 0)).reverse();
  return el("div", { class: "wide chart-table", tabindex: "0", role: "region", "aria-label": title },
    el("table", {},
      el("caption", { class: "unseen" }, title),
      el("thead", {}, el("tr", {}, el("th", { scope: "col" }, capital(step)), series.map(([, words]) => el("th", { scope: "col", class: "n" }, words)), high && el("th", { scope: "col", class: "n" }, "at most"))),
      el("tbody", {}, rows.map((point) => el("tr", {}, el("th", { scope: "row" }, label(point.at, step, true)),
        series.map(([, , value]) => el("td", { class: "n" }, number(value(point)))), high && el("td", { class: "n" }, number(high(point) ?? 0)))))));
}
