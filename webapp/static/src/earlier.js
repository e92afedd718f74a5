/* Earlier cases of the person whose telephone or identity number is typed, beside the number: whoever
 * takes a matter down need not leave the form. The number travels in the body of a post only. Syntax
 * of Chromium 86; no inline code.
 */

(() => {
  const SHORTEST = 8;
  const PAUSE = 300; // ms after the last sign
  const WORDS = {
    found: "这个号码以前的办件:",
    none: "没有查到这个号码以前的办件。",
    failed: "没有查到:网络中断或登录已超时。填写的内容不受影响。",
  };

  document.querySelectorAll("form[data-find-url] input[data-finds]").forEach(watch);

  function watch(input) {
    const place = document.createElement("div");
    place.className = "bf-earlier";
    place.setAttribute("role", "status");
    place.dataset.earlier = "";
    input.closest(".bf-field").append(place);
    let timer = null;
    let asked = "";
    const look = () => {
      const number = input.value.replace(/[\s-]/g, "");
      if (number === asked) {
        return;
      }
      asked = number;
      place.textContent = "";
      if (number.length >= SHORTEST) {
        ask(input, place, number, () => asked === number);
      }
    };
    input.addEventListener("input", () => {
      clearTimeout(timer);
      timer = setTimeout(look, PAUSE);
    });
    input.addEventListener("change", look);
    look(); // a draft, or a form that was refused
  }

  async function ask(input, place, number, isStillAsked) {
    const form = input.form;
    const body = new URLSearchParams({ number });
    let told = null;
    try {
      const answer = await fetch(form.dataset.findUrl, {
        method: "POST",
        body,
        headers: {
          Accept: "application/json",
          "X-Requested-With": "fetch",
          "X-CSRFToken": form.querySelector('input[name="csrf_token"]').value,
        },
        credentials: "same-origin",
      });
      told = answer.ok && !answer.redirected ? await answer.json() : null;
    } catch (problem) {
      told = null;
    }
    if (isStillAsked()) {
      show(place, told);
    }
  }

  function show(place, told) {
    place.textContent = "";
    const words = document.createElement("p");
    const cases = told ? told.cases : [];
    words.textContent = told === null ? WORDS.failed : cases.length ? WORDS.found : WORDS.none;
    place.append(words);
    if (!cases.length) {
      return;
    }
    const list = document.createElement("ul");
    cases.forEach((one) => {
      const item = document.createElement("li");
      const link = document.createElement("a");
      link.href = one.href;
      link.target = "_blank"; // the form stays as it is
      link.rel = "noopener";
      link.textContent = `${one.number} ${one.title}`;
      const more = document.createElement("span");
      more.className = "bf-quiet";
      more.textContent = ` ${one.process} · ${one.unit} · ${one.state} · ${one.started}`;
      item.append(link, more);
      list.append(item);
    });
    place.append(list);
  }
})();
