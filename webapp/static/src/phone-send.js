/* On the phone: pictures go at once, one after another, made smaller where the browser can.
 *
 * Written for old built-in browsers: no modules, no async, no library. Whatever is missing, the
 * plain form works. A picture is made smaller only by a browser that draws it upright.
 */
(function () {
  "use strict";
  var form = document.querySelector("[data-send]");
  if (!form || !window.FormData || !window.XMLHttpRequest || !window.File) {
    return;
  }
  var input = form.querySelector('input[type="file"]');
  var button = form.querySelector("[data-submit]");
  var state = document.querySelector("[data-state]");
  var ENOUGH = 1048576;
  var LARGEST = 20 * 1048576;
  var EDGES = [2400, 1800, 1400];
  var uprights = window.CSS && CSS.supports && CSS.supports("image-orientation", "from-image");
  var canShrink = uprights && window.URL && HTMLCanvasElement.prototype.toBlob;

  button.hidden = true;
  document.documentElement.className = "js";
  input.addEventListener("change", function () {
    var files = Array.prototype.slice.call(input.files || []);
    if (files.length) {
      input.disabled = true;
      next(files, 0, 0, []);
    }
  });

  function next(files, at, sent, wrong) {
    if (at >= files.length) {
      finish(sent, wrong);
      return;
    }
    say(words("sending").replace("{n}", at + 1).replace("{all}", files.length));
    shrink(files[at], 0, function (file, name) {
      if (file.size > LARGEST) {
        wrong.push(words("large").replace("{name}", name));
        next(files, at + 1, sent, wrong);
        return;
      }
      post(file, name, function (problem) {
        if (problem) {
          wrong.push(problem);
        }
        next(files, at + 1, problem ? sent : sent + 1, wrong);
      });
    });
  }

  /* The picture with at most ENOUGH bytes, or the file itself. */
  function shrink(file, step, done) {
    if (!canShrink || file.size <= ENOUGH || !/^image\/(jpeg|png|webp)$/.test(file.type)) {
      done(file, file.name);
      return;
    }
    var url = URL.createObjectURL(file);
    var image = new Image();
    image.onerror = function () {
      URL.revokeObjectURL(url);
      done(file, file.name);
    };
    image.onload = function () {
      draw(image, step);
    };
    image.src = url;

    function draw(picture, at) {
      var factor = Math.min(1, EDGES[at] / Math.max(picture.naturalWidth, picture.naturalHeight));
      var canvas = document.createElement("canvas");
      canvas.width = Math.round(picture.naturalWidth * factor);
      canvas.height = Math.round(picture.naturalHeight * factor);
      canvas.getContext("2d").drawImage(picture, 0, 0, canvas.width, canvas.height);
      canvas.toBlob(function (blob) {
        if (blob && blob.size > ENOUGH && at + 1 < EDGES.length) {
          draw(picture, at + 1);
          return;
        }
        URL.revokeObjectURL(url);
        if (blob && blob.size < file.size) {
          done(blob, file.name.replace(/\.\w+$/, "") + ".jpg");
        } else {
          done(file, file.name);
        }
      }, "image/jpeg", 0.82);
    }
  }

  function post(file, name, done) {
    var body = new FormData();
    body.append("file", file, name);
    var request = new XMLHttpRequest();
    request.open("POST", form.action);
    request.setRequestHeader("X-Requested-With", "fetch");
    request.onload = function () {
      var told = {};
      try {
        told = JSON.parse(request.responseText);
      } catch (unreadable) {
        told = {};
      }
      if (request.status === 404) {
        location.reload(); // the page says that it has ended
        return;
      }
      done(told.problems && told.problems.length ? told.problems[0] : request.status >= 400 ? words("failed") : "");
    };
    request.onerror = function () {
      done(words("failed"));
    };
    request.send(body);
  }

  function finish(sent, wrong) {
    input.disabled = false;
    input.value = "";
    say((sent ? words("sent").replace("{n}", sent) : "") + wrong.join(" "));
    if (wrong.length) {
      state.className = "state wrong";
    } else {
      state.className = "state";
      setTimeout(function () {
        location.replace(location.href);
      }, 1200);
    }
  }

  function words(name) {
    return form.getAttribute("data-" + name);
  }

  function say(text) {
    state.textContent = text;
  }
})();
