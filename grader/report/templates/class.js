"use strict";
/* Sorting and filtering of the table of everyone. The page says all it has to say without this. */
(() => {
  const table = document.getElementById("everyone");
  if (!table) return;
  const body = table.tBodies[0], rows = [...body.rows], heads = [...table.tHead.rows[0].cells];
  const field = id => document.getElementById(id);
  const form = field("filters"), find = field("find"), verdict = field("verdict"), stage = field("stage"), flag = field("flag");
  const severity = "eascownxtfmu";
  const isStage = head => head.classList.contains("v");
  const words = new Map();

  /* What a row is sorted by in a column: a number, and the higher, the further down. */
  function key(row, head) {
    if (!isStage(head)) return Number(row.dataset[head.dataset.by]);
    return -severity.indexOf(row.cells[head.cellIndex].className[0] || " ");
  }

  function sortBy(head) {
    const down = head.getAttribute("aria-sort") === "ascending";
    for (const other of heads) other.removeAttribute("aria-sort");
    head.setAttribute("aria-sort", down ? "descending" : "ascending");
    const keyed = rows.map(row => [key(row, head), Number(row.dataset.n), row]);
    keyed.sort((a, b) => (down ? b[0] - a[0] : a[0] - b[0]) || a[1] - b[1]);
    body.append(...keyed.map(each => each[2]));
  }

  /* What can be found in a row: everything but its cells of verdicts. */
  function text(row) {
    if (!words.has(row)) {
      const told = [...row.cells].filter((cell, place) => !isStage(heads[place]));
      words.set(row, told.map(cell => cell.textContent).join(" ").toLowerCase());
    }
    return words.get(row);
  }

  function hasVerdict(row, letter, column) {
    if (column) return row.cells[column].className[0] === letter;
    return row.getElementsByClassName(letter).length > 0;
  }

  function matches(row) {
    return find.value.toLowerCase().split(/\s+/).every(word => text(row).includes(word))
      && (!verdict.value || hasVerdict(row, verdict.value, Number(stage.value)))
      && (!flag.value || (row.dataset.f || "").split(" ").includes(flag.value));
  }

  function filter() {
    let count = 0;
    for (const row of rows) {
      const shown = matches(row);
      if (row.hidden === shown) row.hidden = !shown;
      count += shown;
    }
    stage.disabled = !verdict.value;
    const all = `${rows.length.toLocaleString("en")} student${rows.length === 1 ? "" : "s"}`;
    field("shown").textContent = count === rows.length ? all : `${count.toLocaleString("en")} of ${all}`;
  }

  for (const head of heads) {
    const button = document.createElement("button");
    button.type = "button";
    button.append(...head.childNodes);
    button.addEventListener("click", () => sortBy(head));
    head.append(button);
  }

  /* A cell tells its stage when pointed at, and leads to that stage in the student's report. */
  const cellOf = event => event.target.closest("td") && isStage(heads[event.target.closest("td").cellIndex]) && event.target.closest("td");
  body.addEventListener("mouseover", event => {
    const cell = cellOf(event);
    if (!cell || cell.title) return;
    const chosen = verdict.querySelector(`[value="${cell.className[0]}"]`);
    cell.title = `${heads[cell.cellIndex].textContent}: ${chosen ? chosen.textContent : "not asked"}`;
    if (cell.parentNode.querySelector("th a")) cell.style.cursor = "pointer";
  });
  body.addEventListener("click", event => {
    const cell = cellOf(event), link = cell && cell.parentNode.querySelector("th a");
    if (link) location.href = `${link.href}#${encodeURIComponent(heads[cell.cellIndex].textContent)}`;
  });

  form.hidden = false;
  form.addEventListener("submit", event => event.preventDefault());
  form.addEventListener("input", filter);
  form.addEventListener("reset", () => setTimeout(filter));
  filter();
})();
