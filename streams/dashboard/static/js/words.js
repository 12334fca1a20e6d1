/** What the identifiers of records are called in English, and figures as one says them. */

const NUMBERS = new Intl.NumberFormat("en-GB", { maximumFractionDigits: 6 });
const REGIONS = new Intl.DisplayNames(["en"], { type: "region" });
const LANGUAGES = new Intl.DisplayNames(["en"], { type: "language" });

export const SEVERITIES = ["critical", "high", "medium", "low"];

const KINDS = {
  killed: "killed",
  wounded: "wounded",
  casualties: "killed or wounded",
  missing: "missing",
  trapped: "trapped",
  rescued: "rescued",
  displaced: "displaced",
  affected: "affected",
  detained: "detained",
  captured: "taken prisoner",
  abducted: "abducted",
  hostages: "held hostage",
  surrendered: "surrendered",
  personnel: "troops",
  crowd: "in a crowd",
  sorties: "sorties",
  strikes: "strikes",
  munitions_count: "munitions used",
  munitions_mass: "of munitions",
  intercepted: "intercepted",
  platforms: "aircraft, ships, vehicles",
  vehicles_destroyed: "vehicles destroyed",
  facilities_destroyed: "facilities destroyed",
  buildings_destroyed: "buildings destroyed or damaged",
  seized: "seized",
  money_cost: "in costs",
  money_aid: "in aid",
  money_damage: "in damage",
  money: "money",
  supplies: "supplies",
  area: "area",
  distance: "distance",
  duration: "duration",
  percent: "share",
  other_quantity: "other quantity",
};

/** The kinds by what they tell of: the colour of a figure, and the order of lists. */
export const KIND_GROUPS = {
  people: [
    "killed", "wounded", "casualties", "missing", "trapped", "rescued", "displaced", "affected", "detained",
    "captured", "abducted", "hostages", "surrendered", "personnel", "crowd",
  ],
  force: ["sorties", "strikes", "munitions_count", "munitions_mass", "intercepted", "platforms"],
  damage: ["vehicles_destroyed", "facilities_destroyed", "buildings_destroyed", "seized"],
  measure: [
    "money_cost", "money_aid", "money_damage", "money", "supplies", "area", "distance", "duration", "percent",
    "other_quantity",
  ],
};

export const KIND_LIST = Object.values(KIND_GROUPS).flat();

const GROUP_OF = new Map(
  Object.entries(KIND_GROUPS).flatMap(([group, kinds]) => kinds.map((kind) => [kind, group])),
);

const STATUSES = {
  happened: "happened",
  planned: "planned",
  denied: "denied",
  hypothetical: "might be",
  historical: "of the past",
  asserted: "happened",
  negated: "said not to be so",
  commemorative: "commemorated",
  fictional: "told, not reported",
};

const QUALIFIERS = {
  exact: "as written",
  about: "about",
  at_least: "at least",
  more_than: "more than",
  at_most: "at most",
  less_than: "less than",
  range: "from one to the other",
  vague: "not said exactly",
};

const ROLES = { civilian: "civilians", combatant: "combatants" };

const CATEGORIES = {
  arms_support: "arms and training given",
  arrest_capture: "arrests and captures",
  attack_civilians: "attack on civilians",
  bomb_ied: "bombs and mines",
  ceasefire_broken: "ceasefire broken",
  chem_wmd: "weapons of mass destruction",
  claim_responsibility: "claim of responsibility",
  humanitarian: "humanitarian aid",
  missile_artillery: "missiles and artillery",
  mobilise_deploy: "mobilisation",
  retreat_surrender: "retreat or surrender",
  sexual_torture: "sexual violence or torture",
  siege_blockade: "siege or blockade",
  territory_gain: "territory taken",
  terror_group_mention: "armed group named",
  threat_force: "threat of force",
};

/** An identifier as words: "air_strike" gives "air strike". */
export function plain(id) {
  return String(id ?? "").replaceAll("_", " ");
}

/** The same with a capital, for the start of a line. */
export function capital(words) {
  return words ? words[0].toUpperCase() + words.slice(1) : words;
}

export function kindName(kind) {
  return KINDS[kind] ?? plain(kind);
}

export function kindGroup(kind) {
  return GROUP_OF.get(kind) ?? "measure";
}

export function categoryName(category) {
  return CATEGORIES[category] ?? plain(category);
}

export function statusName(status) {
  return STATUSES[status] ?? plain(status);
}

export function qualifierName(qualifier) {
  return QUALIFIERS[qualifier] ?? plain(qualifier);
}

export function roleName(role) {
  return ROLES[role] ?? null;
}

/** @returns {string} the English name of an ISO 3166-1 alpha-2 code, or the code */
export function countryName(code) {
  if (!code) return "at sea or unknown";
  try {
    return REGIONS.of(code) ?? code;
  } catch {
    return String(code);
  }
}

const TAGS = { "zh-cn": "zh-Hans", "zh-tw": "zh-Hant", und: "und" };
const RIGHT_TO_LEFT = new Set(["ar", "fa", "he", "iw", "ur", "ps", "ckb", "sd", "ug", "yi", "dv"]);

/** @returns {string|null} the BCP 47 tag of a detector's code, for the `lang` attribute; null where unknown */
export function languageTag(code) {
  if (typeof code !== "string" || !/^[a-z]{2,3}(-[a-z0-9]{2,8})*$/i.test(code) || code === "und") return null;
  return TAGS[code] ?? code;
}

/** @returns {"rtl"|"auto"} the direction of a text: the script's where the language tells it */
export function direction(code) {
  return RIGHT_TO_LEFT.has(String(code).split("-")[0]) ? "rtl" : "auto";
}

export function languageName(code) {
  const tag = languageTag(code);
  if (!tag) return "unknown language";
  try {
    return LANGUAGES.of(tag) ?? code;
  } catch {
    return String(code);
  }
}

export function number(value) {
  return NUMBERS.format(value);
}

const SYMBOLS = { percent: "%", km2: "km²", m2: "m²", m3: "m³", t: "t", kt: "kt", kg: "kg", g: "g", l: "l", ha: "ha", km: "km", m: "m", cm: "cm", mm: "mm", mi: "mi", nmi: "nmi", ft: "ft", lb: "lb", km_h: "km/h", m_s: "m/s", mi2: "sq mi" };
const SAME = new Set(["aircraft", "ammunition", "aid", "food", "fuel", "grain", "water", "medicine", "explosives", "gold", "oil", "rice", "coal", "gas", "goods"]);
const IRREGULAR = { "1": "", person: "people" };

/** @returns {string} the words of a unit for more than one: "tank trucks", "km²"; empty for a bare count */
export function unitName(unit) {
  if (unit === null || unit === undefined) return "";
  if (unit in IRREGULAR) return IRREGULAR[unit];
  if (unit in SYMBOLS) return SYMBOLS[unit];
  const words = plain(unit);
  if (SAME.has(unit) || /^[A-Z]/.test(unit) || /[^a-z ]/.test(words)) return words;
  if (/[^aeou]y$/.test(words)) return `${words.slice(0, -1)}ies`;
  return /(s|x|ch|sh)$/.test(words) ? `${words}es` : `${words}s`;
}

/** @returns {string} "1.5 t", "USD 1.5", "40 %", "11 rifles", "12" */
function withUnit(text, unit) {
  if (/^[A-Z]{3}$/.test(unit ?? "")) return `${unit} ${text}`;
  const name = text === "1" && !(unit in IRREGULAR) && !(unit in SYMBOLS) ? plain(unit) : unitName(unit);
  return name ? `${text} ${name}` : text;
}

/** What is said of things that are named: "4 vehicles destroyed". */
const SAID_OF_THINGS = {
  munitions_count: "used",
  vehicles_destroyed: "lost or destroyed",
  facilities_destroyed: "hit or destroyed",
  buildings_destroyed: "damaged or destroyed",
  sorties: "",
  strikes: "",
  platforms: "",
  supplies: "in supplies",
  money: "",
  area: "",
  distance: "",
  duration: "",
  percent: "",
  other_quantity: "",
};

/**
 * A figure in one phrase: "at least 19 killed", "12 to 20 civilians wounded", "11 rifles seized".
 *
 * @param {Object} figure with `kind`, `unit`, bounds and qualifier, and `victim_role` where it is known
 */
export function phrase(figure) {
  const people = kindGroup(figure.kind) === "people";
  const role = people ? roleName(figure.victim_role) : null;
  const bare = figure.unit === "1" || figure.unit === null || figure.unit === undefined;
  const said = people || bare ? kindName(figure.kind) : (SAID_OF_THINGS[figure.kind] ?? kindName(figure.kind));
  // "19 killed" says that they are people; a role says which.
  const counted = people && figure.unit === "person" ? { ...figure, unit: null } : figure;
  return [amount(counted), role, said].filter(Boolean).join(" ");
}

/**
 * A number with what the text says of its exactness: "at least 5", "12 to 20", "about 300", "20 to 99".
 *
 * @param {{value: ?number, low: ?number, high: ?number, qualifier: ?string, unit: ?string, per: ?string}} figure
 */
export function amount({ value, low, high, qualifier, unit, per }) {
  const known = (one) => one !== null && one !== undefined;
  let text;
  if (qualifier === "about" && known(value)) text = `about ${withUnit(number(value), unit)}`;
  else if (qualifier === "at_least" || qualifier === "more_than") {
    text = `${qualifierName(qualifier)} ${withUnit(number(known(low) ? low : value), unit)}`;
  } else if (qualifier === "at_most" || qualifier === "less_than") {
    const most = known(high) ? high : value;
    text = `${qualifier === "at_most" ? "up to" : "less than"} ${known(most) ? withUnit(number(most), unit) : "?"}`;
  } else if (known(value) && (low === high || !known(low) || !known(high))) text = withUnit(number(value), unit);
  else text = bounds({ low, high, unit, value });
  return per ? `${text} per ${plain(per)}` : text;
}

/** @returns {string} "12 to 20", "at least 5", "up to 99", "12" */
export function bounds({ low, high, unit, value }) {
  const known = (one) => one !== null && one !== undefined;
  if (known(low) && known(high)) {
    return low === high ? withUnit(number(low), unit) : withUnit(`${number(low)} to ${number(high)}`, unit);
  }
  if (known(low)) return `at least ${withUnit(number(low), unit)}`;
  if (known(high)) return `up to ${withUnit(number(high), unit)}`;
  return known(value) ? withUnit(number(value), unit) : "a number not said";
}

export function plural(count, one, many = `${one}s`) {
  return `${number(count)} ${count === 1 ? one : many}`;
}
