/* A fault that was told is marked as changed as soon as its field is: beside the field, in the list
 * above and on the tab. Whether it is right now, the server says when the form is sent.
 */

(() => {
  const CHANGED = "已改,提交时再核对";

  ["input", "change", "bf:filed"].forEach((name) => {
    document.addEventListener(name, (event) => mended(event.target));
  });

  function mended(input) {
    const field = input.closest && input.closest("form[data-form] .bf-has-error");
    const isChosenFile = input.type === "file"; // it counts once it is stored: bf:filed
    if (!field || isChosenFile) {
      return;
    }
    const form = field.closest("form");
    field.classList.replace("bf-has-error", "bf-mended");
    field.querySelectorAll(".bf-error").forEach((told) => {
      told.textContent = CHANGED;
    });
    [field, ...field.querySelectorAll("*")].forEach((part) => {
      part.classList.remove("is-invalid");
      part.removeAttribute("aria-invalid");
      strike(form, part.id);
    });
    countFaults(form, field.closest("[data-panel]"));
  }

  function strike(form, id) {
    if (id) {
      form.querySelectorAll(`[data-errors] a[href="#${CSS.escape(id)}"]`).forEach((link) => {
        link.classList.add("bf-mended-link");
      });
    }
  }

  function countFaults(form, panel) {
    const badge =
      panel && form.querySelector(`[data-tab="${CSS.escape(panel.id)}"] .bf-badge-error`);
    if (!badge) {
      return;
    }
    const left = panel.querySelectorAll(".bf-has-error").length;
    if (left) {
      badge.firstChild.nodeValue = String(left);
    } else {
      badge.classList.replace("bf-badge-error", "bf-badge-done");
      badge.textContent = "已改";
    }
  }
})();
