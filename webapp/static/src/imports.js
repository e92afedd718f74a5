// A list that is being checked or imported: the page asks for one slice of work after another.
"use strict";

const place = document.querySelector("[data-import-work]");
if (place) {
  const form = place.querySelector("form");
  const bar = place.querySelector("progress");
  const told = place.querySelector("[data-told]");
  form.querySelector("button").hidden = true;
  const next = async () => {
    try {
      const answer = await fetch(place.dataset.importWork, {
        method: "POST",
        headers: { Accept: "application/json" },
        body: new FormData(form),
      });
      if (!answer.ok) throw new Error(String(answer.status));
      const progress = await answer.json();
      bar.value = progress.percent;
      told.textContent = progress.told;
      if (progress.working) setTimeout(next, 200);
      else window.location.reload();
    } catch {
      // Signed out or cut off: the button goes on, and the server says what is the matter.
      form.querySelector("button").hidden = false;
    }
  };
  next();
}
