"use strict";
(function () {
  const form = document.getElementById("filters");
  const rows = Array.from(document.querySelectorAll(".clause"));
  const texts = new Map(rows.map((row) => [row, row.textContent.toLowerCase()]));
  const count = document.getElementById("count");
  const none = document.getElementById("none");

  function apply() {
    const wanted = new FormData(form);
    const words = String(wanted.get("text")).toLowerCase().split(/\s+/).filter(Boolean);
    let shown = 0;
    for (const row of rows) {
      const fits =
        ["family", "level", "verdict"].every(
          (name) => !wanted.get(name) || row.dataset[name].split(" ").includes(wanted.get(name))
        ) && words.every((word) => texts.get(row).includes(word));
      row.hidden = !fits;
      shown += fits ? 1 : 0;
    }
    count.textContent = shown === rows.length ? `${shown} clauses` : `${shown} of ${rows.length} clauses`;
    none.hidden = shown > 0;
  }

  function reveal() {
    const row = document.getElementById(decodeURIComponent(location.hash.slice(1)));
    if (row && row.classList.contains("clause")) {
      if (row.hidden) {
        form.reset();
        apply();
      }
      row.open = true;
      row.scrollIntoView();
    }
  }

  // What is marked in a long message is brought into its view, once the message is shown.
  function showMarks(details) {
    for (const pre of details.querySelectorAll("pre.message")) {
      const mark = pre.querySelector("mark");
      if (mark && pre.clientHeight) pre.scrollTop = Math.max(0, mark.offsetTop - pre.clientHeight / 3);
    }
  }

  function show(verdict) {
    form.reset();
    form.elements.verdict.value = verdict;
    apply();
    form.scrollIntoView();
  }

  async function copy(button) {
    const pre = button.parentElement.querySelector("pre");
    let done = false;
    try {
      await navigator.clipboard.writeText(pre.textContent);
      done = true;
    } catch {
      const range = document.createRange();
      range.selectNodeContents(pre);
      const selection = getSelection();
      selection.removeAllRanges();
      selection.addRange(range);
      done = document.execCommand("copy");
    }
    button.textContent = done ? "copied" : "press Ctrl-C";
    setTimeout(() => { button.textContent = "copy"; }, 2000);
  }

  form.addEventListener("input", apply);
  form.addEventListener("reset", () => setTimeout(apply));
  form.addEventListener("submit", (event) => event.preventDefault());
  document.addEventListener("click", (event) => {
    const button = event.target.closest("button");
    if (button && button.classList.contains("copy")) copy(button);
    if (button && button.dataset.show) show(button.dataset.show);
  });
  document.addEventListener("toggle", (event) => showMarks(event.target), true);
  addEventListener("hashchange", reveal);
  apply();
  document.querySelectorAll("details[open]").forEach(showMarks);
  reveal();
})();
