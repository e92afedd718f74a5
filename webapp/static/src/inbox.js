/* The inbox by keyboard: J and K go down and up, Enter opens, / searches, N takes something new down. */

const PLACE = "bangfu.inbox.place";

function beginInbox() {
  const table = document.querySelector("table[data-rows]");
  const search = document.querySelector("[data-slash]");
  const rows = table ? [...table.tBodies[0].rows] : [];
  let at = -1;

  function go(to) {
    if (!rows.length) {
      return;
    }
    at = Math.max(0, Math.min(rows.length - 1, to));
    rows.forEach((row, number) => row.classList.toggle("at", number === at));
    rows[at].querySelector("a").focus({ preventScroll: true });
    rows[at].scrollIntoView({ block: "nearest" });
    sessionStorage.setItem(PLACE, rows[at].id);
  }

  document.addEventListener("keydown", (event) => {
    const typing = /^(INPUT|SELECT|TEXTAREA)$/.test(event.target.tagName);
    if (event.ctrlKey || event.altKey || event.metaKey || event.isComposing) {
      return;
    }
    if (typing) {
      if (event.key === "Escape" && event.target === search) {
        go(Math.max(at, 0));
      }
      return;
    }
    if (event.key === "j" || event.key === "J") {
      go(at + 1);
    } else if (event.key === "k" || event.key === "K") {
      go(at - 1);
    } else if ((event.key === "n" || event.key === "N") && document.querySelector("[data-new]")) {
      document.querySelector("[data-new]").click();
    } else if (event.key === "/" && search) {
      event.preventDefault();
      search.focus();
      search.select();
    } else if (event.key === "Enter" && at >= 0 && !["A", "INPUT", "BUTTON"].includes(event.target.tagName)) {
      rows[at].querySelector("a").click();
    }
  });

  rows.forEach((row) => {
    row.addEventListener("click", (event) => {
      sessionStorage.setItem(PLACE, row.id);
      // The whole row opens, but not while a text in it is being marked.
      if (!event.target.closest("a, .cell-tick") && !String(window.getSelection())) {
        row.querySelector("a").click();
      }
    });
  });

  // Coming back from a step: the eye finds the row again where it was.
  const last = rows.findIndex((row) => row.id === sessionStorage.getItem(PLACE));
  if (last >= 0) {
    at = last;
    rows[at].classList.add("at");
    rows[at].scrollIntoView({ block: "nearest" });
  }
}

if (document.readyState === "loading") {
  document.addEventListener("DOMContentLoaded", beginInbox);
} else {
  beginInbox();
}
