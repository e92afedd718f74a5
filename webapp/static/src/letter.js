/* A letter is sent only while the site answers: with no network the browser would show a page of its
 * own in the letter's place, and what was written would be gone. Without scripts it is sent as any
 * form. Syntax of Chromium 86; no inline code.
 */

(() => {
  const form = document.querySelector("form[data-form]");
  const told = document.querySelector("[data-no-network]");
  let answered = false;
  if (!form || !told) {
    return;
  }

  /* Before form.js, which takes a submit for sent. */
  document.addEventListener(
    "submit",
    (event) => {
      if (event.target !== form || answered) {
        answered = false;
        return;
      }
      event.preventDefault();
      event.stopImmediatePropagation();
      ask(event.submitter);
    },
    true,
  );

  async function ask(button) {
    told.hidden = true;
    if (!(await isThere())) {
      told.hidden = false;
      told.scrollIntoView({ block: "center" });
      return;
    }
    answered = true;
    form.requestSubmit(button || form.querySelector("[data-submit]"));
  }

  async function isThere() {
    try {
      const answer = await fetch(window.location.pathname, {
        method: "HEAD",
        cache: "no-store",
        credentials: "same-origin",
      });
      return answer.status < 500;
    } catch (problem) {
      return false;
    }
  }
})();
