/* What every page adds where scripts run: copying, leaving selects to work by themselves,
 * papers and diagrams. Nothing here is needed to work. Syntax of Chromium 86; no inline code.
 */

document.documentElement.classList.add("js");

const COPIED = "已复制";

function whenReady(begin) {
  if (document.readyState === "loading") {
    document.addEventListener("DOMContentLoaded", begin);
  } else {
    begin();
  }
}

/* Selects that narrow a list send their form at once. */
function sendOnChange() {
  document.querySelectorAll("form[data-submit-on-change]").forEach((form) => {
    form.addEventListener("change", () => form.submit());
  });
}

/* A button that copies a text; the text is on the page for those without scripts. */
function copyTexts() {
  document.addEventListener("click", async (event) => {
    const button = event.target.closest("[data-copy]");
    if (!button) {
      return;
    }
    const source = document.getElementById(button.dataset.copy);
    const text = source.value === undefined ? source.textContent : source.value;
    try {
      await navigator.clipboard.writeText(text);
    } catch (refused) {
      // Without HTTPS there is no clipboard: mark the text, so that Ctrl+C does it.
      source.closest("details")?.setAttribute("open", "");
      source.focus();
      source.select?.();
      document.execCommand("copy");
    }
    const before = button.textContent;
    button.textContent = COPIED;
    setTimeout(() => {
      button.textContent = before;
    }, 1500);
  });
}

/* Menus close when one clicks elsewhere or presses Escape. */
function closeMenus() {
  const close = (except) => {
    document.querySelectorAll("details.who[open], details.pass-on[open]").forEach((menu) => {
      if (menu !== except) {
        menu.removeAttribute("open");
      }
    });
  };
  document.addEventListener("click", (event) => close(event.target.closest("details")));
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") {
      close(null);
    }
  });
}

/* A link to a step that is folded up unfolds it. */
function unfoldTargets() {
  const unfold = () => {
    const target = document.getElementById(decodeURIComponent(window.location.hash.slice(1)));
    if (target && target.tagName === "DETAILS") {
      target.open = true;
      target.scrollIntoView();
    }
  };
  window.addEventListener("hashchange", unfold);
  unfold();
}

function printButtons() {
  document.querySelectorAll("[data-print]").forEach((button) => {
    button.hidden = false;
    button.addEventListener("click", () => window.print());
  });
}

/* The names of chosen files beside our own button. */
function nameChosenFiles() {
  document.querySelectorAll("[data-file-choice]").forEach((place) => {
    const input = place.querySelector("input");
    const words = place.querySelector("[data-chosen]");
    const none = words.textContent;
    input.addEventListener("change", () => {
      words.textContent = [...input.files].map((file) => file.name).join("、") || none;
    });
  });
}

whenReady(() => {
  nameChosenFiles();
  sendOnChange();
  copyTexts();
  closeMenus();
  unfoldTargets();
  printButtons();
});
