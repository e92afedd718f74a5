/* Forms: what the page adds to a form that works without it.
 *
 * Drafts by themselves, files at once, rows without a reload, conditions and sums live, no second
 * submit. The server decides everything; here nothing is validated and nothing is computed but
 * sums and progress. Syntax of Chromium 86; no inline code, no eval, no library.
 */

/* The bar of buttons reaches so far into the padding below, which a sticky line keeps clear of. */
const BAR_IN_PADDING = 12; // px
const DRAFT_PAUSE = 3000; // ms after the last change
const REFRESH_PAUSE = 150; // ms after a change on which other fields depend
const ROW_MARK = /__row__/g;

const WORDS = {
  saved: "草稿已自动保存",
  saving: "正在保存草稿…",
  offline: "网络中断,内容已保存在本页,请勿关闭",
  signedOut: "登录已超时,内容仍在本页。请在新窗口重新登录,再回到这里继续",
  uploading: "正在上传",
  uploadFailed: "未能上传,其他内容不受影响。请检查网络后重新选择",
  tooLarge: "文件超过",
  tooLargeThen: "未能上传。请用“手机传图”自动压缩后再传,或分成几个文件;其他附件和填写内容不受影响",
  remove: "移除",
  sending: "正在提交…",
  changed: "已改",
  pasted: "已粘贴",
  pasteFailed: "没有粘贴:网络中断或登录已超时。复制的内容还在剪贴板里,请稍后再试",
};

document.documentElement.classList.add("js");

function start(root) {
  root.querySelectorAll("form[data-form]").forEach((form) => {
    if (!form.bangfuForm) {
      form.bangfuForm = new LiveForm(form);
    }
  });
}

class LiveForm {
  constructor(form) {
    this.form = form;
    this.dirty = false;
    this.sent = false;
    this.uploads = 0;
    this.saving = null;
    this.failed = false;
    this.state = form.querySelector("[data-draft-state]");
    form.addEventListener("input", (event) => this.changed(event));
    form.addEventListener("change", (event) => this.changed(event));
    form.addEventListener("click", (event) => this.clicked(event));
    form.addEventListener("keydown", (event) => this.pressed(event));
    form.addEventListener("paste", (event) => this.pasted(event));
    form.addEventListener("submit", (event) => this.submitted(event));
    window.addEventListener("beforeunload", (event) => this.leaving(event));
    document.addEventListener("visibilitychange", () => {
      if (document.visibilityState === "hidden") {
        this.saveNow({ leaving: true });
      }
    });
    // Coming back with the back button: the page may be submitted again, the server knows the nonce.
    window.addEventListener("pageshow", () => this.allowSubmit());
    this.showTab(this.firstTab());
    this.count();
    this.openTarget();
    window.addEventListener("hashchange", () => this.openTarget());
    // Links above the form; a second click on the same one changes no address.
    document.querySelectorAll("a[data-go-to]").forEach((link) => {
      link.addEventListener("click", (event) => {
        event.preventDefault();
        this.goTo(link.getAttribute("href").slice(1));
      });
    });
    const errors = form.querySelector("[data-errors]");
    if (errors) {
      errors.focus();
    } else if (!window.location.hash) {
      this.goToFirstChange();
    }
    this.offerReturnFields();
    this.measureBar();
  }

  /* A decision that stays in sight stands on the buttons, however many lines they take. */
  measureBar() {
    const bar = this.form.querySelector(".bf-buttons");
    if (!bar || !window.ResizeObserver) {
      return;
    }
    new ResizeObserver(() => {
      this.form.style.setProperty("--bf-bar", `${bar.offsetHeight - BAR_IN_PADDING}px`);
    }).observe(bar);
  }

  /* Changes ---------------------------------------------------------------------------------- */

  changed(event) {
    const input = event.target;
    if (input.type === "file") {
      if (event.type === "change") {
        this.upload(input);
      }
      return;
    }
    if (!input.name) {
      return;
    }
    if (event.type === "change") {
      this.tidy(input);
    }
    this.markDirty();
    this.noteChange(input);
    this.offerReturnFields();
    const isNumber = event.type === "change" && input.dataset.format !== undefined;
    if (input.dataset.drives !== undefined || isNumber) {
      this.refreshSoon();
    }
  }

  markDirty() {
    this.dirty = true;
    this.count();
    this.sum();
    if (this.form.dataset.draftUrl) {
      clearTimeout(this.draftTimer);
      this.draftTimer = setTimeout(() => this.saveNow({}), DRAFT_PAUSE);
    }
  }

  /* 1000 becomes 1,000.00; 2026/1/5 becomes 2026-01-05. What is neither stays as it is. */
  tidy(input) {
    if (input.dataset.money !== undefined) {
      const number = readNumber(input.value);
      if (number !== null) {
        input.value = showMoney(number, input.value);
      }
    } else if (input.dataset.date !== undefined) {
      const found = /^\s*(\d{4})\s*[-/.年]?\s*(\d{1,2})\s*[-/.月]?\s*(\d{1,2})\s*日?\s*$/.exec(input.value);
      if (found) {
        input.value = `${found[1]}-${found[2].padStart(2, "0")}-${found[3].padStart(2, "0")}`;
      }
    }
  }

  /* The post as text: files go their own way and never into a draft. */
  post() {
    const parts = new URLSearchParams();
    new FormData(this.form).forEach((value, name) => {
      if (typeof value === "string") {
        parts.append(name, value);
      }
    });
    return parts;
  }

  headers() {
    const token = this.form.querySelector('input[name="csrf_token"]');
    return {
      Accept: "application/json",
      "X-Requested-With": "fetch",
      ...(token ? { "X-CSRFToken": token.value } : {}),
    };
  }

  /* Drafts ----------------------------------------------------------------------------------- */

  async saveNow({ leaving = false }) {
    const url = this.form.dataset.draftUrl;
    if (!url || !this.dirty || this.sent || (this.saving && !leaving)) {
      return;
    }
    clearTimeout(this.draftTimer);
    this.dirty = false;
    this.say(WORDS.saving, false);
    this.saving = this.sendDraft(url, leaving);
    await this.saving;
    this.saving = null;
    if (this.dirty) {
      this.draftTimer = setTimeout(() => this.saveNow({}), DRAFT_PAUSE);
    }
  }

  async sendDraft(url, leaving) {
    try {
      const body = this.post();
      // keepalive lets the request outlive the page, but only up to 64 KB.
      const keepalive = leaving && body.toString().length < 60000;
      const answer = await fetch(url, {
        method: "POST",
        body,
        headers: this.headers(),
        credentials: "same-origin",
        keepalive,
      });
      if (answer.ok && !answer.redirected) {
        const told = await answer.json().catch(() => ({}));
        this.say(`${WORDS.saved} ${told.saved_at || timeOfDay(new Date())}`, false);
        return;
      }
      this.dirty = true;
      const told = await answer.json().catch(() => ({}));
      const signedOut = answer.status === 401 || answer.redirected;
      this.say(signedOut ? WORDS.signedOut : told.message || told.detail || WORDS.offline, true);
    } catch (problem) {
      this.dirty = true;
      this.say(WORDS.offline, true);
    }
  }

  say(text, failed) {
    this.failed = failed;
    if (this.state) {
      this.state.textContent = text;
      this.state.classList.toggle("bf-draft-failed", failed);
    }
  }

  leaving(event) {
    if (this.sent || !(this.dirty || this.uploads)) {
      return;
    }
    const willBeSaved = this.form.dataset.draftUrl && !this.failed && !this.uploads;
    this.saveNow({ leaving: true });
    if (!willBeSaved) {
      event.preventDefault();
      event.returnValue = "";
    }
  }

  /* Submitting ------------------------------------------------------------------------------- */

  submitted(event) {
    if (event.submitter && event.submitter.formTarget) {
      return; // what is printed opens beside this page, which stays as it is
    }
    if (this.sent) {
      event.preventDefault();
      return;
    }
    this.sent = true;
    clearTimeout(this.draftTimer);
    // Disabled only after the browser has read which button was pressed.
    setTimeout(() => {
      this.form.querySelectorAll('button[type="submit"]').forEach((button) => {
        button.disabled = true;
      });
      this.say(WORDS.sending, false);
    }, 0);
  }

  allowSubmit() {
    this.sent = false;
    // The first button has no name where Enter shall do nothing: it stays disabled.
    this.form.querySelectorAll('button[type="submit"][name]').forEach((button) => {
      button.disabled = false;
    });
  }

  /* Enter goes on to the next field; it never submits and never removes a row. Ctrl+Enter submits. */
  pressed(event) {
    const input = event.target;
    const submit = this.form.querySelector("button[data-submit]:not(:disabled)");
    if (event.key === "Enter" && event.ctrlKey && !event.isComposing && submit) {
      event.preventDefault();
      submit.click();
      return;
    }
    if (event.key !== "Enter" || event.isComposing || input.tagName !== "INPUT") {
      return;
    }
    event.preventDefault();
    const stops = [...this.form.querySelectorAll("input, select, textarea")].filter(
      (stop) => stop.type !== "hidden" && !stop.disabled && stop.offsetParent !== null,
    );
    const next = stops[stops.indexOf(input) + 1];
    if (next) {
      next.focus();
    }
  }

  /* Rows ------------------------------------------------------------------------------------- */

  clicked(event) {
    const button = event.target.closest("button");
    if (button && button.dataset.addRow !== undefined) {
      event.preventDefault();
      this.addRow(button.closest("[data-list]"), true);
    } else if (button && button.dataset.removeRow !== undefined) {
      event.preventDefault();
      this.removeRow(button.closest("[data-row]"));
    } else if (button && button.dataset.pasteRows !== undefined) {
      event.preventDefault();
      this.pasteText(button.closest("[data-list]"));
    } else if (button && button.dataset.copyInto !== undefined) {
      this.copyColumn(button);
    } else if (button && button.dataset.insert !== undefined) {
      this.insert(button);
    } else if (button && button.dataset.removeFile !== undefined) {
      event.preventDefault();
      button.closest("li").remove();
      this.markDirty();
      this.refreshSoon();
    } else if (event.target.closest("[data-tab]")) {
      event.preventDefault();
      this.showTab(event.target.closest("[data-tab]").dataset.tab);
    } else if (event.target.closest("[data-errors] a")) {
      event.preventDefault();
      this.goTo(event.target.closest("a").getAttribute("href").slice(1));
    }
  }

  /* A ready text, where the caret stands; what was written stays. Its first blank is marked, so
     that what is typed next fills it in. */
  insert(button) {
    const area = document.getElementById(button.dataset.into);
    const at = area.selectionEnd;
    const before = area.value && at === area.value.length && !area.value.endsWith("\n") ? "\n" : "";
    area.setRangeText(before + button.dataset.insert, at, at, "end");
    area.focus();
    const blank = /__+/.exec(button.dataset.insert);
    if (blank) {
      const start = at + before.length + blank.index;
      area.setSelectionRange(start, start + blank[0].length);
    }
    area.dispatchEvent(new Event("input", { bubbles: true }));
  }

  addRow(list, focus) {
    const rows = rowsOf(list);
    const template = list.querySelector("template[data-row-template]");
    if (!template || rows.length >= Number(list.dataset.maxRows)) {
      return null;
    }
    // Numbers are never used twice on a page; the server closes the gaps.
    const used = rows.map((row) => Number(row.dataset.row.split(".").pop()));
    const number = Math.max(-1, Number(list.dataset.lastRow || -1), ...used) + 1;
    list.dataset.lastRow = String(number);
    const row = document.importNode(template.content, true).firstElementChild;
    [row, ...row.querySelectorAll("*")].forEach((element) => {
      [...element.attributes].forEach((attribute) => {
        if (attribute.value.includes("__row__")) {
          element.setAttribute(attribute.name, attribute.value.replace(ROW_MARK, String(number)));
        }
      });
    });
    const table = list.querySelector("table");
    table.insertBefore(row, table.tFoot);
    this.renumber(list);
    this.markDirty();
    this.refreshSoon();
    if (focus) {
      const first = row.querySelector("input:not([type=hidden]), select, textarea");
      if (first) {
        first.focus();
      }
    }
    return row;
  }

  /* Empty cells of a column get what stands in another one. */
  copyColumn(button) {
    const { copyInto, copyFrom } = button.dataset;
    rowsOf(button.closest("[data-list]")).forEach((row) => {
      const input = row.querySelector(`[data-column="${CSS.escape(copyInto)}"] input`);
      const from = row.querySelector(`[data-column="${CSS.escape(copyFrom)}"]`);
      const known = from && from.querySelector("[data-number], input");
      if (input && known && input.value.trim() === "") {
        input.value = known.dataset.number || known.value || "";
      }
    });
    this.markDirty();
    this.refreshSoon();
  }

  removeRow(row) {
    const list = row.closest("[data-list]");
    row.remove();
    this.renumber(list);
    this.markDirty();
    this.refreshSoon();
    list.querySelector("[data-add-row]").focus();
  }

  renumber(list) {
    const name = list.querySelector("table").getAttribute("aria-label");
    rowsOf(list).forEach((row, position) => {
      row.querySelector("[data-row-number]").textContent = String(position + 1);
      row.querySelectorAll("[aria-label]").forEach((element) => {
        const cell = element.closest("[data-column]");
        if (cell) {
          element.setAttribute("aria-label", `第 ${position + 1} 行 ${cell.dataset.label}`);
        } else if (element.dataset.removeRow !== undefined) {
          element.setAttribute("aria-label", `删除本行 ${name} 第 ${position + 1} 行`);
        }
      });
    });
  }

  /* Pasting from a spreadsheet: the server reads the lines, here they fall into their places ------ */

  /* Several cells copied from Excel fill the table from the cell on. */
  pasted(event) {
    const cell = event.target.closest("[data-column]");
    const text = event.clipboardData ? event.clipboardData.getData("text/plain") : "";
    if (!cell || event.target.tagName === "TEXTAREA" || !/[\t\n]/.test(text.trim())) {
      return;
    }
    event.preventDefault();
    const list = cell.closest("[data-list]");
    const row = rowsOf(list).indexOf(cell.closest("[data-row]"));
    this.pasteInto(list, text, row, cell.dataset.column);
  }

  /* The text of the box, into the first rows that say nothing. */
  pasteText(list) {
    const box = list.querySelector("[data-paste-text]");
    const rows = rowsOf(list);
    let row = rows.length;
    while (row > 0 && isUntouched(rows[row - 1])) {
      row -= 1;
    }
    this.pasteInto(list, box.value, row, "").then((done) => {
      if (done) {
        box.value = "";
        box.closest("details").open = false;
      }
    });
  }

  async pasteInto(list, text, row, column) {
    const place = list.querySelector("[data-paste-told]");
    const told = await this.readPasted(list.dataset.list, text, row, column);
    if (told === null) {
      place.textContent = WORDS.pasteFailed;
      return false;
    }
    told.rows.forEach((values, offset) => {
      const target = rowsOf(list)[row + offset] || this.addRow(list, false);
      Object.keys(values).forEach((key) => {
        const cell = target && target.querySelector(`[data-column="${CSS.escape(key)}"]`);
        if (cell && cell.querySelector("input, select, textarea")) {
          this.fill(cell, values[key]);
        }
      });
    });
    place.textContent = "";
    const sentences = told.told.length ? told.told : [`${WORDS.pasted} ${told.rows.length} 行。`];
    place.classList.toggle("bf-paste-fault", told.told.length > 0);
    sentences.forEach((sentence) => {
      const line = document.createElement("div");
      line.textContent = sentence;
      place.append(line);
    });
    this.markDirty();
    this.refreshSoon();
    return told.rows.length > 0;
  }

  async readPasted(name, text, row, column) {
    const body = new URLSearchParams();
    body.append("_paste", name);
    body.append(`_pasted.${name}`, text);
    body.append("_paste_row", String(row));
    body.append("_paste_column", column);
    try {
      const answer = await fetch(this.form.dataset.refreshUrl, {
        method: "POST",
        body,
        headers: this.headers(),
        credentials: "same-origin",
      });
      return answer.ok && !answer.redirected ? await answer.json() : null;
    } catch (problem) {
      return null;
    }
  }

  /* One pasted value. A choice that is none is shown as it came: the server says what is wrong. */
  fill(cell, value) {
    const input = cell.querySelector("input:not([type=hidden]):not([type=file]), select, textarea");
    if (!input) {
      return;
    }
    if (input.tagName === "SELECT") {
      if (![...input.options].some((one) => one.value === value)) {
        input.add(new Option(value, value));
      }
      input.value = value;
    } else if (input.type === "radio" || input.type === "checkbox") {
      const chosen = Array.isArray(value) ? value : [String(value)];
      cell.querySelectorAll("input").forEach((tick) => {
        tick.checked = chosen.includes(tick.value);
      });
    } else {
      input.value = value;
    }
    const more = cell.closest("details");
    if (more) {
      more.open = true;
    }
  }

  /* Conditions: the server says what is shown ------------------------------------------------- */

  refreshSoon() {
    if (this.form.dataset.refreshUrl) {
      clearTimeout(this.refreshTimer);
      this.refreshTimer = setTimeout(() => this.refresh(), REFRESH_PAUSE);
    }
  }

  async refresh() {
    const asked = (this.refreshNumber || 0) + 1;
    this.refreshNumber = asked;
    try {
      const answer = await fetch(this.form.dataset.refreshUrl, {
        method: "POST",
        body: this.post(),
        headers: this.headers(),
        credentials: "same-origin",
      });
      if (!answer.ok || answer.redirected) {
        return; // the server drops hidden answers when the form is submitted
      }
      const told = await answer.json();
      if (asked === this.refreshNumber) {
        this.show(told);
      }
    } catch (problem) {
      // Nothing is lost: what is shown stays shown.
    }
  }

  show({ visible, computed, doubts, derived, needs }) {
    const shown = new Set(visible);
    const places = this.rowPlaces();
    const appeared = [];
    this.form.querySelectorAll("[data-name]").forEach((element) => {
      if (!element.closest("[data-file]")) {
        const isNew = element.classList.contains("bf-hidden");
        const name = serverName(element.dataset.name, places);
        if (!element.classList.toggle("bf-hidden", !shown.has(name)) && isNew) {
          appeared.push(element);
        }
      }
    });
    this.reveal(appeared);
    this.form.querySelectorAll("[data-tab]").forEach((tab) => {
      const panel = document.getElementById(tab.dataset.tab);
      tab.classList.toggle("bf-hidden", panel.classList.contains("bf-hidden"));
    });
    this.form.querySelectorAll("[data-computed]").forEach((output) => {
      const text = computed[serverName(output.dataset.computed, places)];
      output.textContent = text === undefined || text === "" ? "—" : text;
    });
    this.showNeeds(needs || {});
    this.showDoubts(doubts || {}, places);
    this.fillDerived(derived || {}, places);
    this.count();
  }

  /* What a decision asks further comes into sight: below the buttons nobody would look for it. */
  reveal(appeared) {
    const decision = document.activeElement && document.activeElement.closest(".bf-line-decision");
    if (decision && this.form.contains(decision) && appeared.length) {
      appeared[appeared.length - 1].scrollIntoView({ block: "nearest" });
      decision.scrollIntoView({ block: "nearest" });
    }
  }

  /* Lists of papers that are needed, drawn by the server. */
  showNeeds(needs) {
    this.form.querySelectorAll("[data-needs]").forEach((box) => {
      const drawn = needs[box.dataset.needs];
      if (drawn !== undefined) {
        const parsed = new DOMParser().parseFromString(drawn, "text/html");
        box.replaceChildren(...parsed.body.childNodes);
      }
    });
  }

  /* What an identity number says by itself goes where nothing was answered. */
  fillDerived(derived, places) {
    const rows = new Map([...places].map(([row, place]) => [place, row]));
    Object.keys(derived).forEach((key) => {
      const inputs = [...this.form.querySelectorAll(`[name="${CSS.escape(serverName(key, rows))}"]`)];
      const isTicked = inputs.some((input) => input.type === "radio");
      if (isTicked && !inputs.some((input) => input.checked)) {
        inputs.forEach((input) => {
          input.checked = input.value === derived[key];
        });
      } else if (!isTicked && inputs.length && inputs[0].value === "") {
        inputs[0].value = derived[key];
      }
    });
  }

  showDoubts(doubts, places) {
    const rows = new Map([...places].map(([row, place]) => [place, row]));
    const told = new Map(Object.keys(doubts).map((name) => [serverName(name, rows), doubts[name]]));
    this.form.querySelectorAll(".bf-warning").forEach((place) => {
      const name = place.id.slice("f-".length, -"-warning".length);
      if (!told.has(name)) {
        place.textContent = "";
      }
    });
    told.forEach((text, name) => {
      const input = document.getElementById(`f-${name}`);
      if (input) {
        this.doubt(input, text);
      }
    });
  }

  /* What is odd about a number that may be right: said beside it, it stops nobody. */
  doubt(input, text) {
    const id = `${input.id}-warning`;
    let place = document.getElementById(id);
    if (!place && text) {
      place = document.createElement("div");
      place.id = id;
      place.className = "bf-warning";
      place.setAttribute("role", "status");
      if (input.tagName === "FIELDSET") {
        input.append(place);
      } else {
        (input.closest(".bf-adorned, .bf-choices") || input).after(place);
      }
      input.setAttribute("aria-describedby", `${input.getAttribute("aria-describedby") || ""} ${id}`.trim());
    }
    if (place && place.textContent !== text) {
      place.textContent = text;
    }
  }

  /* The server closes gaps in the numbers of rows: members.5 may be its members.2. */
  rowPlaces() {
    const places = new Map();
    this.form.querySelectorAll("[data-list]").forEach((list) => {
      rowsOf(list).forEach((row, position) => {
        places.set(row.dataset.row, `${list.dataset.list}.${position}`);
      });
    });
    return places;
  }

  /* Sums and progress ------------------------------------------------------------------------- */

  sum() {
    this.form.querySelectorAll("[data-total]").forEach((output) => {
      const cells = output
        .closest("table")
        .querySelectorAll(
          ["input", "[data-number]"]
            .map((cell) => `[data-column="${CSS.escape(output.dataset.total)}"] ${cell}`)
            .join(),
        );
      let cents = 0;
      cells.forEach((cell) => {
        const said = cell.dataset.number === undefined ? cell.value : cell.dataset.number;
        cents += Math.round((readNumber(said) || 0) * 10000);
      });
      const total = cents / 10000;
      output.textContent = output.dataset.money !== undefined ? showMoney(total, "") : String(total);
    });
  }

  count() {
    const all = this.countIn(this.form);
    const progress = this.form.querySelector("[data-progress]");
    if (progress) {
      progress.querySelector("[data-filled]").textContent = String(all.filled);
      progress.querySelector("[data-required-count]").textContent = String(all.required);
      const bar = progress.querySelector("progress");
      bar.max = Math.max(1, all.required);
      bar.value = all.filled;
      const missing = missingPapers(this.form);
      const told = progress.querySelector("[data-papers-missing]");
      told.querySelector("b").textContent = String(missing);
      told.classList.toggle("bf-hidden", missing === 0);
    }
    this.form.querySelectorAll("[data-tab-progress]").forEach((badge) => {
      const tab = document.getElementById(badge.closest("[data-tab]").dataset.tab);
      const inside = this.countIn(tab);
      badge.textContent = inside.required ? `${inside.filled}/${inside.required}` : "";
      const isDone = inside.filled === inside.required && missingPapers(tab) === 0;
      badge.classList.toggle("bf-badge-done", isDone);
    });
  }

  countIn(part) {
    let filled = 0;
    let required = 0;
    part.querySelectorAll("[data-required]").forEach((field) => {
      if (field.closest(".bf-hidden") || field.querySelector(":scope > .bf-hidden")) {
        return;
      }
      required += 1;
      filled += isFilled(field) ? 1 : 0;
    });
    return { filled, required };
  }

  /* Tabs -------------------------------------------------------------------------------------- */

  firstTab() {
    const wrong = this.form.querySelector("[data-tab] .bf-badge-error");
    const tab = wrong ? wrong.closest("[data-tab]") : this.form.querySelector("[data-tab]");
    return tab ? tab.dataset.tab : null;
  }

  showTab(id) {
    this.form.querySelectorAll("[data-panel]").forEach((panel) => {
      panel.classList.toggle("bf-panel-open", panel.id === id);
    });
    this.form.querySelectorAll("[data-tab]").forEach((tab) => {
      if (tab.dataset.tab === id) {
        tab.setAttribute("aria-current", "true");
      } else {
        tab.removeAttribute("aria-current");
      }
    });
  }

  openTarget() {
    const id = decodeURIComponent(window.location.hash.slice(1));
    if (id && document.getElementById(id) && this.form.contains(document.getElementById(id))) {
      this.goTo(id);
    }
  }

  goTo(id) {
    const target = document.getElementById(id);
    if (!target) {
      return;
    }
    const panel = target.closest("[data-panel]");
    if (panel) {
      this.showTab(panel.id);
    }
    const folded = target.closest("details");
    if (folded) {
      folded.open = true;
    }
    target.scrollIntoView({ block: "center" });
    target.focus();
  }

  /* Sent back: what is to be changed ----------------------------------------------------------- */

  /* Only the fields of the step that was chosen to go back to. */
  offerReturnFields() {
    const place = this.form.querySelector("[data-return-fields]");
    const target = place && this.form.querySelector("[data-return-target]");
    if (target) {
      const step = chosenIn(target);
      place.querySelectorAll("[data-of-step]").forEach((group) => {
        group.classList.toggle("bf-hidden", group.dataset.ofStep !== step);
      });
      place.querySelector("[data-return-none]").classList.toggle("bf-hidden", Boolean(step));
    }
  }

  /* The reason stands above: the page only scrolls where the first field is out of sight. */
  goToFirstChange() {
    const field = this.form.querySelector("[data-to-change]:not(.bf-hidden)");
    if (!field) {
      return;
    }
    const panel = field.closest("[data-panel]");
    if (panel) {
      this.showTab(panel.id);
    }
    const input = field.querySelector("input:not([type=hidden]), select, textarea, button");
    (input || field).focus({ preventScroll: true });
    field.scrollIntoView({ block: "nearest" });
  }

  noteChange(input) {
    const field = input.closest("[data-to-change]");
    if (!field || field.dataset.toChange === "done") {
      return;
    }
    field.dataset.toChange = "done";
    field.querySelector(".bf-change-mark").textContent = WORDS.changed;
    this.form.querySelectorAll("[data-tab-change]").forEach((badge) => {
      const panel = document.getElementById(badge.closest("[data-tab]").dataset.tab);
      const left = panel.querySelectorAll('[data-to-change]:not([data-to-change="done"])').length;
      badge.querySelector("b").textContent = String(left);
      badge.classList.toggle("bf-badge-done", left === 0);
    });
  }

  /* Files: sent at once, so that a refused form never loses them -------------------------------- */

  async upload(input) {
    const url = this.form.dataset.uploadUrl;
    const place = input.closest("[data-file]");
    if (!url || !place || !input.files.length) {
      return;
    }
    const chosen = [...input.files];
    const state = place.querySelector("[data-file-state]");
    const largest = Number(place.dataset.maxMb || 0);
    this.uploads += 1;
    const failed = [];
    for (const file of chosen) {
      if (largest && file.size > largest * 1048576) {
        failed.push(`“${file.name}”${WORDS.tooLarge} ${largest} MB,${WORDS.tooLargeThen}`);
        continue;
      }
      state.textContent = `${WORDS.uploading} ${file.name}…`;
      const problem = await this.send(url, file, place);
      if (problem) {
        const isNamed = problem.includes(file.name);
        failed.push(isNamed ? problem : `“${file.name}”${problem}`);
      }
    }
    this.uploads -= 1;
    state.textContent = failed.join(" ");
    input.value = ""; // it is stored: the post must not carry it again
    this.markDirty();
    this.refreshSoon(); // a list of papers may ask for it
  }

  async send(url, file, place) {
    const body = new FormData();
    body.append("file", file, file.name);
    try {
      const answer = await fetch(url, {
        method: "POST",
        body,
        headers: this.headers(),
        credentials: "same-origin",
      });
      const told = await answer.json().catch(() => ({}));
      if (!answer.ok || !told.id) {
        return told.message || told.detail || WORDS.uploadFailed;
      }
      this.listFile(place, told);
      return "";
    } catch (problem) {
      return WORDS.uploadFailed;
    }
  }

  listFile(place, stored) {
    const list = place.querySelector(".bf-files");
    if (place.dataset.multiple === undefined) {
      list.textContent = "";
    }
    const item = document.createElement("li");
    const hidden = document.createElement("input");
    hidden.type = "hidden";
    hidden.name = place.dataset.name;
    hidden.value = stored.id;
    const base = this.form.dataset.fileUrl;
    const name = document.createElement(base ? "a" : "span");
    if (base) {
      name.href = base + encodeURIComponent(stored.id);
      name.target = "_blank";
      name.rel = "noopener";
    }
    name.textContent = stored.name;
    const size = document.createElement("span");
    size.className = "bf-quiet";
    size.textContent = showSize(stored.size || 0);
    const remove = document.createElement("button");
    remove.type = "button";
    remove.className = "btn btn-link btn-sm";
    remove.dataset.removeFile = "";
    remove.setAttribute("aria-label", `${WORDS.remove} ${stored.name}`);
    remove.textContent = WORDS.remove;
    item.append(hidden, name, size, remove);
    list.append(item);
    place.dispatchEvent(new CustomEvent("bf:filed", { bubbles: true }));
  }
}

/* The rows of a table; the one in the template is none of them. */
function rowsOf(list) {
  return [...list.querySelectorAll("[data-row]")];
}

/* Whether a row is as it was added: nothing in it but what stood there from the beginning. */
function isUntouched(row) {
  return [...row.querySelectorAll("input, select, textarea")].every((input) => {
    if (input.type === "radio" || input.type === "checkbox") {
      return input.checked === input.defaultChecked;
    }
    if (input.tagName === "SELECT") {
      return input.value === "" || [...input.options].every((one) => one.selected === one.defaultSelected);
    }
    return input.name.startsWith("_") || input.type === "file" || input.value.trim() === "";
  });
}

/* The value of a select, or of the radio button that is ticked. */
function chosenIn(field) {
  const input = field.querySelector("select, input:checked");
  return input ? input.value : "";
}

/* The name the server uses for a place inside a list. */
function serverName(name, places) {
  for (const [row, place] of places) {
    if (name.startsWith(`${row}.`)) {
      return place + name.slice(row.length);
    }
  }
  return name;
}

/* Papers that must be handed in and are not there, as the server has drawn their list. */
function missingPapers(part) {
  return part.querySelectorAll(".bf-needs-list .is-missing").length;
}

function isFilled(field) {
  return [...field.querySelectorAll("input, select, textarea")].some((input) => {
    if (input.name.startsWith("_") || input.type === "file") {
      return false;
    }
    if (input.type === "radio" || input.type === "checkbox") {
      return input.checked;
    }
    return input.value.trim() !== "";
  });
}

function readNumber(text) {
  const plain = text.normalize("NFKC").replace(/[,\s¥元]/g, "");
  return /^[+-]?(\d+\.?\d*|\.\d+)$/.test(plain) ? Number(plain) : null;
}

/* Two digits; more are kept where more were typed, the server will say that they are too many. */
function showMoney(number, typed) {
  const digits = (typed.normalize("NFKC").split(".")[1] || "").replace(/[^\d]/g, "").length;
  const [whole, rest] = Math.abs(number).toFixed(Math.min(8, Math.max(2, digits))).split(".");
  const grouped = whole.replace(/\B(?=(\d{3})+(?!\d))/g, ",");
  return `${number < 0 ? "-" : ""}${grouped}.${rest}`;
}

function showSize(bytes) {
  return bytes < 1048576
    ? `${Math.max(1, Math.round(bytes / 1024))} KB`
    : `${(bytes / 1048576).toFixed(1)} MB`;
}

function timeOfDay(moment) {
  const two = (number) => String(number).padStart(2, "0");
  return `${two(moment.getHours())}:${two(moment.getMinutes())}`;
}

if (document.readyState === "loading") {
  document.addEventListener("DOMContentLoaded", () => start(document));
} else {
  start(document);
}
// A part of the page that htmx brings in may hold a form.
document.addEventListener("htmx:after:swap", () => start(document));
