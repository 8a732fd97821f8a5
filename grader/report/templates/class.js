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

  /* Text as it is compared: without case, and without what stands above or below letters. */
  const folded = text => text.toLowerCase().replace(/ß/g, "ss").normalize("NFKD").replace(/\p{M}/gu, "");

  /* What can be found in a row: everything but its cells of verdicts. */
  function text(row) {
    if (!words.has(row)) {
      const told = [...row.cells].filter((cell, place) => !isStage(heads[place]));
      words.set(row, folded(told.map(cell => cell.textContent).join(" ")));
    }
    return words.get(row);
  }

  function hasVerdict(row, letter, column) {
    if (column) return row.cells[column].className[0] === letter;
    return row.getElementsByClassName(letter).length > 0;
  }

  function matches(row) {
    return folded(find.value).split(/\s+/).every(word => text(row).includes(word))
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
    if (!current || current.parentNode.hidden) enterAt(rows.find(row => !row.hidden));
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
  function describe(cell) {
    if (!cell || cell.title) return;
    const chosen = verdict.querySelector(`[value="${cell.className[0]}"]`);
    cell.title = `${heads[cell.cellIndex].textContent}: ${chosen ? chosen.textContent : "not asked"}`;
    if (cell.parentNode.querySelector("th a")) cell.style.cursor = "pointer";
  }
  function follow(cell) {
    const link = cell && cell.parentNode.querySelector("th a");
    if (link) location.href = `${link.href}#${encodeURIComponent(heads[cell.cellIndex].textContent)}`;
  }
  body.addEventListener("mouseover", event => describe(cellOf(event)));
  body.addEventListener("click", event => follow(cellOf(event)));

  /* One cell is reached with the Tab key; from there, the arrow keys lead to the others. */
  let current = null;
  function enterAt(row) {
    if (current) current.removeAttribute("tabindex");
    current = row ? [...row.cells].find((cell, place) => isStage(heads[place])) || null : null;
    if (current) current.tabIndex = 0;
  }
  function beside(cell, key) {
    if (key === "ArrowLeft" || key === "ArrowRight") {
      const next = key === "ArrowLeft" ? cell.previousElementSibling : cell.nextElementSibling;
      return next && isStage(heads[next.cellIndex]) ? next : null;
    }
    let row = cell.parentNode;
    do row = key === "ArrowUp" ? row.previousElementSibling : row.nextElementSibling;
    while (row && row.hidden);
    return row && row.cells[cell.cellIndex];
  }
  body.addEventListener("keydown", event => {
    const cell = cellOf(event);
    if (!cell || event.altKey || event.ctrlKey || event.metaKey) return;
    if (event.key === "Enter") return follow(cell);
    if (!event.key.startsWith("Arrow")) return;
    event.preventDefault();
    const next = beside(cell, event.key);
    if (!next) return;
    current.removeAttribute("tabindex");
    current = next;
    current.tabIndex = 0;
    describe(current);
    current.focus();
  });
  body.addEventListener("focusin", event => describe(cellOf(event)));

  form.hidden = false;
  form.addEventListener("submit", event => event.preventDefault());
  form.addEventListener("input", filter);
  form.addEventListener("reset", () => setTimeout(filter));
  filter();
})();
