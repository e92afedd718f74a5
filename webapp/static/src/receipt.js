/* The code from the printed QR comes behind "#": fill it in, and take it out of the address. */

function takeCode() {
  const input = document.querySelector("[data-code]");
  const code = decodeURIComponent(window.location.hash.slice(1));
  if (!input || !code) {
    return;
  }
  if (!input.value) {
    input.value = code;
  }
  window.history.replaceState(null, "", window.location.pathname);
  const proof = document.getElementById("proof");
  if (proof) {
    proof.focus();
  }
}

if (document.readyState === "loading") {
  document.addEventListener("DOMContentLoaded", takeCode);
} else {
  takeCode();
}
