// Sorting and filtering of tables. Every page is complete without it.
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

function makeFilterable(table, region) {
  const rows = [...table.tBodies[0].rows], box = document.createElement("p");
  const label = document.createElement("label"), input = document.createElement("input");
  const status = document.createElement("span");
  box.className = "filter";
  input.type = "search";
  input.setAttribute("aria-label", words.filterOf.replace("{table}", table.caption?.textContent ?? ""));
  status.setAttribute("role", "status");
  label.append(words.filter, " ", input);
  box.append(label, " ", status);
  region.before(box);
  input.addEventListener("input", () => {
    const wanted = input.value.toLowerCase().split(/\s+/).filter(Boolean);
    for (const row of rows) row.hidden = !wanted.every(word => row.textContent.toLowerCase().includes(word));
    const shown = rows.filter(row => !row.hidden).length;
    status.textContent = wanted.length ? words.shown.replace("{shown}", shown).replace("{all}", rows.length) : "";
    box.classList.toggle("active", wanted.length > 0);
  });
}

for (const region of document.querySelectorAll(".wide")) {
  const table = region.querySelector("table");
  const count = table?.tHead?.rows.length === 1 && table.tBodies.length === 1 ? table.tBodies[0].rows.length : 0;
  if (count >= SORTED_FROM) makeSortable(table);
  if (count >= FILTERED_FROM) makeFilterable(table, region);
}
