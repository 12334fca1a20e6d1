/** The card that explains a mark: what a figure says and counts, on whose word; what a keyword stands for. */

import { el } from "./dom.js";
import { placeName } from "./tidings.js";
import {
  bounds, capital, categoryName, countryName, kindGroup, kindName, number, phrase, plain, qualifierName, roleName,
  statusName, unitName,
} from "./words.js";

const STANCES = { said: "said so", claimed: "claimed it", confirmed: "confirmed it", denied: "denied it" };

/** @returns {HTMLElement} what is known of a figure, as terms and their values */
export function explainFigure(figure, language) {
  const known = (value) => value !== null && value !== undefined;
  const rows = [
    ["Value", known(figure.value) ? number(figure.value) : "not said, only bounds"],
    ["Bounds", bounds({ ...figure, unit: null })],
    ["Qualifier", capital(qualifierName(figure.qualifier))],
    ["Unit", unitWords(figure)],
    figure.normalised && ["In SI units", normalisedWords(figure.normalised)],
    figure.per && ["Rate", `per ${plain(figure.per)}`],
    figure.counted && ["Counted", [capital(plain(figure.counted.concept)), quoted(figure.counted.surface, language)]],
    ["Kind", capital(kindName(figure.kind))],
    figure.party && ["Party", [figure.party.name, quoted(figure.party.surface, language)]],
    roleName(figure.victim_role) && ["Victims", capital(roleName(figure.victim_role))],
    ["Claimant", figure.claimant ? claimantWords(figure.claimant, language) : "no one named"],
    figure.period && ["Period", [quoted(figure.period.surface, language), figure.period.duration && ` (${figure.period.duration})`]],
    figure.scope !== "unknown" && ["Scope", figure.scope === "cumulative" ? "Altogether, since some time" : "New"],
    ["Status", capital(statusName(figure.status))],
    ["Place", figure.place ? placeWords(figure.place, language) : "none named near it"],
    figure.ambiguous && ["Note", "The digits can be read in two ways."],
  ];
  return el("div", { class: `explained group-${kindGroup(figure.kind)}` },
    el("p", { class: "explained-title" }, capital(phrase(figure))),
    terms(rows));
}

export function explainKeyword(keyword, language) {
  return el("div", { class: "explained group-keyword" },
    el("p", { class: "explained-title" }, `Keyword: ${categoryName(keyword.category)}`),
    terms([
      ["Category", capital(categoryName(keyword.category))],
      ["Status", capital(statusName(keyword.status))],
      ["In the text", quoted(keyword.surface, language)],
      keyword.place && ["Place", placeWords(keyword.place, language)],
    ]));
}

export function explainPlace(place, language) {
  const located = place.latitude !== null && place.latitude !== undefined;
  return el("div", { class: "explained group-place" },
    el("p", { class: "explained-title" }, `Place: ${placeName(place) ?? ""}`),
    terms([
      ["In the text", quoted(place.surface, language)],
      place.feature && ["Sort", capital(place.feature)],
      place.country && ["Country", countryName(place.country)],
      located && ["Position", `${place.latitude.toFixed(2)}°, ${place.longitude.toFixed(2)}°`],
      !place.name && ["Note", "The gazetteer has none of that name."],
    ]));
}

export function explainActor(actor, language) {
  const roles = { by: "It was done by them", against: "It was done against them", victim: "Their people are the victims" };
  return el("div", { class: "explained group-actor" },
    el("p", { class: "explained-title" }, `Actor: ${actor.name}`),
    terms([
      ["In the text", quoted(actor.surface, language)],
      ["Sort", capital(plain(actor.type))],
      actor.country && ["Country", countryName(actor.country)],
      actor.role && ["Role", roles[actor.role] ?? capital(plain(actor.role))],
    ]));
}

function terms(rows) {
  return el("dl", { class: "terms" }, rows.filter(Boolean).flatMap(([term, value]) => [el("dt", {}, term), el("dd", {}, value)]));
}

function quoted(text, language) {
  // The quotation marks stay outside of what they quote: inside, right-to-left text would turn them.
  return [" ", el("q", { class: "words" }, el("bdi", { lang: language }, text))];
}

function unitWords(figure) {
  const names = { person: "People", "1": "A bare count", percent: "Per cent" };
  const name = names[figure.unit] ?? unitName(figure.unit);
  return figure.unit_surface ? [name, quoted(figure.unit_surface, null)] : name;
}

function normalisedWords({ value, low, high, unit }) {
  return bounds({ value, low: low ?? value, high: high ?? value, unit });
}

function claimantWords(claimant, language) {
  return [
    quoted(claimant.surface, language), ` ${STANCES[claimant.stance] ?? ""}`,
    claimant.inherited && el("span", { class: "muted" }, " (named earlier in the text)"),
    claimant.via && [el("span", { class: "muted" }, ", passed on by"), quoted(claimant.via.surface, language)],
  ];
}

function placeWords(place, language) {
  const name = placeName(place);
  return name === place.surface ? [name] : [name, quoted(place.surface, language)];
}
