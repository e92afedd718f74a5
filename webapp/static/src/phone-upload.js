/* 手机传图 on the computer: the code beside the field, and the pictures as they come. */

const PHONE_POLL = 2000; // ms
const PHONE_WORDS = {
  scan: "用手机微信扫一扫,拍照或从相册选择,照片会到这里。15 分钟内有效。",
  ended: "已结束。还要传的,请再点一次“手机传图”。",
  got: "已收到",
  pieces: "张",
  close: "收起",
  failed: "没有打开,请检查网络后再点一次",
};

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-phone]");
  const form = button && button.closest("form[data-phone-url]");
  if (!form || !form.bangfuForm) {
    return;
  }
  event.preventDefault();
  beginPhone(form, button);
});

async function beginPhone(form, button) {
  const place = button.closest("[data-file]");
  const state = place.querySelector("[data-file-state]");
  closePanel(place);
  button.disabled = true;
  try {
    const answer = await fetch(form.dataset.phoneUrl, {
      method: "POST",
      body: new URLSearchParams({ field: place.dataset.name }),
      headers: form.bangfuForm.headers(),
      credentials: "same-origin",
    });
    const told = await answer.json().catch(() => ({}));
    if (!answer.ok || !told.url) {
      state.textContent = told.message || told.detail || PHONE_WORDS.failed;
      return;
    }
    state.textContent = "";
    showPanel(form, place, told);
  } catch (problem) {
    state.textContent = PHONE_WORDS.failed;
  } finally {
    button.disabled = false;
  }
}

function showPanel(form, place, told) {
  const panel = document.createElement("div");
  panel.className = "phone-panel";
  panel.dataset.panel = "";
  const code = document.createElement("div");
  code.className = "phone-qr";
  code.innerHTML = told.code;
  const text = document.createElement("div");
  const line = document.createElement("p");
  line.textContent = PHONE_WORDS.scan;
  const count = document.createElement("p");
  count.setAttribute("role", "status");
  const close = document.createElement("button");
  close.type = "button";
  close.className = "btn btn-outline-secondary btn-sm";
  close.textContent = PHONE_WORDS.close;
  close.addEventListener("click", () => closePanel(place));
  text.append(line, count, close);
  panel.append(code, text);
  place.append(panel);
  close.focus();
  poll(form, place, panel, told.url, { line, count, code, got: new Set() });
}

async function poll(form, place, panel, url, shown) {
  if (!panel.isConnected) {
    return;
  }
  let isOpen = true;
  try {
    const answer = await fetch(url, { headers: form.bangfuForm.headers(), credentials: "same-origin" });
    if (answer.ok) {
      const told = await answer.json();
      isOpen = told.open;
      take(form, place, told.files, shown);
    } else {
      isOpen = answer.status < 400 || answer.status >= 500;
    }
  } catch (problem) {
    isOpen = true; // the network is away: the next question may arrive
  }
  if (isOpen) {
    setTimeout(() => poll(form, place, panel, url, shown), PHONE_POLL);
  } else {
    shown.code.remove();
    shown.line.textContent = PHONE_WORDS.ended;
  }
}

function take(form, place, files, shown) {
  files.filter((file) => !shown.got.has(file.id)).forEach((file) => {
    shown.got.add(file.id);
    form.bangfuForm.listFile(place, file);
    form.bangfuForm.markDirty();
    form.bangfuForm.refreshSoon();
  });
  shown.count.textContent = shown.got.size ? `${PHONE_WORDS.got} ${shown.got.size} ${PHONE_WORDS.pieces}` : "";
}

function closePanel(place) {
  const panel = place.querySelector("[data-panel]");
  if (panel) {
    panel.remove();
  }
}
