/* Papers beside the form: next, turn, larger and smaller. The links work without this. */

const LARGEST = 6;
const SMALLEST = 0.25;
const STEP = 1.25;
const TURNS = {
  0: "none",
  90: "rotate(90deg) translateY(-100%)",
  180: "rotate(180deg) translate(-100%, -100%)",
  270: "rotate(270deg) translateX(-100%)",
};

function beginPapers() {
  document.querySelectorAll("[data-papers]").forEach((box) => new Viewer(box));
}

class Viewer {
  constructor(box) {
    this.box = box;
    this.links = [...box.querySelectorAll("a[data-paper]")];
    this.stage = box.querySelector("[data-stage]");
    this.tools = box.querySelector("[data-tools]");
    if (!this.links.length || !this.stage) {
      return;
    }
    this.tools.hidden = false;
    this.links.forEach((link, number) => {
      link.addEventListener("click", (event) => {
        event.preventDefault();
        this.show(number);
      });
    });
    this.tools.addEventListener("click", (event) => {
      const button = event.target.closest("button[data-do]");
      if (button) {
        this[button.dataset.do]();
      }
    });
    // A link to a paper inside the application shows it here instead of leaving the page.
    document.addEventListener("click", (event) => {
      const link = event.target.closest(".bf-read a[data-paper], .work-do a[data-paper]");
      const number = link && !this.box.contains(link)
        ? this.links.findIndex((one) => one.dataset.paper === link.dataset.paper)
        : -1;
      if (number >= 0 && this.box.offsetParent !== null) {
        event.preventDefault();
        this.show(number);
        this.box.scrollIntoView({ block: "nearest" });
      }
    });
    this.made = new Map();
    this.keepKeyboard();
    this.keepTicks();
    this.show(0);
  }

  /* What was checked at this step: kept with the step, for whoever does the steps after it. */
  keepTicks() {
    this.ticks = new Map(
      [...this.box.querySelectorAll("[data-seen]")].map((tick) => [tick.dataset.seen, tick]),
    );
    if (!this.box.dataset.checkUrl || !this.ticks.size) {
      return;
    }
    this.ticks.forEach((tick) => tick.addEventListener("change", () => this.saveTick(tick)));
    this.countTicks();
  }

  async saveTick(tick) {
    const sent = tick.checked;
    this.countTicks();
    const body = new URLSearchParams({ listed: tick.dataset.seen });
    if (sent) {
      body.append("checked", tick.dataset.seen);
    }
    body.append("csrf_token", this.box.querySelector("input[name=csrf_token]").value);
    try {
      const answer = await fetch(this.box.dataset.checkUrl, {
        method: "POST",
        headers: { "X-Requested-With": "fetch" },
        body,
        redirect: "error",
        keepalive: true,
      });
      if (!answer.ok) {
        throw new Error(answer.statusText);
      }
    } catch (failed) {
      tick.checked = !sent;
      this.countTicks(this.count().dataset.failed);
    }
  }

  count() {
    return this.tools.querySelector("[data-seen-count]");
  }

  countTicks(failed) {
    const ticks = [...this.ticks.values()];
    const checked = ticks.filter((tick) => tick.checked).length;
    const words = failed || this.count().dataset.words;
    this.count().textContent = words.replace("{n}", checked).replace("{all}", ticks.length);
  }

  /* Tick this one off and go on to the next that is not checked yet. */
  check() {
    const tick = this.ticks.get(this.links[this.at].dataset.paper);
    if (tick && !tick.checked) {
      tick.checked = true;
      this.saveTick(tick);
    }
    const order = this.links.map((_link, step) => (this.at + 1 + step) % this.links.length);
    const next = order.find((number) => !this.ticks.get(this.links[number].dataset.paper).checked);
    this.show(next === undefined ? this.at : next);
  }

  /* The browser's own viewer takes the keyboard when it says that a PDF cannot be read: what is
   * being typed would go there. It gets it only by Tab or by the pointer.
   */
  keepKeyboard() {
    let before = null;
    let byTab = false;
    document.addEventListener("focusin", (event) => {
      before = event.target;
    });
    document.addEventListener("keydown", (event) => {
      byTab = event.key === "Tab";
    });
    const giveBack = () => {
      const at = document.activeElement;
      if (!at || at.tagName !== "IFRAME" || byTab || this.stage.matches(":hover")) {
        return;
      }
      at.blur();
      window.focus();
      if (before && before.isConnected) {
        before.focus({ preventScroll: true });
      }
    };
    // After the viewer has it: a focus that is still on its way would go there all the same.
    window.addEventListener("blur", () => setTimeout(giveBack, 0));
  }

  show(number) {
    this.at = (number + this.links.length) % this.links.length;
    this.turned = 0;
    this.size = 1;
    this.image = null;
    this.links.forEach((link, one) => {
      if (one === this.at) {
        link.setAttribute("aria-current", "true");
      } else {
        link.removeAttribute("aria-current");
      }
    });
    const link = this.links[this.at];
    this.stage.textContent = "";
    if (link.dataset.kind === "image") {
      this.image = this.imageOf(link);
      this.stage.append(this.image);
    } else if (link.dataset.kind === "pdf") {
      const frame = document.createElement("iframe");
      frame.src = link.href;
      frame.title = link.dataset.name;
      this.stage.append(frame);
    } else {
      const text = document.createElement("p");
      text.textContent = this.stage.dataset.noView;
      this.stage.append(text);
    }
    this.tools.querySelectorAll("[data-image-only]").forEach((button) => {
      button.disabled = !this.image;
    });
    this.tools.querySelector("[data-place]").textContent = `${this.at + 1} / ${this.links.length}`;
    this.tools.querySelector("[data-download]").href = link.dataset.download;
  }

  /* Once loaded a picture stays: going back and forth asks the server for nothing. */
  imageOf(link) {
    const known = this.made.get(link.dataset.paper);
    if (known) {
      known.removeAttribute("style");
      return known;
    }
    const image = document.createElement("img");
    image.src = link.href;
    image.alt = link.dataset.name;
    this.made.set(link.dataset.paper, image);
    return image;
  }

  next() {
    this.show(this.at + 1);
  }

  previous() {
    this.show(this.at - 1);
  }

  turn() {
    this.turned = (this.turned + 90) % 360;
    this.place();
  }

  larger() {
    this.size = Math.min(LARGEST, this.size * STEP);
    this.place();
  }

  smaller() {
    this.size = Math.max(SMALLEST, this.size / STEP);
    this.place();
  }

  /* Turned about its upper left corner and moved back, so that the stage can scroll to every
   * corner; the margins give the room of the turned picture instead of that of the standing one.
   */
  place() {
    if (!this.image || !this.image.naturalWidth) {
      return;
    }
    const { naturalWidth, naturalHeight, style } = this.image;
    const lies = this.turned % 180 !== 0;
    const natural = lies ? naturalHeight : naturalWidth;
    const across = Math.min(natural, this.stage.clientWidth) * this.size;
    const width = lies ? (across * naturalWidth) / naturalHeight : across;
    const height = (width * naturalHeight) / naturalWidth;
    const beside = Math.max(0, (this.stage.clientWidth - across) / 2);
    style.maxWidth = "none";
    style.width = `${width}px`;
    style.transform = TURNS[this.turned];
    style.margin = lies
      ? `0 ${height - width}px ${width - height}px ${beside}px`
      : `0 0 0 ${beside}px`;
  }
}

if (document.readyState === "loading") {
  document.addEventListener("DOMContentLoaded", beginPapers);
} else {
  beginPapers();
}
