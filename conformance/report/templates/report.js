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
          (name) => !wanted.get(name) || row.dataset[name] === wanted.get(name)
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
  form.addEventListener("submit", (event) => event.preventDefault());
  document.addEventListener("click", (event) => {
    if (event.target.classList.contains("copy")) copy(event.target);
  });
  addEventListener("hashchange", reveal);
  apply();
  reveal();
})();
