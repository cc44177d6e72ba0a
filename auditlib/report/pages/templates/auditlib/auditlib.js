// Sorting, filtering and saving of tables, and the keyboard in them. Every page is complete without it.
"use strict";
const words = document.currentScript.dataset;
const collator = new Intl.Collator(document.documentElement.lang, {numeric: true});
const SORTED_FROM = 3, FILTERED_FROM = 12;

function number(text) {
  const plain = text.replaceAll("−", "-").replace(/[,\s%]/g, "");
  return plain === "" || !isFinite(plain) ? null : Number(plain);
}

function compare(a, b, sign) {
  const empty = text => text === "" || text === "—";
  if (empty(a) || empty(b)) return empty(a) - empty(b); // last, whichever way
  const x = number(a), y = number(b);
  return sign * (x !== null && y !== null ? x - y : collator.compare(a, b));
}

function makeSortable(table) {
  const body = table.tBodies[0], original = [...body.rows], heads = [...table.tHead.rows[0].cells];
  heads.forEach((head, column) => {
    const button = document.createElement("button");
    button.type = "button";
    button.append(...head.childNodes);
    head.append(button);
    button.addEventListener("click", () => {
      const next = {ascending: "descending", descending: null}[head.getAttribute("aria-sort")];
      const state = next === undefined ? "ascending" : next;
      heads.forEach(other => other.removeAttribute("aria-sort"));
      if (state) head.setAttribute("aria-sort", state);
      const sign = state === "descending" ? -1 : 1, text = row => row.cells[column].dataset.sort ?? row.cells[column].textContent.trim();
      const rows = state ? [...original].sort((a, b) => compare(text(a), text(b), sign)) : original;
      body.append(...rows);
    });
  });
}

function makeFilterable(table, box) {
  const rows = [...table.tBodies[0].rows];
  const label = document.createElement("label"), input = document.createElement("input");
  const status = document.createElement("span");
  input.type = "search";
  input.setAttribute("aria-label", words.filterOf.replace("{table}", table.caption?.textContent ?? ""));
  status.setAttribute("role", "status");
  label.append(words.filter, " ", input);
  box.append(label, " ", status);
  input.addEventListener("input", () => {
    const wanted = input.value.toLowerCase().split(/\s+/).filter(Boolean);
    for (const row of rows) row.hidden = !wanted.every(word => row.textContent.toLowerCase().includes(word));
    const shown = rows.filter(row => !row.hidden).length;
    status.textContent = wanted.length ? words.shown.replace("{shown}", shown).replace("{all}", rows.length) : "";
    box.classList.toggle("active", wanted.length > 0);
  });
}

// One stop of the tabulator key for several; arrows, Home and End lead to the others.
function rove(items) {
  items.forEach((item, at) => {
    item.tabIndex = at ? -1 : 0;
    item.addEventListener("keydown", event => {
      const step = {ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1}[event.key];
      const next = {Home: 0, End: items.length - 1}[event.key] ?? (step && (at + step + items.length) % items.length);
      if (next === undefined) return;
      event.preventDefault();
      items.forEach((other, place) => { other.tabIndex = place === next ? 0 : -1; });
      items[next].focus();
    });
  });
}

// A cell as text: what it shows, keys apart, with a minus that spreadsheets know; what they would run is quoted.
function cellText(cell) {
  const copy = cell.cloneNode(true);
  copy.querySelectorAll("summary, .empty").forEach(node => node.remove());
  copy.querySelectorAll("br, .main, .more, .count").forEach(node => node.append("\n"));
  copy.querySelectorAll("br").forEach(node => node.replaceWith("\n"));
  const text = copy.textContent.split("\n").map(line => line.trim()).filter(Boolean).join(" / ");
  const plain = number(text) === null ? text : text.replaceAll("−", "-").replace(/[,\s]/g, "");
  return /^[=+@\t\r-]/.test(plain) && number(plain) === null ? `'${plain}` : plain;
}

function csvOf(table) {
  const quoted = text => /[",\n\r]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
  return "\ufeff" + [...table.rows].map(row => [...row.cells].map(cell => quoted(cellText(cell))).join(",")).join("\r\n") + "\r\n";
}

function makeSavable(table, box) {
  const button = document.createElement("button"), title = table.caption?.textContent ?? "";
  button.type = "button";
  button.className = "csv";
  button.textContent = words.csv;
  button.setAttribute("aria-label", words.csvOf.replace("{table}", title));
  button.addEventListener("click", () => {
    const link = document.createElement("a"), address = URL.createObjectURL(new Blob([csvOf(table)], {type: "text/csv"}));
    link.href = address;
    link.download = `${document.title} ${title}`.replace(/[^\p{L}\p{N}]+/gu, "-").replace(/^-|-$/g, "") + ".csv";
    link.click();
    setTimeout(() => URL.revokeObjectURL(address), 10000);
  });
  box.append(button);
}

const watched = new ResizeObserver(entries => {
  for (const {target} of entries) target.tabIndex = target.scrollWidth > target.clientWidth ? 0 : -1;
});

for (const region of document.querySelectorAll(".wide")) {
  const table = region.querySelector("table");
  watched.observe(region);
  const count = table?.tHead?.rows.length === 1 && table.tBodies.length === 1 ? table.tBodies[0].rows.length : 0;
  if (!count) continue;
  const box = document.createElement("p");
  box.className = "filter";
  if (count >= SORTED_FROM) {
    makeSortable(table);
    rove([...table.tHead.querySelectorAll("button")]);
  }
  if (count >= FILTERED_FROM) makeFilterable(table, box);
  makeSavable(table, box);
  region.before(box);
}
for (const list of document.querySelectorAll(".keys")) rove([...list.querySelectorAll("a")]);

// A part of a figure leads to its rows: the list opens, and its filter asks for them.
for (const spot of document.querySelectorAll("[data-find]")) spot.addEventListener("click", () => {
  const place = document.querySelector(spot.getAttribute("href"))?.closest("section");
  const box = place?.querySelector("input[type=search]");
  if (!box) return;
  for (const folded of document.querySelectorAll("details:has(table.cases)")) folded.open = true;
  for (const input of [box, ...document.querySelectorAll("details:has(table.cases) input[type=search]")]) {
    input.value = spot.dataset.find;
    input.dispatchEvent(new Event("input"));
  }
});
