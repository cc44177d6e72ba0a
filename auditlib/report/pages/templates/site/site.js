// The site: search, filters, order and comparison over data that comes in parts.
// Data is text: it reaches the page by textContent and by attributes that hold no code, never as markup.
"use strict";

const catalogue = JSON.parse(document.getElementById("catalogue").textContent);
const byId = id => document.getElementById(id);
const PAGE = 50, PRINTED = 2000, AT_ONCE = 60000;
const FILTERS = ["run", "period", "group", "outcome", "state"];
const SORTS = ["unit", "group", "period", "run", "total", "out_of", "rank", "outcomes", "state"];
const [UNIT, NAME, GROUP, TOTAL, OUT_OF, COMPLETE, RANK, TIED, OUTCOMES, UNDECIDED, REPORTS] = Array(11).keys();

let rows = [];        // every row that has arrived, in the order of runs, periods and ranks
let shown = [];       // those that the filters leave, in the order asked for
let printing = false; // while the page is printed, more rows stand on it
const view = {q: "", run: "", period: "", group: "", outcome: "", state: "", sort: "", down: "", page: "1", a: "", b: ""};

// ---- words ------------------------------------------------------------------------------------------

const language = () => document.documentElement.lang === "en" ? "en" : "zh";
const own = title => title[language()];
const minus = text => text.replace("-", "−");

function say(name, values = {}) {
  return catalogue.words[language()][name].replace(/\{(\w+)\}/g, (whole, key) => values[key] ?? whole);
}

function element(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) if (value !== null) made.setAttribute(name, value);
  made.append(...children);
  return made;
}

// ---- exact decimals: points are text, and their differences are as exact as they are -----------------

function decimal(text) {
  const match = /^(-?)(\d+)(?:\.(\d+))?$/.exec(text ?? "");
  if (!match) return null;
  const [, sign, whole, part = ""] = match;
  return {digits: BigInt(sign + whole + part), places: part.length};
}

function difference(x, y) {
  const [a, b] = [decimal(x), decimal(y)];
  if (!a || !b) return null;
  const places = Math.max(a.places, b.places);
  const scaled = value => value.digits * 10n ** BigInt(places - value.places);
  const found = scaled(a) - scaled(b), size = found < 0n ? -found : found;
  const digits = String(size).padStart(places + 1, "0"), cut = digits.length - places;
  const part = digits.slice(cut).replace(/0+$/, "");
  return (found < 0n ? "-" : "") + digits.slice(0, cut) + (part && "." + part);
}

const isZero = text => /^-?0(\.0*)?$/.test(text);
const size = text => text.replace("-", "");
const larger = (x, y) => !difference(size(x), size(y)).startsWith("-") && size(x) !== size(y);
const signed = text => isZero(text) ? "0" : minus(text.startsWith("-") ? text : "+" + text);

// ---- data in parts ----------------------------------------------------------------------------------

const arrived = new Map(); // what to do with a part, by its name, while it is on its way
const asked = new Map();   // every part that was ever asked for: two who need it share it
window.auditlib = {part: (name, value) => arrived.get(name)?.(value)};

function load(name) {
  if (!asked.has(name)) asked.set(name, new Promise((resolve, reject) => {
    const script = element("script", {src: `site/${encodeURIComponent(name)}`});
    arrived.set(name, resolve);
    script.addEventListener("error", () => reject(new Error(name)));
    document.head.append(script);
  }).catch(error => {
    byId("trouble").textContent = say("trouble", {file: error.message});
    byId("trouble").hidden = false;
    return null;
  }));
  return asked.get(name);
}

const fold = text => text.normalize("NFKC").toLowerCase();

function taken(run, period, part, values) {
  values.forEach((values, number) => rows.push({
    run, period, part, number, values,
    key: fold(`${values[NAME]} ${values[UNIT]}`),
    place: [catalogue.runs.indexOf(run), run.periods.indexOf(period), period.parts.indexOf(part), number],
  }));
}

const loaded = new Set();

async function loadRuns() {
  if (catalogue.runs.every(run => loaded.has(run))) return;
  const all = catalogue.runs.reduce((count, run) => count + run.periods.reduce((own, period) => own + period.units, 0), 0);
  if (all > AT_ONCE && !view.run && catalogue.runs.length > 1) view.run = catalogue.runs[0].folder;
  for (const run of catalogue.runs) {
    if (loaded.has(run) || (view.run && all > AT_ONCE && run.folder !== view.run)) continue;
    loaded.add(run);
    for (const period of run.periods) for (const part of period.parts) {
      const values = await load(part[0]);
      if (values) taken(run, period, part, values);
      if (rows.length && rows[0].run === run && part === run.periods[0].parts[0]) show();
    }
  }
  rows.sort((x, y) => order(x.place, y.place));
  ranks.clear();
  show();
  fillFilters();
}

const order = (x, y) => x[0] - y[0] || x[1] - y[1] || x[2] - y[2] || x[3] - y[3];

// ---- filters and order --------------------------------------------------------------------------------

const failed = row => row.values[REPORTS].some(report => report[3] !== null);
const stateOf = row => failed(row) ? "failed_report" : row.values[TOTAL] === null ? "unscored" : row.values[COMPLETE] ? "complete" : "partial";
const TESTS = {
  run: (row, wanted) => row.run.folder === wanted,
  period: (row, wanted) => row.period.period === wanted,
  group: (row, wanted) => (row.values[GROUP] ?? "") === wanted,
  outcome: (row, wanted) => row.values[OUTCOMES].includes(wanted) || row.values[UNDECIDED].includes(wanted),
  state: (row, wanted) => stateOf(row) === wanted,
};
const TEXTS = {
  unit: row => row.values[NAME], group: row => row.values[GROUP] ?? "", period: row => row.period.period,
  run: row => own(row.run.title), outcomes: row => titlesOf(row).join(" "), state: row => say(stateOf(row)),
};
const NUMBERS = {total: TOTAL, out_of: OUT_OF, rank: RANK};
const ranks = new Map();

// Comparing texts by their language is slow: each text is compared once, and rows then by its place.
function textPlaces(sort) {
  const name = `${sort} ${language()}`;
  if (!ranks.has(name)) {
    const collator = new Intl.Collator(document.documentElement.lang, {numeric: true});
    const texts = [...new Set(rows.map(TEXTS[sort]))].sort(collator.compare);
    ranks.set(name, new Map(texts.map((text, place) => [text, text === "" ? null : place])));
  }
  return ranks.get(name);
}

function sortKey(sort) {
  if (sort in NUMBERS) return row => row.values[NUMBERS[sort]] === null ? null : Number(row.values[NUMBERS[sort]]);
  const places = textPlaces(sort);
  return row => places.get(TEXTS[sort](row)) ?? null;
}

function filtered() {
  const words = fold(view.q).split(/\s+/).filter(Boolean), wanted = FILTERS.filter(name => view[name]);
  return rows.filter(row => words.every(word => row.key.includes(word)) && wanted.every(name => TESTS[name](row, view[name])));
}

function ordered(found) {
  if (!view.sort) return found;
  const key = sortKey(view.sort), sign = view.down ? -1 : 1;
  const keyed = found.map((row, place) => [key(row), place, row]);
  keyed.sort(([x, i], [y, j]) => {
    if (x === null || y === null) return (x === null) - (y === null) || i - j; // what has no value comes last
    return sign * (x - y) || i - j;
  });
  return keyed.map(entry => entry[2]);
}

// ---- the table ----------------------------------------------------------------------------------------

function address(row, report, ending) {
  const {run, period} = row, path = [...run.folder.split("/"), period.period, report[1] + ending];
  return (catalogue.way || "./") + path.map(encodeURIComponent).join("/");
}

function files(row) {
  const made = [];
  for (const report of row.values[REPORTS].filter(report => report[1]))
    for (const ending of row.run.endings[report[2]]) made.push({report, ending, href: address(row, report, ending)});
  return made;
}

const titleOf = (run, id) => run.outcomes[id] ? own(run.outcomes[id]) : id;
const titlesOf = row => row.values[OUTCOMES].map(id => titleOf(row.run, id));

function outcomeList(row) {
  const decided = row.values[OUTCOMES].map(id => element("span", {class: "outcome"}, titleOf(row.run, id)));
  const open = row.values[UNDECIDED].map(id => element("span", {class: "outcome undecided"}, say("undecided", {outcome: titleOf(row.run, id)})));
  return [...decided, ...open];
}

function unitCell(row) {
  const {values} = row, page = files(row).find(file => file.ending === ".html"), named = {class: "name", title: values[NAME]};
  const name = page ? element("a", {...named, href: page.href}, values[NAME]) : element("span", named, values[NAME]);
  const code = values[UNIT] === values[NAME] ? [] : [" ", element("span", {class: "code"}, values[UNIT])];
  return element("th", {scope: "row"}, name, ...code);
}

function fileCell(row) {
  const all = files(row), main = all.find(file => file.ending === ".html");
  return all.filter(file => file !== main).map(({report, ending, href}) => {
    const kind = ending === ".html" ? row.run.notebooks[report[0]] : ending.slice(1).toUpperCase();
    return element("a", {class: "file", href, "aria-label": `${row.values[NAME]} ${kind}`}, kind);
  });
}

function chooser(row) {
  const id = identity(row), side = id === view.a ? "a" : id === view.b ? "b" : "";
  const label = side ? say(`chosen_${side}`) : say("choose");
  const button = element("button", {type: "button", "aria-pressed": String(side !== ""), "aria-label": `${label} ${row.values[NAME]} ${own(row.period.words)}`}, label);
  button.addEventListener("click", () => choose(row));
  return button;
}

function rowElement(row) {
  const {values, run, period} = row;
  const cell = (label, kind, ...content) => element("td", {class: kind || null, "data-label": say(label)}, ...content);
  const number = (label, text, kind = "") => cell(label, `number ${kind}`, text === null ? "" : minus(String(text)));
  const rank = number("rank", values[RANK]);
  if (values[TIED]) rank.append(" ", element("span", {class: "tied"}, say("tied")));
  const state = failed(row) ? element("b", {class: "bad"}, say("failed_report")) : say(stateOf(row));
  const chosen = [view.a, view.b].includes(identity(row));
  return element("tr", {class: chosen ? "chosen" : null},
    unitCell(row), values[GROUP] === null ? element("td") : cell("group", "", values[GROUP]), cell("period", "short", own(period.words)),
    cell("run", "of-run", own(run.title)), number("total", values[TOTAL], "total"), number("out_of", values[OUT_OF]), rank,
    element("td", values[OUTCOMES].length + values[UNDECIDED].length ? {"data-label": say("outcomes")} : {}, ...outcomeList(row)),
    cell("state", "short", state), element("td", {}, ...fileCell(row)), element("td", {}, chooser(row)));
}

function pages() {
  return Math.max(1, Math.ceil(shown.length / PAGE));
}

function fillTable() {
  const page = Math.min(Math.max(1, Number(view.page) || 1), pages()), first = (page - 1) * PAGE;
  const slice = printing ? shown.slice(0, PRINTED) : shown.slice(first, first + PAGE);
  const table = byId("units");
  table.tBodies[0].replaceChildren(...slice.map(rowElement));
  table.classList.toggle("one-run", catalogue.runs.length < 2);
  byId("page").textContent = say("page", {page, pages: pages()});
  byId("previous").disabled = page <= 1;
  byId("next").disabled = page >= pages();
  byId("status").textContent = say(view.q || FILTERS.some(name => view[name]) ? "found" : "all_found", {shown: shown.length, all: rows.length});
}

function markOrder() {
  for (const head of document.querySelectorAll("#units th[data-sort]")) {
    const sorted = head.dataset.sort === view.sort;
    if (sorted) head.setAttribute("aria-sort", view.down ? "descending" : "ascending");
    else head.removeAttribute("aria-sort");
  }
}

function show() {
  shown = ordered(filtered());
  fillTable();
  markOrder();
}

// ---- choices of the filters -----------------------------------------------------------------------------

function choices() {
  const runs = catalogue.runs.filter(run => !view.run || run.folder === view.run);
  const periods = new Map(runs.flatMap(run => run.periods.map(period => [period.period, own(period.words)])));
  const outcomes = new Map(runs.flatMap(run => run.found.map(id => [id, titleOf(run, id)])));
  return {
    run: catalogue.runs.map(run => [run.folder, own(run.title)]),
    period: [...periods].sort(([x], [y]) => x < y ? 1 : -1),
    group: [...new Set(runs.flatMap(run => run.groups))].map(group => [group, group]),
    outcome: [...outcomes],
    state: ["complete", "partial", "unscored", "failed_report"].map(name => [name, say(name)]),
  };
}

function fillFilters() {
  const offered = choices();
  for (const name of FILTERS) fillSelect(byId(name), [["", say("any")], ...offered[name]], view[name]);
  if (byId("q").value !== view.q) byId("q").value = view.q;
}

function fillSelect(select, offered, value) {
  const text = JSON.stringify([offered, language()]);
  if (select.offered !== text) {
    select.replaceChildren(...offered.map(([own, title]) => element("option", {value: own}, title)));
    select.offered = text;
  }
  select.value = value;
  if (select.selectedIndex < 0) select.selectedIndex = 0;
}

// ---- comparison -----------------------------------------------------------------------------------------

const identity = row => [row.run.folder, row.period.period, row.values[UNIT]].map(encodeURIComponent).join("~");
const rowOf = id => id ? rows.find(row => identity(row) === id) : undefined;

function choose(row) {
  const id = identity(row);
  if (id === view.a) [view.a, view.b] = [view.b, ""];
  else if (id === view.b) view.b = "";
  else if (!view.a) view.a = id;
  else view.b = id;
  compareAgain();
  if (view.a && view.b) byId("compare").scrollIntoView();
}

// What came earlier stands on the left, whichever was chosen first; two of one period stand as they were chosen.
function byDate() {
  const [a, b] = [rowOf(view.a), rowOf(view.b)];
  if (a && b && a.period.ends !== b.period.ends && a.period.ends > b.period.ends) [view.a, view.b] = [view.b, view.a];
}

function compareAgain() {
  byDate();
  changed();
  fillTable(); // it marks the rows that are compared
  compare();
}

async function pointsOf(row) {
  const part = await load(row.part[1]);
  if (!part) return new Map();
  return new Map(part.indicators.map((id, place) => {
    const cell = part.units[row.number][place];
    const [points, full, status] = Array.isArray(cell) ? cell : [cell, part.full[place], 0];
    return [id, {points, full, status: ["scored", "not_assessable", "needs_input"][status]}];
  }));
}

// What is missing to full marks; nothing where a bonus goes beyond them.
function lostBy(cell) {
  const lost = cell ? difference(cell.full, cell.points) : null;
  return lost?.startsWith("-") ? "0" : lost;
}

function largest(entries) {
  let found = null;
  for (const [id, value] of entries) if (value !== null && !isZero(value) && (found === null || larger(value, found[1]))) found = [id, value];
  return found && found[0];
}

function sideWords(row) {
  const {values} = row, rank = values[RANK] === null ? say("no_rank") : say("rank_of", {rank: values[RANK]});
  const total = values[TOTAL] === null ? "—" : minus(values[TOTAL]) + (values[OUT_OF] === null ? "" : ` / ${minus(values[OUT_OF])}`);
  return say("side_words", {unit: values[NAME], period: own(row.period.words), total, rank});
}

function sideHead(row) {
  const page = files(row).find(file => file.ending === ".html"), name = row.values[NAME];
  const period = catalogue.runs.length > 1 ? `${own(row.period.words)} · ${own(row.run.title)}` : own(row.period.words);
  return element("th", {scope: "col", class: "number"}, page ? element("a", {href: page.href}, name) : name, element("span", {class: "more"}, period));
}

function pointCell(cell, most) {
  if (!cell) return element("td", {class: "number"}, "—");
  const lost = lostBy(cell), text = cell.points === null ? say(cell.status) : minus(cell.points);
  const made = element("td", {class: "number"}, cell.full === null ? text : `${text} / ${minus(cell.full)}`);
  if (lost && !isZero(lost)) made.append(element("span", {class: most ? "lost most" : "lost"}, say(most ? "lost_most" : "lost", {points: signed(difference("0", lost))})));
  return made;
}

function differenceCell(value) {
  const kind = value === null || isZero(value) ? "" : value.startsWith("-") ? "less" : "more-points";
  return element("td", {class: `number ${kind}`}, value === null ? "—" : signed(value));
}

function sumRow(name, x, y, value) {
  return element("tr", {class: "sum"}, element("th", {scope: "row"}, say(name)),
    ...[x, y].map(text => element("td", {class: "number"}, text === null ? "—" : minus(String(text)))), differenceCell(value));
}

async function compare() {
  const [a, b] = [rowOf(view.a), rowOf(view.b)], place = byId("comparison");
  fillSides(a, b);
  if (!a || !b) return place.replaceChildren();
  const [x, y] = await Promise.all([a, b].map(pointsOf));
  if (identity(a) !== view.a || identity(b) !== view.b) return; // others were chosen while data was on its way
  const titles = {...b.run.indicators, ...a.run.indicators}, ids = [...new Set([...x.keys(), ...y.keys()])];
  const gaps = new Map(ids.map(id => [id, difference(y.get(id)?.points, x.get(id)?.points)]));
  const widest = largest(gaps), most = [x, y].map(side => largest([...side].map(([id, cell]) => [id, lostBy(cell)])));
  const name = id => titles[id] ? own(titles[id]) : id;
  const body = ids.map(id => element("tr", {class: id === widest ? "widest" : null},
    element("th", {scope: "row"}, name(id), ...(id === widest ? [element("span", {class: "more"}, say("widest"))] : [])),
    pointCell(x.get(id), id === most[0]), pointCell(y.get(id), id === most[1]), differenceCell(gaps.get(id))));
  const [u, v] = [a.values, b.values], whole = difference(v[TOTAL], u[TOTAL]);
  const rest = whole === null ? null : [...gaps.values()].reduce((left, gap) => gap === null ? left : difference(left, gap), whole);
  if (rest !== null && !isZero(rest)) body.push(element("tr", {}, element("th", {scope: "row"}, say("rest")), element("td"), element("td"), differenceCell(rest)));
  body.push(sumRow("total", u[TOTAL], v[TOTAL], whole), sumRow("out_of", u[OUT_OF], v[OUT_OF], difference(v[OUT_OF], u[OUT_OF])),
    sumRow("rank", u[RANK], v[RANK], null));
  const answer = say(whole === null ? "answer_open" : widest ? "answer" : "answer_equal", {
    a: sideWords(a), b: sideWords(b), difference: whole === null ? "" : signed(whole), indicator: widest ? name(widest) : "",
    points: widest ? signed(gaps.get(widest)) : ""});
  const notes = a.run.scheme.key === b.run.scheme.key ? [] : [element("p", {class: "note"}, say("other_scheme"))];
  place.replaceChildren(element("p", {class: "answer"}, answer), ...notes,
    element("div", {class: "wide", role: "group", tabindex: "0", "aria-label": say("compare")},
      element("table", {class: "comparison"}, element("caption", {class: "unseen"}, say("comparison_caption")),
        element("thead", {}, element("tr", {}, element("th", {scope: "col"}, say("indicator")), sideHead(a), sideHead(b), element("th", {scope: "col", class: "number"}, say("difference")))),
        element("tbody", {}, ...body))));
}

// The two forms above the comparison: a period of a run, and a unit in it by code or name.
const periodId = (run, period) => [run.folder, period.period].map(encodeURIComponent).join("~");

function fillSides(a, b) {
  const offered = catalogue.runs.flatMap(run => run.periods.map(period => [periodId(run, period), catalogue.runs.length > 1 ? `${own(period.words)} · ${own(run.title)}` : own(period.words)]));
  for (const [side, row] of [["a", a], ["b", b]]) {
    fillSelect(byId(`${side}-period`), offered, row ? periodId(row.run, row.period) : byId(`${side}-period`).value);
    if (row) byId(`${side}-unit`).value = unitText(row);
    else if (!view[side]) byId(`${side}-unit`).value = "";
  }
  byId("swap").disabled = byId("clear").disabled = !(view.a || view.b);
}

const unitText = row => row.values[NAME] === row.values[UNIT] ? row.values[UNIT] : `${row.values[NAME]} (${row.values[UNIT]})`;
const rowsOf = side => rows.filter(row => periodId(row.run, row.period) === byId(`${side}-period`).value);

function offerUnits(side) {
  const words = fold(byId(`${side}-unit`).value).split(/[\s()]+/).filter(Boolean);
  const near = rowsOf(side).filter(row => words.every(word => row.key.includes(word))).slice(0, 30);
  byId(`${side}-units`).replaceChildren(...near.map(row => element("option", {value: unitText(row)})));
}

function takeUnit(side) {
  const typed = byId(`${side}-unit`).value.trim(), offered = rowsOf(side);
  const row = offered.find(row => unitText(row) === typed) ?? offered.find(row => row.values[UNIT] === typed)
    ?? offered.find(row => row.values[NAME] === typed);
  if (row || !typed) view[side] = row ? identity(row) : "";
  compareAgain();
}

// ---- what a scheme's check found ----------------------------------------------------------------------------

async function showFindings(details) {
  const found = await load(details.dataset.part);
  if (!found) return;
  const items = found.map(one => {
    const words = own(one), clause = one.clause ? `〔${one.clause}〕` : "";
    const fresh = one.known ? [] : [element("b", {class: "bad"}, say("fresh")), " "];
    const proof = words.proof ? [element("span", {class: "proof"}, words.proof)] : [];
    return element("li", {}, ...fresh, element("b", {}, words.at), clause, " ", words.message, " ", element("span", {class: "code"}, words.kind), ...proof);
  });
  details.querySelector("div").replaceChildren(element("ol", {}, ...items));
}

// ---- state in the address, so that a view can be shared ------------------------------------------------------

let soon = 0; // browsers refuse an address that changes with every letter

function changed() {
  clearTimeout(soon);
  soon = setTimeout(keepAddress, 120);
}

function keepAddress() {
  const kept = new URLSearchParams(Object.entries(view).filter(([name, value]) => value && !(name === "page" && value === "1")));
  if (language() !== opened) kept.set("lang", language());
  history.replaceState(null, "", `#${kept}`);
}

const opened = language();

function readAddress() {
  const given = new URLSearchParams(location.hash.slice(1));
  for (const name of Object.keys(view)) view[name] = given.get(name) ?? (name === "page" ? "1" : "");
  if (!SORTS.includes(view.sort)) view.sort = "";
  if (["zh", "en"].includes(given.get("lang"))) setLanguage(given.get("lang"));
}

function setLanguage(wanted) {
  document.documentElement.lang = wanted === "en" ? "en" : "zh-CN";
  document.title = say("site_title");
  for (const button of document.querySelectorAll("[data-language]")) button.setAttribute("aria-pressed", String(button.dataset.language === wanted));
  for (const labelled of document.querySelectorAll("[data-label]:not(td)")) labelled.setAttribute("aria-label", say(labelled.dataset.label));
}

function redraw() {
  show();
  fillFilters();
  compare();
  for (const details of document.querySelectorAll("details[open][data-part]")) showFindings(details);
}

// ---- what people do -------------------------------------------------------------------------------------------

function makeSortable(head) {
  const button = element("button", {type: "button"}, ...head.childNodes);
  head.append(button);
  button.addEventListener("click", () => {
    const sort = head.dataset.sort, [was, down] = [view.sort === sort, view.down];
    Object.assign(view, {sort: was && down ? "" : sort, down: was && !down ? "1" : "", page: "1"});
    show();
    changed();
  });
}

function listen() {
  byId("q").addEventListener("input", event => { Object.assign(view, {q: event.target.value, page: "1"}); show(); changed(); });
  for (const name of FILTERS) byId(name).addEventListener("change", event => {
    Object.assign(view, {[name]: event.target.value, page: "1"});
    show();
    fillFilters();
    changed();
    loadRuns();
  });
  byId("reset").addEventListener("click", () => {
    Object.assign(view, {q: "", run: "", period: "", group: "", outcome: "", state: "", sort: "", down: "", page: "1"});
    show();
    fillFilters();
    changed();
  });
  for (const [id, step] of [["previous", -1], ["next", 1]]) byId(id).addEventListener("click", () => {
    view.page = String(Math.min(Math.max(1, Number(view.page) + step), pages()));
    fillTable();
    changed();
    byId("results").scrollIntoView();
  });
  document.querySelectorAll("#units th[data-sort]").forEach(makeSortable);
  for (const button of document.querySelectorAll("[data-language]")) button.addEventListener("click", () => {
    setLanguage(button.dataset.language);
    redraw();
    changed();
  });
  for (const link of document.querySelectorAll('nav a, .skip')) link.addEventListener("click", event => {
    event.preventDefault(); // the address holds the view, not the place on the page
    const target = byId(link.hash.slice(1));
    target.focus({preventScroll: true});
    target.scrollIntoView();
  });
  for (const side of ["a", "b"]) {
    byId(`${side}-unit`).addEventListener("input", () => offerUnits(side));
    byId(`${side}-unit`).addEventListener("focus", () => offerUnits(side));
    for (const field of ["unit", "period"]) byId(`${side}-${field}`).addEventListener("change", () => takeUnit(side));
  }
  byId("swap").addEventListener("click", () => { [view.a, view.b] = [view.b, view.a]; changed(); fillTable(); compare(); });
  byId("clear").addEventListener("click", () => { view.a = view.b = ""; compareAgain(); });
  for (const details of document.querySelectorAll("details[data-part]")) details.addEventListener("toggle", () => details.open && showFindings(details));
  addEventListener("hashchange", () => { readAddress(); redraw(); });
  addEventListener("beforeprint", () => { printing = true; fillTable(); });
  addEventListener("afterprint", () => { printing = false; fillTable(); });
}

setLanguage(language());
readAddress();
for (const hidden of document.querySelectorAll(".scripted, .languages")) hidden.hidden = false;
listen();
fillFilters();
loadRuns().then(compare);
