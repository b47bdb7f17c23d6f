// In the single file the long lists filter and sort themselves, by the same address
// that the server reads: tier, rating, check, severity, q, sort.
(() => {
  "use strict";
  const xiaowei = window.xiaowei;
  const FILTERS = ["tier", "rating", "check", "severity"];
  const COLUMNS = ["name", "tier", "score", "pd", "limit", "rate", "profit", "findings"];
  const DEFAULT = "-limit";

  const keeps = (row, query) =>
    FILTERS.every((key) => !query.get(key) || row.dataset[key] === query.get(key)) &&
    (row.dataset.text || "").includes((query.get("q") || "").trim().toLowerCase());

  const order = (rows, sort) => {
    const at = COLUMNS.indexOf(sort.replace(/^-/, ""));
    const turn = sort.startsWith("-") ? -1 : 1;
    const value = new Map(rows.map((row) => [row, JSON.parse(row.dataset.order)[at]]));
    const compare = (one, other) => {
      const [a, b] = [value.get(one), value.get(other)];
      if (a === null || b === null) return (a === null) - (b === null);
      return a < b ? -turn : a > b ? turn : 0;
    };
    return [...rows].sort(compare);
  };

  const heads = (table, query) => {
    const sort = query.get("sort") || DEFAULT;
    for (const link of table.querySelectorAll("a[data-sort]")) {
      const key = link.dataset.sort;
      const now = sort.replace(/^-/, "") === key ? (sort[0] === "-" ? "descending" : "ascending") : "none";
      const next = new URLSearchParams(query);
      next.set("sort", sort === `-${key}` ? key : `-${key}`);
      link.closest("th").setAttribute("aria-sort", now);
      link.href = `#${table.dataset.rows}?${next}`;
    }
  };

  const form = (section, query) => {
    for (const control of section.querySelectorAll("form[data-listing] [name]")) {
      control.value = query.get(control.name) || "";
    }
  };

  xiaowei.list = (section, query) => {
    const table = section.querySelector("table[data-rows]");
    if (!table) return;
    form(section, query);
    const body = table.tBodies[0];
    let rows = [...body.rows];
    if (table.querySelector("a[data-sort]")) {
      heads(table, query);
      rows = order(rows, query.get("sort") || DEFAULT);
      body.append(...rows);
    }
    let kept = 0;
    for (const row of rows) {
      row.hidden = !keeps(row, query);
      kept += row.hidden ? 0 : 1;
    }
    for (const total of section.querySelectorAll("[data-total]")) total.textContent = kept.toLocaleString("en-US");
    section.querySelector("[data-empty]").hidden = kept > 0;
  };

  document.addEventListener("submit", (event) => {
    event.preventDefault();
    const { listing } = event.target.dataset;
    const asked = new URLSearchParams(location.hash.split("?")[1] || "");
    const query = new URLSearchParams();
    for (const kept of ["sort", "lang"]) if (asked.get(kept)) query.set(kept, asked.get(kept));
    for (const [key, value] of new FormData(event.target)) if (value) query.set(key, value);
    location.hash = `${listing}?${query}`;
  });
})();
