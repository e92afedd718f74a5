/* The copy page: a click copies one field and ticks it; the tick is kept at once. Without scripts
 * one ticks by hand and saves. Syntax of Chromium 86; no inline code.
 */

(function copying() {
  const form = document.getElementById("copy-form");
  if (!form) {
    return;
  }
  const problem = form.querySelector(".copy-problem");
  const progress = document.getElementById("copy-progress");
  const meter = document.querySelector(".copy-meter");

  /* Without HTTPS there is no clipboard: mark the text and let the browser copy it. */
  async function copyText(text) {
    try {
      await navigator.clipboard.writeText(text);
    } catch (refused) {
      const place = document.createElement("textarea");
      place.value = text;
      place.className = "visually-hidden";
      document.body.append(place);
      place.select();
      document.execCommand("copy");
      place.remove();
    }
  }

  function showProgress() {
    const done = form.querySelectorAll("input[name=copied]:checked").length;
    progress.textContent = progress.dataset.words
      .replace("{n}", done)
      .replace("{all}", progress.dataset.all);
    meter.value = done;
  }

  async function keep(box) {
    box.closest("li").classList.toggle("is-copied", box.checked);
    showProgress();
    const body = new FormData();
    body.append("csrf_token", form.elements.csrf_token.value);
    body.append("seen", box.value);
    if (box.checked) {
      body.append("copied", box.value);
    }
    try {
      const answer = await fetch(form.action, {
        method: "POST",
        body,
        headers: { Accept: "application/json" },
      });
      if (!answer.ok) {
        throw new Error(String(answer.status));
      }
      problem.hidden = true;
    } catch (refused) {
      problem.textContent = form.dataset.refused;
      problem.hidden = false;
      form.querySelector(".no-js").style.display = "block";
    }
  }

  form.addEventListener("click", async (event) => {
    const button = event.target.closest("[data-copies]");
    if (!button) {
      return;
    }
    await copyText(document.getElementById(`value-${button.dataset.copies}`).textContent);
    const words = button.textContent;
    button.textContent = button.dataset.done;
    setTimeout(() => {
      button.textContent = words;
    }, 1200);
    const box = document.getElementById(`tick-${button.dataset.copies}`);
    box.checked = true;
    keep(box);
    const buttons = [...form.querySelectorAll("[data-copies]")];
    const next = buttons[buttons.indexOf(button) + 1];
    (next || document.getElementById("next-household") || button).focus();
  });
  form.addEventListener("change", (event) => {
    if (event.target.name === "copied") {
      keep(event.target);
    }
  });
})();
