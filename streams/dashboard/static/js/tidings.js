/**
 * An alert or a story as the desk reads it: one shape for both, made from the record and nothing else.
 *
 * @typedef {Object} Tiding
 * @property {string} id
 * @property {string} severity
 * @property {string|null} standing what became of a story, in words; null while it is simply open
 * @property {string} rule
 * @property {string} headline the record's own
 * @property {string[]} tolls "31 to 45 killed"
 * @property {boolean} disputed
 * @property {string|null} place
 * @property {{words: string, who: string|null, stance: string, source: string|null, language: string,
 *   quoted: string, article: string, earlier: string|null, start: number}[]} claims
 * @property {{total: number, independent: number|null, copies: number, names: string[]}} sources
 * @property {{words: string, at: Date|null, quoted: string|null, source: string|null}[]} updates newest first
 * @property {{id: string, title: string|null, source: string|null, url: string|null, language: string}[]} articles
 */

import { moment } from "./times.js";
import { capital, countryName, kindName, number, phrase, plain, plural } from "./words.js";

const STANDING = {
  corrected: "Corrected: a toll was brought down",
  denied: "Denied",
  cancelled: "Cancelled: what would make it void has happened",
  superseded: "Told by another story now",
  withdrawn: "Withdrawn: no report raises it any more",
};

const STANCES = { said: "said", claimed: "claimed", confirmed: "confirmed", denied: "denied" };

/** @returns {string} "in Kharkiv, Ukraine", in English where the gazetteer has it, else the text's words */
export function placeName(place, country = null) {
  if (!place) return country ? countryName(country) : null;
  const name = place.name ?? place.surface;
  const where = place.country ?? country;
  if (!where || place.feature === "country") return name;
  const land = countryName(where);
  return name === land ? name : `${name}, ${land}`;
}

/** @returns {Tiding} */
export function tiding(item) {
  return item.type === "story" ? fromStory(item.story, item) : fromAlert(item.alert, item);
}

function fromAlert(alert, item) {
  const claims = distinct(alert.figures).map((figure) => ({
    words: figureWords(figure),
    who: figure.claimant?.surface ?? null,
    stance: STANCES[figure.claimant?.stance] ?? "said",
    source: alert.source?.name ?? null,
    language: alert.language,
    quoted: figure.surface,
    article: alert.article_id,
    earlier: null,
    start: figure.start,
    status: figure.status,
  }));
  const leading = leadingFigure(alert.figures);
  return {
    id: alert.id,
    severity: alert.severity,
    standing: null,
    rule: alert.rule,
    headline: alert.headline,
    tolls: leading ? [figureWords(leading)] : [],
    disputed: false,
    place: placeName(alert.place),
    placeWords: alert.place?.surface ?? null,
    claims,
    evidence: [...alert.keywords, ...alert.mentions].map((span) => ({ quoted: span.surface, start: span.start, article: alert.article_id, language: alert.language })),
    sources: { total: alert.source?.name ? 1 : 0, independent: null, copies: 0, names: alert.source?.name ? [alert.source.name] : [] },
    updates: [],
    revision: item.revision ?? 1,
    at: moment(alert.published_at),
    first: moment(alert.published_at),
    seen: moment(item.time),
    words: [alert.place?.surface, ...claims.flatMap((claim) => [claim.who, claim.quoted]), ...[...alert.claimants, ...alert.keywords, ...alert.mentions].map((span) => span.surface)],
    reason: alert.reason,
    threshold: thresholdWords(alert.threshold),
    cancels: alert.cancels,
    articles: [{ id: alert.article_id, title: alert.article_title, source: alert.source?.name ?? null, url: alert.article_url, language: alert.language, copy: false }],
    languages: [alert.language],
  };
}

/**
 * Each claim once: a title says again what somebody says in the text, and the text says it twice.
 *
 * The first of those that say the same is kept, and one that names nobody only where nobody says it.
 */
function distinct(figures) {
  const same = (figure) => `${figure.kind} ${figure.unit} ${figure.low} ${figure.status}`;
  const named = new Set(figures.filter((figure) => figure.claimant).map(same));
  const seen = new Set();
  return figures.filter((figure) => {
    const key = `${same(figure)} ${figure.high} ${figure.claimant?.surface.toLowerCase() ?? ""}`;
    const again = seen.has(key) || (!figure.claimant && named.has(same(figure)));
    seen.add(key);
    return !again;
  });
}

/**
 * The figure that decides: the largest lower bound, as the rules have it. Of two the more careful: titles
 * leave "at least" out.
 */
function leadingFigure(figures) {
  const bound = (figure) => figure.low ?? figure.value ?? 0;
  let found = null;
  for (const figure of figures) {
    if (!found || bound(figure) > bound(found)) found = figure;
    else if (bound(figure) === bound(found) && figure.high === null && found.high !== null) found = figure;
  }
  return found;
}

function figureWords(figure) {
  const status = { planned: ", planned", denied: ", denied", hypothetical: ", not certain", historical: ", of the past" };
  return phrase(figure) + (status[figure.status] ?? "");
}

function fromStory(story, item) {
  const languages = new Map(story.articles.map((one) => [one.id, one.language]));
  return {
    id: story.id,
    severity: story.severity,
    standing: STANDING[story.status] ?? null,
    status: story.status,
    rule: story.rule,
    headline: story.headline,
    tolls: leadingFirst(story).map((toll) => tollWords(toll, story.claims)),
    disputed: story.tolls.some((toll) => toll.disputed),
    place: placeName(story.place, story.country),
    placeWords: story.place?.surface ?? null,
    claims: story.claims.map((claim) => ({
      words: phrase(claim),
      who: claim.claimant?.surface ?? null,
      stance: STANCES[claim.claimant?.stance] ?? "said",
      source: claim.source,
      language: claim.language,
      quoted: claim.cited.surface,
      article: claim.cited.article_id,
      earlier: claim.earlier === null ? null : number(claim.earlier),
      start: claim.cited.start,
      status: "happened",
    })),
    evidence: story.evidence.map((span) => ({ quoted: span.surface, start: span.start, article: span.article_id, language: languages.get(span.article_id) })),
    sources: {
      total: story.sources.total,
      independent: story.sources.independent,
      copies: story.sources.copies,
      names: story.sources.listed.map((one) => one.name),
    },
    updates: story.updates.map(updateWords).reverse(),
    revision: story.revision,
    at: moment(story.last_at),
    first: moment(story.first_at),
    seen: moment(item.time),
    words: [story.place?.surface, ...story.claims.flatMap((claim) => [claim.claimant?.surface, claim.cited.surface]), ...story.evidence.map((span) => span.surface)],
    reason: story.reason,
    threshold: story.statistics ? statisticsWords(story.statistics) : thresholdWords(story.threshold),
    cancels: story.cancels,
    articles: story.articles.map((one) => ({ ...one, copy: one.copy_of !== null })),
    languages: story.languages,
  };
}

/** The tolls, those first that the story was raised by: its headline cites them. */
function leadingFirst({ tolls, claims, evidence }) {
  const cited = (span) => `${span.article_id} ${span.start}`;
  const spans = new Set(evidence.map(cited));
  const raised = new Set(claims.filter((claim) => spans.has(cited(claim.cited))).map((claim) => claim.kind));
  return [...tolls].sort((one, other) => raised.has(other.kind) - raised.has(one.kind));
}

/** Lowest to highest; where nobody disagrees, with what the claims say of exactness. */
function tollWords(toll, claims) {
  const those = claims.filter((claim) => claim.kind === toll.kind && claim.unit === toll.unit);
  if (those.length === 1) return phrase(those[0]);
  const open = those.some((claim) => claim.high === null && (claim.low ?? 0) >= toll.highest);
  const { kind, unit, lowest: low, highest: high } = toll;
  if (low === high && open) return phrase({ kind, unit, low, high: null, value: null, qualifier: "at_least" });
  return phrase({ kind, unit, low, high, value: low === high ? low : null, qualifier: low === high ? "exact" : "range" });
}

function updateWords(update) {
  const kind = update.kind ? kindName(update.kind) : "";
  const change = (words) => `${words} from ${number(update.before)} to ${number(update.now)}`;
  const known = update.before !== null && update.now !== null;
  const told = {
    raised: () => `Raised: ${plain(update.rule)}${update.now === null ? "" : `, ${number(update.now)} ${kind}`}`,
    rule: () => `Also: ${plain(update.rule)}${update.now === null ? "" : `, ${number(update.now)} ${kind}`}`,
    escalated: () => `Now ${update.severity}`,
    toll_up: () => (known ? change(`${capital(kind)}: up`) : `${capital(kind)}: up`),
    corrected: () => (known ? change(`${capital(kind)}: corrected`) : `${capital(kind)}: corrected`),
    disputed: () => `Disputed: ${known ? `${number(update.now)} ${kind}, where others say ${number(update.before)}` : kind}`,
    denial: () => "Denied",
    corroborated: () => `Told by ${plural(update.now ?? 0, "independent source")}${update.before === null ? "" : `, before ${number(update.before)}`}`,
    cancelled: () => (update.rule ? `Cancelled: ${plain(update.rule)}` : "Cancelled"),
  };
  return {
    change: update.change,
    words: told[update.change]?.() ?? capital(plain(update.change)),
    at: moment(update.at),
    who: update.claimant,
    source: update.source,
    quoted: update.cited?.surface ?? null,
  };
}

function statisticsWords(found) {
  const what = found.category ? `articles on ${plain(found.category)}` : "articles";
  return `${plural(found.found, "article")} where ${number(Math.round(found.expected * 100) / 100)} were to be expected from the ${plural(found.baseline_days, "day")} before (${number(found.baseline)} ${what}); ${plain(found.model)} gives that a probability of ${found.probability.toPrecision(2)}.`;
}

/** @returns {string|null} "19 found (lower bound); medium begins at 10" */
export function thresholdWords(threshold) {
  const parts = [];
  if (threshold.at_least !== undefined) {
    parts.push(`its level begins at ${number(threshold.at_least)}${threshold.measure ? ` (${threshold.measure})` : ""}, found ${number(threshold.found)}`);
  }
  if (threshold.hits !== undefined) parts.push(`asks for ${plural(threshold.hits, "keyword")}, found ${number(threshold.found_hits ?? 0)}`);
  for (const [name, value] of Object.entries(threshold)) {
    if (["measure", "at_least", "found", "hits", "found_hits"].includes(name)) continue;
    parts.push(`${plain(name)}: ${typeof value === "number" ? number(value) : String(value)}`);
  }
  return parts.length ? `${capital(parts.join("; "))}.` : null;
}
